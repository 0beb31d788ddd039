//! An author's project, as its tests see it: where the cases are, and where the component is.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::CasesError;
use crate::run::{named, only, read_policy};

/// The policy of a project.
const POLICY: &str = "bailiwick.toml";

/// The folder of its cases.
const CASES: &str = "cases";

/// What a case file's name ends with.
const CASE_EXTENSION: &str = "toml";

/// What the sources of a tool end with, in every language that there are templates for, and their manifests.
const SOURCE_EXTENSIONS: [&str; 16] = [
    "rs", "py", "js", "mjs", "ts", "mts", "c", "h", "cc", "cpp", "hpp", "cxx", "zig", "go", "wit",
    "zon",
];

/// Folders without sources of the author's own: what was built, generated or fetched.
const FOREIGN_FOLDERS: [&str; 8] = [
    "target",
    "bindings",
    "vendor",
    "node_modules",
    "zig-out",
    "__pycache__",
    "build",
    "dist",
];

/// Folders within folders that are searched for sources.
const DEPTH_MAX: usize = 8;

/// An author's project.
#[derive(Clone, Debug)]
pub struct Project {
    folder: PathBuf,
}

/// A component that is older than what it is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleComponent {
    /// The source that was changed last.
    pub source: PathBuf,
}

impl Project {
    /// The project in a folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Its policy, if it has one.
    pub fn policy(&self) -> Option<PathBuf> {
        let path = self.inside(POLICY);
        path.is_file().then_some(path)
    }

    /// The component of the only tool that its policy has.
    ///
    /// # Errors
    /// [`CasesError::Read`], [`CasesError::Mistakes`], and [`CasesError::WhichTool`] where there are several.
    pub fn component(&self) -> Result<PathBuf, CasesError> {
        let path = self.inside(POLICY);
        let policy = read_policy(&path)?;
        let component = only(policy.tools().iter()).map(|tool| self.inside(tool.component()));
        component.ok_or_else(|| CasesError::WhichTool {
            policy: path,
            tools: named(policy.tools()),
        })
    }

    /// Its case files, sorted by name.
    ///
    /// # Errors
    /// [`CasesError::Read`], [`CasesError::NoCases`].
    pub fn cases(&self) -> Result<Vec<PathBuf>, CasesError> {
        let folder = self.inside(CASES);
        let failed = |error| CasesError::Read {
            path: folder.clone(),
            error,
        };
        let mut paths = Vec::new();
        match std::fs::read_dir(&folder) {
            Ok(entries) => {
                for entry in entries {
                    paths.push(entry.map_err(failed)?.path());
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        paths.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == CASE_EXTENSION)
        });
        paths.sort_unstable();
        if paths.is_empty() {
            return Err(CasesError::NoCases(folder));
        }
        Ok(paths)
    }

    /// Whether a component is older than a source of the project: tests of it would be tests of what is no more. A folder that
    /// cannot be read is left out, and so is a component without a time.
    pub fn staleness(&self, component: &Path) -> Option<StaleComponent> {
        let built = modified(component)?;
        let (changed, source) = newest(&self.folder, DEPTH_MAX)?;
        (changed > built).then_some(StaleComponent { source })
    }

    /// A path inside, without `./` in front.
    fn inside(&self, name: &str) -> PathBuf {
        if self.folder == Path::new(".") {
            return name.into();
        }
        self.folder.join(name)
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
}

/// The source below a folder that was changed last.
fn newest(folder: &Path, depth: usize) -> Option<(SystemTime, PathBuf)> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let changes = entries.filter_map(|entry| {
        let (path, kind) = (entry.path(), entry.file_type().ok()?);
        if kind.is_dir() {
            return (depth > 0 && is_own(&path)).then(|| newest(&path, depth - 1))?;
        }
        if kind.is_file() && is_source(&path) {
            Some((modified(&path)?, path))
        } else {
            None
        }
    });
    changes.max()
}

fn is_own(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with('.') && !FOREIGN_FOLDERS.contains(&&*name)
}

fn is_source(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    SOURCE_EXTENSIONS.contains(&&*extension)
}
