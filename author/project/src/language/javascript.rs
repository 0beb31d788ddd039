//! JavaScript and TypeScript.

use std::path::Path;

use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver of JavaScript.
pub(super) struct JavaScript;

/// The driver of TypeScript.
pub(super) struct TypeScript;

const COMPILER: Requirement = Requirement {
    name: "javascript",
    programs: &["javascript"],
    install: "",
};

impl Driver for JavaScript {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![search.find(&COMPILER)?])
    }

    fn build(&self, _project: &Project, _scratch: &Path) -> Result<Built, BuildError> {
        Err(COMPILER.missing())
    }
}

impl Driver for TypeScript {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![search.find(&COMPILER)?])
    }

    fn build(&self, _project: &Project, _scratch: &Path) -> Result<Built, BuildError> {
        Err(COMPILER.missing())
    }
}
