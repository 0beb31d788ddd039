//! Rust with plain cargo: a core module for `wasm32-unknown-unknown`, which needs no WASI at all.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver.
pub(super) struct Rust;

const TARGET: &str = "wasm32-unknown-unknown";

pub(super) const CARGO: Requirement = Requirement {
    name: "cargo",
    programs: &["cargo"],
    install: "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
};

pub(super) const RUSTC: Requirement = Requirement {
    name: "rustc",
    programs: &["rustc"],
    install: CARGO.install,
};

impl Driver for Rust {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        let tools = vec![search.find(&CARGO)?, search.find(&RUSTC)?];
        require_target(search, TARGET)?;
        Ok(tools)
    }

    fn build(&self, project: &Project, scratch: &Path) -> Result<Built, BuildError> {
        let search = project.search();
        require_target(&search, TARGET)?;
        let target = scratch.join("cargo");
        let command = search.find(&CARGO)?.run_in(project.folder());
        command
            .args([
                "build",
                "--release",
                "--lib",
                "--target",
                TARGET,
                "--target-dir",
            ])
            .arg(&target)
            .run()?;
        let module = target.join(TARGET).join("release").join(file_name(project));
        let module = fs::read(&module).map_err(BuildError::reading(module))?;
        Ok(Built::Module(module))
    }
}

/// Fails with how to get the standard library for a target where the active toolchain does not have it. Nothing here calls
/// rustup: what changes a toolchain is for the person to run.
pub(super) fn require_target(search: &Search, target: &str) -> Result<(), BuildError> {
    let rustc = search.find(&RUSTC)?;
    let sysroot = rustc
        .run_in(Path::new("/"))
        .args(["--print", "sysroot"])
        .read()?;
    let library = PathBuf::from(sysroot.trim())
        .join("lib/rustlib")
        .join(target)
        .join("lib");
    let is_there = library
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some());
    if is_there {
        return Ok(());
    }
    Err(BuildError::Missing {
        what: format!("Rust's standard library for {target}"),
        install: format!("rustup target add {target}"),
    })
}

/// The file that cargo makes of the library.
pub(super) fn file_name(project: &Project) -> String {
    format!("{}.wasm", project.name().replace('-', "_"))
}
