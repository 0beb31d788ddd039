//! What a call did, in the order in which it did it.

use bailiwick::policy::{Capability, Denial};
use bailiwick::waist::Failure;

use crate::fault::{Family, shown};

/// One use of a capability.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(crate) capability: Capability,
    pub(crate) operation: &'static str,
    pub(crate) words: String,
    pub(crate) outcome: Outcome,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded.
    Done,
    /// It was denied, by this rule, and this would permit it.
    Denied(Denial),
    /// It was permitted, and failed.
    Failed(Failure),
}

/// A request that was sent, as the fake's servers got it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentRequest {
    /// The method.
    pub method: String,
    /// The URL in normal form.
    pub url: String,
    /// The tool's own headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The body; of an upload, what was written before it ended or was given up.
    pub body: Vec<u8>,
    /// The name of the secret that the host would put in.
    pub secret: Option<String>,
    /// Whether the world had an answer for it.
    pub expected: bool,
}

/// How far a call said that it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// How much was done.
    pub done: u64,
    /// How much there was to do, where that was said.
    pub total: Option<u64>,
    /// The line for a person, as the tool wrote it.
    pub message: Option<String>,
}

/// `3`, `3/10`, `3/10: page 3`.
impl std::fmt::Display for Reported {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.done)?;
        if let Some(total) = self.total {
            write!(formatter, "/{total}")?;
        }
        match &self.message {
            Some(message) => write!(formatter, ": {message}"),
            None => Ok(()),
        }
    }
}

impl Attempt {
    /// The capability.
    pub fn capability(&self) -> &Capability {
        &self.capability
    }

    /// The operation: `read-file.open`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The path, the URL, the method and the URL, the key, or the tool.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// What came of it.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Whether it is one that a trail only counts: a clock that was looked at, random bytes that were drawn. A language's
    /// runtime makes them without its program's asking.
    pub fn is_only_counted(&self) -> bool {
        let counted = matches!(self.capability, Capability::Clock | Capability::Random);
        counted && !matches!(self.outcome, Outcome::Denied(_))
    }

    /// What the tool got, in a word: `done`, or an error as the WIT writes it.
    pub fn ending(&self) -> String {
        match (&self.outcome, Family::of(&self.capability)) {
            (Outcome::Done, _) => "done".to_owned(),
            (Outcome::Denied(_), _) => "denied".to_owned(),
            (Outcome::Failed(failure), Some(family)) => shown(family, failure),
            (Outcome::Failed(failure), None) => failure.code().to_owned(),
        }
    }
}

/// The capability and the words: `read-file data/input.csv`.
impl std::fmt::Display for Attempt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.capability, self.words)
    }
}
