//! Go.

use std::path::Path;

use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver.
pub(super) struct Go;

const COMPILER: Requirement = Requirement {
    name: "go",
    programs: &["go"],
    install: "",
};

impl Driver for Go {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![search.find(&COMPILER)?])
    }

    fn build(&self, _project: &Project, _scratch: &Path) -> Result<Built, BuildError> {
        Err(COMPILER.missing())
    }
}
