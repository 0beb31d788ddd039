//! The languages, and the toolchains that the tests of them are run with.

use std::env;
use std::ffi::OsString;
use std::path::Path;

pub(crate) const LANGUAGES: [&str; 9] = [
    "rust",
    "rust-cargo-component",
    "python",
    "javascript",
    "typescript",
    "c",
    "cpp",
    "zig",
    "go",
];

/// What of this process's environment a build of Rust needs, and a `PATH` with a toolchain that has the target.
pub(crate) fn environment() -> Vec<(&'static str, OsString)> {
    let mut environment: Vec<(&str, OsString)> = ["HOME", "CARGO_HOME", "RUSTUP_HOME"]
        .into_iter()
        .filter_map(|name| env::var_os(name).map(|value| (name, value)))
        .collect();
    environment.push(("PATH", path()));
    environment
}

/// That of `cargo xtask test`; else this process's own, behind the toolchain that an earlier run has made.
fn path() -> OsString {
    if let Some(path) = env::var_os("BAILIWICK_TOOLCHAINS") {
        return path;
    }
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/toolchains/debian/bin");
    let inherited = env::var_os("PATH").unwrap_or_default();
    let folders = made
        .canonicalize()
        .into_iter()
        .chain(env::split_paths(&inherited));
    env::join_paths(folders).unwrap()
}
