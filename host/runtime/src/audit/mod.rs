//! The audit trail.

mod file;
mod hex;
mod key;
mod line;
mod record;
mod sink;
mod tail;
mod text;
mod timestamp;
mod trail;

pub use hex::{Digest, Hex, HexError, Signature};
pub use key::{KeyError, PublicKey, SigningKey};
pub use line::LineError;
pub use record::{
    Attempt, Body, Call, Checkpoint, Decision, FORMAT, LINE_BYTES_MAX, Load, OK, Opened, Phase,
    Record, Rule, Torn,
};
pub use text::{Arguments, Name, Sentence, Text, is_deceptive, visible};
pub use timestamp::{Timestamp, TimestampError};
pub use trail::{AuditError, Head, SyncPolicy, Trail, TrailOptions};
