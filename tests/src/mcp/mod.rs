//! What the suites of `bailiwick serve` have in common: policies to serve, servers as processes, and clients that say exactly
//! what they are told to.

pub mod clients;
pub mod crowd;
pub mod http;
pub mod piped;
pub mod served;
pub mod session;
pub mod site;

/// The two ways in which the protocol is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// With `initialize` and sessions.
    Legacy,
    /// Without either: every request says everything.
    Modern,
}

impl Era {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Legacy, Self::Modern];

    /// The version of the protocol that stands for it.
    pub fn version(self) -> &'static str {
        match self {
            Self::Legacy => "2025-11-25",
            Self::Modern => "2026-07-28",
        }
    }
}
