//! Rules as flags and embedders give them: one pattern or one table each.
#![expect(clippy::unwrap_used, reason = "tests")]

use bailiwick_policy::{
    Capability, HttpGet, HttpRequest, Origin, RuleError, Rules, Source, resolve,
};
use std::sync::Arc;

#[test]
fn a_flag_takes_a_pattern_or_a_table() {
    let request = Capability::HttpRequest;
    let rules = Rules::builder(Source::Flags)
        .flag(&Capability::ReadFile, "a/**", false)
        .unwrap()
        .flag(
            &request,
            r#"{ url = "https://h/**", methods = ["PUT"], everything = true }"#,
            false,
        )
        .map(drop)
        .unwrap_err();
    assert_eq!(rules.code(), "not-everything");
    let rules = Rules::builder(Source::Flags)
        .flag(
            &request,
            r#"{ url = "https://h/**", methods = ["PUT"] }"#,
            false,
        )
        .unwrap()
        .flag(&Capability::HttpGet, "http://127.0.0.1:9/**", true)
        .unwrap()
        .flag(&Capability::HttpGet, "!http://127.0.0.1:9/x", true)
        .unwrap()
        .build();
    let grant = resolve(&Capability::BUILT_IN.into_iter().collect(), Arc::new(rules));
    let permit = grant
        .decide(HttpRequest {
            method: "PUT",
            url: "https://h/x",
        })
        .unwrap();
    assert_eq!(
        permit.rule().to_string(),
        "`https://h/**` (flag --http-request)"
    );
    assert!(
        grant
            .decide(HttpGet {
                url: "http://127.0.0.1:9/y"
            })
            .unwrap()
            .target()
            .allow_private()
    );
    let denied = grant.decide(HttpGet {
        url: "http://127.0.0.1:9/x",
    });
    assert_eq!(denied.unwrap_err().reason().code(), "denied-by-rule");
    for text in [
        "{",
        "{}",
        "{ path = \"a\" } x",
        "{ path = \"a\" }\nrule2 = 1",
        "{ paht = \"a\" }",
    ] {
        assert!(
            Rules::builder(Source::Flags)
                .flag(&Capability::ReadFile, text, false)
                .is_err(),
            "{text:?}"
        );
    }
}

#[test]
fn a_rule_error_says_what_is_wrong_without_a_file() {
    let error: RuleError = Rules::builder(Source::Flags)
        .read_file("/etc", Origin::Code)
        .unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("pattern-absolute", "the pattern is absolute")
    );
    assert!(error.advice().unwrap().contains("--root"));
}
