//! Why a call may not begin now, and when to come again.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::rate::Rate;

/// Whose limit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The principal's.
    Principal,
    /// The tool's.
    Tool,
}

/// Which limit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// As many calls wait as may.
    Queue {
        /// How many may.
        limit: u32,
    },
    /// Calls began as often as they may.
    Rate {
        /// How often they may.
        rate: Rate,
    },
    /// The call waited as long as it may.
    Wait {
        /// How long it may.
        limit: Duration,
    },
}

/// A call may not begin now. Its text is made for a model: what is full, and when to come again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Full {
    scope: Scope,
    why: Why,
    tool: Arc<str>,
    retry_after: Duration,
}

impl Scope {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Principal, Self::Tool];

    /// The word in metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Tool => "tool",
        }
    }
}

impl Why {
    /// Their words in metrics.
    pub(crate) const WORDS: [&str; 3] = ["queue", "rate", "wait"];

    /// The word in metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queue { .. } => "queue",
            Self::Rate { .. } => "rate",
            Self::Wait { .. } => "wait",
        }
    }
}

impl Full {
    pub(super) fn new(scope: Scope, why: Why, tool: &Arc<str>, retry_after: Duration) -> Self {
        Self {
            scope,
            why,
            tool: Arc::clone(tool),
            retry_after,
        }
    }

    /// The stable code: `rate-limited`, or `busy`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.why {
            Why::Rate { .. } => "rate-limited",
            Why::Queue { .. } | Why::Wait { .. } => "busy",
        }
    }

    /// Whose limit it is.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Which limit it is.
    #[must_use]
    pub fn why(&self) -> Why {
        self.why
    }

    /// The tool that was to be called.
    #[must_use]
    pub fn tool(&self) -> &str {
        &self.tool
    }

    /// When to come again: whole seconds, at least one, as in the header `Retry-After`. For a rate that is exact, else a guess.
    #[must_use]
    pub fn retry_after_seconds(&self) -> u64 {
        let part = u64::from(self.retry_after.subsec_nanos() > 0);
        (self.retry_after.as_secs() + part).max(1)
    }
}

impl fmt::Display for Full {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tool, seconds) = (&self.tool, self.retry_after_seconds());
        match (self.scope, self.why) {
            (Scope::Principal, Why::Queue { limit: 0 }) => formatter.write_str(
                "as many of your calls run as may, and none may wait; let one of them end first",
            ),
            (Scope::Tool, Why::Queue { limit: 0 }) => write!(
                formatter,
                "as many calls of `{tool}` run as may, and none may wait; let one of them end first"
            ),
            (Scope::Principal, Why::Queue { limit }) => write!(
                formatter,
                "{limit} of your calls wait already, and no more may; let some of them end first"
            ),
            (Scope::Tool, Why::Queue { limit }) => write!(
                formatter,
                "{limit} of your calls of `{tool}` wait already, and no more may; let some of them end first"
            ),
            (Scope::Principal, Why::Rate { rate }) => {
                write!(
                    formatter,
                    "your calls may begin at {rate}, and that is used up"
                )
            }
            (Scope::Tool, Why::Rate { rate }) => write!(
                formatter,
                "calls of `{tool}` may begin at {rate}, and that is used up"
            ),
            (Scope::Principal, Why::Wait { limit }) => write!(
                formatter,
                "the call of `{tool}` waited {} s for other calls of yours to end, in vain",
                limit.as_secs()
            ),
            (Scope::Tool, Why::Wait { limit }) => write!(
                formatter,
                "the call waited {} s for `{tool}`, which is busy with other calls",
                limit.as_secs()
            ),
        }?;
        write!(formatter, "; try again in {seconds} s")
    }
}
