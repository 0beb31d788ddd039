//! Zig.

use std::path::Path;

use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver.
pub(super) struct Zig;

const COMPILER: Requirement = Requirement {
    name: "zig",
    programs: &["zig"],
    install: "",
};

impl Driver for Zig {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![search.find(&COMPILER)?])
    }

    fn build(&self, _project: &Project, _scratch: &Path) -> Result<Built, BuildError> {
        Err(COMPILER.missing())
    }
}
