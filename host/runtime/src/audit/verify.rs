//! Checking a trail that somebody else may have changed.

use std::fmt;
use std::io::{self, BufRead};
use std::str::FromStr;

use super::hex::{Digest, HexError};
use super::key::PublicKey;
use super::line::LineError;
use super::lines::{Lines, NextError};
use super::record::{Body, Checkpoint, FORMAT, Record};
use super::tail::Position;
use super::trail::Head;

/// What the one who verifies knows from elsewhere. Without any of it a trail can be found consistent, but not authentic: who can change
/// one record can compute all the hashes after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VerifyOptions {
    /// The key that signed the trail's checkpoints: everything before the last of them is then authentic.
    pub public_key: Option<PublicKey>,
    /// Where the trail stood at some time: everything up to there is then authentic, and nothing of it is missing.
    pub head: Option<ExpectedHead>,
}

/// A [`Head`] that was kept, or only its hash. Read from `count:hash` or `hash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedHead {
    /// How many records there were, if that is known.
    pub count: Option<u64>,
    /// The hash of the last of them.
    pub hash: Digest,
}

/// The text is neither `count:hash` nor `hash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExpectedHeadError {
    /// What stands before the colon is not a number.
    #[error("the count of a head must be a number")]
    Count,
    /// The hash is not one.
    #[error("the hash of a head is malformed")]
    Hash(#[source] HexError),
}

impl From<Head> for ExpectedHead {
    fn from(head: Head) -> Self {
        let (count, hash) = (Some(head.count), head.hash);
        Self { count, hash }
    }
}

impl FromStr for ExpectedHead {
    type Err = ExpectedHeadError;

    fn from_str(text: &str) -> Result<Self, ExpectedHeadError> {
        let (count, hash) = match text.trim().split_once(':') {
            Some((count, hash)) => (
                Some(count.parse().map_err(|_| ExpectedHeadError::Count)?),
                hash,
            ),
            None => (None, text.trim()),
        };
        let hash = hash.parse().map_err(ExpectedHeadError::Hash)?;
        Ok(Self { count, hash })
    }
}

/// What was found in a trail without a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyReport {
    /// Its end: keep it, and the next verification can start from it.
    pub head: Head,
    /// How many attempts and loads were denied.
    pub denials: u64,
    /// How many checkpoints there are, of whatever key.
    pub checkpoints: u64,
    /// How many times a process found a line without its end, dropped it and said so.
    pub torn: u64,
    /// How many records a checkpoint of the given key covers, itself included.
    pub signed: u64,
    /// How many records stand up to the given head.
    pub matched: u64,
}

impl VerifyReport {
    /// How many records, from the first on, are proven to be as they were written: the rest is only consistent.
    pub const fn authenticated(&self) -> u64 {
        if self.signed > self.matched {
            self.signed
        } else {
            self.matched
        }
    }

    /// Whether that is every record.
    pub const fn is_authenticated(&self) -> bool {
        self.authenticated() == self.head.count
    }
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.head.count;
        write!(formatter, "{count} records: consistent, ")?;
        match self.authenticated() {
            0 => formatter.write_str("not authenticated"),
            proven if proven == count => formatter.write_str("authenticated"),
            proven => write!(formatter, "authenticated up to record {proven}"),
        }
    }
}

/// Why a trail is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It could not be read.
    #[error("cannot read the audit trail")]
    Read(#[source] io::Error),
    /// It has no record, and every trail has one.
    #[error("the audit trail is empty")]
    Empty,
    /// A line is wrong, the first of those that are.
    #[error("line {line} of the audit trail is not what was written there")]
    Line {
        /// The number of the line, from 1.
        line: u64,
        /// What is wrong.
        #[source]
        fault: Fault,
    },
    /// The trail has fewer records than the head that was kept.
    #[error(
        "the audit trail ends at record {count}, before the expected head: records were removed"
    )]
    Truncated {
        /// How many records there are.
        count: u64,
    },
    /// No record has the hash that was kept.
    #[error(
        "no record of the audit trail has the expected hash: it was changed or cut, or is another one"
    )]
    HeadMissing,
    /// A key was given, and no checkpoint is signed with it.
    #[error("no checkpoint of the audit trail is signed with the given key")]
    NotSigned,
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It is no record.
    #[error("it is not a record")]
    Malformed(#[source] LineError),
    /// It has no newline: a write was interrupted, or the end was cut off.
    #[error("it has no end: a write was interrupted, or the trail was cut")]
    Unfinished,
    /// Records are missing, twice there or in another order.
    #[error("record {expected} belongs here, and this is record {found}")]
    Sequence {
        /// The number that belongs here.
        expected: u64,
        /// The number that is here.
        found: u64,
    },
    /// It does not follow from the line before.
    #[error("its `prev` is not the hash of the line before: one of the two was changed")]
    Chain,
    /// The first record does not open the trail.
    #[error("a trail begins with a record of kind `opened`")]
    NotOpened,
    /// It was written by another version of the program.
    #[error("the records that follow have format {found}, and this program reads format {FORMAT}")]
    Format {
        /// The version of the format.
        found: u32,
    },
    /// A checkpoint speaks of another trail.
    #[error("the checkpoint covers other records than those before it")]
    Checkpoint,
    /// A checkpoint's signature is not one.
    #[error("the signature of the checkpoint is not valid")]
    Signature,
    /// It is not the record that was kept as the head.
    #[error("its hash is not that of the expected head: it or a record before it was changed")]
    Head,
}

/// Checks the chain from the first record to the last, every signature, and what `options` say. Needs constant memory.
///
/// # Errors
///
/// [`VerifyError`], with the first line that is wrong.
pub fn verify(reader: impl BufRead, options: &VerifyOptions) -> Result<VerifyReport, VerifyError> {
    let mut verifier = Verifier {
        options,
        position: Position::START,
        denials: 0,
        checkpoints: 0,
        torn: 0,
        signed: 0,
        matched: 0,
    };
    let mut lines = Lines::new(reader);
    while let Some(next) = lines.next() {
        let line = verifier.position.seq + 1;
        let fault = match next {
            Ok((record, hash)) => match verifier.accept(&record, hash) {
                Ok(()) => continue,
                Err(fault) => fault,
            },
            Err(NextError::Io(error)) => return Err(VerifyError::Read(error)),
            Err(NextError::Line(error)) => Fault::Malformed(error),
            Err(NextError::Unfinished) => Fault::Unfinished,
        };
        return Err(VerifyError::Line { line, fault });
    }
    verifier.report()
}

struct Verifier<'a> {
    options: &'a VerifyOptions,
    position: Position,
    denials: u64,
    checkpoints: u64,
    torn: u64,
    signed: u64,
    matched: u64,
}

impl Verifier<'_> {
    fn accept(&mut self, record: &Record, hash: Digest) -> Result<(), Fault> {
        let expected = self.position.seq + 1;
        if record.seq != expected {
            let found = record.seq;
            return Err(Fault::Sequence { expected, found });
        }
        if record.prev != self.position.head {
            return Err(Fault::Chain);
        }
        if expected == 1 && !matches!(record.body, Body::Opened(_)) {
            return Err(Fault::NotOpened);
        }
        self.check_body(record)?;
        self.denials += u64::from(record.body.is_denial());
        self.position = Position {
            seq: expected,
            head: hash,
        };
        self.compare_head()
    }

    fn check_body(&mut self, record: &Record) -> Result<(), Fault> {
        match &record.body {
            Body::Opened(opened) if opened.format != FORMAT => Err(Fault::Format {
                found: opened.format,
            }),
            Body::Opened(opened) => {
                self.torn += u64::from(opened.torn.is_some());
                Ok(())
            }
            Body::Checkpoint(checkpoint) => self.check_signature(record, checkpoint),
            Body::Load(_) | Body::Attempt(_) | Body::Call(_) => Ok(()),
        }
    }

    /// A checkpoint of another key than the given one must be whole, too, but proves nothing.
    fn check_signature(&mut self, record: &Record, checkpoint: &Checkpoint) -> Result<(), Fault> {
        if checkpoint.count + 1 != record.seq || checkpoint.head != record.prev {
            return Err(Fault::Checkpoint);
        }
        let key = PublicKey::from_hex(&checkpoint.public_key).map_err(|_| Fault::Signature)?;
        if !key.signed(
            record.seq,
            record.time,
            &checkpoint.head,
            &checkpoint.signature,
        ) {
            return Err(Fault::Signature);
        }
        self.checkpoints += 1;
        if self.options.public_key == Some(key) {
            self.signed = record.seq;
        }
        Ok(())
    }

    fn compare_head(&mut self) -> Result<(), Fault> {
        let Some(expected) = &self.options.head else {
            return Ok(());
        };
        let Position { seq, head } = self.position;
        if head == expected.hash && expected.count.is_none_or(|count| count == seq) {
            self.matched = seq;
        } else if expected.count == Some(seq) {
            return Err(Fault::Head);
        }
        Ok(())
    }

    fn report(self) -> Result<VerifyReport, VerifyError> {
        let Position { seq: count, head } = self.position;
        if count == 0 {
            return Err(VerifyError::Empty);
        }
        match self.options.head {
            Some(expected) if self.matched == 0 => {
                return Err(match expected.count {
                    Some(_) => VerifyError::Truncated { count },
                    None => VerifyError::HeadMissing,
                });
            }
            Some(_) | None => {}
        }
        if self.options.public_key.is_some() && self.signed == 0 {
            return Err(VerifyError::NotSigned);
        }
        let head = Head { count, hash: head };
        Ok(VerifyReport {
            head,
            denials: self.denials,
            checkpoints: self.checkpoints,
            torn: self.torn,
            signed: self.signed,
            matched: self.matched,
        })
    }
}

#[cfg(test)]
mod tests;
