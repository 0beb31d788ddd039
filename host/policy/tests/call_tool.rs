//! Decisions about other tools and about the store, with their codes, rules and remedies; and who is asked.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use bailiwick_policy::{
    CallTool, Capability, Denial, Extensions, Grant, Manifest, Origin, Policy, Question, Rules,
    Source, UseKeyValue, resolve,
};
use std::sync::Arc;
use std::time::Duration;

const POLICY: &str = r#"
[tools.report]
component = "report.wasm"
key-value = true
call-tool = ["word-count", "csv.summarise", "csv.delete", "!csv.delete", "wide", "!wide.close"]
[tools.word-count]
component = "word_count.wasm"
call-tool = ["csv"]
[tools.csv]
component = "csv.wasm"
call-tool = ["word-count"]
[tools.wide]
component = "wide.wasm"
call-tool = []
[tools.asked]
component = "asked.wasm"
ask = true
[tools.asked-at-times]
component = "asked.wasm"
ask = { holds = "10 min" }
"#;

fn policy() -> Policy {
    Policy::parse("p.toml", POLICY, &Extensions::new()).unwrap_or_else(|error| panic!("{error}"))
}

fn grant(tool: &str) -> Grant {
    let all: Manifest = Capability::BUILT_IN.into_iter().collect();
    resolve(&all, Arc::clone(policy().tool(tool).unwrap().rules()))
}

fn call(name: &str) -> Result<String, Denial> {
    let permit = grant("report").decide(CallTool::named(name))?;
    Ok(permit.target().to_string())
}

#[test]
fn a_tool_covers_its_functions_and_a_function_itself_alone() {
    for name in [
        "word-count",
        "word-count.count",
        "word-count.anything",
        "csv.summarise",
        "wide.open",
    ] {
        assert_eq!(call(name).unwrap(), name);
    }
    for (name, code) in [
        ("csv", "denied-by-rule"),
        ("csv.delete", "denied-by-rule"),
        ("csv.summarise2", "no-rule"),
        ("csv.Summarise", "no-rule"),
        ("wide", "denied-by-rule"),
        ("wide.close", "denied-by-rule"),
        ("report", "no-rule"),
        ("not-there", "no-rule"),
        ("Word-count", "no-rule"),
        ("word-count.", "tool-name"),
        ("word-count.count.x", "tool-name"),
        ("word-count ", "tool-name"),
        ("word-count.acme:a/b#count", "tool-name"),
        ("", "tool-name"),
        ("*", "tool-name"),
        ("!word-count", "tool-name"),
        ("word\u{2010}count", "tool-name"),
    ] {
        assert_eq!(call(name).unwrap_err().reason().code(), code, "{name:?}");
    }
    assert!(grant("wide").decide(CallTool::named("csv")).is_err());
}

#[test]
fn names_end_at_their_length() {
    let tool = "t".repeat(64);
    let function = "f".repeat(128);
    let longest = format!("{tool}.{function}");
    let rules = Rules::builder(Source::Code)
        .call_tool(&longest, Origin::Code)
        .unwrap()
        .build();
    let all: Manifest = Capability::BUILT_IN.into_iter().collect();
    let grant = resolve(&all, Arc::new(rules));
    assert!(grant.decide(CallTool::named(&longest)).is_ok());
    for name in [format!("t{longest}"), format!("{longest}f")] {
        assert!(
            Rules::builder(Source::Code)
                .call_tool(&name, Origin::Code)
                .is_err()
        );
        assert_eq!(
            grant
                .decide(CallTool::named(&name))
                .unwrap_err()
                .reason()
                .code(),
            "tool-name"
        );
    }
}

#[test]
fn a_permit_names_its_rule_and_a_denial_what_would_permit_it() {
    let permit = grant("report")
        .decide(CallTool::named("csv.summarise"))
        .unwrap();
    assert_eq!(permit.rule().to_string(), "`csv.summarise` (p.toml:5:28)");
    let remedy = |name| call(name).unwrap_err().remedy();
    assert_eq!(
        remedy("asked.f").as_deref(),
        Some("add `\"asked.f\"` to `call-tool` under `[tools.report]` in `p.toml`")
    );
    assert_eq!(
        remedy("csv.delete").as_deref(),
        Some("remove `!csv.delete` (p.toml:5:59)")
    );
    assert_eq!(remedy("a b"), None);
    let flags = Rules::builder(Source::Flags)
        .flag(&Capability::CallTool, "csv", false)
        .unwrap();
    let narrowed = grant("report").narrow(Arc::new(flags.build()));
    assert_eq!(
        narrowed
            .decide(CallTool::named("wide.f"))
            .unwrap_err()
            .remedy()
            .as_deref(),
        Some("add `--call-tool wide.f`")
    );
}

#[test]
fn a_called_tool_is_held_within_the_layers_of_its_caller() {
    let called = grant("word-count");
    assert!(called.decide(CallTool::named("csv.f")).is_ok());
    let narrowed = grant("report")
        .layers()
        .iter()
        .fold(called, |grant, layer| grant.narrow(Arc::clone(layer)));
    assert!(narrowed.decide(CallTool::named("csv.summarise")).is_ok());
    assert_eq!(
        narrowed
            .decide(CallTool::named("csv.f"))
            .unwrap_err()
            .reason()
            .code(),
        "no-rule"
    );
}

#[test]
fn the_store_is_there_only_with_its_key() {
    let permit = grant("report").decide(UseKeyValue).unwrap();
    assert_eq!(permit.rule().to_string(), "`key-value = true` (p.toml:4:1)");
    let denial = grant("csv").decide(UseKeyValue).unwrap_err();
    assert_eq!(denial.reason().code(), "not-granted");
    assert_eq!(
        denial.remedy().as_deref(),
        Some("add `key-value = true` under `[tools.csv]` in `p.toml`")
    );
    let unasked = resolve(
        &Manifest::new(),
        Arc::clone(policy().tool("report").unwrap().rules()),
    );
    assert_eq!(
        unasked.decide(UseKeyValue).unwrap_err().reason().code(),
        "not-asked"
    );
    assert_eq!(
        unasked
            .decide(CallTool::named("csv"))
            .unwrap_err()
            .reason()
            .code(),
        "not-asked"
    );
}

#[test]
fn questions_about_them_have_answers() {
    let tool = policy().tool("report").unwrap().clone();
    let explain = |words: &[&str]| tool.explain(&Question::parse(words[0], &words[1..]).unwrap());
    let answer = explain(&["call-tool", "csv.summarise"]);
    assert_eq!(
        answer.to_string(),
        "permit: call-tool `csv.summarise`\n  rule: `csv.summarise` (p.toml:5:28)\n  later: called: what that tool does has to be permitted by its own rules and by this tool's"
    );
    assert!(explain(&["key-value"]).is_permitted());
    assert!(!explain(&["call-tool", "csv"]).is_permitted());
    for words in [
        &["call-tool"][..],
        &["call-tool", "a", "b"],
        &["key-value", "a"],
    ] {
        assert!(Question::parse(words[0], &words[1..]).is_err(), "{words:?}");
    }
}

#[test]
fn a_person_is_asked_where_the_policy_says_so() {
    let policy = policy();
    let ask = |tool: &str| policy.tool(tool).unwrap().ask().map(|ask| ask.holds);
    assert_eq!(ask("report"), None);
    assert_eq!(ask("asked"), Some(None));
    assert_eq!(ask("asked-at-times"), Some(Some(Duration::from_secs(600))));
    for (holds, seconds) in [("1 s", 1), ("24 h", 86_400)] {
        let text = format!("[tools.a]\ncomponent = \"a\"\nask = {{ holds = \"{holds}\" }}\n");
        let policy = Policy::parse("p.toml", &text, &Extensions::new()).unwrap();
        let ask = policy.tool("a").unwrap().ask().unwrap();
        assert_eq!(ask.holds, Some(Duration::from_secs(seconds)));
    }
}

#[test]
fn the_canonical_form_keeps_all_of_it() {
    let text = format!("{POLICY}[key-value]\nfile = \"../state.db\"\n");
    let policy = Policy::parse("p.toml", &text, &Extensions::new()).unwrap();
    assert_eq!(policy.key_value().file.as_deref(), Some("../state.db"));
    let written = policy.to_string();
    let again = Policy::parse("p.toml", &written, &Extensions::new())
        .unwrap_or_else(|error| panic!("{written}\n{error}"));
    assert_eq!(policy, again);
    for line in [
        "key-value = true",
        "call-tool = [\"csv\"]",
        "call-tool = []",
        "ask = true",
        "ask = { holds = \"10 min\" }",
        "[key-value]\nfile = \"../state.db\"",
    ] {
        assert!(written.contains(line), "{line}\n{written}");
    }
}
