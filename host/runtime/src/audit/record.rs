//! What a record says: one kind for each thing that can happen.
//!
//! Strings borrow from the caller, and every one of them is bounded by its type, so a line cannot grow beyond [`LINE_BYTES_MAX`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::hex::{Digest, Hex, Signature};
use super::text::{Arguments, Name, Sentence};
use super::timestamp::Timestamp;

/// The version of the format that this program writes and reads.
pub const FORMAT: u32 = 1;

/// The longest line, without its newline, that is ever written and that is accepted when reading. The longest attempt needs 56 KiB: each
/// byte of text takes at most six when escaped.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// One line of a trail, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the trail, from 1. It is the number of its line, too.
    pub seq: u64,
    /// When it was written.
    pub time: Timestamp,
    /// What it says.
    pub body: Body<'static>,
    /// The SHA-256 of the line before it without the newline; zeros in the first.
    pub prev: Digest,
}

/// What a record says.
///
/// [`Trail`](super::Trail) writes `Opened` and `Checkpoint` by itself; a host appends the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Body<'a> {
    /// A program began to write to the trail.
    Opened(Opened<'a>),
    /// A component was loaded as a tool, or refused.
    Load(Load<'a>),
    /// A tool tried to use a capability.
    Attempt(Attempt<'a>),
    /// A call ended.
    Call(Call<'a>),
    /// A signature over everything before.
    Checkpoint(Checkpoint),
}

/// A program began to write to the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opened<'a> {
    /// The version of the format of the records that follow.
    pub format: u32,
    /// The program and its version.
    pub program: Name<'a>,
    /// What an earlier process left unfinished at the end of the file, and what was therefore dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub torn: Option<Torn<'a>>,
}

/// A last line without its end, as a crash in the middle of a write leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Torn<'a> {
    /// How many bytes were dropped.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: Digest,
    /// Their beginning. What is not UTF-8 is replaced.
    pub text: Arguments<'a>,
}

/// A component was loaded as a tool, or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Load<'a> {
    /// The tool's name.
    pub tool: Name<'a>,
    /// The SHA-256 of the component, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<Digest>,
    /// The SHA-256 of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
    /// `ok`, or the stable code of the refusal.
    pub outcome: Name<'a>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sentence<'a>>,
    /// What would make it load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Sentence<'a>>,
}

/// A tool tried to use a capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt<'a> {
    /// The call it belongs to.
    pub call: Name<'a>,
    /// Its number in the call. `began` and `ended`, and `opened` and `closed`, of one attempt share it.
    pub attempt: u64,
    /// The tool's name.
    pub tool: Name<'a>,
    /// The SHA-256 of the component.
    pub component: Digest,
    /// The capability's key in a policy, such as `read-file`.
    pub capability: Name<'a>,
    /// The operation of the capability, such as `read` or `open`.
    pub operation: Name<'a>,
    /// How far the attempt is.
    pub phase: Phase,
    /// The operation's arguments, as the guest gave them.
    pub arguments: Arguments<'a>,
    /// Whether it was permitted.
    pub decision: Decision,
    /// The stable code of the reason for a denial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Name<'a>>,
    /// The rule that decided, if one did: a denial for want of any rule has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule<'a>>,
    /// What would allow a denied attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Sentence<'a>>,
    /// Whether what was used is private: from here on the call is held to what is marked for private data.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// Where a request went: the address that was decided and connected to, or `proxy`, which chose one itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Name<'a>>,
    /// The bytes that moved; for a handle that was closed, in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How long it took in microseconds; for a handle that was closed, since it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_us: Option<u64>,
    /// `ok`, or the stable code of the failure. A record that stands before its effect has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Name<'a>>,
}

/// How far an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It is over, and this is its only record: a denial, or something that changes nothing outside.
    Done,
    /// An effect is about to happen. The record is written before it.
    Began,
    /// The effect happened, or failed.
    Ended,
    /// A handle was opened.
    Opened,
    /// The handle was closed.
    Closed,
}

/// Whether an attempt was permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It was.
    Permit,
    /// It was not.
    Deny,
}

/// The rule that decided an attempt, and where it stands. Without a file and a flag it was given in the code of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule<'a> {
    /// The policy file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Sentence<'a>>,
    /// The line in the file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The command's flag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<Name<'a>>,
    /// The rule as it was written.
    pub text: Sentence<'a>,
}

/// A call ended. What the tools did that it called is in its numbers too: they count towards its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call<'a> {
    /// The call.
    pub call: Name<'a>,
    /// The call of the tool that made this one, where a tool did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Name<'a>>,
    /// The tool's name.
    pub tool: Name<'a>,
    /// The SHA-256 of the component.
    pub component: Digest,
    /// The SHA-256 of the policy.
    pub policy: Digest,
    /// On whose behalf it was made, where the host knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<Name<'a>>,
    /// Who said yes to it, where somebody was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<Name<'a>>,
    /// The function that was called.
    pub function: Name<'a>,
    /// Its arguments.
    pub arguments: Arguments<'a>,
    /// `ok`, or the stable code of what went wrong.
    pub outcome: Name<'a>,
    /// What went wrong in more words: which limit, which trap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Sentence<'a>>,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// The fuel that it used.
    pub fuel: u64,
    /// The most linear memory that it held at a time, in bytes.
    pub peak_memory: u64,
    /// The size of its answer in bytes.
    pub result_bytes: u64,
    /// How many attempts it made.
    pub attempts: u64,
    /// How many of them were denied.
    pub denials: u64,
    /// Bytes that it read from files.
    pub bytes_read: u64,
    /// Bytes that it wrote to files.
    pub bytes_written: u64,
    /// Bytes that it sent over the network.
    pub bytes_sent: u64,
    /// Bytes that it received over the network.
    pub bytes_received: u64,
    /// Lines that it logged.
    pub log_lines: u64,
    /// Lines that it logged over its limit; they were dropped.
    pub log_lines_dropped: u64,
}

/// A signature over everything before.
///
/// The message that is signed: `bailiwick audit checkpoint v1`, a zero byte, the record's `seq` as eight bytes (little-endian), its `time` as
/// written, and the 32 bytes of `head`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// How many records stand before this one.
    pub count: u64,
    /// The SHA-256 of the line before this one, as in `prev`.
    pub head: Digest,
    /// The key that signed.
    pub public_key: Hex<32>,
    /// The Ed25519 signature.
    pub signature: Signature,
}

macro_rules! body_from {
    ($($kind:ident),*) => {$(
        impl<'a> From<$kind<'a>> for Body<'a> {
            fn from(body: $kind<'a>) -> Self {
                Self::$kind(body)
            }
        }
    )*};
}
body_from!(Opened, Load, Attempt, Call);

impl Body<'_> {
    /// The tool that the record is about.
    pub fn tool(&self) -> Option<&str> {
        match self {
            Self::Load(load) => Some(load.tool.shown()),
            Self::Attempt(attempt) => Some(attempt.tool.shown()),
            Self::Call(call) => Some(call.tool.shown()),
            Self::Opened(_) | Self::Checkpoint(_) => None,
        }
    }

    /// The call that the record belongs to.
    pub fn call(&self) -> Option<&str> {
        match self {
            Self::Attempt(attempt) => Some(attempt.call.shown()),
            Self::Call(call) => Some(call.call.shown()),
            Self::Load(_) | Self::Opened(_) | Self::Checkpoint(_) => None,
        }
    }

    /// Whether the record is a denied attempt or a refused load.
    pub fn is_denial(&self) -> bool {
        match self {
            Self::Attempt(attempt) => attempt.decision == Decision::Deny,
            Self::Load(load) => load.outcome.shown() != OK,
            Self::Opened(_) | Self::Call(_) | Self::Checkpoint(_) => false,
        }
    }
}

/// The outcome of what went well.
pub const OK: &str = "ok";
