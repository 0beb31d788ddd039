//! What tools that exist import is what the current WIT has, in the very types: real components, by several toolchains.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_wit::{Declared, Difference, compare};

fn components() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compat");
    let releases = fs::read_dir(folder).unwrap();
    let releases = releases.map(|entry| entry.unwrap().path());
    let files = releases
        .filter(|path| path.is_dir())
        .flat_map(|release| fs::read_dir(release).unwrap());
    files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "wasm"))
        .collect()
}

#[test]
fn every_frozen_component_imports_what_a_host_has() {
    let everything = Declared::everything().unwrap();
    let components = components();
    assert!(!components.is_empty());
    for path in components {
        let comparison = compare(&everything, &fs::read(&path).unwrap()).unwrap();
        let broken: Vec<&Difference> = comparison.broken().collect();
        assert!(broken.is_empty(), "{}: {broken:?}", path.display());
        assert!(!comparison.exports.is_empty(), "{}", path.display());
    }
}

#[test]
fn a_frozen_component_that_reads_files_is_none_of_a_world_without_them() {
    let reader = components()
        .into_iter()
        .find(|path| path.ends_with("0.1.0/probe-files.wasm"))
        .unwrap();
    let web = Declared::named("web-client").unwrap();
    let comparison = compare(&web, &fs::read(reader).unwrap()).unwrap();
    let undeclared: Vec<&str> = comparison.broken().map(Difference::subject).collect();
    assert_eq!(
        undeclared,
        [
            "bailiwick:files/types@0.1.0",
            "bailiwick:files/read-file@0.1.0",
            "bailiwick:files/write-file@0.1.0",
            "bailiwick:files/list-files@0.1.0",
        ]
    );
}
