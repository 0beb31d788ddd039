//! Decisions about secrets, with their codes, rules and remedies, and what an operator approves of one.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use bailiwick_policy::{
    Capability, Extensions, Grant, HttpRequest, Leak, Manifest, Policy, Question, SecretPlace,
    SecretSource, UseSecret, decide_injection, resolve,
};
use std::sync::Arc;

const POLICY: &str = r#"
[tools.buyer]
component = "buyer.wasm"
http-request = ["https://api.example.com/**", "https://other.example.com/**", "http://plain.example.com/**"]
secret = ["api-key", "taken", "!taken"]
[tools.idle]
component = "idle.wasm"
secret = []
[secrets.api-key]
env = "API_KEY"
to = ["https://api.example.com/v1/**", "!https://api.example.com/v1/echo"]
header = "X-Api-Key"
[secrets.taken]
file = "../taken"
to = ["http://plain.example.com/**"]
bearer = true
leak = "redact"
[secrets.unused]
command = ["/usr/bin/pass", "show", "x y"]
to = ["https://api.example.com/**"]
basic = "me"
"#;

fn policy() -> Policy {
    Policy::parse("p.toml", POLICY, &Extensions::new()).unwrap_or_else(|error| panic!("{error}"))
}

fn grant(tool: &str) -> Grant {
    let all: Manifest = Capability::BUILT_IN.into_iter().collect();
    resolve(&all, Arc::clone(policy().tool(tool).unwrap().rules()))
}

#[test]
fn a_name_that_is_there_and_one_that_is_not_are_denied_alike() {
    let grant = grant("buyer");
    assert_eq!(
        grant
            .decide(UseSecret { name: "api-key" })
            .unwrap()
            .target()
            .as_str(),
        "api-key"
    );
    for (name, code) in [
        ("taken", "denied-by-rule"),
        ("unused", "no-rule"),
        ("not-there", "no-rule"),
        ("Api-Key", "no-rule"),
        ("api-key ", "secret-name"),
        ("", "secret-name"),
        ("!api-key", "secret-name"),
        ("*", "secret-name"),
        ("a/b", "secret-name"),
        ("api\u{2010}key", "secret-name"),
    ] {
        let denial = grant.decide(UseSecret { name }).unwrap_err();
        assert_eq!(denial.reason().code(), code, "{name:?}");
    }
    let idle = self::grant("idle");
    assert!(idle.links(&Capability::Secret));
    let denial = idle.decide(UseSecret { name: "api-key" }).unwrap_err();
    assert_eq!(
        denial.remedy().unwrap(),
        "add `\"api-key\"` to `secret` under `[tools.idle]` in `p.toml`"
    );
}

#[test]
fn a_secret_goes_where_it_is_bound_to_and_its_denial_names_no_remedy() {
    let (grant, policy) = (grant("buyer"), policy());
    let secret = policy.secret("api-key").unwrap();
    let inject = |url: &str| {
        let named = grant.decide(UseSecret { name: "api-key" }).unwrap();
        let request = grant.decide(HttpRequest { method: "GET", url }).unwrap();
        decide_injection(&named, secret, &request)
    };
    let permit = inject("https://api.example.com/v1/a?b=c").unwrap();
    assert_eq!(permit.target().name().as_str(), "api-key");
    assert_eq!(&*permit.rule().text, "https://api.example.com/v1/**");
    let header = SecretPlace::Header {
        name: "x-api-key".into(),
        prefix: String::new(),
    };
    assert_eq!(permit.target().place(), &header);
    for url in [
        "https://api.example.com/v2/a",
        "https://api.example.com/v1/echo",
        "https://other.example.com/v1/a",
        "http://plain.example.com/v1/a",
    ] {
        let denial = inject(url).unwrap_err();
        assert_eq!(denial.reason().code(), "secret-destination", "{url}");
        assert_eq!(denial.attempt(), format!("api-key to {url}"));
        assert_eq!(denial.remedy(), None);
    }
}

#[test]
fn a_permit_for_one_name_is_none_for_another_secret() {
    let (grant, policy) = (grant("buyer"), policy());
    let named = grant.decide(UseSecret { name: "api-key" }).unwrap();
    let url = "http://plain.example.com/a";
    let request = grant.decide(HttpRequest { method: "GET", url }).unwrap();
    let other = policy.secret("taken").unwrap();
    assert!(decide_injection(&named, other, &request).is_err());
}

#[test]
fn the_canonical_form_says_the_same_again_and_an_operator_reads_all_of_it() {
    let policy = policy();
    let again = Policy::parse("p.toml", &policy.to_string(), &Extensions::new()).unwrap();
    assert_eq!(policy, again);
    assert_eq!(policy.to_string(), again.to_string());
    let lines = |name: &str| policy.secret(name).unwrap().lines();
    assert_eq!(
        lines("api-key"),
        [
            "env = \"API_KEY\"",
            "to = [\"https://api.example.com/v1/**\", \"!https://api.example.com/v1/echo\"]",
            "header = \"x-api-key\"",
        ]
    );
    assert_eq!(
        lines("taken"),
        [
            "file = \"../taken\"",
            "to = [\"http://plain.example.com/**\"]",
            "bearer = true",
            "leak = \"redact\"",
        ]
    );
    assert_eq!(policy.secret("taken").unwrap().leak(), Leak::Redact);
    assert_eq!(
        policy.secret("unused").unwrap().source(),
        &SecretSource::Command(vec!["/usr/bin/pass".into(), "show".into(), "x y".into()])
    );
}

#[test]
fn each_destination_is_approved_on_a_line_of_its_own() {
    assert_eq!(
        policy().secret("api-key").unwrap().approval(),
        [
            "secrets.api-key.env = \"API_KEY\"",
            "secrets.api-key.header = \"x-api-key\"",
            "secrets.api-key.to = \"https://api.example.com/v1/**\"",
            "secrets.api-key.to = \"!https://api.example.com/v1/echo\"",
        ]
    );
}

#[test]
fn the_secrets_of_a_tool_are_those_that_it_may_name() {
    let names = policy().tool("buyer").unwrap().secrets();
    assert_eq!(names, [Arc::from("api-key")]);
}

#[test]
fn explain_says_that_the_destination_is_decided_later() {
    let policy = policy();
    let question = Question::parse("secret", &["api-key"]).unwrap();
    let said = policy.tool("buyer").unwrap().explain(&question).to_string();
    assert!(said.starts_with("permit: secret `api-key`\n"), "{said}");
    assert!(said.contains("later: destination: "), "{said}");
}
