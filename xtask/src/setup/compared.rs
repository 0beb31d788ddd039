//! The other hosts of the comparison of attacks, where they are not on the path: bubblewrap from Debian's packages,
//! wasmtime's command from crates.io. Both below `target/toolchains`; nothing is installed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::apt::{self, Apt};
use super::files::remove_if_there;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// The release line that bailiwick itself is built on.
const WASMTIME: &str = "48.0.8";

/// Whether a program is on the path and runs.
fn is_there(program: &str) -> bool {
    let said = Command::new(program).arg("--version").output();
    said.is_ok_and(|said| said.status.success())
}

/// The folder of `bwrap`, unless there is one on the path. The libraries that it needs are those of the system: they belong
/// to every installation of Debian.
pub(crate) fn bubblewrap(workspace: &Workspace, progress: &Progress) -> Result<Option<PathBuf>> {
    let folder = workspace.toolchains().join("bubblewrap");
    let found = folder.join("usr/bin");
    if is_there("bwrap") {
        return Ok(None);
    }
    if found.join("bwrap").exists() {
        return Ok(Some(found));
    }
    if !apt::is_available() {
        bail!(
            "bubblewrap comes from Debian's packages, and there is no `apt-get` here: put `bwrap` on the path"
        );
    }
    let partial = workspace.toolchains().join("bubblewrap.partial");
    remove_if_there(&partial)?;
    remove_if_there(&folder)?;
    let apt = Apt::update(&workspace.toolchains().join("apt"), progress)?;
    let packages = apt.missing(&["bubblewrap".to_owned()])?;
    apt.download(&packages, &partial.join("packages"), progress)?;
    apt::unpack(&partial.join("packages"), &partial, progress)?;
    fs::rename(&partial, &folder)?;
    Ok(Some(found))
}

/// The folder of `wasmtime`, unless there is one on the path. Building it takes minutes.
pub(crate) fn wasmtime(workspace: &Workspace, progress: &Progress) -> Result<Option<PathBuf>> {
    if is_there("wasmtime") {
        return Ok(None);
    }
    let folder = workspace.toolchains().join(format!("wasmtime-{WASMTIME}"));
    if !folder.join("bin/wasmtime").exists() {
        let mut command = workspace.cargo();
        command
            .args([
                "install",
                "wasmtime-cli",
                "--locked",
                "--no-track",
                "--version",
                WASMTIME,
            ])
            .arg("--root")
            .arg(&folder)
            .arg("--target-dir")
            .arg(workspace.toolchains().join("wasmtime.build"));
        progress.run_quietly(
            "compare: building wasmtime's command (some minutes)",
            &mut command,
        )?;
    }
    Ok(Some(folder.join("bin")))
}
