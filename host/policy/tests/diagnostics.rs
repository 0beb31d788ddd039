//! Every kind of mistake in a policy file, with the whole text that the operator gets.
//!
//! A case is `diagnostics/NAME.toml` and the blessed text `diagnostics/NAME.txt` beside it; `BLESS=1` rewrites the texts.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests"
)]

use bailiwick_policy::{Extensions, Policy, RuleError, ScopeError};
use std::fs;
use std::path::{Path, PathBuf};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    cases.sort();
    cases
}

/// One extension, which knows no rule but `good`.
fn extensions() -> Extensions {
    let mut extensions = Extensions::new();
    let parse = |_: &[_]| {
        let error = RuleError::new("acme-query", "this is no query").hint("write `good`");
        Err(ScopeError { rule: 0, error })
    };
    extensions.register("acme:db/query", parse).unwrap();
    extensions
}

#[test]
fn every_mistake_is_shown_with_its_place_and_a_hint() {
    let bless = std::env::var_os("BLESS").is_some();
    for case in cases() {
        let text = fs::read(&case).unwrap();
        let text = String::from_utf8(text).unwrap();
        let Err(diagnostics) = Policy::parse("bailiwick.toml", &text, &extensions()) else {
            panic!("{} has no mistake", case.display());
        };
        let blessed = case.with_extension("txt");
        if bless {
            fs::write(&blessed, diagnostics.to_string()).unwrap();
        }
        let expected = fs::read_to_string(&blessed).unwrap();
        assert_eq!(diagnostics.to_string(), expected, "{}", case.display());
    }
}

#[test]
fn there_are_cases_for_many_kinds_of_mistake() {
    let mut codes = std::collections::BTreeSet::new();
    for case in cases() {
        let text = fs::read_to_string(&case).unwrap();
        codes.extend(
            Policy::parse("bailiwick.toml", &text, &extensions())
                .unwrap_err()
                .list()
                .iter()
                .map(|d| d.code),
        );
    }
    assert!(codes.len() >= 45, "{codes:?}");
}

#[test]
fn the_data_name_the_same_place_as_the_text() {
    let text = "[tools.a]\ncomponent = \"a.wasm\"\nread-file = [\"é/x\", \"b//c\"]\n";
    let diagnostics = Policy::parse("p.toml", text, &Extensions::new()).unwrap_err();
    let [diagnostic] = diagnostics.list() else {
        panic!("one mistake")
    };
    assert_eq!(
        (diagnostic.line, diagnostic.column, diagnostic.width),
        (3, 24, 1)
    );
    assert_eq!(diagnostic.code, "path-empty-segment");
    assert!(diagnostics.to_string().contains("p.toml:3:24"));
    assert!(!diagnostics.to_string().contains('\u{1b}'));
    assert!(diagnostics.coloured().contains('\u{1b}'));
}

#[test]
fn a_hostile_file_cannot_write_to_the_terminal() {
    for text in [
        "a = \"\u{1b}[2J\"",
        "\"\u{202e}x\" = 1",
        "[tools.\"\\u001b[31m\"]\ncomponent = \"a\"",
        "\u{1b}]0;x\u{7}",
    ] {
        let shown = Policy::parse("p.toml", text, &Extensions::new())
            .unwrap_err()
            .to_string();
        assert!(
            !shown.chars().any(|c| c.is_control() && c != '\n'),
            "{shown:?}"
        );
        assert!(!shown.contains('\u{202e}'), "{shown:?}");
    }
}

#[test]
fn a_file_of_more_than_four_mib_is_refused_unread() {
    let line = "# a line of a comment\n";
    let fits = line.repeat((4 << 20) / line.len());
    assert!(Policy::parse("p.toml", &fits, &Extensions::new()).is_ok());
    let diagnostics =
        Policy::parse("p.toml", &format!("{fits}{line}"), &Extensions::new()).unwrap_err();
    assert_eq!(
        diagnostics.list().first().map(|d| d.code),
        Some("too-large")
    );
}
