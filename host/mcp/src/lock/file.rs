//! The lock file on the disk: read bounded, written whole or not at all.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use bailiwick::policy::RESERVED_PREFIX;

use super::{Lock, LockError};
use crate::file;

/// The largest lock file: what thirty tools need whose definitions are as large as a component's section can make them.
pub(super) const BYTES_MAX: u64 = 32 << 20;

impl Lock {
    /// Where the lock of a policy is: `bailiwick.lock` beside `bailiwick.toml`.
    pub fn beside(policy: &Path) -> PathBuf {
        match policy.extension() {
            Some(extension) if extension != "lock" => policy.with_extension("lock"),
            Some(_) | None => {
                let mut name = policy.file_name().unwrap_or_default().to_owned();
                name.push(".lock");
                policy.with_file_name(name)
            }
        }
    }

    /// Reads a lock file. A symbolic link is followed: orchestrators put files into place as links.
    ///
    /// # Errors
    /// [`LockError`]; [`LockError::Missing`] where there is none.
    pub fn read(path: &Path) -> Result<Self, LockError> {
        let bytes = read(path)?;
        let text = str::from_utf8(&bytes).map_err(LockError::NotText)?;
        Self::parse(text)
    }

    /// Reads a lock file, or begins an empty one where there is none.
    ///
    /// # Errors
    /// [`LockError`], if there is one that cannot be used.
    pub fn read_or_new(path: &Path) -> Result<Self, LockError> {
        match Self::read(path) {
            Err(LockError::Missing { .. }) => Ok(Self::default()),
            other => other,
        }
    }

    /// Writes the file whole: into a temporary file beside it, forced to the disk, and then in its place. Of two that write
    /// at the same time one stays. A symbolic link is neither written through nor replaced.
    ///
    /// # Errors
    /// [`LockError::Link`], [`LockError::TooLarge`], [`LockError::Write`]; the file is as it was then.
    pub fn write(&self, path: &Path) -> Result<(), LockError> {
        let text = self.to_string();
        if text.len() as u64 > BYTES_MAX {
            return Err(LockError::TooLarge {
                path: path.to_owned(),
            });
        }
        if std::fs::symlink_metadata(path).is_ok_and(|file| file.is_symlink()) {
            return Err(LockError::Link {
                path: path.to_owned(),
            });
        }
        put(path, text.as_bytes()).map_err(|source| LockError::Write {
            path: path.to_owned(),
            source,
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, LockError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => LockError::Missing {
            path: path.to_owned(),
        },
        _ => LockError::Read {
            path: path.to_owned(),
            source,
        },
    };
    let file = file::without_waiting(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(LockError::NotAFile {
            path: path.to_owned(),
        });
    }
    let mut bytes = Vec::new();
    file.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(LockError::TooLarge {
            path: path.to_owned(),
        });
    }
    Ok(bytes)
}

/// The bytes first, then the name, then the folder: at every moment there is the old file or the new one.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let temporary = folder.join(temporary_name()?);
    let placed = fill(&temporary, bytes).and_then(|()| rename(&temporary, path));
    if placed.is_err() {
        remove(&temporary);
    }
    placed?;
    force(folder)
}

/// A name that no rule of a policy can grant to a tool, and nobody can guess.
fn temporary_name() -> io::Result<String> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|_| io::Error::other("the system has no random bytes"))?;
    Ok(format!(
        "{RESERVED_PREFIX}lock-{:016x}",
        u64::from_le_bytes(random)
    ))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a new file beside the policy that the command line names"
)]
fn fill(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[expect(
    clippy::disallowed_methods,
    reason = "within the folder of the policy that the command line names"
)]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the temporary file that this process made"
)]
fn remove(path: &Path) {
    // What cannot be removed is left behind under a name that nobody reads.
    let _ = std::fs::remove_file(path);
}

#[cfg(unix)]
#[expect(
    clippy::disallowed_methods,
    reason = "the folder of the policy that the command line names"
)]
fn force(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn force(_folder: &Path) -> io::Result<()> {
    Ok(())
}
