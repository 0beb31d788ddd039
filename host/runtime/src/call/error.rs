//! Why a call has no answer, with the stable codes.

use bailiwick_policy::{Denial, Limit};

use super::Report;
use crate::value::ArgumentError;

/// Why a call has no answer, and what it used nevertheless.
#[derive(Debug)]
pub struct CallError {
    inner: Box<(Cause, Report)>,
}

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// The arguments do not fit the function.
    #[error("invalid arguments")]
    InvalidArguments(#[source] ArgumentError),
    /// The types that the program gave do not fit the function.
    #[error("the function has other types: {0}")]
    WrongTypes(String),
    /// The tool's policy wants a person's yes for each call, and nobody gave it.
    #[error("each call of this tool needs a person's yes")]
    NotApproved,
    /// A secret of the host's stood in the answer, or in a file that the tool was handed.
    #[error("the answer held a secret, and was withheld")]
    Withheld,
    /// A file among the arguments is not one that the tool may have.
    #[error("{0}")]
    Denied(Box<Denial>),
    /// A file among the arguments cannot be had.
    #[error("`{path}` is {what}")]
    Unavailable {
        /// The path, as the caller gave it.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// The tool answered with its own error, as JSON.
    #[error("the tool answered with an error: {0}")]
    ToolError(String),
    /// A limit was reached.
    #[error("the limit `{}` was exceeded", .0.code())]
    Limit(Limit),
    /// The tool broke.
    #[error("the tool trapped: {0}")]
    Trap(String),
    /// The caller did not want it any more.
    #[error("the call was cancelled")]
    Cancelled,
    /// The host could not go on.
    #[error("the host failed: {0}")]
    HostFault(String),
}

impl Cause {
    /// The stable code, the same in the trail, in JSON and in exit codes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidArguments(_) | Self::WrongTypes(_) => "invalid-arguments",
            Self::NotApproved | Self::Denied(_) | Self::Withheld => "denied",
            Self::Unavailable { .. } => "unavailable",
            Self::ToolError(_) => "tool-error",
            Self::Limit(_) => "limit-exceeded",
            Self::Trap(_) => "trap",
            Self::Cancelled => "cancelled",
            Self::HostFault(_) => "host-fault",
        }
    }

    /// What would help, in words for the operator.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::NotApproved => Some(
                "ask the person whom it concerns, and call again with their yes; without `ask` under the tool in the policy nobody is asked".to_owned(),
            ),
            Self::Denied(denial) => denial.remedy(),
            Self::Withheld => Some(
                "the trail names the secret; with `leak = \"redact\"` in its table it is overwritten, and the rest passes".to_owned(),
            ),
            Self::Limit(limit) => {
                let row = limit.row();
                let settable = !row.fixed && *limit != Limit::Concurrency;
                settable.then(|| {
                    format!(
                        "if it should take that much, raise `{}` under the tool's `limits`",
                        row.key
                    )
                })
            }
            Self::InvalidArguments(_)
            | Self::WrongTypes(_)
            | Self::Unavailable { .. }
            | Self::ToolError(_)
            | Self::Trap(_)
            | Self::Cancelled
            | Self::HostFault(_) => None,
        }
    }
}

impl CallError {
    pub(super) fn new(cause: Cause, report: Report) -> Self {
        Self {
            inner: Box::new((cause, report)),
        }
    }

    /// Why.
    pub fn cause(&self) -> &Cause {
        &self.inner.0
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.inner.0.code()
    }

    /// What the call used.
    pub fn report(&self) -> &Report {
        &self.inner.1
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.0.fmt(formatter)
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.inner.0)
    }
}
