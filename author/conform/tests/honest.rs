//! The guests of this repository under the kit, as `cargo xtask guests` built them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::allow_attributes,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_conform::{Kit, Report};
use bailiwick_wit::Declared;

/// A guest's component, built before.
fn guest(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("BAILIWICK_GUESTS").map_or_else(target, PathBuf::from);
    let path = folder.join(format!("{name}.wasm"));
    fs::read(&path).unwrap_or_else(|_| {
        panic!(
            "`{}` is missing: run `cargo xtask guests` first",
            path.display()
        )
    })
}

/// A test is at `<target>/<profile>/deps/NAME`.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.ancestors().nth(3).unwrap().join("guests")
}

fn report(name: &str, wit: &str) -> Report {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../guests")
        .join(wit);
    let declared = Declared::from_folder(&wit, None).unwrap();
    let kit = Kit::new(name).world(declared, Vec::new()).cases(8);
    kit.check(&guest(name)).unwrap()
}

#[test]
fn the_examples_conform() {
    for (name, wit) in [
        ("csv-report", "examples/csv-report/wit"),
        ("word-count", "examples/word-count/wit"),
    ] {
        let report = report(name, wit);
        assert!(report.conforms(), "{}", report.to_text());
    }
}

#[test]
fn the_tool_of_every_capability_breaks_one_rule_by_what_it_is_for() {
    let report = report("conformance-rust", "conformance/wit");
    let found: Vec<(&str, &str)> = report
        .findings
        .iter()
        .map(|finding| {
            (
                finding.rule.id(),
                finding.function.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    // It passes on whatever it is asked for: here more random bytes than an answer may hold.
    let expected = [("within-limits", "bailiwick:conformance/capabilities#random")];
    assert_eq!(found, expected, "{}", report.to_text());
}
