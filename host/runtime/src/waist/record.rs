//! What the waist writes into the trail: one record for each attempt, before its answer leaves.

use std::sync::Arc;
use std::time::Instant;

use bailiwick_policy::{Denial, Origin, RuleRef};

use super::{Failure, chain};
use crate::audit::{self, Decision, Digest, Phase, Trail};

/// One attempt, as it is going to be recorded.
#[derive(Clone, Debug)]
pub(super) struct Note {
    operation: &'static str,
    key: Arc<str>,
    words: String,
    rule: Option<RuleRef>,
    /// Where a request went.
    pub(super) peer: Option<String>,
    /// Whether what it names is private.
    pub(super) private: bool,
    number: u64,
    began: Instant,
}

/// How the opening of a handle was recorded.
pub(super) type HandleNote = Note;

impl Note {
    pub(super) fn new(
        operation: &'static str,
        key: &str,
        words: &str,
        rule: Option<RuleRef>,
    ) -> Self {
        Self {
            operation,
            key: key.into(),
            words: words.to_owned(),
            rule,
            peer: None,
            private: false,
            number: 0,
            began: Instant::now(),
        }
    }

    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    /// The capability's key in a policy.
    pub(super) fn capability(&self) -> &str {
        &self.key
    }

    pub(super) fn words(&self) -> &str {
        &self.words
    }
}

/// Who a record is about: one call of one tool.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    pub(crate) trail: Trail,
    pub(crate) call: String,
    pub(crate) tool: Arc<str>,
    pub(crate) component: Digest,
    attempts: u64,
}

impl Trace {
    pub(crate) fn new(trail: Trail, call: String, tool: Arc<str>, component: Digest) -> Self {
        Self {
            trail,
            call,
            tool,
            component,
            attempts: 0,
        }
    }

    /// Gives the attempt its number in the call.
    pub(super) fn number(&mut self, note: &mut Note) {
        self.attempts += 1;
        note.number = self.attempts;
    }

    pub(super) fn denied(&self, note: &Note, denial: &Denial) -> Result<(), Failure> {
        let remedy = denial.remedy();
        let rule = denial.rule().map(rule);
        self.append(audit::Attempt {
            decision: Decision::Deny,
            reason: Some(denial.reason().code().into()),
            rule,
            remedy: remedy.as_deref().map(Into::into),
            outcome: Some(Failure::Denied.code().into()),
            duration_us: Some(elapsed(note)),
            ..self.attempt(note, Phase::Done)
        })
    }

    pub(super) fn began(&self, note: &Note) -> Result<(), Failure> {
        self.append(self.attempt(note, Phase::Began))
    }

    pub(super) fn ended(
        &self,
        note: &Note,
        bytes: u64,
        outcome: &'static str,
    ) -> Result<(), Failure> {
        self.finished(note, Phase::Ended, bytes, outcome)
    }

    pub(super) fn done(
        &self,
        note: &Note,
        bytes: u64,
        outcome: &'static str,
    ) -> Result<(), Failure> {
        self.finished(note, Phase::Done, bytes, outcome)
    }

    pub(super) fn opened(&self, note: &Note) -> Result<(), Failure> {
        self.append(self.attempt(note, Phase::Opened))
    }

    pub(super) fn closed(
        &self,
        note: &Note,
        bytes: u64,
        outcome: &'static str,
    ) -> Result<(), Failure> {
        self.finished(note, Phase::Closed, bytes, outcome)
    }

    fn finished(
        &self,
        note: &Note,
        phase: Phase,
        bytes: u64,
        outcome: &'static str,
    ) -> Result<(), Failure> {
        self.append(audit::Attempt {
            bytes: Some(bytes),
            duration_us: Some(elapsed(note)),
            outcome: Some(outcome.into()),
            ..self.attempt(note, phase)
        })
    }

    fn attempt<'a>(&'a self, note: &'a Note, phase: Phase) -> audit::Attempt<'a> {
        audit::Attempt {
            call: self.call.as_str().into(),
            attempt: note.number,
            tool: (&*self.tool).into(),
            component: self.component,
            capability: (&*note.key).into(),
            operation: note.operation.into(),
            phase,
            arguments: note.words.as_str().into(),
            decision: Decision::Permit,
            reason: None,
            rule: note.rule.as_ref().map(rule),
            remedy: None,
            private: note.private,
            peer: note.peer.as_deref().map(Into::into),
            bytes: None,
            duration_us: None,
            outcome: None,
        }
    }

    fn append(&self, attempt: audit::Attempt<'_>) -> Result<(), Failure> {
        self.trail
            .append(&attempt.into())
            .map_err(|error| Failure::Fault(chain(&error)))
    }
}

fn elapsed(note: &Note) -> u64 {
    u64::try_from(note.began.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn rule(rule: &RuleRef) -> audit::Rule<'_> {
    let text = (&*rule.text).into();
    match &rule.origin {
        Origin::File {
            file,
            line,
            column: _,
        } => audit::Rule {
            file: Some((&**file).into()),
            line: Some(*line),
            flag: None,
            text,
        },
        Origin::Flag(flag) => audit::Rule {
            file: None,
            line: None,
            flag: Some((&**flag).into()),
            text,
        },
        Origin::Code => audit::Rule {
            file: None,
            line: None,
            flag: None,
            text,
        },
    }
}
