//! Grants that stand in another file than a policy.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::sync::Arc;

use bailiwick_policy::{
    Capability, Extensions, Limit, LimitSettings, Limits, Manifest, ReadFile, read_grants,
    read_narrowing, resolve,
};

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

const ACCESS: &str = r#"
[principals.alice]
tools = ["report"]
[principals.alice.narrow.report]
read-file = ["data/*"]
limits = { handles = 3, time = "2 s" }
[principals.bob.narrow]
report = { limits = { fuel = 9 } }
"#;

#[test]
fn a_narrowing_is_read_at_the_end_of_a_path_with_the_limits_that_it_sets() {
    let at = |principal: &str| {
        let path = ["principals", principal, "narrow", "report"];
        read_narrowing("access.toml", ACCESS, &path, "report", &Extensions::new()).unwrap()
    };
    let (rules, limits) = at("alice").unwrap();
    let mut expected = LimitSettings::new();
    expected.set(Limit::Handles, "3").unwrap();
    expected.set(Limit::Time, "2 s").unwrap();
    assert_eq!(limits, expected);
    assert_eq!(
        rules.capabilities().collect::<Vec<_>>(),
        [Capability::ReadFile]
    );
    assert_eq!(
        rules.list(&Capability::ReadFile)[0].to_string(),
        "`data/*` (access.toml:5:14)"
    );
    let (rules, limits) = at("bob").unwrap();
    assert_eq!(rules.capabilities().count(), 0);
    assert_ne!(limits, LimitSettings::new());
    assert!(at("carol").is_none());
}

#[test]
fn a_narrowing_says_what_no_call_can_have_narrowed() {
    for (table, code, line) in [
        ("component = \"a.wasm\"", "unknown-key", 2),
        ("write-file = [\"../x\"]", "path-parent-segment", 2),
        ("limits = { concurrency = 1 }", "not-narrowed", 2),
        ("limits = { compile-time = \"1 s\" }", "not-narrowed", 2),
        ("limits = { handles = 0 }", "limit", 2),
        ("ask = true", "not-narrowed", 2),
    ] {
        let text = format!("[narrow.report]\n{table}\n");
        let path = ["narrow", "report"];
        let refused =
            read_narrowing("access.toml", &text, &path, "report", &Extensions::new()).unwrap_err();
        assert!(
            refused
                .list()
                .iter()
                .any(|mistake| (mistake.code, mistake.line) == (code, line)),
            "{refused}"
        );
    }
}
