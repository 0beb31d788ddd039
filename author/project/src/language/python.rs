//! Python.

use std::path::Path;

use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver.
pub(super) struct Python;

const COMPILER: Requirement = Requirement {
    name: "python",
    programs: &["python"],
    install: "",
};

impl Driver for Python {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![search.find(&COMPILER)?])
    }

    fn build(&self, _project: &Project, _scratch: &Path) -> Result<Built, BuildError> {
        Err(COMPILER.missing())
    }
}
