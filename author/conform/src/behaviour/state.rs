//! Calls one after the other in the same instance: what came before must not make a difference.

use serde_json::Value;

use super::examination::{Callee, Examination, call};
use crate::host::{Ending, Floor, Kept, Loaded};
use crate::kit::KitError;
use crate::rule::Rule;
use crate::stage::Stage;

/// Calls that are remembered of each function.
const OF_EACH_MAX: usize = 12;

/// Calls that are remembered in all: every one of them is made four times, and some with each other.
const MAX: usize = 60;

/// A call that ends in order.
pub(super) struct Remembered<'a> {
    callee: Callee<'a>,
    arguments: Vec<Value>,
}

impl<'a> Examination<'a> {
    /// Remembers a call for later.
    pub(super) fn remember(&mut self, callee: Callee<'a>, arguments: &[Value]) {
        let of_this = self
            .remembered
            .iter()
            .filter(|known| known.callee.name == callee.name);
        if self.kit.asks(Rule::NoState)
            && self.remembered.len() < MAX
            && of_this.count() < OF_EACH_MAX
        {
            self.remembered.push(Remembered {
                callee,
                arguments: arguments.to_vec(),
            });
        }
    }

    /// Makes the remembered calls one after the other, there and back, each of them alone before that.
    pub(super) fn state(&mut self) -> Result<(), KitError> {
        let calls = std::mem::take(&mut self.remembered);
        let mut alone = Vec::new();
        for remembered in &calls {
            alone.push(self.alone(remembered.callee, &remembered.arguments)?);
        }
        let mut host = self.keeping()?;
        let order: Vec<usize> = (0..calls.len()).chain((0..calls.len()).rev()).collect();
        for (step, index) in order.iter().enumerate() {
            let (Some(remembered), Some(alone)) = (calls.get(*index), alone.get(*index)) else {
                continue;
            };
            if !alone.is_orderly() {
                continue;
            }
            self.ledger.check(Rule::NoState);
            let together = self.on(host.as_mut(), remembered.callee, &remembered.arguments)?;
            if together != *alone && self.is_new(Rule::NoState, remembered.callee) {
                let before: Vec<&Remembered<'a>> = order
                    .iter()
                    .take(step)
                    .filter_map(|index| calls.get(*index))
                    .collect();
                self.found_in_state(remembered, &before, alone, &together)?;
            }
        }
        Ok(())
    }

    /// A host that keeps instances: one that was given, since it may, and else the kit's own.
    fn keeping(&self) -> Result<Box<dyn Loaded>, KitError> {
        match &self.kit.host {
            Some(host) => host.load(self.component).map_err(KitError::Refused),
            None => Ok(Box::new(Kept::new(self.tool.clone(), self.ours.runtime()))),
        }
    }

    fn on(
        &self,
        host: &mut dyn Loaded,
        callee: Callee<'_>,
        arguments: &[Value],
    ) -> Result<Ending, KitError> {
        let stage = Stage::new(self.kit.budget.memory).without_sources();
        let (outcome, _) = call(host, self.kit, callee, arguments, &stage, Floor::default())?;
        Ok(outcome.ending)
    }

    fn alone(&self, callee: Callee<'_>, arguments: &[Value]) -> Result<Ending, KitError> {
        self.on(self.keeping()?.as_mut(), callee, arguments)
    }

    /// Whether a call ends otherwise after another than alone.
    fn is_changed_by(
        &self,
        before: (Callee<'_>, &[Value]),
        (callee, arguments): (Callee<'_>, &[Value]),
    ) -> Result<bool, KitError> {
        let alone = self.alone(callee, arguments)?;
        let mut host = self.keeping()?;
        let first = self.on(host.as_mut(), before.0, before.1)?;
        if !alone.is_orderly() || !first.is_orderly() {
            return Ok(false);
        }
        Ok(self.on(host.as_mut(), callee, arguments)? != alone)
    }

    fn found_in_state(
        &mut self,
        remembered: &Remembered<'a>,
        before: &[&Remembered<'a>],
        alone: &Ending,
        together: &Ending,
    ) -> Result<(), KitError> {
        let (callee, arguments) = (remembered.callee, &remembered.arguments);
        if self.is_changed_by((callee, arguments), (callee, arguments))? {
            let smallest = self.smallest(
                callee,
                Rule::NoState,
                arguments,
                |examination, candidate| {
                    examination.is_changed_by((callee, candidate), (callee, candidate))
                },
            )?;
            let what = "the same call made twice in an instance ends in two ways".to_owned();
            let circumstances = "the call is made before with the same arguments".to_owned();
            self.find(callee, Rule::NoState, &smallest, what, Some(circumstances));
            return Ok(());
        }
        let mut culprit = None;
        for other in before {
            if self.is_changed_by((other.callee, &other.arguments), (callee, arguments))? {
                culprit = Some(*other);
                break;
            }
        }
        let circumstances = match culprit {
            Some(other) => self.after(callee, arguments, other)?,
            None => format!("{} calls are made before", before.len()),
        };
        let what = format!(
            "the call ends in {}, and alone in {}",
            short(together),
            short(alone)
        );
        self.find(callee, Rule::NoState, arguments, what, Some(circumstances));
        self.repeat_from_the_seed();
        Ok(())
    }

    /// The call before, as small as it can be.
    fn after(
        &mut self,
        callee: Callee<'a>,
        arguments: &[Value],
        other: &Remembered<'a>,
    ) -> Result<String, KitError> {
        let first = self.smallest(
            other.callee,
            Rule::NoState,
            &other.arguments,
            |examination, candidate| {
                examination.is_changed_by((other.callee, candidate), (callee, arguments))
            },
        )?;
        Ok(format!(
            "`{}` is called before with {}",
            other.callee.name,
            Value::from(first)
        ))
    }

    /// The finding made last needs more than its own arguments: it comes again from what all cases come from.
    fn repeat_from_the_seed(&mut self) {
        let command = self.kit.command(Rule::NoState, &self.kit.generation());
        self.ledger.last_comes_again_with(command);
    }
}

/// An ending that fits a sentence.
fn short(ending: &Ending) -> String {
    const CHARACTERS_MAX: usize = 80;
    let text = ending.to_string();
    if text.chars().count() <= CHARACTERS_MAX {
        return text;
    }
    let beginning: String = text.chars().take(CHARACTERS_MAX).collect();
    format!("{beginning}…")
}
