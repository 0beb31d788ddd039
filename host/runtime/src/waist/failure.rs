//! Why an operation did not succeed: what a guest may learn of it, and no more.

use bailiwick_policy::Limit;
use serde::{Deserialize, Serialize};

/// Why an operation did not succeed.
///
/// The cases mirror the closed error variants of the WIT, with [`Failure::Fault`] added, which no guest ever sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The policy does not permit it. Why is in the trail, and nowhere that a guest can look.
    Denied,
    /// It is permitted, and there is no such thing.
    NotFound,
    /// A limit is reached.
    Limit(Limit),
    /// The ceiling that the deciding rule sets for one file or one response is reached.
    RuleLimit,
    /// There is no space left.
    Quota,
    /// A secret stood in the way.
    Secret,
    /// The thing behind the capability did not answer, with a text for operators.
    Unavailable(String),
    /// An argument is not usable, with a text for the tool's author.
    Invalid(String),
    /// Something else, with a text for the tool's author.
    Other(String),
    /// The host cannot go on: the call ends with `host-fault`.
    Fault(String),
}

impl Failure {
    /// The stable code, as it stands in the trail.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::NotFound => "not-found",
            Self::Limit(_) | Self::RuleLimit => "limit-exceeded",
            Self::Quota => "quota",
            Self::Secret => "secret",
            Self::Unavailable(_) => "unavailable",
            Self::Invalid(_) => "invalid",
            Self::Other(_) => "other",
            Self::Fault(_) => "host-fault",
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Limit(limit) => write!(formatter, "limit `{}` exceeded", limit.code()),
            Self::Unavailable(text)
            | Self::Invalid(text)
            | Self::Other(text)
            | Self::Fault(text) => {
                write!(formatter, "{}: {text}", self.code())
            }
            Self::Denied | Self::NotFound | Self::RuleLimit | Self::Quota | Self::Secret => {
                formatter.write_str(self.code())
            }
        }
    }
}

impl std::error::Error for Failure {}

/// An error with all its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// What an adapter's host function returns: the outer error ends the call, the inner one is the guest's.
pub type Reply<T, E> = wasmtime::Result<Result<T, E>>;

/// Turns the waist's answer into the guest's, with the WIT error that the capability makes of a failure.
///
/// A host fault is no error of the guest's: it ends the call.
///
/// # Errors
/// The failure itself, when it is [`Failure::Fault`].
pub fn reply<T, E: From<Failure>>(answer: Result<T, Failure>) -> Reply<T, E> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(fault @ Failure::Fault(_)) => Err(wasmtime::Error::new(fault)),
        Err(failure) => Ok(Err(E::from(failure))),
    }
}

/// Turns the waist's answer into that of a host function without an error of its own: a failure ends the call.
///
/// # Errors
/// Every failure; a limit keeps its code.
pub fn answer<T>(answer: Result<T, Failure>) -> wasmtime::Result<T> {
    answer.map_err(wasmtime::Error::new)
}
