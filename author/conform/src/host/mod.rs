//! A host as the kit sees it: it loads a component, and calls its functions on a stage.
//!
//! Two are in this crate. [`Ours`] is bailiwick itself, which makes an instance for each call. [`Keeping`] is its
//! opposite: it keeps an instance for as long as it works, which no host of ours does, so that what a tool hides in it
//! comes to light; and WASI's clock and random bytes are what the kit says. Any other host is put under the same tools by
//! implementing [`Host`] and [`Loaded`].

mod keeping;
mod ours;

use std::time::Duration;

use bailiwick::waist::Performer;

pub use keeping::Keeping;
pub(crate) use keeping::Kept;
pub use ours::{Ours, OursError};

/// A host that tools are put into.
pub trait Host {
    /// Loads a component.
    ///
    /// # Errors
    /// Why the host does not take it, in words.
    fn load(&self, component: &[u8]) -> Result<Box<dyn Loaded>, String>;
}

/// A component that a host has loaded.
pub trait Loaded {
    /// Calls a function of it. Calls come one after the other, and whether they meet the same instance is the host's
    /// affair.
    fn call(&mut self, call: Call<'_>) -> Outcome;
}

/// One call.
pub struct Call<'a> {
    /// The function's full name: `acme:csv/report#summarise`, or `summarise` where it is exported without an interface.
    pub function: &'a str,
    /// The arguments as JSON, an array by position.
    ///
    /// Where a parameter is a `borrow<reader>` or a `borrow<writer>` there is a path. The host opens it before anything of
    /// the tool runs, by asking the performer for [`OpenReader`](bailiwick::capability::files::OpenReader) or
    /// [`Create`](bailiwick::capability::files::Create), in the order of the arguments; it commits a writer afterwards when
    /// the function returned without an error.
    pub arguments: &'a str,
    /// What answers everything that the tool asks the host for: each host function makes an operation of its arguments, and
    /// its result of the answer.
    pub performer: Box<dyn Performer>,
    /// Bytes of linear memory that the call may have.
    pub memory: u64,
    /// How long it may take.
    pub time: Duration,
    /// What WASI tells where nothing is granted.
    pub floor: Floor,
}

/// What WASI's clock and random bytes say in a call. A host whose own never change may leave it aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// Seconds since 1970.
    pub seconds: u64,
    /// Where the random bytes begin.
    pub seed: u64,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// Units of compute that it used, if the host counts them.
    pub fuel: Option<u64>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With an answer, as JSON.
    Answer(String),
    /// With the tool's own error, as JSON.
    ToolError(String),
    /// The tool broke, with the reason in words.
    Trap(String),
    /// The host ended it for a limit, by the limit's code: `time`, `memory`, `fuel`, `stack` …
    Limit(String),
    /// Nothing of the tool ran: the arguments or the files that they name were refused, for this reason.
    Refused(String),
    /// The host itself failed.
    HostFault(String),
}

impl Ending {
    /// Whether it is one that the tool chose: an answer or its own error.
    pub fn is_orderly(&self) -> bool {
        matches!(self, Self::Answer(_) | Self::ToolError(_))
    }
}

/// Such as `the answer 42`, `a trap: unreachable`.
impl std::fmt::Display for Ending {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answer(json) => write!(formatter, "the answer {json}"),
            Self::ToolError(json) => write!(formatter, "the tool's error {json}"),
            Self::Trap(why) => write!(formatter, "a trap: {why}"),
            Self::Limit(code) => write!(formatter, "the limit `{code}`"),
            Self::Refused(why) => write!(formatter, "a refusal: {why}"),
            Self::HostFault(why) => write!(formatter, "a fault of the host: {why}"),
        }
    }
}
