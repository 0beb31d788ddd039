//! What a tool may use: the limits of a host, where nobody said anything else.

use std::time::Duration;

use bailiwick::policy::{Limits, format_bytes, format_duration};

/// What a tool may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of linear memory of one call.
    pub memory: u64,
    /// Units of compute of one call.
    pub fuel: u64,
    /// How long one call may take: what takes longer hangs.
    pub time: Duration,
    /// How long making an instance may take, before anything is called.
    pub start_time: Duration,
    /// Bytes of the component.
    pub size: u64,
    /// How long compiling may take.
    pub compile_time: Duration,
}

/// Making an instance is a part of every call: a tenth of the time that a call may take by default leaves the rest to the
/// function. Language runtimes that are not snapshotted at build take some ten milliseconds.
const START_TIME: Duration = Duration::from_secs(1);

impl Default for Budget {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            memory: limits.memory,
            fuel: limits.fuel,
            time: limits.time,
            start_time: START_TIME,
            size: limits.component_size,
            compile_time: limits.compile_time,
        }
    }
}

impl Budget {
    /// What differs from the default, as flags of the command, for a line that repeats a finding.
    pub(crate) fn flags(&self) -> Vec<String> {
        let usual = Self::default();
        let mut flags = Vec::new();
        let mut add = |flag: &str, value: String| flags.extend([flag.to_owned(), value]);
        if self.memory != usual.memory {
            add("--memory", tight(&format_bytes(self.memory)));
        }
        if self.fuel != usual.fuel {
            add("--fuel", self.fuel.to_string());
        }
        if self.time != usual.time {
            add("--time", tight(&format_duration(self.time)));
        }
        if self.start_time != usual.start_time {
            add("--start-time", tight(&format_duration(self.start_time)));
        }
        if self.size != usual.size {
            add("--size", tight(&format_bytes(self.size)));
        }
        flags
    }
}

/// `64MiB` for `64 MiB`: one word on a command line.
fn tight(quantity: &str) -> String {
    quantity.replace(' ', "")
}
