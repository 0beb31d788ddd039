//! What an attack can achieve.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What became of an attack, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Score {
    /// Code of the attacker ran outside of the sandbox.
    Escape,
    /// The flag left the host.
    Read,
    /// Something that was not granted is different: a file outside, a file that is neither the old nor the new one.
    Write,
    /// A byte of the attacker's is in a place that was not granted: an address, a header, a terminal, a record.
    Exfil,
    /// The host's process is dead.
    Crash,
    /// Others suffer: no end in time, memory, descriptors, disk, requests past what was set.
    Exhaust,
    /// None of these.
    Held,
}

impl Score {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Escape => "ESCAPE",
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::Exfil => "EXFIL",
            Self::Crash => "CRASH",
            Self::Exhaust => "EXHAUST",
            Self::Held => "HELD",
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.word())
    }
}
