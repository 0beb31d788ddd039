//! Where things are: the checkout, its target folder, what is put below it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::progress::read;

/// The checkout and the places that xtask uses in it.
pub(crate) struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The target folder as cargo reports it (`CARGO_TARGET_DIR` and configuration respected).
    pub(crate) target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find() -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let json = read(cargo().current_dir(here).args([
            "metadata",
            "--no-deps",
            "--format-version=1",
            "--offline",
        ]))?;
        let metadata: Metadata =
            serde_json::from_str(&json).context("cannot read what `cargo metadata` printed")?;
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
        })
    }

    /// Everything that `setup` makes; deleting this folder undoes it.
    pub(crate) fn toolchains(&self) -> PathBuf {
        self.target.join("toolchains")
    }

    /// Where the finished guests are, and cargo's files of building them.
    pub(crate) fn guests_output(&self) -> PathBuf {
        self.target.join("guests")
    }

    /// The `bailiwick` command that a plain `cargo build` makes.
    pub(crate) fn command(&self) -> PathBuf {
        self.target
            .join("debug")
            .join(format!("bailiwick{}", std::env::consts::EXE_SUFFIX))
    }

    /// A cargo of the host's toolchain in the workspace's folder.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }

    /// A path as it is shown to people: relative to the checkout where it is inside.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

/// The cargo that runs this xtask.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
