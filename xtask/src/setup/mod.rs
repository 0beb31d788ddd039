//! Guest toolchains: finding one that can build for WebAssembly, or making one below `target/toolchains`.
//!
//! The order: (a) what the active toolchain already has; (b) on Debian, the distribution's own packages, downloaded and
//! unpacked, never installed; (c) `rustup target add`, only where the person asked for it with `--rustup`. Nothing is
//! registered with rustup in (b): everything else calls the toolchain by its path.

mod active;
mod apt;
mod cargo_component;
mod cargo_fuzz;
pub(crate) mod compared;
mod debian;
mod files;
mod go;
pub(crate) mod languages;
mod library;
mod lock;
pub(crate) mod mcp;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::progress::Progress;
use crate::workspace::Workspace;

pub(crate) use cargo_fuzz::cargo_fuzz;

/// The target of our own guests: no WASI at all.
pub(crate) const UNKNOWN: &str = "wasm32-unknown-unknown";

/// The target of cargo-component's guests.
pub(crate) const WASI: &str = "wasm32-wasip1";

/// What the guests are needed for: the demo makes do with less than the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// The founding example.
    Demo,
    /// Everything but what takes minutes to set up: no cargo-component.
    Quick,
    /// Everything.
    Test,
}

impl Purpose {
    fn targets(self) -> &'static [&'static str] {
        match self {
            Self::Demo | Self::Quick => &[UNKNOWN],
            Self::Test => &[UNKNOWN, WASI],
        }
    }

    /// Whether guests that cargo-component builds are wanted.
    pub(crate) fn with_cargo_component(self) -> bool {
        self == Self::Test
    }
}

/// Whether `rustup target add` may be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rustup {
    /// The person asked for it.
    Allowed,
    /// Nothing that belongs to rustup is touched.
    Untouched,
}

/// A toolchain that builds guests, called by path.
pub(crate) struct Toolchain {
    /// Its cargo.
    pub(crate) cargo: PathBuf,
    /// Its rustc, whose sysroot has the wanted targets.
    pub(crate) rustc: PathBuf,
    /// The root that cargo-component is installed in, where the purpose wants it.
    pub(crate) cargo_component: Option<PathBuf>,
    /// A folder for the front of `PATH` with a `rustup` that refuses: cargo-component would run it by itself.
    refusing_rustup: PathBuf,
}

/// Finds or makes the toolchain.
///
/// # Errors
/// Fails with what to do where no way is left.
pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    purpose: Purpose,
    rustup: Rustup,
) -> Result<Toolchain> {
    let folder = workspace.toolchains();
    let _lock = lock::acquire(&folder, progress)?;
    let (cargo, rustc) = compiler(workspace, progress, purpose, rustup)?;
    let cargo_component = match purpose.with_cargo_component() {
        true => Some(cargo_component::install(workspace, progress, &folder)?),
        false => None,
    };
    let refusing_rustup = cargo_component::refusing_rustup(&folder)?;
    Ok(Toolchain {
        cargo,
        rustc,
        cargo_component,
        refusing_rustup,
    })
}

fn compiler(
    workspace: &Workspace,
    progress: &Progress,
    purpose: Purpose,
    rustup: Rustup,
) -> Result<(PathBuf, PathBuf)> {
    let targets = purpose.targets();
    if let Some(found) = active::with_targets(workspace, progress, targets)? {
        return Ok(found);
    }
    if rustup == Rustup::Allowed {
        active::add_targets(workspace, progress, targets)?;
        if let Some(found) = active::with_targets(workspace, progress, targets)? {
            return Ok(found);
        }
        bail!(
            "`rustup target add` succeeded, but the active toolchain still lacks {}",
            targets.join(", ")
        );
    }
    if apt::is_available() {
        return debian::toolchain(workspace, progress, targets);
    }
    bail!(
        "the active Rust toolchain cannot build for {}, and this system has no `apt-get` to fetch one with\n\
         hint: `cargo xtask setup --rustup` adds the targets to the active rustup toolchain",
        targets.join(", "),
    )
}

impl Toolchain {
    /// The folders of its programs, for the front of `PATH`; no rustup behind them changes a toolchain.
    pub(crate) fn programs(&self) -> Vec<PathBuf> {
        let mut programs = vec![self.refusing_rustup.clone()];
        programs.extend(self.rustc.parent().map(Path::to_owned));
        programs.extend(self.cargo_component.as_ref().map(|root| root.join("bin")));
        programs
    }

    /// A cargo command of this toolchain, out of reach of rustup and of the host build's settings.
    pub(crate) fn cargo(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.cargo);
        isolate(&mut command);
        command.current_dir(folder).env("RUSTC", &self.rustc);
        command
    }

    /// `cargo component …`, where the purpose wanted it. Builds only: it may download nothing.
    pub(crate) fn cargo_component(&self, folder: &Path) -> Option<Command> {
        let root = self.cargo_component.as_ref()?;
        let mut command = Command::new(root.join("bin/cargo-component"));
        isolate(&mut command);
        let bin = self.cargo.parent().unwrap_or(Path::new("."));
        let mut path = vec![self.refusing_rustup.clone(), bin.to_owned()];
        path.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        if let Ok(path) = std::env::join_paths(path) {
            command.env("PATH", path);
        }
        command
            .current_dir(folder)
            .env("RUSTC", &self.rustc)
            .env("CARGO", &self.cargo)
            .arg("component");
        Some(command)
    }
}

/// Takes away what cargo and rustup tell their children: it speaks of the host's toolchain and of the host's build.
fn isolate(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        let of_the_host =
            name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_");
        if of_the_host || HOST_BUILD_VARIABLES.contains(&name_text.as_ref()) {
            command.env_remove(name);
        }
    }
}

const HOST_BUILD_VARIABLES: [&str; 13] = [
    "CARGO",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "LD_LIBRARY_PATH",
    "RUSTC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTDOC",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
    "RUSTUP_TOOLCHAIN",
    "RUST_RECURSION_COUNT",
];
