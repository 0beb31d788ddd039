//! Capabilities of an embedder's own: they decide their own words, under the same layers as ours.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use bailiwick_policy::{
    Capability, ExtensionAttempt, Extensions, Manifest, Policy, Scope, ScopeDecision, Setting,
    resolve,
};
use std::sync::Arc;

/// Tables by name, `!` in front to deny.
#[derive(Debug)]
struct Tables(Vec<String>);

impl Scope for Tables {
    fn decide(&self, words: &[&str]) -> ScopeDecision {
        let [table] = words else {
            return ScopeDecision::NoRule;
        };
        if let Some(place) = self
            .0
            .iter()
            .position(|rule| rule.strip_prefix('!') == Some(table))
        {
            return ScopeDecision::Deny(place);
        }
        self.0
            .iter()
            .position(|rule| rule == table)
            .map_or(ScopeDecision::NoRule, ScopeDecision::Permit)
    }

    fn remedy(&self, words: &[&str]) -> Option<Setting> {
        words
            .first()
            .map(|table| Setting::Text((*table).to_owned()))
    }
}

fn extensions() -> Extensions {
    let mut extensions = Extensions::new();
    let parse = |settings: &[Setting]| -> Result<Box<dyn Scope>, _> {
        let tables = settings.iter().filter_map(|setting| match setting {
            Setting::Text(text) => Some(text.clone()),
            Setting::Integer(_) | Setting::Boolean(_) | Setting::List(_) | Setting::Table(_) => {
                None
            }
        });
        Ok(Box::new(Tables(tables.collect())))
    };
    extensions.register("acme:db/query", parse).unwrap();
    extensions
}

#[test]
fn an_extension_decides_its_own_words() {
    let text = "[tools.a]\ncomponent = \"a.wasm\"\n\"acme:db/query\" = [\"orders\", \"!people\"]\n";
    let policy =
        Policy::parse("p.toml", text, &extensions()).unwrap_or_else(|error| panic!("{error}"));
    let asked: Manifest = [Capability::Extension("acme:db/query".into())]
        .into_iter()
        .collect();
    let grant = resolve(&asked, Arc::clone(policy.tool("a").unwrap().rules()));
    let decide = |table: &str| {
        grant.decide(ExtensionAttempt {
            key: "acme:db/query",
            words: vec![table],
        })
    };
    let permit = decide("orders").unwrap();
    assert_eq!(permit.rule().to_string(), "`orders` (p.toml:3:20)");
    assert_eq!(permit.target().words(), ["orders"]);
    let denial = decide("people").unwrap_err();
    assert_eq!(
        (denial.reason().code(), denial.rule().unwrap().text.as_ref()),
        ("denied-by-rule", "!people")
    );
    assert_eq!(
        decide("other").unwrap_err().remedy().unwrap(),
        "add `\"other\"` to `acme:db/query` under `[tools.a]` in `p.toml`"
    );
    assert_eq!(
        grant
            .decide(ExtensionAttempt {
                key: "acme:other",
                words: Vec::new()
            })
            .unwrap_err()
            .reason()
            .code(),
        "not-asked"
    );
    assert!(Policy::parse("p.toml", &policy.to_string(), &extensions()).unwrap() == policy);
    assert!(
        Policy::parse("p.toml", text, &Extensions::new()).is_err(),
        "a key that nobody registered is an error"
    );
}

#[test]
fn an_extension_is_registered_once_under_a_key_with_a_colon() {
    let mut extensions = extensions();
    let parse = |_: &[Setting]| -> Result<Box<dyn Scope>, _> { Ok(Box::new(Tables(Vec::new()))) };
    assert!(extensions.register("acme:db/query", parse).is_err());
    for key in [
        "read-file",
        "acme",
        ":x",
        "x:",
        "Acme:x",
        "a:b c",
        "a:b\n",
        "a:b:c",
    ] {
        assert!(extensions.register(key, parse).is_err(), "{key:?}");
    }
    assert!(extensions.register("a:b", parse).is_ok());
}
