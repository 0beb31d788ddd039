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
        search
            .find(&CARGO)?
            .run_in(project.folder())
            .args(["build", "--quiet", "--release", "--lib", "--target", TARGET])
            .arg("--target-dir")
            .arg(&target)
            .args(["--config".to_owned(), without_folders(project, TARGET)])
            .env("RUSTC", search.find(&RUSTC)?.program())
            .run_and_pass_on()?;
        let module = target.join(TARGET).join("release").join(file_name(project));
        let module = fs::read(&module).map_err(BuildError::reading(module))?;
        Ok(Built::Module(module))
    }
}

/// Fails with how to get the standard library for a target where the active toolchain does not have it. Nothing here calls
/// rustup: what changes a toolchain is for the person to run.
pub(super) fn require_target(search: &Search, target: &str) -> Result<(), BuildError> {
    let rustc = search.find(&RUSTC)?.run_in(search.base());
    let sysroot = rustc.args(["--print", "sysroot"]).read()?;
    let targets = Path::new(sysroot.trim()).join("lib/rustlib");
    let library = targets.join(target).join("lib").read_dir();
    if library.is_ok_and(|mut entries| entries.next().is_some()) {
        return Ok(());
    }
    Err(BuildError::Missing {
        what: format!("Rust's standard library for {target}"),
        install: format!("rustup target add {target}"),
    })
}

/// A setting of cargo's by which the messages of panics name no folder of this machine: they are nobody's business, and the
/// same sources give the same bytes wherever they lie. It is added to what the person has set for the target.
pub(super) fn without_folders(project: &Project, target: &str) -> String {
    let remap = |folder: &Path, name: &str| {
        toml::Value::String(format!("--remap-path-prefix={}={name}", folder.display()))
    };
    let mut flags = vec![remap(project.folder(), "/tool")];
    flags.extend(cargo_home().map(|home| remap(&home, "/cargo")));
    format!("target.{target}.rustflags={}", toml::Value::Array(flags))
}

fn cargo_home() -> Option<PathBuf> {
    let home = || std::env::home_dir().map(|home| home.join(".cargo"));
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(home)
}

/// The file that cargo makes of the library.
pub(super) fn file_name(project: &Project) -> String {
    format!("{}.wasm", project.name().replace('-', "_"))
}
