//! Where a rule was written, what it says beside its pattern, and what is wrong with one that cannot be one.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Where somebody wrote a rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In a policy file; line and column count from 1, columns in characters.
    File {
        /// The name under which the file was parsed.
        file: Arc<str>,
        /// The line, from 1.
        line: u32,
        /// The column, from 1, in characters.
        column: u32,
    },
    /// On the command line, by this flag (`--read-file`).
    Flag(Arc<str>),
    /// In the code of the program that embeds the runtime.
    Code,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File { file, line, column } => write!(formatter, "{file}:{line}:{column}"),
            Origin::Flag(flag) => write!(formatter, "flag {flag}"),
            Origin::Code => formatter.write_str("the embedding program"),
        }
    }
}

/// A rule as audit and `explain` name it: its text as it was written, and where.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RuleRef {
    /// The pattern as written, with its `!`; `clock = true` for a capability without patterns.
    pub text: Arc<str>,
    /// Where it was written.
    pub origin: Origin,
}

impl fmt::Display for RuleRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` ({})", self.text, self.origin)
    }
}

/// Why a text is not a rule. The same data stands behind a diagnostic of a policy file and behind a refused flag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) at: Option<Range<usize>>,
}

impl RuleError {
    /// An error with a stable code (kebab-case) and one sentence without a final stop.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        RuleError {
            code,
            message: message.into(),
            hint: None,
            at: None,
        }
    }

    /// Says what to do instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Points at bytes of the pattern's text.
    #[must_use]
    pub fn at(mut self, range: Range<usize>) -> Self {
        self.at = Some(range);
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What to do instead, where there is something to do.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    pub(crate) fn shifted(mut self, by: usize) -> Self {
        self.at = self.at.map(|range| range.start + by..range.end + by);
        self
    }
}

/// What a rule may say beside its pattern. Two rules that permit the same attempt are joined, two layers are met.
pub(crate) trait Settings: Clone {
    /// What either permits: for rules of one layer.
    fn join(&mut self, other: &Self);
    /// What both permit: for layers.
    fn meet(&mut self, other: &Self);
}

/// The pattern of a rule, whatever it is about.
pub(crate) trait Pattern {
    /// The pattern as it was written, with its `!`.
    fn text(&self) -> &str;
    /// Whether it takes away.
    fn denies(&self) -> bool;
}

/// One entry of a list in the policy.
#[derive(Debug, Clone)]
pub(crate) struct Rule<P, S> {
    pub(crate) pattern: P,
    pub(crate) settings: S,
    pub(crate) reference: RuleRef,
}

impl<P: PartialEq, S: PartialEq> PartialEq for Rule<P, S> {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern && self.settings == other.settings
    }
}

/// What the rules of one layer say about one attempt.
#[derive(Debug)]
pub(crate) enum Verdict<'a, S> {
    Permit {
        settings: S,
        rule: &'a RuleRef,
    },
    /// A `!` rule covers the attempt; `permitted` tells whether another rule would have let it pass.
    DeniedBy {
        rule: &'a RuleRef,
        permitted: bool,
    },
    /// A rule covers the URL, and none of those that do covers the method.
    WrongMethod {
        rule: &'a RuleRef,
    },
    NoRule,
}

/// Joins the rules that cover an attempt; the first one written gives its name to the decision.
pub(crate) struct Joined<'a, S> {
    first: Option<(usize, &'a RuleRef, S)>,
}

impl<'a, S: Settings> Joined<'a, S> {
    pub(crate) fn new() -> Self {
        Joined { first: None }
    }

    pub(crate) fn add(&mut self, place: usize, rule: &'a RuleRef, settings: &S) {
        match &mut self.first {
            None => self.first = Some((place, rule, settings.clone())),
            Some((first, name, joined)) => {
                joined.join(settings);
                if place < *first {
                    (*first, *name) = (place, rule);
                }
            }
        }
    }

    pub(crate) fn verdict(self) -> Verdict<'a, S> {
        match self.first {
            Some((_, rule, settings)) => Verdict::Permit { settings, rule },
            None => Verdict::NoRule,
        }
    }
}

/// The lower of two ceilings, where an absent one is no ceiling.
pub(crate) fn lower(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The higher of two ceilings, where an absent one is no ceiling.
pub(crate) fn higher(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    Some(one?.max(other?))
}
