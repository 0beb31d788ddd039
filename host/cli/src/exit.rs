//! The exit codes, which scripts and agents act on.

use std::process::ExitCode;

use bailiwick::{Cause, LoadError};

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// The tool answered, or the question was answered with yes.
    Success = 0,
    /// The tool returned its own error.
    ToolError = 1,
    /// The command line, the arguments or the policy are wrong.
    Usage = 2,
    /// The host refused before or instead of code of the tool's; the question was answered with no.
    Refused = 3,
    /// A limit was reached.
    Limit = 4,
    /// The tool broke.
    Trap = 5,
    /// Somebody cancelled.
    Cancelled = 6,
    /// The host could not go on.
    HostFault = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<&Cause> for Exit {
    fn from(cause: &Cause) -> Self {
        match cause {
            Cause::InvalidArguments(_) | Cause::WrongTypes(_) => Self::Usage,
            Cause::NotApproved | Cause::Withheld | Cause::Denied(_) | Cause::Unavailable { .. } => {
                Self::Refused
            }
            Cause::ToolError(_) => Self::ToolError,
            Cause::Limit(_) => Self::Limit,
            Cause::Trap(_) => Self::Trap,
            Cause::Cancelled => Self::Cancelled,
            Cause::HostFault(_) => Self::HostFault,
        }
    }
}

impl From<&LoadError> for Exit {
    fn from(error: &LoadError) -> Self {
        match error {
            LoadError::NotIsolated | LoadError::Worker(_) | LoadError::Audit(_) => Self::HostFault,
            LoadError::Read { .. }
            | LoadError::TooLarge { .. }
            | LoadError::WrongDigest { .. }
            | LoadError::Outline(_)
            | LoadError::NotGranted(_)
            | LoadError::UnknownImports(_)
            | LoadError::Mismatch(_)
            | LoadError::Compile(_)
            | LoadError::CompileTime(_)
            | LoadError::CompilerEnded { .. }
            | LoadError::Minimum { .. } => Self::Refused,
        }
    }
}
