//! Rust with cargo-component, which makes the component itself.

use std::fs;
use std::path::Path;

use super::rust::{CARGO, RUSTC, file_name, require_target, without_folders};
use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver.
pub(super) struct RustCargoComponent;

const TARGET: &str = "wasm32-wasip1";

const CARGO_COMPONENT: Requirement = Requirement {
    name: "cargo-component",
    programs: &["cargo-component"],
    install: "cargo install --locked cargo-component@0.21.1",
};

impl Driver for RustCargoComponent {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        let tools = vec![
            search.find(&CARGO)?,
            search.find(&RUSTC)?,
            search.find(&CARGO_COMPONENT)?,
        ];
        // cargo-component would run `rustup target add` by itself: it is never called without the target.
        require_target(search, TARGET)?;
        Ok(tools)
    }

    fn build(&self, project: &Project, scratch: &Path) -> Result<Built, BuildError> {
        let search = project.search();
        self.toolchain(&search)?;
        let target = scratch.join("cargo");
        search
            .find(&CARGO_COMPONENT)?
            .run_in(project.folder())
            .args([
                "component",
                "build",
                "--quiet",
                "--release",
                "--lib",
                "--target",
                TARGET,
            ])
            .args(["--config".to_owned(), without_folders(project, TARGET)])
            .env("CARGO_TARGET_DIR", &target)
            .env("CARGO", search.find(&CARGO)?.program())
            .env("RUSTC", search.find(&RUSTC)?.program())
            .run_and_pass_on()?;
        let component = target.join(TARGET).join("release").join(file_name(project));
        let component = fs::read(&component).map_err(BuildError::reading(component))?;
        Ok(Built::Component(component))
    }
}
