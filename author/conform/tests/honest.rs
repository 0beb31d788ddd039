//! The guests of this repository under the kit, as `cargo xtask guests` built them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::allow_attributes,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_conform::{CASES_DEFAULT, Kit};
use bailiwick_wit::Declared;

/// A guest's component, built before; none where a quick run leaves it out.
fn guest(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("BAILIWICK_GUESTS").map_or_else(target, PathBuf::from);
    let path = folder.join(format!("{name}.wasm"));
    match fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(_) if std::env::var_os("BAILIWICK_QUICK").is_some() => None,
        Err(_) => panic!(
            "`{}` is missing: run `cargo xtask guests` first (`cargo xtask test` does it by itself)",
            path.display()
        ),
    }
}

/// A test is at `<target>/<profile>/deps/NAME`.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.ancestors().nth(3).unwrap().join("guests")
}

/// Holds every rule against a guest, with so many random cases.
fn conforms(name: &str, wit: &str, cases: usize) {
    let Some(component) = guest(name) else {
        return;
    };
    let wit = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../guests")
        .join(wit);
    let declared = Declared::from_folder(&wit, None).unwrap();
    let kit = Kit::new(name).world(declared, Vec::new()).cases(cases);
    let report = kit.check(&component).unwrap();
    assert!(report.conforms(), "{}", report.to_text());
}

#[test]
fn a_tool_with_files_and_http_conforms() {
    conforms("csv-report", "examples/csv-report/wit", CASES_DEFAULT);
}

#[test]
fn a_tool_that_works_on_lent_files_conforms() {
    conforms("word-count", "examples/word-count/wit", CASES_DEFAULT);
}

/// Its functions pass on what they are asked for, chance included, which can be more than an answer may hold: edges alone.
#[test]
fn a_tool_of_every_type_and_every_capability_conforms() {
    conforms("conformance-rust", "conformance/wit", 0);
}
