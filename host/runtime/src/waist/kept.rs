//! What a call was denied and what failed, as far as it is kept for the call's report.

use bailiwick_policy::Denial;

use super::record::Note;
use crate::call::Report;

/// Of each kind those of one call that are kept. The trail has all of them, and the meter the number of denials.
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
}

/// One use of a capability that was permitted, and behind which nothing answered, for the operator's log. The trail has that it was
/// `unavailable`, the guest learns no more than that either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The capability's key in a policy.
    pub capability: String,
    /// The arguments as the guest gave them, cut: not fit for a terminal.
    pub words: String,
    /// Why, in words for the operator; not fit for a terminal.
    pub why: String,
}

/// The first of each kind.
#[derive(Debug, Default)]
pub(super) struct Kept {
    refused: Vec<Refused>,
    failed: Vec<Failed>,
}

impl Kept {
    pub(super) fn refused(&mut self, note: &Note, denial: &Denial) {
        if self.refused.len() < MAX {
            self.refused.push(Refused {
                capability: denial.capability().key().to_owned(),
                words: words(note),
                reason: denial.reason().code(),
                remedy: denial.remedy(),
            });
        }
    }

    pub(super) fn failed(&mut self, note: &Note, why: &str) {
        if self.failed.len() < MAX {
            self.failed.push(Failed {
                capability: note.capability().to_owned(),
                words: words(note),
                why: why.chars().take(CHARS_MAX).collect(),
            });
        }
    }

    /// Those of a tool that was called.
    pub(super) fn absorb(&mut self, report: &Report) {
        let (refused, failed) = (MAX - self.refused.len(), MAX - self.failed.len());
        self.refused
            .extend(report.refused.iter().take(refused).cloned());
        self.failed
            .extend(report.failed.iter().take(failed).cloned());
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
