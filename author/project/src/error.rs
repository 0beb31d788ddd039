//! Why a project cannot be built.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use bailiwick_wit::Difference;

use crate::language::Language;

/// An error of a library that has no type of its own for it.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The folder has no manifest of any language.
    #[error("`{}` is no tool's project", folder.display())]
    NotAProject {
        /// Where one was looked for.
        folder: PathBuf,
    },
    /// Something that the build calls is not on this machine.
    #[error("{what} is not here")]
    Missing {
        /// What it is, as its users call it.
        what: String,
        /// The command, or the sentence, that gets it.
        install: String,
    },
    /// Something that the build called said no.
    #[error("`{command}` failed")]
    ToolFailed {
        /// The command line.
        command: String,
        /// All that it printed.
        output: String,
    },
    /// Something that the build calls could not be called.
    #[error("cannot run `{command}`")]
    NotStarted {
        /// The command line.
        command: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file or a folder cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A manifest does not parse, or what it says of the tool is not of the documented form.
    #[error("cannot use `{}`", path.display())]
    Manifest {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: Cause,
    },
    /// The tool's name would be no name of a file.
    #[error("a tool cannot be called `{name}`: letters, digits, `-`, `_` and `.` are possible")]
    Name {
        /// The name in the manifest.
        name: String,
    },
    /// A manifest lacks something.
    #[error("`{}` has no {what}", path.display())]
    Incomplete {
        /// Which.
        path: PathBuf,
        /// The key, or the file, that is not there.
        what: String,
    },
    /// The project's WIT is wrong, or its world cannot be found.
    #[error("cannot use the WIT in `{}`", folder.display())]
    Wit {
        /// The folder of the WIT.
        folder: PathBuf,
        /// What is wrong.
        #[source]
        source: Cause,
    },
    /// Bindings cannot be generated.
    #[error("cannot generate bindings for {language}")]
    Bindings {
        /// For which language.
        language: Language,
        /// What is wrong.
        #[source]
        source: Cause,
    },
    /// What the toolchain made cannot be made a component.
    #[error("cannot make a component of what the toolchain built")]
    Encode(#[source] Cause),
    /// What the manifest or the WIT says of the tool is nothing that a host would show.
    #[error("cannot describe the tool")]
    Section(#[source] Cause),
    /// The component is not what its world says.
    #[error("the component is not what its world `{world}` says")]
    NotItsWorld {
        /// The world.
        world: String,
        /// Where they differ.
        differences: Vec<Difference>,
    },
}

impl BuildError {
    /// For `map_err` after reading this file.
    pub(crate) fn reading(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Read { path, source }
    }

    /// For `map_err` after writing this file.
    pub(crate) fn writing(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }

    /// For `map_err` after generating bindings.
    pub(crate) fn binding<E: Into<Cause>>(language: Language) -> impl FnOnce(E) -> Self {
        move |source| Self::Bindings {
            language,
            source: source.into(),
        }
    }
}
