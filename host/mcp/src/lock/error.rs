//! What can be wrong with a lock file, or with what it is to hold.

use std::path::PathBuf;

use bailiwick::audit::{Digest, visible};

use super::file::BYTES_MAX;
use super::text::VERSION;

/// Why a lock file cannot be used or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// There is none.
    #[error("there is no lock file `{}`", path.display())]
    Missing {
        /// Where it would be.
        path: PathBuf,
    },
    /// It could not be read.
    #[error("cannot read the lock file `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A folder, a pipe, a device.
    #[error("the lock file `{}` is not a regular file", path.display())]
    NotAFile {
        /// What is not a file.
        path: PathBuf,
    },
    /// More than a lock file can have.
    #[error("a lock file has at most {BYTES_MAX} bytes, and `{}` has more", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Not UTF-8.
    #[error("the lock file is not text")]
    NotText(#[source] std::str::Utf8Error),
    /// Not TOML, or not of the documented form.
    #[error("line {line} of the lock file: {message}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Written by a later version of the command.
    #[error("the lock file has version {found}, and this command reads version {VERSION}")]
    Version {
        /// The version that was found.
        found: i64,
    },
    /// The text of a definition and its digest do not belong together.
    #[error(
        "the lock file was edited by hand: the definition `{definition}` of `{tool}` has the digest {found}, and {written} stands beside it"
    )]
    WrongDigest {
        /// The tool.
        tool: String,
        /// The definition.
        definition: String,
        /// What stands in the file.
        written: Digest,
        /// What the text has.
        found: Digest,
    },
    /// The text of a definition is not as the command writes it.
    #[error(
        "the lock file was edited by hand: the definition `{definition}` of `{tool}` is not in canonical form"
    )]
    NotCanonical {
        /// The tool.
        tool: String,
        /// The definition.
        definition: String,
    },
    /// A character of a definition deceives whoever reads it.
    #[error(
        "the tool `{tool}` is refused: {} of its definition `{}` holds U+{:04X}, which nobody sees or which makes a text look like another",
        where_in(place), visible(definition), u32::from(*found)
    )]
    Deceptive {
        /// The tool.
        tool: String,
        /// The definition.
        definition: String,
        /// Where in it: `description`, `inputSchema.properties.a.description`.
        place: String,
        /// The first such character.
        found: char,
    },
    /// A definition that is nested too deeply to be written down.
    #[error("the tool `{tool}` is refused: its definition `{definition}` is nested too deeply")]
    TooDeep {
        /// The tool.
        tool: String,
        /// The definition.
        definition: String,
    },
    /// The place is a link.
    #[error("the lock file `{}` is a symbolic link, and is not written through one", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// It could not be written.
    #[error("cannot write the lock file `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A place may hold names that the tool chose.
fn where_in(place: &str) -> String {
    match place.is_empty() {
        true => "a key".to_owned(),
        false => format!("`{}`", visible(place)),
    }
}

impl LockError {
    /// What would help, in words for the operator.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::Missing { .. } => Some(
                "look at the tools and approve them: `bailiwick approve --policy FILE`".to_owned(),
            ),
            Self::Malformed { .. } | Self::WrongDigest { .. } | Self::NotCanonical { .. } => Some(
                "take back the file that was approved; or remove it, and approve all tools again"
                    .to_owned(),
            ),
            Self::Version { .. } => Some("use the version of the command that wrote it".to_owned()),
            Self::Deceptive { .. } => Some(
                "ask its author for one without it; `bailiwick conform` finds it too".to_owned(),
            ),
            Self::Link { .. } => Some("remove the link, and approve again".to_owned()),
            Self::Read { .. }
            | Self::NotAFile { .. }
            | Self::TooLarge { .. }
            | Self::NotText(_)
            | Self::TooDeep { .. }
            | Self::Write { .. } => None,
        }
    }
}
