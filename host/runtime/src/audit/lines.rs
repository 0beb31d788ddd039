//! Reading a trail line by line in constant memory.

use std::io::{self, BufRead, Read as _};

use super::hex::Digest;
use super::line::{LineError, decode};
use super::record::{LINE_BYTES_MAX, Record};

/// The lines of a trail.
pub(super) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
}

/// Why there is no next line.
#[derive(Debug)]
pub(super) enum NextError {
    Io(io::Error),
    Line(LineError),
    /// The last line lacks its newline.
    Unfinished,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        let buffer = Vec::new();
        Self { reader, buffer }
    }

    /// The next record and the hash of its line.
    pub(super) fn next(&mut self) -> Option<Result<(Record, Digest), NextError>> {
        self.buffer.clear();
        let read = self
            .reader
            .by_ref()
            .take(LINE_BYTES_MAX as u64 + 1)
            .read_until(b'\n', &mut self.buffer);
        match read {
            Err(error) => Some(Err(NextError::Io(error))),
            Ok(0) => None,
            Ok(_) => Some(self.line()),
        }
    }

    fn line(&self) -> Result<(Record, Digest), NextError> {
        match self.buffer.split_last() {
            Some((b'\n', line)) => decode(line)
                .map(|record| (record, Digest::of(line)))
                .map_err(NextError::Line),
            _ if self.buffer.len() > LINE_BYTES_MAX => Err(NextError::Line(LineError::TooLong)),
            _ => Err(NextError::Unfinished),
        }
    }
}
