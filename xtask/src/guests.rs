//! Building the guests: core modules by cargo, components from them, our section into those.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bailiwick_section::Section;
use bailiwick_wit::Declared;
use serde::Deserialize;
use wit_component::ComponentEncoder;

use crate::progress::{Progress, read};
use crate::setup::{Purpose, Toolchain, UNKNOWN, WASI};
use crate::workspace::Workspace;

/// A tool among the guests: a package with a `[package.metadata.bailiwick]` table.
struct Guest {
    name: String,
    folder: PathBuf,
    about: About,
}

/// That table.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    /// The world that the guest implements; may be left out where its package has only one.
    world: Option<String>,
    /// What it asks for and why, by capability.
    #[serde(default)]
    asks: BTreeMap<String, String>,
    /// Whether the demo needs it. The tests need all of them.
    #[serde(default)]
    demo: bool,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    metadata: Option<PackageMetadata>,
}

#[derive(Deserialize)]
struct PackageMetadata {
    bailiwick: Option<About>,
}

/// Builds the guests that are needed for the purpose into `target/guests/NAME.wasm`.
///
/// # Errors
/// Fails where one does not build, is no component, or says of itself what no host would show.
pub(crate) fn build(
    workspace: &Workspace,
    progress: &Progress,
    toolchain: &Toolchain,
    purpose: Purpose,
) -> Result<()> {
    let folder = workspace.root.join("guests");
    let guests = in_folder(toolchain, &folder)?;
    let wanted = |guest: &Guest| purpose != Purpose::Demo || guest.about.demo;
    let guests: Vec<Guest> = guests.into_iter().filter(wanted).collect();
    build_modules(workspace, progress, toolchain, &guests)?;
    let release = workspace
        .guests_output()
        .join("build")
        .join(UNKNOWN)
        .join("release");
    for guest in &guests {
        finish(
            workspace,
            progress,
            guest,
            encode(&release.join(file_name(guest)))?,
        )?;
    }
    if purpose.with_cargo_component() {
        build_word_count(workspace, progress, toolchain)?;
    }
    Ok(())
}

fn in_folder(toolchain: &Toolchain, folder: &Path) -> Result<Vec<Guest>> {
    let mut command = toolchain.cargo(folder);
    let json = read(command.args(["metadata", "--no-deps", "--format-version=1", "--offline"]))?;
    let metadata: Metadata =
        serde_json::from_str(&json).context("a guest's `package.metadata.bailiwick`")?;
    Ok(metadata.packages.into_iter().filter_map(as_guest).collect())
}

fn as_guest(package: Package) -> Option<Guest> {
    let about = package.metadata?.bailiwick?;
    Some(Guest {
        name: package.name,
        folder: package.manifest_path.parent()?.to_owned(),
        about,
    })
}

fn build_modules(
    workspace: &Workspace,
    progress: &Progress,
    toolchain: &Toolchain,
    guests: &[Guest],
) -> Result<()> {
    let step = format!(
        "guests: building {} core modules for {UNKNOWN} (about a minute the first time)",
        guests.len()
    );
    let mut command = toolchain.cargo(&workspace.root.join("guests"));
    // Not `--locked`: whoever adds a guest adds it to the lock file by building it.
    command.args(["build", "--release", "--target", UNKNOWN, "--target-dir"]);
    command.arg(workspace.guests_output().join("build"));
    command.args(["--config", &without_folders(workspace)]);
    for guest in guests {
        command.args(["--package", &guest.name]);
    }
    progress.run_quietly(&step, &mut command).map(drop)
}

/// A setting of cargo's by which the messages of panics name no folder of this machine: the same sources give the same bytes
/// wherever they lie.
fn without_folders(workspace: &Workspace) -> String {
    let home = || std::env::home_dir().map(|home| home.join(".cargo"));
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let folders = [
        (Some(workspace.root.clone()), "/bailiwick"),
        (cargo.or_else(home), "/cargo"),
    ];
    let flags = folders.into_iter().filter_map(|(folder, name)| {
        let flag = format!("--remap-path-prefix={}={name}", folder?.display());
        Some(toml::Value::String(flag))
    });
    let flags = toml::Value::Array(flags.collect());
    format!("target.{UNKNOWN}.rustflags={flags}")
}

/// A core module made a component. No adapter: a guest of ours that imports WASI is a mistake.
fn encode(module: &Path) -> Result<Vec<u8>> {
    let bytes = fs::read(module).with_context(|| format!("cannot read `{}`", module.display()))?;
    let encode = || {
        ComponentEncoder::default()
            .validate(true)
            .module(&bytes)?
            .encode()
    };
    encode().with_context(|| format!("cannot make a component of `{}`", module.display()))
}

fn finish(
    workspace: &Workspace,
    progress: &Progress,
    guest: &Guest,
    component: Vec<u8>,
) -> Result<()> {
    let section = describe(guest).with_context(|| format!("the guest `{}`", guest.name))?;
    let component = section.append_to(component)?;
    let path = workspace
        .guests_output()
        .join(format!("{}.wasm", guest.name));
    fs::write(&path, &component).with_context(|| format!("cannot write `{}`", path.display()))?;
    let kilobytes = component.len().div_ceil(1024);
    progress.say(format_args!(
        "guests: {} ({kilobytes} KiB)",
        workspace.shown(&path)
    ));
    Ok(())
}

fn describe(guest: &Guest) -> Result<Section> {
    let wit = guest.folder.join("wit");
    let declared = Declared::from_folder(&wit, guest.about.world.as_deref())?;
    Ok(declared.section(&guest.about.asks)?)
}

/// The example for cargo-component: a package outside the guests' workspace, as that tool wants it.
fn build_word_count(
    workspace: &Workspace,
    progress: &Progress,
    toolchain: &Toolchain,
) -> Result<()> {
    let folder = workspace.root.join("guests/examples/word-count");
    let guests = in_folder(toolchain, &folder)?;
    let guest = guests
        .into_iter()
        .next()
        .context("`guests/examples/word-count` has no `package.metadata.bailiwick`")?;
    let build = workspace.guests_output().join("build-word-count");
    let fetch = "guests: fetching what word-count depends on";
    progress.run_quietly(fetch, toolchain.cargo(&folder).args(["fetch", "--locked"]))?;

    let mut command = toolchain
        .cargo_component(&folder)
        .context("cargo-component was not set up")?;
    // Its own `--offline` wants a lock file of its own kind, which it writes only for dependencies from a registry.
    command
        .args(["build", "--locked", "--release"])
        .env("CARGO_NET_OFFLINE", "true");
    command
        .env("CARGO_TARGET_DIR", &build)
        .env("CARGO_COMPONENT_CACHE_DIR", build.join("cache"));
    progress.run_quietly(
        "guests: building word-count with cargo-component",
        &mut command,
    )?;
    let component = build.join(WASI).join("release").join(file_name(&guest));
    ensure!(
        component.exists(),
        "cargo-component left no `{}`",
        component.display()
    );
    finish(workspace, progress, &guest, fs::read(component)?)
}

fn file_name(guest: &Guest) -> String {
    format!("{}.wasm", guest.name.replace('-', "_"))
}
