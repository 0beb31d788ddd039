//! The three forms of a report.

use serde_json::json;

use super::*;

fn report() -> Report {
    let finding = Finding {
        rule: Rule::NoTrap,
        what: "the call ends in a trap: <unreachable> & \"more\"\nof it \u{1b}[2J \u{ffff}"
            .to_owned(),
        function: Some("a:b/c#d".to_owned()),
        input: Some(r#"["\u0000",1]"#.to_owned()),
        circumstances: None,
        command: "bailiwick conform tool.wasm --only no-trap".to_owned(),
    };
    Report {
        component: "tool.wasm".to_owned(),
        size: 3,
        sha256: "00".repeat(32),
        world: Some("a:b/tool@0.1.0".to_owned()),
        seed: u64::MAX,
        verdicts: vec![
            Verdict {
                rule: Rule::SizeBudget,
                state: State::Kept { checks: 1 },
            },
            Verdict {
                rule: Rule::NoTrap,
                state: State::Broken,
            },
            Verdict {
                rule: Rule::NoState,
                state: State::NotChecked("no \"host\" takes it".to_owned()),
            },
        ],
        findings: vec![finding],
        notes: vec!["a note".to_owned()],
    }
}

#[test]
fn a_rule_that_could_not_be_checked_is_not_kept() {
    let mut report = report();
    assert!(!report.conforms());
    report.verdicts.remove(1);
    assert!(!report.conforms());
    report.verdicts.remove(1);
    assert!(report.conforms());
    report.findings.clear();
    assert!(report.to_text().ends_with("\nconforms\n"));
}

#[test]
fn the_text_ticks_the_rules_and_says_how_to_see_a_finding_again() {
    let text = report().to_text();
    for part in [
        "tool.wasm (3 bytes, world a:b/tool@0.1.0)\n",
        "  ✓ size-budget          1 check\n",
        "  ✗ no-trap              No valid arguments make it trap.\n",
        "  ? no-state             not checked: no \"host\" takes it\n",
        "\n✗ no-trap: the call ends in a trap",
        "  function  a:b/c#d\n",
        "  again     bailiwick conform tool.wasm --only no-trap\n",
        "note: a note\n",
        "\ndoes not conform: 1 finding\n",
    ] {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

#[test]
fn the_json_has_the_documented_form() {
    let value = report().to_json();
    assert_eq!(value["conforms"], false);
    assert_eq!(value["seed"], "18446744073709551615");
    assert_eq!(
        value["rules"],
        json!([
            {"id": "size-budget", "state": "kept", "checks": 1},
            {"id": "no-trap", "state": "broken"},
            {"id": "no-state", "state": "not-checked", "why": "no \"host\" takes it"},
        ])
    );
    let finding = &value["findings"][0];
    assert_eq!(finding["rule"], "no-trap");
    assert_eq!(finding["input"], json!(["\0", 1]));
    let keys: Vec<&String> = finding.as_object().unwrap().keys().collect();
    let documented = [
        "rule",
        "what",
        "function",
        "input",
        "circumstances",
        "demands",
        "why",
        "mend",
        "command",
    ];
    assert_eq!(keys, documented);
}

#[test]
fn the_xml_is_well_formed_whatever_a_tool_says() {
    let xml = report().to_junit();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let suite = document
        .descendants()
        .find(|node| node.has_tag_name("testsuite"))
        .unwrap();
    assert_eq!(suite.attribute("tests"), Some("3"));
    assert_eq!(suite.attribute("failures"), Some("1"));
    assert_eq!(suite.attribute("errors"), Some("1"));
    let failure = document
        .descendants()
        .find(|node| node.has_tag_name("failure"))
        .unwrap();
    assert_eq!(failure.attribute("type"), Some("no-trap"));
    let message = failure.attribute("message").unwrap();
    assert!(
        message.contains("<unreachable> & \"more\"\nof it \\u{1b}[2J \\u{ffff}"),
        "{message}"
    );
    assert!(failure.text().unwrap().contains("again: bailiwick conform"));
}
