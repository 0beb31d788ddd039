//! A tool's project on disk: what language it is, what the tool is called, where its WIT is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_wit::{Declared, WitError, contract};

use crate::error::BuildError;
use crate::language::Language;
use crate::metadata::{self, Manifest, Metadata};
use crate::toolchain::Search;

/// A folder with a tool's sources.
#[derive(Clone, Debug)]
pub struct Project {
    folder: PathBuf,
    language: Language,
    name: String,
    metadata: Metadata,
}

impl Project {
    /// Finds out what is in a folder.
    ///
    /// # Errors
    /// [`BuildError::NotAProject`] where no manifest of any language is there, and what is wrong with one that is.
    pub fn open(folder: &Path) -> Result<Self, BuildError> {
        let folder = std::path::absolute(folder).map_err(BuildError::reading(folder))?;
        let language = metadata::language(&folder)?;
        let Manifest { name, metadata } = Manifest::read(&folder, language)?;
        if !is_file_name(&name) {
            return Err(BuildError::Name { name });
        }
        Ok(Self {
            folder,
            language,
            name,
            metadata,
        })
    }

    /// The folder, as an absolute path.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it is written in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The tool's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The world that the manifest names, if it names one.
    pub fn world(&self) -> Option<&str> {
        self.metadata.world.as_deref()
    }

    /// What the tool asks for and why, by capability.
    pub fn asks(&self) -> &BTreeMap<String, String> {
        &self.metadata.asks
    }

    /// The folder of its WIT.
    pub fn wit(&self) -> PathBuf {
        let folder = self.metadata.wit.as_deref();
        self.folder.join(folder.unwrap_or(Path::new("wit")))
    }

    /// Where the component goes unless somebody says otherwise.
    pub fn component(&self) -> PathBuf {
        self.folder.join(format!("{}.wasm", self.name))
    }

    /// Its world, with our packages where its own `deps` have them not.
    ///
    /// # Errors
    /// [`BuildError::Wit`].
    pub fn declared(&self) -> Result<Declared, BuildError> {
        let wit = self.wit();
        Declared::from_folder(&wit, self.world()).map_err(wit_error(&wit))
    }

    /// The programs that its build calls, as `NAME (PATH)`.
    ///
    /// # Errors
    /// [`BuildError::Missing`] for the first that is neither the project's own nor on this machine.
    pub fn toolchain(&self) -> Result<Vec<String>, BuildError> {
        let tools = self.language.driver().toolchain(&self.search())?;
        Ok(tools.iter().map(ToString::to_string).collect())
    }

    /// Writes its WIT as a folder with complete `deps`, for programs that know nothing of ours, in the place of what stood there.
    ///
    /// # Errors
    /// [`BuildError::Wit`], [`BuildError::Write`].
    pub(crate) fn write_wit(&self, folder: &Path) -> Result<(), BuildError> {
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(BuildError::writing(folder))?;
        }
        contract::vendor(folder).map_err(wit_error(folder))?;
        // After ours: what the author has vendored is what the author means.
        copy_folder(&self.wit(), folder)
    }

    /// Where its build looks for programs.
    pub(crate) fn search(&self) -> Search {
        Search::project(&self.folder)
    }
}

/// The component is a file of this name: a manifest must not say where else to write.
fn is_file_name(name: &str) -> bool {
    let fits = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    name.starts_with(|first: char| first.is_ascii_alphanumeric()) && name.chars().all(fits)
}

fn wit_error(folder: &Path) -> impl FnOnce(WitError) -> BuildError {
    let folder = folder.to_owned();
    move |source| BuildError::Wit {
        folder,
        source: Box::new(source),
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), BuildError> {
    fs::create_dir_all(to).map_err(BuildError::writing(to))?;
    for entry in fs::read_dir(from).map_err(BuildError::reading(from))? {
        let source = entry.map_err(BuildError::reading(from))?.path();
        let target = to.join(source.file_name().unwrap_or_default());
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target).map_err(BuildError::writing(target))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
