//! One set-up at a time in one target folder.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result};

use crate::progress::Progress;

/// Holds the folder's lock until it is dropped; the operating system gives it back if the process is killed.
pub(crate) struct Lock {
    _file: File,
}

/// Takes the lock, saying so if another set-up holds it.
pub(super) fn acquire(folder: &Path, progress: &Progress) -> Result<Lock> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create `{}`", folder.display()))?;
    let path = folder.join("lock");
    let file =
        File::create(&path).with_context(|| format!("cannot create `{}`", path.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            progress.say("setup: waiting for another set-up in the same folder");
            file.lock()
                .with_context(|| format!("cannot lock `{}`", path.display()))?;
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("cannot lock `{}`", path.display()));
        }
    }
    Ok(Lock { _file: file })
}
