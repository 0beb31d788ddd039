//! The second decision about a file: what was found at a permitted path.

use crate::capability::Capability;
use crate::decide::decide_links;
use crate::denial::{Denial, DenialReason};
use crate::permit::{DirectoryTarget, FileTarget, Permit};

/// What the walk down a permitted path met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A symbolic link, at the end or on the way. None is ever followed.
    Link,
    /// A file system other than the root's.
    OtherFileSystem,
    /// A directory, a pipe, a device or a socket.
    NotRegular,
    /// A file or directory of the host's own: the policy, the trail, the compile cache. No rule grants writing it.
    Protected,
    /// A regular file with so many names.
    Regular {
        /// Its hard links.
        links: u64,
    },
}

/// Decides about what was found at the path of a permitted file: a regular file, with one name unless the rule allows more.
///
/// # Errors
/// The denial.
pub fn decide_found(file: &Permit<FileTarget>, found: Found) -> Result<(), Denial> {
    let denied = |reason| {
        let target = file.target();
        Err(Denial::new(target.capability.clone(), reason, target.path().as_str()).by(file.rule()))
    };
    match found {
        Found::Regular { links } => decide_links(file, links),
        Found::Link => denied(DenialReason::Link),
        Found::OtherFileSystem => denied(DenialReason::OtherFileSystem),
        Found::NotRegular => denied(DenialReason::NotRegular),
        Found::Protected => denied(DenialReason::Protected),
    }
}

/// Decides about what was found, instead of a directory, at the path of a permitted listing.
///
/// # Errors
/// The denial, unless there simply is no directory: a regular file is nothing to list, and nothing that is denied.
pub fn decide_directory(directory: &Permit<DirectoryTarget>, found: Found) -> Result<(), Denial> {
    let reason = match found {
        Found::Regular { .. } | Found::NotRegular | Found::Protected => return Ok(()),
        Found::Link => DenialReason::Link,
        Found::OtherFileSystem => DenialReason::OtherFileSystem,
    };
    Err(Denial::new(
        Capability::ListFiles,
        reason,
        directory.target().path().as_str(),
    )
    .by(directory.rule()))
}
