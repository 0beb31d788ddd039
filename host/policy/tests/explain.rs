//! Questions about a policy, and the whole text of the answers.
#![expect(clippy::unwrap_used, reason = "tests")]

use bailiwick_policy::{
    Capability, Extensions, Later, Manifest, Origin, Policy, Question, QuestionError, Rules,
    Source, resolve,
};
use std::sync::Arc;

const POLICY: &str = r#"[tools.csv]
component = "csv.wasm"
read-file = ["data/**", "!data/private", "!secret"]
http-get = ["https://api.example.com/v1/**", { url = "https://intra.example.com/**", allow-private = true }]
"#;

fn policy() -> Policy {
    Policy::parse("bailiwick.toml", POLICY, &Extensions::new()).unwrap()
}

fn answer(words: &[&str]) -> String {
    let (capability, words) = words.split_first().unwrap();
    let question = Question::parse(capability, words).unwrap();
    policy().tool("csv").unwrap().explain(&question).to_string()
}

#[test]
fn answers_say_the_decision_the_rule_the_remedy_and_what_comes_later() {
    let table = [
        (
            &["read-file", "data/a.csv"][..],
            "permit: read-file `data/a.csv`\n  rule: `data/**` (bailiwick.toml:3:14)\n  later: links: no part of the path may be a symbolic link, and a file may have one name only",
        ),
        (
            &["read-file", "data/private/a"],
            "denial: read-file `data/private/a`\n  reason: a rule denies it\n  rule: `!data/private` (bailiwick.toml:3:25)\n  remedy: remove `!data/private` (bailiwick.toml:3:25)",
        ),
        (
            &["read-file", "secret"],
            "denial: read-file `secret`\n  reason: a rule denies it\n  rule: `!secret` (bailiwick.toml:3:42)\n  remedy: remove `!secret` (bailiwick.toml:3:42) and add `\"secret\"` to `read-file` under `[tools.csv]` in `bailiwick.toml`",
        ),
        (
            &["read-file", "a*b"],
            "denial: read-file `a*b`\n  reason: no rule permits it\n  remedy: add `'a\\*b'` to `read-file` under `[tools.csv]` in `bailiwick.toml`",
        ),
        (
            &["write-file", "out.json"],
            "denial: write-file `out.json`\n  reason: it is not granted\n  remedy: add `write-file = [\"out.json\"]` under `[tools.csv]` in `bailiwick.toml`",
        ),
        (
            &["read-file", "../x"],
            "denial: read-file `../x`\n  reason: the path holds a `..` segment",
        ),
        (
            &["http-get", "https://API.example.com/v1/a"],
            "permit: http-get `https://API.example.com/v1/a`\n  rule: `https://api.example.com/v1/**` (bailiwick.toml:4:13)\n  later: addresses: each address that the name resolves to has to be public\n  later: redirects: each is an attempt of its own",
        ),
        (
            &["http-get", "https://intra.example.com/a"],
            "permit: http-get `https://intra.example.com/a`\n  rule: `https://intra.example.com/**` (bailiwick.toml:4:54)\n  later: addresses: private ones are permitted, link-local and metadata ones are not\n  later: redirects: each is an attempt of its own",
        ),
        (
            &["http-get", "https://api.example.com/v2?a=*"],
            "denial: http-get `https://api.example.com/v2?a=*`\n  reason: no rule permits it\n  remedy: add `'https://api.example.com/v2?a=\\*'` to `http-get` under `[tools.csv]` in `bailiwick.toml`",
        ),
        (
            &["http-request", "DELETE", "https://api.example.com/v1/a"],
            "denial: http-request `DELETE https://api.example.com/v1/a`\n  reason: it is not granted\n  remedy: add `http-request = [{ url = \"https://api.example.com/v1/a\", methods = [\"DELETE\"] }]` under `[tools.csv]` in `bailiwick.toml`",
        ),
        (
            &["random"],
            "denial: random\n  reason: it is not granted\n  remedy: add `random = true` under `[tools.csv]` in `bailiwick.toml`",
        ),
    ];
    for (words, expected) in table {
        assert_eq!(answer(words), expected, "{words:?}");
    }
}

#[test]
fn what_the_tool_does_not_ask_for_is_said_beside_the_decision() {
    let rules = Arc::clone(policy().tool("csv").unwrap().rules());
    let question = Question::parse("read-file", &["data/a"]).unwrap();
    let asked: Manifest = [Capability::HttpGet].into_iter().collect();
    let explanation = resolve(&asked, rules).explain(&question);
    assert!(explanation.is_permitted(), "the policy alone permits it");
    assert_eq!(explanation.asked(), Some(false));
    assert!(
        explanation
            .to_string()
            .contains("asked: the tool does not ask for `read-file`")
    );
    assert_eq!(explanation.later(), [Later::Links]);
    assert_eq!(
        policy().tool("csv").unwrap().explain(&question).asked(),
        None
    );
}

#[test]
fn a_question_about_a_narrowed_grant_names_the_layer_that_denies() {
    let rules = Arc::clone(policy().tool("csv").unwrap().rules());
    let flags = Rules::builder(Source::Flags)
        .read_file("data/a", Origin::Flag("--read-file".into()))
        .unwrap()
        .build();
    let asked: Manifest = [Capability::ReadFile].into_iter().collect();
    let grant = resolve(&asked, rules).narrow(Arc::new(flags));
    let explanation = grant.explain(&Question::parse("read-file", &["data/b"]).unwrap());
    assert_eq!(explanation.remedy().unwrap(), "add `--read-file data/b`");
}

#[test]
fn words_that_are_no_question_say_what_was_expected() {
    for words in [&[][..], &["a", "b"]] {
        assert_eq!(
            Question::parse("read-file", words),
            Err(QuestionError::Words {
                expected: "read-file PATH"
            })
        );
    }
    assert_eq!(
        Question::parse("clock", &["x"]),
        Err(QuestionError::Words { expected: "clock" })
    );
    assert!(
        matches!(Question::parse("exec\u{1b}", &["ls"]), Err(QuestionError::Capability { word }) if word == "exec\\u{1b}")
    );
    let get = Question::parse("http-request", &["https://h/"]).unwrap();
    assert_eq!(
        get,
        Question::parse("http-request", &["GET", "https://h/"]).unwrap()
    );
}

#[test]
fn behind_a_proxy_it_is_the_proxy_that_checks_addresses() {
    let text = format!("{POLICY}\n[network]\nproxy = \"http://proxy.example.com:3128\"\n");
    let policy = Policy::parse("bailiwick.toml", &text, &Extensions::new()).unwrap();
    let tool = policy.tool("csv").unwrap();
    for url in ["https://api.example.com/v1/x", "https://intra.example.com/"] {
        let question = Question::parse("http-get", &[url]).unwrap();
        let direct = tool.explain(&question).through(&Default::default());
        assert_eq!(direct, tool.explain(&question));
        let later = tool.explain(&question).through(policy.network());
        assert_eq!(later.later(), [Later::ProxyAddresses, Later::Redirects]);
    }
}
