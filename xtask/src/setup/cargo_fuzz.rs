//! cargo-fuzz, which builds and runs the targets of `fuzz/`.

use std::path::PathBuf;

use anyhow::Result;

use super::files::remove_if_there;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// The release that is installed.
const VERSION: &str = "0.13.2";

/// Installs it below the toolchains unless it is there; gives the program.
///
/// # Errors
/// Fails where it cannot be built.
pub(crate) fn cargo_fuzz(workspace: &Workspace, progress: &Progress) -> Result<PathBuf> {
    let toolchains = workspace.toolchains();
    let _lock = super::lock::acquire(&toolchains, progress)?;
    let root = toolchains.join(format!("cargo-fuzz-{VERSION}"));
    let program = root.join("bin/cargo-fuzz");
    if program.exists() {
        return Ok(program);
    }
    let build = toolchains.join("cargo-fuzz.partial");
    let mut command = workspace.cargo();
    command.env_remove("CARGO_TARGET_DIR");
    command.args(["install", "--locked", "--debug", "cargo-fuzz"]);
    command.args(["--version", VERSION, "--root"]).arg(&root);
    command.arg("--target-dir").arg(&build);
    progress.run_quietly(
        &format!("setup: building cargo-fuzz {VERSION}"),
        &mut command,
    )?;
    remove_if_there(&build)?;
    Ok(program)
}
