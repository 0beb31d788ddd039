//! A record as a line of bytes and back: there is exactly one way to write a record.

use serde::Serialize;
use serde_json::Serializer;

use super::hex::{Digest, HexError};
use super::record::{Body, LINE_BYTES_MAX, Record};
use super::text::EscapingFormatter;
use super::timestamp::{Timestamp, TimestampError};

/// Why a line is not a record.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// It is longer than any record.
    #[error("the line is longer than {LINE_BYTES_MAX} bytes")]
    TooLong,
    /// It is not UTF-8.
    #[error("the line is not UTF-8")]
    NotText,
    /// It does not begin or end as every record does.
    #[error("the line is not framed as a record")]
    Frame,
    /// Its time is not a time.
    #[error("the time is malformed")]
    Time(#[source] TimestampError),
    /// The hash of the line before is not a hash.
    #[error("`prev` is malformed")]
    Prev(#[source] HexError),
    /// It is not JSON, of an unknown kind, lacks a field or has one too many.
    #[error("the record is malformed")]
    Body(#[source] serde_json::Error),
    /// It says something that this program would have written in other bytes.
    #[error("the line is not as a trail writes it")]
    NotCanonical,
}

const SEQ: &str = "{\"seq\":";
const TIME: &str = ",\"time\":\"";
const PREV: &str = ",\"prev\":\"";
const END: &str = "\"}";

/// Appends the line of a record, without its newline.
///
/// # Errors
///
/// Serde's, which cannot happen for a [`Body`].
pub(super) fn encode(
    line: &mut Vec<u8>,
    seq: u64,
    time: Timestamp,
    body: &Body<'_>,
    prev: &Digest,
) -> serde_json::Result<()> {
    line.extend_from_slice(SEQ.as_bytes());
    seq.serialize(&mut Serializer::new(&mut *line))?;
    line.extend_from_slice(TIME.as_bytes());
    line.extend_from_slice(&time.to_ascii());
    line.push(b'"');
    // The body is an object of its own; its opening brace becomes the comma, its closing one goes.
    let brace = line.len();
    body.serialize(&mut Serializer::with_formatter(
        &mut *line,
        EscapingFormatter,
    ))?;
    if let Some(byte) = line.get_mut(brace) {
        *byte = b',';
    }
    line.pop();
    line.extend_from_slice(PREV.as_bytes());
    prev.with_digits(|digits| line.extend_from_slice(digits.as_bytes()));
    line.extend_from_slice(END.as_bytes());
    Ok(())
}

/// Reads a line without its newline.
pub(super) fn decode(line: &[u8]) -> Result<Record, LineError> {
    if line.len() > LINE_BYTES_MAX {
        return Err(LineError::TooLong);
    }
    let record = parse(str::from_utf8(line).map_err(|_| LineError::NotText)?)?;
    let mut again = Vec::with_capacity(line.len());
    encode(
        &mut again,
        record.seq,
        record.time,
        &record.body,
        &record.prev,
    )
    .map_err(LineError::Body)?;
    if again != line {
        return Err(LineError::NotCanonical);
    }
    Ok(record)
}

fn parse(line: &str) -> Result<Record, LineError> {
    let (seq, rest) = line
        .strip_prefix(SEQ)
        .and_then(|rest| rest.split_once(TIME))
        .ok_or(LineError::Frame)?;
    let (time, rest) = rest.split_once("\",").ok_or(LineError::Frame)?;
    let (body, prev) = rest
        .strip_suffix(END)
        .and_then(|rest| rest.rsplit_once(PREV))
        .ok_or(LineError::Frame)?;
    Ok(Record {
        seq: seq.parse().map_err(|_| LineError::Frame)?,
        time: time.parse().map_err(LineError::Time)?,
        body: serde_json::from_str(&format!("{{{body}}}")).map_err(LineError::Body)?,
        prev: prev.parse().map_err(LineError::Prev)?,
    })
}

impl Record {
    /// Reads one line of a trail, without its newline.
    ///
    /// # Errors
    ///
    /// [`LineError`] for everything that is not byte for byte what a trail writes. Whether the record is in its place, only
    /// [`verify`](super::verify()) can tell.
    pub fn parse(line: &str) -> Result<Self, LineError> {
        decode(line.as_bytes())
    }
}
