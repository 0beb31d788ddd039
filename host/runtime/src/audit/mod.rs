//! The audit trail: what every tool tried, what was decided, and what came of it, so that it can be proven afterwards.
//!
//! # The attacker
//!
//! A tool and whoever feeds it: they choose names, arguments and messages, and would like to forge a record, to hide one, to fool the person
//! or the program that reads the trail, to fill the disk, or to do something while nothing can be recorded. And, later, whoever gets at the file
//! and would like it to say something else.
//!
//! # What is promised
//!
//! - *Before the reply.* [`Trail::append`] returns when the record has left the process (one `write(2)`). An effect has a record before it
//!   ([`Phase::Began`]) and one after it. [`SyncPolicy`] says what is on the disk by then, should the machine fail.
//! - *Or not at all.* The first write that fails ends the trail: it is cut back to its last whole record, and every later append is an error. The
//!   waist refuses what it cannot record.
//! - *One line, one record.* A line is JSON; every text in it is bounded by its type ([`Text`]), says so when it was cut, and is escaped: no newline can
//!   forge a record, and no control, invisible or directional character reaches a viewer ([`is_deceptive`]).
//! - *One way to write it.* What is not byte for byte as this code writes it is not accepted when reading.
//! - *A chain.* Each record holds the SHA-256 of the line before. [`verify()`] finds any change, removal, insertion or exchange up to a
//!   [`Head`] that was kept elsewhere, or up to the last checkpoint signed with a key that was kept elsewhere. What stands after that, or
//!   everything if there is neither, is only *consistent*: who may change the file may compute the hashes, too.
//! - *One writer.* The file is locked; it is a regular file with one name that belongs to this user and that nobody else can write. A link is
//!   not followed.
//! - *A crash is no forgery.* A line without its end is dropped by the next process that opens the file, which says so in its first record.
//!
//! # What is deliberately absent
//!
//! - Secrets: nothing here knows which bytes are one. Who makes a record redacts it.
//! - Rotation: close a trail, keep its head, open another file.
//! - A way to change or to remove a record, and a way to switch the trail off after it began.
//! - Protection against a trail signed with the same key being put in the place of another, or the newest records being cut off behind the last
//!   checkpoint: only a head that was kept elsewhere tells.
//! - Protection of the folder: who can write to it can take the file away. A deleted file is noticed when a call ends; a renamed one goes on being written.
//! - Other types of this project: records are plain data, so that collectors and other programs can use this folder alone.

mod chain;
mod error;
mod file;
mod hex;
mod key;
mod line;
mod lines;
mod record;
#[cfg(test)]
mod samples;
mod schema;
mod show;
mod sink;
mod tail;
mod text;
mod timestamp;
mod trail;
mod verify;

pub use error::AuditError;
pub use hex::{Digest, Hex, HexError, Signature};
pub use key::{KeyError, PublicKey, SigningKey};
pub use line::LineError;
pub use record::{
    Attempt, Body, Call, Checkpoint, Decision, FORMAT, LINE_BYTES_MAX, Load, OK, Opened, Phase,
    Record, Rule, Torn,
};
pub use schema::schema;
pub use show::{Filter, Row, ShowError, render, rows};
pub use text::{Arguments, Name, Sentence, Text, is_deceptive, visible};
pub use timestamp::{Timestamp, TimestampError};
pub use trail::{Head, SyncPolicy, Trail, TrailOptions};
pub use verify::{
    ExpectedHead, ExpectedHeadError, Fault, VerifyError, VerifyOptions, VerifyReport, verify,
};
