//! The repository's text files, read once.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that are made, not written.
const MADE: [&str; 11] = [
    ".git",
    "target",
    "node_modules",
    "bindings",
    "dist",
    ".venv",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".zig-cache",
    "zig-out",
];

/// The file that cargo-component writes into a guest's sources before it compiles them.
const MADE_BY_CARGO_COMPONENT: &str = "bindings.rs";

/// What the checks look at.
pub(super) struct Repository {
    /// The checkout.
    pub(super) root: PathBuf,
    files: Vec<TextFile>,
}

/// A text file.
pub(super) struct TextFile {
    /// Relative to the checkout, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

impl Repository {
    /// Reads everything below the checkout that is UTF-8 and was not made by a build.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut repository = Self {
            root: root.to_owned(),
            files: Vec::new(),
        };
        repository.read_folder(root)?;
        repository
            .files
            .sort_by(|one, other| one.path.cmp(&other.path));
        Ok(repository)
    }

    /// A repository that consists of these files.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let file = |&(path, text): &(&str, &str)| TextFile {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        Self {
            root: PathBuf::from("/nowhere"),
            files: files.iter().map(file).collect(),
        }
    }

    /// All text files.
    pub(super) fn files(&self) -> impl Iterator<Item = &TextFile> {
        self.files.iter()
    }

    /// Those whose name ends so.
    pub(super) fn with_ending(&self, ending: &str) -> impl Iterator<Item = &TextFile> {
        self.files
            .iter()
            .filter(move |file| file.path.ends_with(ending))
    }

    /// The text of one file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files
            .iter()
            .find(|file| file.path == path)
            .map(|file| file.text.as_str())
    }

    fn read_folder(&mut self, folder: &Path) -> Result<()> {
        let entries =
            fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !MADE.iter().any(|made| entry.file_name() == *made) {
                    self.read_folder(&entry.path())?;
                }
            } else if kind.is_file() && entry.file_name() != *MADE_BY_CARGO_COMPONENT {
                self.read_file(&entry.path())?;
            }
        }
        Ok(())
    }

    fn read_file(&mut self, path: &Path) -> Result<()> {
        let bytes = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        if let (Ok(text), Ok(relative)) = (String::from_utf8(bytes), path.strip_prefix(&self.root))
        {
            self.files.push(TextFile {
                path: relative.to_string_lossy().replace('\\', "/"),
                text,
            });
        }
        Ok(())
    }
}
