//! The end of a trail that an earlier process wrote: where its chain stands, and what it left unfinished.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use super::hex::Digest;
use super::line::{LineError, decode};
use super::record::{LINE_BYTES_MAX, Torn};
use super::text::Text;

/// Where a chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    /// The number of the last record; 0 before the first.
    pub(super) seq: u64,
    /// The hash of its line.
    pub(super) head: Digest,
}

impl Position {
    pub(super) const START: Self = Self {
        seq: 0,
        head: Digest::ZERO,
    };
}

/// The end of a trail.
pub(super) struct Tail {
    pub(super) position: Position,
    /// The bytes of its whole lines.
    pub(super) length: u64,
    pub(super) torn: Option<Torn<'static>>,
}

impl Tail {
    /// The tail of a trail that has no record yet.
    pub(super) const EMPTY: Self = Self {
        position: Position::START,
        length: 0,
        torn: None,
    };
}

/// Why a trail cannot be continued.
#[derive(Debug, thiserror::Error)]
pub(super) enum TailError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    LastLine(#[from] LineError),
    #[error("it does not begin like an audit trail")]
    NotATrail,
}

/// What every trail begins with; a file that has no whole line is only ours if it is the start of one.
const BEGINNING: &[u8] = b"{\"seq\":1,\"time\":\"";

/// Reads the last whole line of `file` and what stands after it. Changes nothing.
///
/// A write that a crash cut short is at most two lines long, but a disk that lost its power may leave more than that in zeros.
pub(super) fn read_tail(file: &mut File) -> Result<Tail, TailError> {
    const WINDOW: u64 = 8 * LINE_BYTES_MAX as u64;
    let total = file.seek(SeekFrom::End(0))?;
    let start = total.saturating_sub(WINDOW);
    file.seek(SeekFrom::Start(start))?;
    let mut window = Vec::new();
    file.take(WINDOW).read_to_end(&mut window)?;
    // Whether a line begins where the window does is only known at the start of the file.
    let whole = if start == 0 { Some(0) } else { None };

    let Some(newline) = position_of_last_newline(&window) else {
        let common = window.len().min(BEGINNING.len());
        if whole.is_none() || window.get(..common) != BEGINNING.get(..common) {
            return Err(TailError::NotATrail);
        }
        let (position, length, torn) = (Position::START, 0, torn(&window));
        return Ok(Tail {
            position,
            length,
            torn,
        });
    };
    let (lines, rest) = window.split_at(newline);
    let begin = position_of_last_newline(lines)
        .map(|newline| newline + 1)
        .or(whole)
        .ok_or(LineError::TooLong)?;
    let line = lines.get(begin..).unwrap_or_default();
    let torn = torn(rest.get(1..).unwrap_or_default());
    let position = Position {
        seq: decode(line)?.seq,
        head: Digest::of(line),
    };
    let length = start + newline as u64 + 1;
    Ok(Tail {
        position,
        length,
        torn,
    })
}

fn position_of_last_newline(bytes: &[u8]) -> Option<usize> {
    bytes.iter().rposition(|byte| *byte == b'\n')
}

fn torn(bytes: &[u8]) -> Option<Torn<'static>> {
    (!bytes.is_empty()).then(|| Torn {
        bytes: bytes.len() as u64,
        sha256: Digest::of(bytes),
        text: Text::from(String::from_utf8_lossy(bytes).into_owned()),
    })
}
