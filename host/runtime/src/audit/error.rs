//! Why a trail cannot be opened or takes no more records.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::line::LineError;

/// Why a record could not be written, or a trail not be opened.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The file could not be opened, locked or read.
    #[error("cannot open the audit trail `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Somebody else could change the file.
    #[error("the audit trail `{}` cannot be trusted: {fault}", path.display())]
    Untrusted {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// Another process has the file.
    #[error("the audit trail `{}` is being written by another process", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The file is no trail.
    #[error("`{}` is not an audit trail and stays as it is", path.display())]
    NotATrail {
        /// The file.
        path: PathBuf,
    },
    /// The last record of the file is not one.
    #[error("the audit trail `{}` is damaged at its end and stays as it is", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with the last line.
        #[source]
        source: LineError,
    },
    /// The record cannot be written as JSON.
    #[error("cannot encode the audit record")]
    Encode(#[source] serde_json::Error),
    /// The write failed; the trail takes no more records.
    #[error("cannot write to the audit trail")]
    Write(#[source] io::Error),
    /// Only a part was written, as on a full disk; the trail takes no more records.
    #[error("the audit trail took only {written} of {length} bytes")]
    Short {
        /// How much was taken.
        written: usize,
        /// How much there was.
        length: usize,
    },
    /// What was written may not be on the disk; the trail takes no more records.
    #[error("cannot synchronise the audit trail with the disk")]
    Sync(#[source] io::Error),
    /// The file was deleted; the trail takes no more records.
    #[error("the file of the audit trail was deleted")]
    Deleted,
    /// An earlier record could not be written, so this one is refused.
    #[error("the audit trail failed before: {cause}")]
    Failed {
        /// The first failure.
        cause: Arc<str>,
    },
    /// The trail was closed.
    #[error("the audit trail is closed")]
    Closed,
}

impl AuditError {
    /// What the operator can do about it.
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Untrusted { .. } => {
                Some("name a new file, or a regular file of yours with mode 0600")
            }
            Self::Busy { .. } => Some("give each process a file of its own"),
            Self::NotATrail { .. } => Some("name a new file"),
            Self::Damaged { .. } => {
                Some("move it away for `bailiwick audit verify`, and begin a new one")
            }
            Self::Write(_) | Self::Short { .. } | Self::Sync(_) => {
                Some("make room on the disk, or name a file on another one, and start again")
            }
            Self::Open { .. }
            | Self::Encode(_)
            | Self::Deleted
            | Self::Failed { .. }
            | Self::Closed => None,
        }
    }
}
