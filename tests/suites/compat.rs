//! Components that were built against a released contract: they load and do what they did then, for ever.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, panic};

use bailiwick_tests::case::Case;
use bailiwick_tests::runner;

/// All frozen components together: they are in every checkout, and never go away.
const BYTES_MAX: u64 = 3 << 19;

/// The files with an ending below `compat`, sorted.
fn files(ending: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("compat");
    let releases = fs::read_dir(folder).unwrap();
    let releases = releases
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    let mut files: Vec<PathBuf> = releases
        .flat_map(|release| fs::read_dir(release).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    files.sort();
    files
}

#[test]
fn every_frozen_component_loads_and_does_what_it_did() {
    let cases = files("toml");
    assert!(!cases.is_empty());
    // All that broke are named at once.
    let broke = |path: &PathBuf| panic::catch_unwind(|| run(path)).is_err();
    let broken: Vec<PathBuf> = cases.into_iter().filter(broke).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

fn run(path: &Path) {
    let component = fs::read(path.with_extension("wasm")).unwrap();
    runner::run_component(&Case::read(path), &component);
}

#[test]
fn every_frozen_component_has_its_case_and_its_digest_is_pinned_there() {
    let stems = |ending: &str| -> BTreeSet<PathBuf> {
        let files = files(ending).into_iter();
        files.map(|path| path.with_extension("")).collect()
    };
    assert_eq!(stems("wasm"), stems("toml"));
    for path in files("toml") {
        let case = Case::read(&path);
        let name = path.file_stem().unwrap().to_string_lossy();
        assert_eq!(case.tool, name);
        // The host refuses a component whose digest is not the pinned one, which a suite of its own proves.
        assert!(case.policy.contains("sha256 = \""), "{name}");
    }
}

#[test]
fn frozen_components_stay_small() {
    let sizes = files("wasm");
    let bytes: u64 = sizes
        .iter()
        .map(|path| fs::metadata(path).unwrap().len())
        .sum();
    assert!(bytes < BYTES_MAX, "{bytes} bytes");
}
