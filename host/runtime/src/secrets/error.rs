//! Why a secret cannot be had: what failed and what to do, and nothing of what is in it.

use std::io;
use std::time::Duration;

use super::value::{VALUE_BYTES_DIFFERENT, VALUE_BYTES_MAX, VALUE_BYTES_MIN};

/// Why there are no secrets: one of them cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("the secret `{name}` cannot be had")]
pub struct SecretsError {
    name: String,
    #[source]
    error: SecretError,
}

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// There is no such variable.
    #[error("the environment variable `{0}` is not set")]
    NoVariable(String),
    /// The file could not be opened or read.
    #[error("its file `{path}` cannot be read")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is a link, a pipe, a device or a folder.
    #[error("its file `{0}` is not a regular file")]
    NotRegular(String),
    /// Others than its owner may read or write the file.
    #[error("its file `{path}` has the mode {mode:04o}: others than its owner can use it")]
    Mode {
        /// The file.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// The file belongs to somebody else.
    #[error("its file `{0}` belongs to another user")]
    Owner(String),
    /// Others can put another file in the place of the file, by a folder above it.
    #[error(
        "the folder `{folder}` above its file has the mode {mode:04o}: others than its owner can put another file there"
    )]
    FolderMode {
        /// The folder, without links in its path.
        folder: String,
        /// Its permission bits.
        mode: u32,
    },
    /// A folder above the file belongs to somebody else, who can put another file in the file's place.
    #[error("the folder `{0}` above its file belongs to another user")]
    FolderOwner(String),
    /// The program could not be started or waited for.
    #[error("its program `{program}` cannot be run")]
    Program {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The program did not succeed.
    #[error("its program `{program}` ended with {status}")]
    Status {
        /// The program.
        program: String,
        /// Its exit status, or the signal that ended it.
        status: String,
    },
    /// The program took too long, and was ended.
    #[error("its program `{program}` took longer than {} s", .most.as_secs())]
    Late {
        /// The program.
        program: String,
        /// How long it may take.
        most: Duration,
    },
    /// The keyring has no such entry, or cannot be asked.
    #[error("the keyring has no entry for the service `{service}` and the user `{user}`: {reason}")]
    Keyring {
        /// The service.
        service: String,
        /// The user.
        user: String,
        /// What the keyring says.
        reason: String,
    },
    /// It is too long.
    #[error("it has more than {VALUE_BYTES_MAX} bytes")]
    TooLong,
    /// It is too short to be looked for.
    #[error(
        "it has fewer than {VALUE_BYTES_MIN} bytes, or fewer than {VALUE_BYTES_DIFFERENT} different ones"
    )]
    TooPlain,
    /// It has a character that it cannot be sent with.
    #[error("it has a character that cannot be sent in its place")]
    Character,
    /// It could be read when the host started, and not again.
    #[error("it cannot be read again: {0}")]
    Again(String),
    /// A running host cannot ask a program or the keyring again.
    #[error("its source changed, which needs a restart")]
    Restart,
}

impl SecretsError {
    pub(super) fn new(name: &str, error: SecretError) -> Self {
        Self {
            name: name.to_owned(),
            error,
        }
    }

    /// The secret.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why it cannot be had.
    pub fn cause(&self) -> &SecretError {
        &self.error
    }

    /// What would help, in words for the operator.
    pub fn remedy(&self) -> Option<String> {
        Some(match &self.error {
            SecretError::NoVariable(name) => {
                format!("set `{name}` in the environment of the host, or name another source")
            }
            SecretError::NotRegular(_) => {
                "name the file itself: no link is followed, and a pipe is not waited for".to_owned()
            }
            SecretError::Mode { path, .. } => format!("`chmod 600 {path}`"),
            SecretError::Owner(_) => {
                "the file has to belong to the user who runs the host, or to root".to_owned()
            }
            SecretError::FolderMode { folder, .. } => {
                format!("`chmod go-w {folder}`, or keep the file in another folder")
            }
            SecretError::FolderOwner(_) => {
                "every folder above the file has to belong to the user who runs the host, or to root".to_owned()
            }
            SecretError::Status { .. } => {
                "run it by hand: what it prints as an error is not shown here, since it may hold the secret".to_owned()
            }
            SecretError::Late { .. } => {
                "it has nothing to read from and no terminal: it may be waiting for one".to_owned()
            }
            SecretError::Keyring { .. } => {
                "the keyring is the kernel's, of this user's session: add the entry there, or name another source".to_owned()
            }
            SecretError::TooPlain => {
                "a secret is looked for in all that passes, and one so plain is found by accident: use a longer one".to_owned()
            }
            SecretError::Character => {
                "headers take visible ASCII on one line; one newline at the end is taken off".to_owned()
            }
            SecretError::Restart => "stop the server and start it again".to_owned(),
            SecretError::Again(_) => {
                "what was read at the start is still used; mend its source and load again, or start the server again".to_owned()
            }
            SecretError::File { .. } | SecretError::Program { .. } | SecretError::TooLong => return None,
        })
    }
}
