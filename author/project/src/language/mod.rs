//! The languages, one driver each.

mod c;
mod files;
mod go;
mod javascript;
mod python;
mod rust;
mod rust_cargo_component;
mod zig;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::error::BuildError;
use crate::nearest::nearest;
use crate::project::Project;
use crate::toolchain::{Search, Tool};

/// A language that tools are written in, or a way of building one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Rust with plain cargo.
    Rust,
    /// Rust with cargo-component.
    RustCargoComponent,
    /// Python.
    Python,
    /// JavaScript.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// C.
    C,
    /// C++.
    Cpp,
    /// Zig.
    Zig,
    /// Go.
    Go,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Rust,
        Self::RustCargoComponent,
        Self::Python,
        Self::JavaScript,
        Self::TypeScript,
        Self::C,
        Self::Cpp,
        Self::Zig,
        Self::Go,
    ];

    /// The word on the command line and in `bailiwick-tool.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::RustCargoComponent => "rust-cargo-component",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Zig => "zig",
            Self::Go => "go",
        }
    }

    /// As people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::RustCargoComponent => "Rust with cargo-component",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::TypeScript => "TypeScript",
            Self::C => "C",
            Self::Cpp => "C++",
            Self::Zig => "Zig",
            Self::Go => "Go",
        }
    }

    /// Where its SDK stands in a project, until it is on the language's registry. A folder `vendor` would tell Go that all of a
    /// project's modules are in it.
    pub(crate) fn sdk_place(self) -> &'static str {
        match self {
            Self::Go => "third_party/bailiwick-sdk",
            Self::Rust
            | Self::RustCargoComponent
            | Self::Python
            | Self::JavaScript
            | Self::TypeScript
            | Self::C
            | Self::Cpp
            | Self::Zig => "vendor/bailiwick-sdk",
        }
    }

    pub(crate) fn driver(self) -> &'static dyn Driver {
        match self {
            Self::Rust => &rust::Rust,
            Self::RustCargoComponent => &rust_cargo_component::RustCargoComponent,
            Self::Python => &python::Python,
            Self::JavaScript => &javascript::JavaScript,
            Self::TypeScript => &javascript::TypeScript,
            Self::C => &c::C,
            Self::Cpp => &c::Cpp,
            Self::Zig => &zig::Zig,
            Self::Go => &go::Go,
        }
    }

    /// The programs that its builds call on this machine, as `NAME (PATH)`.
    ///
    /// # Errors
    /// [`BuildError::Missing`] for the first that is not there.
    pub fn toolchain(self) -> Result<Vec<String>, BuildError> {
        let tools = self.driver().toolchain(&Search::machine())?;
        Ok(tools.iter().map(ToString::to_string).collect())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A word that names no language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no language `{word}`")]
pub struct UnknownLanguage {
    word: String,
    /// The language whose name is most like the word, if one is.
    pub nearest: Option<&'static str>,
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(word: &str) -> Result<Self, UnknownLanguage> {
        let found = Self::ALL
            .into_iter()
            .find(|language| language.name() == word);
        found.ok_or_else(|| UnknownLanguage {
            word: word.to_owned(),
            nearest: nearest(word, Self::ALL.map(Self::name)),
        })
    }
}

/// What a toolchain made.
#[derive(Debug)]
pub(crate) enum Built {
    /// A core module. The common part makes a component of it, and adds what the component's types are if the module does not
    /// say so itself.
    Module(Vec<u8>),
    /// A component.
    Component(Vec<u8>),
}

/// How tools in one language are built.
pub(crate) trait Driver: Sync {
    /// Everything that a build calls, found; what is not there is the error.
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError>;

    /// Calls the toolchain. `scratch` is a folder of this build's own that is kept from build to build, absolute, and there.
    fn build(&self, project: &Project, scratch: &Path) -> Result<Built, BuildError>;
}
