//! Where programs are looked for: the project's own places first, then `PATH`.

use std::path::{Path, PathBuf};

use super::{Requirement, Tool};
use crate::error::BuildError;

/// The habits of the languages for programs that belong to one project.
const OWN_PLACES: [&str; 3] = ["node_modules/.bin", ".venv/bin", "venv/bin"];

/// Folders in the order of looking.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    base: PathBuf,
    folders: Vec<PathBuf>,
}

impl Search {
    /// Only `PATH`.
    pub(crate) fn machine() -> Self {
        Self::of(PathBuf::from("."), Vec::new())
    }

    /// The project's own places, then `PATH`.
    pub(crate) fn project(folder: &Path) -> Self {
        let own = OWN_PLACES.map(|place| folder.join(place));
        Self::of(folder.to_owned(), own.to_vec())
    }

    fn of(base: PathBuf, mut folders: Vec<PathBuf>) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        // An empty entry of `PATH` would be the current folder, which may be anybody's.
        folders.extend(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));
        Self { base, folders }
    }

    /// Where what was found is to be run: some programs behave as the project's files say.
    pub(crate) fn base(&self) -> &Path {
        &self.base
    }

    /// The program of a requirement.
    ///
    /// # Errors
    /// [`BuildError::Missing`], with what installs it.
    pub(crate) fn find(&self, requirement: &Requirement) -> Result<Tool, BuildError> {
        requirement
            .programs
            .iter()
            .find_map(|name| self.program(name))
            .map(|program| Tool::at(requirement.name, program))
            .ok_or_else(|| requirement.missing())
    }

    /// A program by its name.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        self.folders
            .iter()
            .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
            .find(|path| is_executable(path))
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
