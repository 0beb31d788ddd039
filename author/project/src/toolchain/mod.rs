//! Programs that a build calls: where they are looked for, and how they are run.

mod invocation;
mod search;

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) use invocation::Invocation;
pub(crate) use search::Search;

use crate::error::BuildError;

/// A program that a build needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Requirement {
    /// As its users call it: `cargo`, `jco (JavaScript components)`.
    pub(crate) name: &'static str,
    /// The names of its program; the first that is found is taken.
    pub(crate) programs: &'static [&'static str],
    /// The command that installs it.
    pub(crate) install: &'static str,
}

impl Requirement {
    /// The error that says that it is not there.
    pub(crate) fn missing(&self) -> BuildError {
        BuildError::Missing {
            what: self.name.to_owned(),
            install: self.install.to_owned(),
        }
    }
}

/// A program that was found.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    name: String,
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Tool {
    /// The program at this path.
    pub(crate) fn at(name: impl Into<String>, program: PathBuf) -> Self {
        Self {
            name: name.into(),
            program,
            arguments: Vec::new(),
        }
    }

    /// The same with words that always stand first: `python3 -m ziglang`.
    pub(crate) fn with_arguments<A: Into<OsString>>(
        mut self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Where the program is.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// A call of it, in this folder.
    pub(crate) fn run_in(&self, folder: &Path) -> Invocation {
        Invocation::new(&self.name, &self.program, folder).args(&self.arguments)
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({}", self.name, self.program.display())?;
        for argument in &self.arguments {
            write!(formatter, " {}", argument.display())?;
        }
        write!(formatter, ")")
    }
}
