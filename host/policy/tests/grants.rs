//! Grants that stand in another file than a policy.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::sync::Arc;

use bailiwick_policy::{Capability, Extensions, Limits, Manifest, ReadFile, read_grants, resolve};

const CASE: &str = r#"
title = "somebody else reads this"

[grants]
read-file = ["data/*"]
[grants.limits]
handles = 3

[[call]]
anything = true
"#;

#[test]
fn reads_one_table_with_its_places_and_leaves_the_rest_alone() {
    let read = read_grants("case.toml", CASE, "grants", &Extensions::new()).unwrap();
    let (rules, limits) = read.unwrap();
    assert_eq!(
        limits,
        Limits {
            handles: 3,
            ..Limits::default()
        }
    );
    let asked: Manifest = [Capability::ReadFile].into_iter().collect();
    let grant = resolve(&asked, Arc::new(rules));
    let permit = grant.decide(ReadFile { path: "data/a" }).unwrap();
    assert_eq!(permit.rule().to_string(), "`data/*` (case.toml:5:14)");
    let denial = grant.decide(ReadFile { path: "b" }).unwrap_err();
    assert!(
        denial
            .remedy()
            .unwrap()
            .ends_with("under `[tools.grants]` in `case.toml`")
    );
}

#[test]
fn a_file_without_the_table_grants_nothing_of_its_own() {
    let read = read_grants("case.toml", CASE, "other", &Extensions::new());
    assert!(read.unwrap().is_none());
}

#[test]
fn says_what_is_wrong_with_the_table_and_where() {
    for (table, code, line) in [
        ("component = \"a.wasm\"", "unknown-key", 2),
        ("read-file = [\"/etc\"]", "pattern-absolute", 2),
        ("limits = 3", "type", 2),
        ("limits = { handles = 0 }", "limit", 2),
        ("clock = ", "syntax", 2),
    ] {
        let text = format!("[grants]\n{table}\n");
        let refused = read_grants("case.toml", &text, "grants", &Extensions::new()).unwrap_err();
        let mistake = &refused.list()[0];
        assert_eq!((mistake.code, mistake.line), (code, line), "{refused}");
    }
}
