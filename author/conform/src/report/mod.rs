//! What came of it: which rules a tool keeps, and what breaks the others.

mod json;
mod junit;
mod text;

use std::collections::BTreeMap;

use crate::rule::Rule;

/// What came of holding the rules against a tool.
#[derive(Clone, Debug)]
pub struct Report {
    /// How the component was named.
    pub component: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// The world that it was held against; none where it was held against its own list of functions.
    pub world: Option<String>,
    /// Where the random cases began.
    pub seed: u64,
    /// Each rule that was asked for, in the order of the table.
    pub verdicts: Vec<Verdict>,
    /// What breaks rules, in the order of the table.
    pub findings: Vec<Finding>,
    /// What else is worth knowing, a sentence each.
    pub notes: Vec<String>,
}

/// What came of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The rule.
    pub rule: Rule,
    /// What came of it.
    pub state: State,
}

/// What came of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is kept, as far as so many checks can tell.
    Kept {
        /// How many.
        checks: u64,
    },
    /// It is broken.
    Broken,
    /// Nothing can be said, for this reason.
    NotChecked(String),
}

/// Something that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// What is wrong, in words.
    pub what: String,
    /// The function that was called.
    pub function: Option<String>,
    /// Its arguments as JSON, an array: the smallest that were found.
    pub input: Option<String>,
    /// What else it takes, in words: what the host answered, what was called before.
    pub circumstances: Option<String>,
    /// The command that shows it again.
    pub command: String,
}

impl Report {
    /// Whether the tool keeps every rule that was asked for. A rule that could not be checked is not kept.
    pub fn conforms(&self) -> bool {
        self.verdicts
            .iter()
            .all(|verdict| matches!(verdict.state, State::Kept { .. }))
    }

    /// For people: a line for each rule, then what breaks them.
    pub fn to_text(&self) -> String {
        text::text(self)
    }

    /// For programs. The form is described in the documentation, and only ever added to.
    pub fn to_json(&self) -> serde_json::Value {
        json::json(self)
    }

    /// For what collects test results: JUnit's XML.
    pub fn to_junit(&self) -> String {
        junit::junit(self)
    }
}

/// Findings and checks while they are being made.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    findings: Vec<Finding>,
    checks: BTreeMap<Rule, u64>,
    unchecked: BTreeMap<Rule, String>,
    notes: Vec<String>,
}

impl Ledger {
    /// Counts a check.
    pub(crate) fn check(&mut self, rule: Rule) {
        *self.checks.entry(rule).or_default() += 1;
    }

    pub(crate) fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Notes why nothing can be said about a rule. What was found stays found.
    pub(crate) fn leave(&mut self, rule: Rule, why: &str) {
        self.unchecked.entry(rule).or_insert_with(|| why.to_owned());
    }

    /// Has the finding made last come again with another command.
    pub(crate) fn last_comes_again_with(&mut self, command: String) {
        if let Some(last) = self.findings.last_mut() {
            last.command = command;
        }
    }

    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub(crate) fn has(&self, rule: Rule) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }

    /// Whether the same was found before.
    pub(crate) fn knows(&self, finding: &Finding) -> bool {
        self.findings.contains(finding)
    }

    /// Whether a rule was broken by this function.
    pub(crate) fn has_by(&self, rule: Rule, function: &str) -> bool {
        let mut of_rule = self.findings.iter().filter(|finding| finding.rule == rule);
        of_rule.any(|finding| finding.function.as_deref() == Some(function))
    }

    /// What remains for the rules that were asked for.
    pub(crate) fn close(mut self, asked: &[Rule]) -> (Vec<Verdict>, Vec<Finding>, Vec<String>) {
        self.findings
            .retain(|finding| asked.contains(&finding.rule));
        self.findings.sort_by_key(|finding| finding.rule);
        let verdicts = asked.iter().map(|rule| Verdict {
            rule: *rule,
            state: self.state(*rule),
        });
        (verdicts.collect(), self.findings, self.notes)
    }

    fn state(&self, rule: Rule) -> State {
        if self.has(rule) {
            return State::Broken;
        }
        match self.unchecked.get(&rule) {
            Some(why) => State::NotChecked(why.clone()),
            None => State::Kept {
                checks: self.checks.get(&rule).copied().unwrap_or(0),
            },
        }
    }
}

#[cfg(test)]
mod tests;
