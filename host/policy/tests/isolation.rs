//! `isolation`: where components run is said once, for the whole file.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use bailiwick_policy::{Extensions, Policy, policy_schema};
use serde_json::json;

const TOOLS: &str = "[tools.a]\ncomponent = \"a.wasm\"\n[tools.b]\ncomponent = \"b.wasm\"\n";

fn parsed(text: &str) -> Policy {
    Policy::parse("p.toml", text, &Extensions::new())
        .unwrap_or_else(|diagnostics| panic!("{text}\n{diagnostics}"))
}

#[test]
fn isolation_is_read_for_every_tool_of_the_file_and_is_off_without_the_key() {
    for (head, isolated) in [("", false), ("isolation = \"process\"\n", true)] {
        let policy = parsed(&format!("{head}{TOOLS}"));
        assert_eq!(policy.isolated(), isolated);
        for name in ["a", "b"] {
            assert_eq!(policy.tool(name).unwrap().isolated(), isolated, "{name}");
        }
    }
    // With nothing to isolate it still says what a server has to have from its start.
    assert!(parsed("isolation = \"process\"\n").isolated());
}

#[test]
fn the_canonical_form_has_isolation_before_the_first_table_and_reads_the_same() {
    let policy = parsed(&format!(
        "isolation = 'process'\n{TOOLS}[audit]\nfile = \"audit.jsonl\"\n"
    ));
    let written = policy.to_string();
    assert!(
        written.starts_with("isolation = \"process\"\n"),
        "{written}"
    );
    assert_eq!(parsed(&written), policy);
    // Behind a table it would be a key of that table.
    assert_eq!(written.matches("isolation").count(), 1);
    let without = parsed(TOOLS);
    assert!(!without.to_string().contains("isolation"));
    assert_ne!(parsed(&without.to_string()), policy);
}

/// What the kernel may lack is said by name, for workers only, and stands in the canonical form.
#[test]
fn pieces_that_may_be_missing_are_named_and_known() {
    assert_eq!(parsed(TOOLS).isolation(), None);
    let all = parsed(&format!("isolation = \"process\"\n{TOOLS}"));
    assert_eq!(all.isolation(), Some(&[][..]));
    let head = "isolation = \"process\"\nisolation-without = [\"landlock-scopes\", \"pagemap-scan\", \"landlock-scopes\"]\n";
    let fewer = parsed(&format!("{head}{TOOLS}"));
    let pieces = ["landlock-scopes", "pagemap-scan"];
    assert_eq!(fewer.isolation(), Some(&pieces[..]));
    assert_eq!(parsed(&fewer.to_string()), fewer);
    assert_ne!(fewer, all);
    for wrong in [
        "isolation-without = [\"seccomp\"]\n",
        "isolation = \"process\"\nisolation-without = [\"everything\"]\n",
        "isolation = \"process\"\nisolation-without = \"seccomp\"\n",
        "isolation = \"process\"\nisolation-without = [1]\n",
    ] {
        let text = format!("{wrong}{TOOLS}");
        assert!(
            Policy::parse("p.toml", &text, &Extensions::new()).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn the_schema_knows_the_one_word_of_isolation() {
    let schema: serde_json::Value = serde_json::from_str(&policy_schema()).unwrap();
    let key = schema.pointer("/properties/isolation").unwrap();
    assert_eq!(key.get("enum"), Some(&json!(["process"])), "{key}");
    let required = schema.pointer("/required").cloned().unwrap_or_default();
    assert!(!required.to_string().contains("isolation"), "{required}");
}
