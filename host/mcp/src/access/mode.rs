//! What others than its owner may do with a file: who can write the access file, or the issuer's keys, can make any token count.

use std::fs::Metadata;

/// A file's permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode(u32);

impl Mode {
    /// Whether others than the owner may write the file, its group included.
    pub(super) fn others_may_write(self) -> bool {
        self.0 & 0o022 != 0
    }

    /// Whether everybody may read it. A group may: that is how a service is given a file that is not its own.
    pub(super) fn everybody_may_read(self) -> bool {
        self.0 & 0o004 != 0
    }

    /// For messages.
    pub(super) fn bits(self) -> u32 {
        self.0
    }

    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self(metadata.mode() & 0o777)
    }

    /// Elsewhere permissions are lists that a mode cannot say; the file counts as its owner's.
    #[cfg(not(unix))]
    pub(super) fn of(_: &Metadata) -> Self {
        Self(0o600)
    }
}
