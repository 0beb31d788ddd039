//! What a manifest says of the tool: the same few keys, wherever the language keeps its metadata.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::BuildError;
use crate::language::Language;

/// The manifest of the languages whose own cannot say it: C, C++, Zig, Go.
pub(crate) const TOOL_MANIFEST: &str = "bailiwick-tool.toml";

/// `[package.metadata.bailiwick]` in `Cargo.toml`, `[tool.bailiwick]` in `pyproject.toml`, `"bailiwick"` in `package.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Metadata {
    /// The world that the tool implements, `namespace:package/world`; may be left out where the WIT has only one.
    pub(crate) world: Option<String>,
    /// The folder of the WIT, `wit` where nothing is said.
    pub(crate) wit: Option<PathBuf>,
    /// What the tool asks for and why, one line each, by capability.
    #[serde(default)]
    pub(crate) asks: BTreeMap<String, String>,
}

/// A manifest: the tool's name and its metadata.
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) metadata: Metadata,
}

/// `bailiwick-tool.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ToolManifest {
    name: String,
    language: Option<String>,
    world: Option<String>,
    wit: Option<PathBuf>,
    #[serde(default)]
    asks: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct CargoManifest {
    package: CargoPackage,
}

#[derive(Deserialize)]
struct CargoPackage {
    name: String,
    #[serde(default)]
    metadata: CargoMetadata,
}

#[derive(Default, Deserialize)]
struct CargoMetadata {
    #[serde(default)]
    bailiwick: Metadata,
    component: Option<toml::Table>,
}

#[derive(Deserialize)]
struct PythonManifest {
    project: PythonProject,
    #[serde(default)]
    tool: PythonTool,
}

#[derive(Deserialize)]
struct PythonProject {
    name: String,
}

#[derive(Default, Deserialize)]
struct PythonTool {
    #[serde(default)]
    bailiwick: Metadata,
}

#[derive(Deserialize)]
struct NodeManifest {
    name: String,
    #[serde(default)]
    bailiwick: NodeMetadata,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct NodeMetadata {
    world: Option<String>,
    wit: Option<PathBuf>,
    #[serde(default)]
    asks: BTreeMap<String, String>,
    /// What runs the tool inside the component; the driver reads it.
    #[serde(rename = "engine")]
    _engine: Option<IgnoredAny>,
}

impl Manifest {
    /// Reads the manifest that a language's projects have.
    pub(crate) fn read(folder: &Path, language: Language) -> Result<Self, BuildError> {
        match language {
            Language::Rust | Language::RustCargoComponent => {
                let manifest: CargoManifest = toml_file(&folder.join("Cargo.toml"))?;
                Ok(Self {
                    name: manifest.package.name,
                    metadata: manifest.package.metadata.bailiwick,
                })
            }
            Language::Python => {
                let manifest: PythonManifest = toml_file(&folder.join("pyproject.toml"))?;
                Ok(Self {
                    name: manifest.project.name,
                    metadata: manifest.tool.bailiwick,
                })
            }
            Language::JavaScript | Language::TypeScript => Self::node(&folder.join("package.json")),
            Language::C | Language::Cpp | Language::Zig | Language::Go => {
                Ok(tool_manifest(&folder.join(TOOL_MANIFEST))?.into())
            }
        }
    }

    fn node(path: &Path) -> Result<Self, BuildError> {
        let manifest: NodeManifest = serde_json::from_str(&text(path)?).map_err(malformed(path))?;
        // A package of an organisation is `@organisation/name`.
        let name = manifest.name.rsplit('/').next().unwrap_or_default();
        Ok(Self {
            name: name.to_owned(),
            metadata: Metadata {
                world: manifest.bailiwick.world,
                wit: manifest.bailiwick.wit,
                asks: manifest.bailiwick.asks,
            },
        })
    }
}

impl From<ToolManifest> for Manifest {
    fn from(manifest: ToolManifest) -> Self {
        Self {
            name: manifest.name,
            metadata: Metadata {
                world: manifest.world,
                wit: manifest.wit,
                asks: manifest.asks,
            },
        }
    }
}

/// The language of a project, by the manifest that it has.
pub(crate) fn language(folder: &Path) -> Result<Language, BuildError> {
    let has = |name: &str| folder.join(name).is_file();
    if has("Cargo.toml") {
        return rust(&folder.join("Cargo.toml"));
    }
    if has("pyproject.toml") {
        return Ok(Language::Python);
    }
    if has("package.json") {
        return Ok(match has("tsconfig.json") {
            true => Language::TypeScript,
            false => Language::JavaScript,
        });
    }
    if has("go.mod") {
        return Ok(Language::Go);
    }
    if has("build.zig") || has("build.zig.zon") {
        return Ok(Language::Zig);
    }
    if has(TOOL_MANIFEST) {
        return named(&folder.join(TOOL_MANIFEST));
    }
    Err(BuildError::NotAProject {
        folder: folder.to_owned(),
    })
}

fn rust(path: &Path) -> Result<Language, BuildError> {
    let manifest: CargoManifest = toml_file(path)?;
    Ok(match manifest.package.metadata.component {
        Some(_) => Language::RustCargoComponent,
        None => Language::Rust,
    })
}

fn named(path: &Path) -> Result<Language, BuildError> {
    let named = tool_manifest(path)?.language;
    let word = named.ok_or_else(|| BuildError::Incomplete {
        path: path.to_owned(),
        what: "key `language`, which is `c` or `cpp`".to_owned(),
    })?;
    word.parse().map_err(malformed(path))
}

fn tool_manifest(path: &Path) -> Result<ToolManifest, BuildError> {
    toml_file(path)
}

fn toml_file<T: DeserializeOwned>(path: &Path) -> Result<T, BuildError> {
    toml::from_str(&text(path)?).map_err(malformed(path))
}

fn text(path: &Path) -> Result<String, BuildError> {
    fs::read_to_string(path).map_err(BuildError::reading(path))
}

fn malformed<E: std::error::Error + Send + Sync + 'static>(
    path: &Path,
) -> impl FnOnce(E) -> BuildError {
    let path = path.to_owned();
    move |source| BuildError::Manifest {
        path,
        source: Box::new(source),
    }
}
