//! A tool's project on disk: what language it is, what the tool is called, where its WIT is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

    /// Where its build looks for programs.
    pub(crate) fn search(&self) -> Search {
        Search::project(&self.folder)
    }
}
