//! What holds for all rules about secrets, and for all places that one could be sent to.

use super::{CASES, grant};
use bailiwick_policy::{
    Capability, Extensions, HttpRequest, HttpRule, Origin, Policy, Rules, Source, UseSecret,
    decide_injection,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

fn rule() -> impl Strategy<Value = String> {
    let parts = (prop::bool::weighted(0.25), name());
    parts.prop_map(|(denies, name)| if denies { format!("!{name}") } else { name })
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "ab", "A", "a-b", "a_b"]).prop_map(str::to_owned)
}

fn secrets(list: &[String]) -> Arc<Rules> {
    let empty = Rules::builder(Source::Code).link(&Capability::Secret);
    let add = |builder: bailiwick_policy::RulesBuilder, rule: &String| {
        builder.secret(rule, Origin::Code).unwrap()
    };
    Arc::new(list.iter().fold(empty, add).build())
}

fn permits(rules: &[String], name: &str) -> bool {
    grant(secrets(rules)).decide(UseSecret { name }).is_ok()
}

fn model(rules: &[String], name: &str) -> bool {
    let all: BTreeSet<&str> = rules.iter().map(String::as_str).collect();
    all.contains(name) && !all.contains(&*format!("!{name}"))
}

/// A piece of a URL, so that many of them are near a destination.
fn url() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec!["https://", "http://"]);
    let host = prop::sample::select(vec![
        "api.example.com",
        "api.example.com:8443",
        "api.example.com.evil.com",
        "evil.com",
        "API.example.com",
        "api.example.com@evil.com",
        "www.api.example.com",
    ]);
    let path = prop::sample::select(vec![
        "/v1/a",
        "/v1/a/b",
        "/v1",
        "/v10/a",
        "/",
        "/v1/../admin",
        "/v1/%2e%2e/admin",
        "/v1/secret",
        "/v1/%61",
        "//v1/a",
        "/V1/a",
    ]);
    (scheme, host, path).prop_map(|(scheme, host, path)| format!("{scheme}{host}{path}"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn the_rules_of_secrets_say_what_the_obvious_ones_say(rules in prop::collection::vec(rule(), 0..8), name in name()) {
        prop_assert_eq!(permits(&rules, &name), model(&rules, &name));
    }

    #[test]
    fn removing_a_permitting_secret_rule_never_adds_a_permit(rules in prop::collection::vec(rule(), 1..8), at in any::<prop::sample::Index>(), name in name()) {
        let mut fewer = rules.clone();
        let removed = fewer.remove(at.index(rules.len()));
        prop_assert!(removed.starts_with('!') || !permits(&fewer, &name) || permits(&rules, &name));
    }

    #[test]
    fn narrowing_secrets_never_adds(policy in prop::collection::vec(rule(), 0..6), call in prop::collection::vec(rule(), 0..6), name in name()) {
        let narrowed = grant(secrets(&policy)).narrow(secrets(&call)).decide(UseSecret { name: &name }).is_ok();
        prop_assert_eq!(narrowed, permits(&policy, &name) && permits(&call, &name));
    }

    #[test]
    fn no_text_makes_a_secrets_rule_or_an_attempt_panic(text in any::<String>(), near in "[!.*a-z_0-9 -]{0,12}") {
        for text in [&text, &near] {
            let rule = Rules::builder(Source::Code).secret(text, Origin::Code);
            let attempt = grant(secrets(&["a".to_owned()])).decide(UseSecret { name: text });
            prop_assert!(rule.is_ok() || attempt.is_err());
        }
    }

    /// However wide the requests of a tool are, a secret goes to its destination and to no other: the same scheme, host and port, and a path below.
    #[test]
    fn a_secret_is_injected_into_its_destination_only(url in url()) {
        let text = "[secrets.a]\nenv = \"A\"\nto = [\"https://api.example.com/v1/**\", \"!https://api.example.com/v1/secret\"]\nbearer = true\n";
        let policy = Policy::parse("p.toml", text, &Extensions::new()).unwrap();
        let rules = Rules::builder(Source::Code)
            .secret("a", Origin::Code).unwrap()
            .http_request(HttpRule::new("https://**/**").everything(), Origin::Code).unwrap()
            .http_request(HttpRule::new("http://**/**").everything(), Origin::Code).unwrap()
            .http_request("https://api.example.com:8443/**", Origin::Code).unwrap();
        let grant = grant(Arc::new(rules.build()));
        let named = grant.decide(UseSecret { name: "a" }).unwrap();
        if let Ok(request) = grant.decide(HttpRequest { method: "GET", url: &url }) {
            let secret = policy.secret("a").unwrap();
            let injected = decide_injection(&named, secret, &request);
            let normal = request.target().url().as_str();
            let inside = normal.starts_with("https://api.example.com/v1/") && !normal.starts_with("https://api.example.com/v1/secret");
            prop_assert_eq!(injected.is_ok(), inside, "{}", normal);
            prop_assert_eq!(secret.covers(request.target().url()), inside);
        }
    }
}
