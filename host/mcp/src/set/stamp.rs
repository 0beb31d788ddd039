//! What files look like from outside: enough to notice that one was changed or replaced.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What a list of files looks like at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(Vec<Option<Look>>);

/// One file. A rename in its place changes the number, a write the times.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    bytes: u64,
    modified: Option<SystemTime>,
    identity: Identity,
}

impl Stamp {
    /// Looks at the files, through links: a folder that is swapped by a link (as orchestrators do it) is a change too.
    pub(crate) fn of(files: &[PathBuf]) -> Self {
        Self(files.iter().map(|file| look(file)).collect())
    }

    /// This one, and then that one.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

fn look(file: &Path) -> Option<Look> {
    let metadata = std::fs::metadata(file).ok()?;
    Some(Look {
        bytes: metadata.len(),
        modified: metadata.modified().ok(),
        identity: Identity::of(&metadata),
    })
}

#[cfg(unix)]
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    changed: (i64, i64),
}

#[cfg(unix)]
impl Identity {
    fn of(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

#[cfg(not(unix))]
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity;

#[cfg(not(unix))]
impl Identity {
    fn of(_metadata: &std::fs::Metadata) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_a_replacement_and_a_removal_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        let files = [file.clone()];
        let none = Stamp::of(&files);
        std::fs::write(&file, "one").unwrap();
        let one = Stamp::of(&files);
        assert_ne!(none, one);
        assert_eq!(one, Stamp::of(&files));

        let other = folder.path().join("b");
        std::fs::write(&other, "two").unwrap();
        std::fs::rename(&other, &file).unwrap();
        assert_ne!(one, Stamp::of(&files));

        std::fs::remove_file(&file).unwrap();
        assert_eq!(none, Stamp::of(&files));
    }
}
