//! A toolchain from Debian's packages: a rustc with the sources of its own standard library.
//!
//! ```text
//! target/toolchains/debian/
//!   usr/                          the packages, unpacked; rustc takes its sysroot from where its own library lies
//!   usr/lib/rustlib/TARGET/lib    the standard library, built here (see `library`)
//!   bin/{cargo,rustc,rustdoc}     what to call: they name the unpacked shared libraries
//!   packages.txt                  which packages these are; written last, so it stands only in a whole folder
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt::{self, Apt};
use super::files::{link, remove_if_there, write_executable};
use super::library;
use crate::progress::{Progress, read};
use crate::workspace::Workspace;

/// The names that a toolchain's packages have, in the order of trying.
///
/// `rustc-web` is the recent compiler that a stable release carries for its browsers; a release that is new enough
/// itself has plain `rustc`.
const FAMILIES: [[&str; 4]; 2] = [
    [
        "rustc-web",
        "cargo-web",
        "rust-web-src",
        "libstd-rust-web-dev",
    ],
    ["rustc", "cargo", "rust-src", "libstd-rust-dev"],
];

/// Guests are of the 2024 edition.
const RUST_VERSION_MIN: (u32, u32) = (1, 85);

/// Cargo and rustc with the wanted targets; what is missing is downloaded and built.
pub(super) fn toolchain(
    workspace: &Workspace,
    progress: &Progress,
    targets: &[&str],
) -> Result<(PathBuf, PathBuf)> {
    let folder = workspace.toolchains().join("debian");
    let packages = folder.join("packages.txt");
    if !packages.exists() {
        fetch(workspace, progress, &folder)?;
    }
    let rustc = folder.join("bin/rustc");
    let version = read(Command::new(&rustc).arg("--version")).with_context(|| {
        format!(
            "the toolchain in `{0}` does not run; delete `{0}` and try again",
            folder.display()
        )
    })?;
    progress.say(format_args!(
        "setup: {} from Debian's packages, in {}",
        version.trim(),
        workspace.shown(&folder)
    ));
    for target in targets {
        library::build(workspace, progress, &folder, target)?;
    }
    Ok((folder.join("bin/cargo"), rustc))
}

/// Downloads and unpacks beside the final place and moves the whole there at the end: an interrupted run leaves nothing
/// that looks finished.
fn fetch(workspace: &Workspace, progress: &Progress, folder: &Path) -> Result<()> {
    let toolchains = workspace.toolchains();
    let partial = toolchains.join("debian.partial");
    remove_if_there(&partial)?;
    remove_if_there(folder)?;
    progress.say("setup: none yet; Debian's compiler will be unpacked below the target folder (about 150 MB to download,");
    progress.say("       no root, nothing installed; deleting the folder undoes it)");

    let apt = Apt::update(&toolchains.join("apt"), progress)?;
    let packages = apt.missing(&wanted(&apt)?)?;
    let packages: Vec<String> = packages
        .into_iter()
        .filter(|name| !belongs_to_the_c_library(name))
        .collect();
    let downloads = partial.join("downloads");
    apt.download(&packages, &downloads, progress)?;
    let unpacked = apt::unpack(&downloads, &partial, progress)?;
    remove_if_there(&downloads)?;
    arrange(&partial)?;
    fs::write(partial.join("packages.txt"), unpacked.join("\n") + "\n")?;
    fs::rename(&partial, folder).with_context(|| format!("cannot create `{}`", folder.display()))
}

fn wanted(apt: &Apt) -> Result<Vec<String>> {
    for family in FAMILIES {
        if apt
            .version(family[0])
            .is_some_and(|version| version >= RUST_VERSION_MIN)
        {
            let mut packages: Vec<String> = family.iter().map(|&name| name.to_owned()).collect();
            packages.push(linker(apt, family[3])?);
            packages.push("wasi-libc".to_owned());
            return Ok(packages);
        }
    }
    let (major, minor) = RUST_VERSION_MIN;
    bail!(
        "the package lists have no Rust {major}.{minor} or newer (neither `rustc-web` nor `rustc`)\n\
         hint: `cargo xtask setup --rustup` adds the targets to the active rustup toolchain"
    )
}

/// The linker of the very LLVM that this rustc uses: an older one may not read its objects.
fn linker(apt: &Apt, library: &str) -> Result<String> {
    let dependencies = apt.dependencies(library)?;
    let mut llvm = dependencies.iter().filter_map(|name| {
        let version = name.to_lowercase().strip_prefix("libllvm")?.to_owned();
        version.parse::<u32>().is_ok().then_some(version)
    });
    let version = llvm.next_back();
    version
        .map(|version| format!("lld-{version}"))
        .context("cannot find out which LLVM the distribution's rustc uses")
}

/// The loader and the C library must be the machine's: a process cannot mix two.
fn belongs_to_the_c_library(package: &str) -> bool {
    ["libc6", "libc-bin", "locales"]
        .iter()
        .any(|name| package.starts_with(name))
}

/// Adds what makes a toolchain of unpacked packages.
fn arrange(folder: &Path) -> Result<()> {
    let rustlib = folder.join("usr/lib/rustlib");
    let libraries = multiarch(folder)?;
    fs::create_dir_all(folder.join("bin"))?;
    for program in ["cargo", "rustc", "rustdoc"] {
        write_wrapper(folder, program, &libraries)?;
    }
    let host = library::host(&folder.join("bin/rustc"))?;
    let linkers = rustlib.join(host).join("bin");
    fs::create_dir_all(&linkers)?;
    // The generic driver: rustc calls it with `-flavor wasm`.
    link(&linker_beside(folder)?, &linkers.join("rust-lld"))
}

/// The folder of shared libraries, `x86_64-linux-gnu` on a PC.
fn multiarch(folder: &Path) -> Result<String> {
    let library = folder.join("usr/lib");
    for entry in fs::read_dir(&library)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with("-linux-gnu") {
            return Ok(name);
        }
    }
    bail!("no folder of shared libraries in `{}`", library.display())
}

fn write_wrapper(folder: &Path, program: &str, libraries: &str) -> Result<()> {
    let path = folder.join("bin").join(program);
    let script = format!(
        "#!/bin/sh\n\
         here=${{0%/*}}/..\n\
         LD_LIBRARY_PATH=$here/usr/lib/{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\n\
         export LD_LIBRARY_PATH\n\
         exec \"$here/usr/bin/{program}\" \"$@\"\n"
    );
    write_executable(&path, &script)
}

fn linker_beside(folder: &Path) -> Result<PathBuf> {
    for entry in fs::read_dir(folder.join("usr/bin"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name
            .strip_prefix("lld-")
            .is_some_and(|version| version.parse::<u32>().is_ok())
        {
            return Ok(Path::new("../../../../bin").join(name));
        }
    }
    bail!("the linker's package has no `lld-…`")
}
