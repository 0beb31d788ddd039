//! C and Cpp.

use std::path::Path;

use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver of C.
pub(super) struct C;

/// The driver of Cpp.
pub(super) struct Cpp;

const COMPILER: Requirement = Requirement {
    name: "c",
    programs: &["c"],
    install: "",
};

impl Driver for C {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![search.find(&COMPILER)?])
    }

    fn build(&self, _project: &Project, _scratch: &Path) -> Result<Built, BuildError> {
        Err(COMPILER.missing())
    }
}

impl Driver for Cpp {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![search.find(&COMPILER)?])
    }

    fn build(&self, _project: &Project, _scratch: &Path) -> Result<Built, BuildError> {
        Err(COMPILER.missing())
    }
}
