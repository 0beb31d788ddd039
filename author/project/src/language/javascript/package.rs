//! What `package.json` says of the build: the tool's own module, the engine, where the SDK is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::names::quoted;
use crate::error::BuildError;

const SDK: &str = "@bailiwick/sdk";

/// What runs JavaScript inside the component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Engine {
    /// Small and quick to load; exact integers end at 2⁵³.
    #[default]
    Quickjs,
    /// Seven times as large; integers of 64 bits.
    Starlingmonkey,
}

impl Engine {
    /// The file with what is particular to it.
    pub(super) fn module(self) -> &'static str {
        match self {
            Self::Quickjs => "quickjs.mjs",
            Self::Starlingmonkey => "starlingmonkey.mjs",
        }
    }

    /// What is in that file.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Quickjs => include_str!("quickjs.mjs"),
            Self::Starlingmonkey => include_str!("starlingmonkey.mjs"),
        }
    }
}

/// The part of `package.json` that only these languages have. What all languages share is in [`crate::metadata`].
#[derive(Debug, Deserialize)]
pub(super) struct Package {
    main: Option<String>,
    #[serde(default)]
    bailiwick: Choices,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
struct Choices {
    #[serde(default)]
    engine: Engine,
}

impl Package {
    /// Reads the file in a project's folder.
    pub(super) fn read(folder: &Path) -> Result<Self, BuildError> {
        let path = path(folder);
        let text = fs::read_to_string(&path).map_err(BuildError::reading(&path))?;
        serde_json::from_str(&text).map_err(|source| BuildError::Manifest {
            path,
            source: source.into(),
        })
    }

    /// What runs the tool.
    pub(super) fn engine(&self) -> Engine {
        self.bailiwick.engine
    }

    /// The tool's own module.
    pub(super) fn main(&self, folder: &Path) -> Result<PathBuf, BuildError> {
        let incomplete = |what: String| BuildError::Incomplete {
            path: path(folder),
            what,
        };
        let main = self
            .main
            .as_deref()
            .ok_or_else(|| incomplete("key `main`, the tool's module".to_owned()))?;
        let module = folder.join(main);
        match module.is_file() {
            true => Ok(module),
            false => Err(incomplete(format!(
                "file `{main}` beside it, which `main` names"
            ))),
        }
    }

    /// The configuration of jco's bundler. A `file:` dependency on the SDK is found before `npm install` has linked it.
    pub(super) fn bundling(&self, folder: &Path) -> String {
        let place = self.dependencies.get(SDK);
        match place.and_then(|place| place.strip_prefix("file:")) {
            Some(place) => {
                let manifest = folder.join(place).join("package.json");
                include_str!("bundle.mjs")
                    .replace("SDK_MANIFEST", &quoted(&manifest.to_string_lossy()))
            }
            None => include_str!("bundle.mjs").replace("SDK_MANIFEST", "undefined"),
        }
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("package.json")
}
