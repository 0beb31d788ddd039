//! cargo-component, which builds the one example that shows the way of that tool.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::files::{remove_if_there, write_executable};
use crate::progress::Progress;
use crate::workspace::Workspace;

/// The last release.
const VERSION: &str = "0.21.1";

/// Installs it below the toolchains unless it is there; gives the root whose `bin` has it.
pub(super) fn install(
    workspace: &Workspace,
    progress: &Progress,
    toolchains: &Path,
) -> Result<PathBuf> {
    let root = toolchains.join("cargo-component");
    let program = root.join("bin/cargo-component");
    let installed = root.join(format!("version-{VERSION}"));
    if program.exists() && installed.exists() {
        progress.say(format_args!("setup: cargo-component {VERSION} is built"));
        return Ok(root);
    }
    // The folder is kept on failure: the next run goes on where this one stopped.
    let build = toolchains.join("cargo-component.partial");
    let step = format!(
        "setup: building cargo-component {VERSION} (4 to 6 minutes; only the tests need it)"
    );
    let mut command = workspace.cargo();
    command.env_remove("CARGO_TARGET_DIR").args([
        "install",
        "--locked",
        "--force",
        "--debug",
        "cargo-component",
    ]);
    command
        .args(["--version", VERSION, "--root"])
        .arg(&root)
        .arg("--target-dir")
        .arg(&build);
    // It builds one small guest: what its own compilation costs is all that counts.
    command
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_PROFILE_DEV_INCREMENTAL", "false");
    progress.run_quietly(&step, &mut command)?;
    fs::write(&installed, "")?;
    remove_if_there(&build)?;
    Ok(root)
}

/// A folder with a `rustup` that refuses, for the front of `PATH`.
pub(super) fn refusing_rustup(toolchains: &Path) -> Result<PathBuf> {
    let folder = toolchains.join("no-rustup");
    let program = folder.join("rustup");
    let script = "#!/bin/sh\n\
                  echo 'error: nothing may change a rustup toolchain while guests are built' >&2\n\
                  exit 1\n";
    fs::create_dir_all(&folder)?;
    write_executable(&program, script)?;
    Ok(folder)
}
