//! Zig, and where it is found.

use std::path::Path;

use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver.
pub(super) struct Zig;

/// A package that has the compiler, the C and the C++ library and the linker. A virtual environment, because distributions
/// refuse to install into their own Python; the build looks into `.venv` by itself.
pub(super) const INSTALL: &str =
    "python3 -m venv .venv && .venv/bin/python -m pip install ziglang==0.17.1";

const COMPILER: Requirement = Requirement {
    name: "zig",
    programs: &["zig", "python-zig"],
    install: INSTALL,
};

/// Zig: by its own name, or as the package `ziglang` of a Python.
pub(super) fn find(search: &Search) -> Option<Tool> {
    if let Ok(zig) = search.find(&COMPILER) {
        return Some(zig);
    }
    let python = search.program("python3")?;
    let zig = Tool::at(COMPILER.name, python).with_arguments(["-m", "ziglang"]);
    let answers = zig.run_in(Path::new("/")).arg("version").read().is_ok();
    answers.then_some(zig)
}

impl Driver for Zig {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![find(search).ok_or_else(|| COMPILER.missing())?])
    }

    fn build(&self, _project: &Project, _scratch: &Path) -> Result<Built, BuildError> {
        Err(COMPILER.missing())
    }
}
