//! The standard library for a WebAssembly target, built from the compiler's own sources and put where rustc looks.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::files::remove_if_there;
use super::{WASI, isolate};
use crate::progress::{Progress, read};
use crate::workspace::Workspace;

/// An empty crate: cargo builds the standard library as its dependency.
const MANIFEST: &str = r#"[package]
name = "empty"
version = "0.0.0"
edition = "2021"

[workspace]

[profile.release]
opt-level = "s"
panic = "abort"
codegen-units = 1
debug = 0
"#;

/// Builds the library unless it is there.
pub(super) fn build(
    workspace: &Workspace,
    progress: &Progress,
    toolchain: &Path,
    target: &str,
) -> Result<()> {
    let rustlib = toolchain.join("usr/lib/rustlib");
    let place = rustlib.join(target);
    if place.join("lib").exists() {
        progress.say(format_args!(
            "setup: its standard library for {target} is built"
        ));
        return Ok(());
    }
    let crate_folder = workspace.toolchains().join("library.partial").join(target);
    fs::create_dir_all(crate_folder.join("src"))?;
    fs::write(crate_folder.join("Cargo.toml"), MANIFEST)?;
    fs::write(crate_folder.join("src/lib.rs"), "#![no_std]\n")?;
    let step = format!("setup: building the standard library for {target} (1 to 2 minutes)");
    progress.run_quietly(&step, &mut compile(toolchain, &crate_folder, target))?;

    let assembled = crate_folder.join("assembled");
    assemble(toolchain, &crate_folder, &assembled, target)?;
    remove_if_there(&place)?;
    fs::rename(&assembled, &place)
        .with_context(|| format!("cannot create `{}`", place.display()))?;
    remove_if_there(&crate_folder)
}

/// The triple of the machine, as the compiler names it.
pub(super) fn host(rustc: &Path) -> Result<String> {
    let version = read(Command::new(rustc).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}

fn compile(toolchain: &Path, crate_folder: &Path, target: &str) -> Command {
    let sources = toolchain.join("usr/lib/rustlib/src/rust");
    let mut command = Command::new(toolchain.join("bin/cargo"));
    isolate(&mut command);
    command
        .current_dir(crate_folder)
        .env("RUSTC", toolchain.join("bin/rustc"))
        .env("RUSTC_BOOTSTRAP", "1");
    // Bitcode lets guests use `lto = true`; the paths of this machine must not end up in panic messages of guests.
    let remapped = format!(
        "-Cembed-bitcode=yes\x1f--remap-path-prefix={}=/rustc",
        sources.display()
    );
    command.env("CARGO_ENCODED_RUSTFLAGS", remapped);
    command.args([
        "build",
        "--release",
        "--target",
        target,
        "--target-dir",
        "target",
        "-Zbuild-std=std,panic_abort",
    ]);
    let vendored = sources.join("library/vendor");
    if vendored.is_dir() {
        // The package carries what the library depends on: no registry is needed.
        command.args([
            "--offline",
            "--config",
            "source.crates-io.replace-with=\"vendored\"",
            "--config",
        ]);
        command.arg(format!(
            "source.vendored.directory={:?}",
            vendored.display().to_string()
        ));
    }
    command
}

/// Lays the libraries out as rustup does.
fn assemble(toolchain: &Path, crate_folder: &Path, assembled: &Path, target: &str) -> Result<()> {
    remove_if_there(assembled)?;
    let library = assembled.join("lib");
    fs::create_dir_all(&library)?;
    for entry in fs::read_dir(
        crate_folder
            .join("target")
            .join(target)
            .join("release/deps"),
    )? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            fs::copy(&path, library.join(name.as_ref()))?;
        }
    }
    if target == WASI {
        let own = library.join("self-contained");
        fs::create_dir_all(&own)?;
        for object in ["crt1-command.o", "crt1-reactor.o", "libc.a"] {
            fs::copy(
                toolchain.join("usr/lib/wasm32-wasi").join(object),
                own.join(object),
            )
            .with_context(|| format!("`{object}` is not in the package `wasi-libc`"))?;
        }
    }
    Ok(())
}
