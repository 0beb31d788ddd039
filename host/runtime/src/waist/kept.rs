//! What a call was denied and what failed, as far as it is kept for the call's report.

use bailiwick_policy::Denial;

use super::record::Note;
use crate::call::Report;

/// Of each kind those of one call that are kept: a report stays small whatever a guest tries. The trail has all denials, and the meter
/// their number.
const MAX: usize = 16;

/// Characters that are kept of the arguments of an attempt.
const CHARS_MAX: usize = 256;

/// One use of a capability that was denied, for the operator's log: the trail has it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The capability's key in a policy.
    pub capability: String,
    /// The arguments as the guest gave them, cut: not fit for a terminal.
    pub words: String,
    /// The stable code of the reason.
    pub reason: &'static str,
    /// What would permit it, in words for the operator.
    pub remedy: Option<String>,
    /// Whose call it was, where the tool had called another one.
    pub callee: Option<Callee>,
}

/// One use of a capability that was permitted, and behind which nothing answered, for the operator's log. The guest learns no more than
/// that it was `unavailable`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The capability's key in a policy.
    pub capability: String,
    /// The arguments as the guest gave them, cut: not fit for a terminal.
    pub words: String,
    /// Why, in words for the operator; not fit for a terminal.
    pub why: String,
    /// Whose call it was, where the tool had called another one.
    pub callee: Option<Callee>,
}

/// The call of another tool, which the tool made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callee {
    /// The tool that was called.
    pub tool: String,
    /// The call's name in the trail.
    pub call: String,
}

/// The first of each kind.
#[derive(Debug, Default)]
pub(super) struct Kept {
    refused: Vec<Refused>,
    failed: Vec<Failed>,
    failures: u64,
}

impl Kept {
    pub(super) fn refused(&mut self, note: &Note, denial: &Denial) {
        if self.refused.len() < MAX {
            self.refused.push(Refused {
                capability: denial.capability().key().to_owned(),
                words: words(note),
                reason: denial.reason().code(),
                remedy: denial.remedy(),
                callee: None,
            });
        }
    }

    pub(super) fn failed(&mut self, note: &Note, why: &str) {
        if self.failed.len() < MAX {
            self.failed.push(Failed {
                capability: note.capability().to_owned(),
                words: words(note),
                why: why.chars().take(CHARS_MAX).collect(),
                callee: None,
            });
        }
        self.failures += 1;
    }

    /// How often something failed.
    pub(super) fn failures(&self) -> u64 {
        self.failures
    }

    /// Those of a tool that was called.
    pub(super) fn absorb(&mut self, tool: &str, report: &Report) {
        let callee = || {
            Some(Callee {
                tool: tool.to_owned(),
                call: report.call.clone(),
            })
        };
        for refused in report.refused.iter().take(MAX - self.refused.len()) {
            let mut refused = refused.clone();
            refused.callee = refused.callee.or_else(callee);
            self.refused.push(refused);
        }
        for failed in report.failed.iter().take(MAX - self.failed.len()) {
            let mut failed = failed.clone();
            failed.callee = failed.callee.or_else(callee);
            self.failed.push(failed);
        }
    }

    /// Gives them out.
    pub(super) fn take(&mut self) -> (Vec<Refused>, Vec<Failed>) {
        (
            std::mem::take(&mut self.refused),
            std::mem::take(&mut self.failed),
        )
    }
}

fn words(note: &Note) -> String {
    note.words().chars().take(CHARS_MAX).collect()
}
