//! A new project: written whole beside its place, and put there in one step.

mod addition;
mod bundle;
mod embedded;
mod name;
mod template;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use addition::{Addition, UnknownAddition};
pub use bundle::{Bundle, UnknownBundle};
pub use name::{NAME_CHARS_MAX, Name, NameError};

use crate::language::Language;

/// What somebody wants to begin.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The tool's name, which is that of its package and its world too.
    pub name: Name,
    /// The namespace of its WIT package.
    pub namespace: Name,
    /// What it will be written in.
    pub language: Language,
    /// What it will be able to ask for.
    pub bundle: Bundle,
    /// What it will be able to ask for besides.
    pub additions: Vec<Addition>,
}

/// Why there is no new project.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// Something is there already.
    #[error("`{}` is there already, and is not an empty folder", folder.display())]
    Occupied {
        /// Where the project was to go.
        folder: PathBuf,
    },
    /// It cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// What.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A template of ours is wrong, which our tests rule out.
    #[error("the template `{template}` has a placeholder `{word}` that stands for nothing")]
    Placeholder {
        /// Which template.
        template: String,
        /// Which word.
        word: String,
    },
}

/// Writes a new project into `folder`, which is not there or is empty; the folder around it is there.
///
/// After an error there is no part of it.
///
/// # Errors
/// [`CreateError`].
pub fn create(wanted: &Wanted, folder: &Path) -> Result<(), CreateError> {
    let folder = std::path::absolute(folder).map_err(writing(folder))?;
    if is_occupied(&folder) {
        return Err(CreateError::Occupied { folder });
    }
    let around = folder.parent().unwrap_or(&folder);
    let partial = tempfile::Builder::new()
        .prefix(&format!(".{}-", wanted.name))
        .tempdir_in(around)
        .map_err(writing(around))?;
    // A folder in the temporary one, which only its owner may enter.
    let whole = partial.path().join("project");
    for file in template::plan(wanted)? {
        write(&whole.join(&file.path), &file.bytes)?;
    }
    fs::rename(&whole, &folder).map_err(writing(&folder))
}

/// Links are never followed: a link to an empty folder is not an empty folder.
fn is_occupied(folder: &Path) -> bool {
    match folder.symlink_metadata() {
        Err(_) => false,
        Ok(about) if about.is_dir() => folder
            .read_dir()
            .map_or(true, |mut entries| entries.next().is_some()),
        Ok(_) => true,
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CreateError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(writing(folder))?;
    fs::write(path, bytes).map_err(writing(path))
}

fn writing(path: &Path) -> impl FnOnce(io::Error) -> CreateError {
    let path = path.to_owned();
    move |source| CreateError::Write { path, source }
}

#[cfg(test)]
mod tests;
