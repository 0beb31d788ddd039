//! What a call used, and what it logged.

use std::collections::BTreeMap;
use std::time::Duration;

use bailiwick_policy::RuleRef;

use crate::waist::{Failed, LogLine, Refused, Spent};

/// What a call used, and what it logged.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The call's name in the trail; empty when it never began.
    pub call: String,
    /// How long it took.
    pub duration: Duration,
    /// The fuel that it used.
    pub fuel: u64,
    /// The most bytes of linear memory that it held at once.
    pub peak_memory: u64,
    /// What it used of the host.
    pub spent: Spent,
    /// The mark on the private data that it used, or was held to; none where it may still reach what its grant permits.
    pub private: Option<RuleRef>,
    /// Bytes that it sent, by the host, or by the `*.` name or `*` of the rule whose hosts share a budget.
    pub egress: BTreeMap<String, u64>,
    /// What it was denied: the first sixteen times. [`Spent::denials`] counts all of them.
    pub refused: Vec<Refused>,
    /// What it was permitted, and behind which nothing answered: the first sixteen times.
    pub failed: Vec<Failed>,
    /// What it logged and printed, as the guest gave it: not yet fit for a terminal.
    pub log: Vec<LogLine>,
}
