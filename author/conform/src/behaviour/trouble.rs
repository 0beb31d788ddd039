//! The same call where things go wrong.

use serde_json::Value;

use super::examination::{Callee, Examination};
use crate::host::Outcome;
use crate::kit::KitError;
use crate::rule::Rule;
use crate::stage::{Stage, Traces, Trouble, When};

/// Places at which a call is made to fail, one at a time: a tool that reads in pieces does the same at each of them.
const PLACES_MAX: usize = 6;

/// Calls with the same operations in the same order that are troubled: what they do with an error does not depend on much
/// else.
const ALIKE_MAX: usize = 3;

/// The rule that a trouble is for.
fn rule(trouble: Trouble) -> Rule {
    match trouble {
        Trouble::Denied => Rule::DenialHandled,
        Trouble::NotFound => Rule::NotFoundHandled,
        Trouble::Limit => Rule::LimitHandled,
        Trouble::Unavailable => Rule::UnavailableHandled,
        Trouble::Quota | Trouble::Secret | Trouble::Invalid | Trouble::Other => Rule::ErrorHandled,
    }
}

impl<'a> Examination<'a> {
    /// Has every operation of a call fail that ended in order, all at once and one at a time, in every way that it can.
    pub(super) fn trouble(
        &mut self,
        callee: Callee<'a>,
        arguments: &[Value],
        traces: &Traces,
    ) -> Result<(), KitError> {
        if traces.operations.is_empty() || !self.is_unlike(callee, traces) {
            return Ok(());
        }
        for trouble in Trouble::ALL {
            let places = traces
                .operations
                .iter()
                .filter(|name| trouble.at(name).is_some())
                .count();
            if places == 0 || !self.is_new(rule(trouble), callee) {
                continue;
            }
            let one_at_a_time = (0..places.min(PLACES_MAX)).map(When::Nth);
            for when in std::iter::once(When::Always).chain(one_at_a_time) {
                self.troubled(callee, arguments, trouble, when)?;
            }
        }
        Ok(())
    }

    fn is_unlike(&mut self, callee: Callee<'a>, traces: &Traces) -> bool {
        let mut sequence = traces.operations.clone();
        // The many reads of a large file are like the few of a small one.
        sequence.dedup();
        let seen = self.troubled.entry((callee.name, sequence)).or_default();
        *seen += 1;
        *seen <= ALIKE_MAX
    }

    fn troubled(
        &mut self,
        callee: Callee<'a>,
        arguments: &[Value],
        trouble: Trouble,
        when: When,
    ) -> Result<(), KitError> {
        let rule = rule(trouble);
        if !self.is_new(rule, callee) {
            return Ok(());
        }
        self.ledger.check(rule);
        let stage = Stage::new(self.kit.budget.memory).with(trouble, when);
        let (outcome, _) = self.call(callee, arguments, &stage)?;
        if outcome.ending.is_orderly() {
            return Ok(());
        }
        self.found_in_trouble(callee, arguments, (trouble, when), outcome)
    }

    fn found_in_trouble(
        &mut self,
        callee: Callee<'a>,
        arguments: &[Value],
        (trouble, when): (Trouble, When),
        mut last: Outcome,
    ) -> Result<(), KitError> {
        let plain = Stage::new(self.kit.budget.memory);
        let stage = plain.clone().with(trouble, when);
        let hangs = matches!(&last.ending, crate::host::Ending::Limit(code) if code == "time");
        let counted = if hangs { Rule::NoHang } else { rule(trouble) };
        let smallest = self.smallest(callee, counted, arguments, |examination, candidate| {
            let (outcome, _) = examination.call(callee, candidate, &stage)?;
            let shows = !outcome.ending.is_orderly()
                // Arguments that break it anyway are another rule's.
                && examination.call(callee, candidate, &plain)?.0.ending.is_orderly();
            if shows {
                last = outcome;
            }
            Ok(shows)
        })?;
        let what = format!("the call ends in {}", last.ending);
        let name = trouble.name();
        let circumstances = match when {
            When::Always => {
                format!("the host answers `{name}` to everything that can be answered so")
            }
            When::Nth(nth) => {
                format!(
                    "the host answers `{name}` once, to operation {} that can be answered so",
                    nth + 1
                )
            }
        };
        self.find(callee, rule(trouble), &smallest, what, Some(circumstances));
        Ok(())
    }
}
