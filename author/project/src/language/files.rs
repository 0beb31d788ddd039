//! Generated files in a project.

use std::fs;
use std::path::Path;

use crate::error::BuildError;

/// Writes files below a folder, each by its relative name, and leaves alone what is the same already: editors and build
/// systems look at the time of a change.
pub(super) fn write_changed<'a>(
    folder: &Path,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<(), BuildError> {
    for (name, content) in files {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|there| there == content) {
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(BuildError::writing(parent))?;
        fs::write(&path, content).map_err(BuildError::writing(path))?;
    }
    Ok(())
}
