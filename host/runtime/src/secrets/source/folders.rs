//! The folders above a secret's file: whoever can change one of them can put another file in its place.
//!
//! As `StrictModes` of ssh has it, each of them belongs to root or to the user who runs the host, and nobody else may write it. A folder with the
//! sticky bit, as `/tmp` has it, may be written by all: what is in it is replaced by its owner alone, or by the folder's.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use super::SecretError;

/// Bits of a mode that let somebody else write.
const OTHERS_WRITE: u32 = 0o022;

/// The bit of a mode with which others may write a folder, and not replace what is another's in it.
const STICKY: u32 = 0o1000;

/// Follows the links of a folder's path, once, and refuses what they lead to where somebody else could replace it.
#[expect(
    clippy::disallowed_methods,
    reason = "every folder on the way to what it resolves is looked at before something is opened there"
)]
pub(super) fn resolve(folder: &Path) -> io::Result<Result<PathBuf, SecretError>> {
    // A name alone is in the folder that the process is in.
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let resolved = fs::canonicalize(folder)?;
    let mut above: Vec<&Path> = resolved.ancestors().collect();
    // From the root on: what was found to be nobody else's stays where it is while what is below it is looked at.
    above.reverse();
    for folder in above {
        if let Some(error) = refusal(folder, &fs::symlink_metadata(folder)?) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(resolved))
}

fn refusal(folder: &Path, found: &Metadata) -> Option<SecretError> {
    let shown = || folder.display().to_string();
    if found.uid() != 0 && found.uid() != geteuid().as_raw() {
        return Some(SecretError::FolderOwner(shown()));
    }
    let mode = found.mode() & 0o7777;
    let replaceable = mode & OTHERS_WRITE != 0 && mode & STICKY == 0;
    replaceable.then(|| SecretError::FolderMode {
        folder: shown(),
        mode,
    })
}
