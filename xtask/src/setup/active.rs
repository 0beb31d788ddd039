//! The toolchain that is active anyway, and adding targets to it where the person asked for that.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::progress::{Progress, read};
use crate::workspace::Workspace;

/// Cargo and rustc of the active toolchain, if it has all the targets.
pub(super) fn with_targets(
    workspace: &Workspace,
    progress: &Progress,
    targets: &[&str],
) -> Result<Option<(PathBuf, PathBuf)>> {
    let sysroot = sysroot(workspace)?;
    let missing: Vec<&str> = targets
        .iter()
        .copied()
        .filter(|target| !has_target(&sysroot, target))
        .collect();
    if missing.is_empty() {
        progress.say(format_args!(
            "setup: the active Rust toolchain builds for {}",
            targets.join(", ")
        ));
        return Ok(Some(executables(&sysroot)));
    }
    progress.say(format_args!(
        "setup: the active Rust toolchain does not have {}",
        missing.join(", ")
    ));
    Ok(None)
}

/// Runs `rustup target add` for the active toolchain.
pub(super) fn add_targets(
    workspace: &Workspace,
    progress: &Progress,
    targets: &[&str],
) -> Result<()> {
    let step = format!("setup: rustup target add {}", targets.join(" "));
    let mut command = Command::new("rustup");
    command
        .current_dir(&workspace.root)
        .args(["target", "add"])
        .args(targets);
    let finished = progress.run(&step, &mut command)?;
    ensure!(finished.status.success(), "`rustup target add` failed");
    Ok(())
}

fn sysroot(workspace: &Workspace) -> Result<PathBuf> {
    let printed = read(
        Command::new("rustc")
            .current_dir(&workspace.root)
            .args(["--print", "sysroot"]),
    )?;
    Ok(PathBuf::from(printed.trim()))
}

fn has_target(sysroot: &Path, target: &str) -> bool {
    let library = sysroot.join("lib/rustlib").join(target).join("lib");
    library
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some())
}

/// A distribution's toolchain may have its sysroot in `/usr`, rustup's in a folder of its own: both have `bin`.
fn executables(sysroot: &Path) -> (PathBuf, PathBuf) {
    (sysroot.join("bin/cargo"), sysroot.join("bin/rustc"))
}
