//! What a grant could do, at both sides of each edge.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use bailiwick_policy::{
    Capability, Effects, Extensions, Grant, Manifest, Policy, Rules, Scope, ScopeDecision, resolve,
};
use std::sync::Arc;

/// An extension that permits whatever is asked, once it has a rule.
#[derive(Debug)]
struct Query;

impl Scope for Query {
    fn decide(&self, _: &[&str]) -> ScopeDecision {
        ScopeDecision::Permit(0)
    }
}

fn rules(keys: &str) -> Arc<Rules> {
    let mut extensions = Extensions::new();
    extensions
        .register("acme:db/query", |_| Ok(Box::new(Query)))
        .unwrap();
    let text = format!(
        "[tools.t]\ncomponent = \"t.wasm\"\n{keys}\n[tools.other]\ncomponent = \"o.wasm\"\n[tools.third]\ncomponent = \"3.wasm\"\n"
    );
    let policy =
        Policy::parse("p.toml", &text, &extensions).unwrap_or_else(|error| panic!("{error}"));
    Arc::clone(policy.tool("t").unwrap().rules())
}

fn all() -> Manifest {
    let extension = Capability::Extension("acme:db/query".into());
    Capability::BUILT_IN
        .into_iter()
        .chain([extension])
        .collect()
}

fn grant(layers: &[&str]) -> Grant {
    let mut layers = layers.iter().map(|keys| rules(keys));
    let first = resolve(&all(), layers.next().unwrap());
    layers.fold(first, |grant, layer| grant.narrow(layer))
}

/// The words of what is true: `writes sends reaches keeps calls`.
fn words(effects: Effects) -> String {
    let words = [
        (effects.writes_files, "writes"),
        (effects.sends, "sends"),
        (effects.reaches_network, "reaches"),
        (effects.keeps_state, "keeps"),
        (effects.calls, "calls"),
    ];
    let said: Vec<&str> = words
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| *word)
        .collect();
    said.join(" ")
}

#[test]
fn each_effect_begins_with_the_first_rule_that_permits_it() {
    for (keys, expected) in [
        ("", ""),
        (
            "read-file = [\"a\"]\nlist-files = [\".\"]\nclock = true\nrandom = true",
            "",
        ),
        ("write-file = []", ""),
        ("write-file = [\"!a\"]", ""),
        ("write-file = [\"a\"]", "writes"),
        ("http-get = []", ""),
        ("http-get = [\"!https://h/a\"]", ""),
        ("http-get = [\"https://h/a\"]", "reaches"),
        ("http-request = []", ""),
        ("http-request = [\"https://h/a\"]", "reaches"),
        (
            "http-request = [{ url = \"https://h/a\", methods = [\"HEAD\"] }]",
            "reaches",
        ),
        (
            "http-request = [{ url = \"https://h/a\", methods = [\"OPTIONS\"] }]",
            "sends reaches",
        ),
        (
            "http-request = [{ url = \"https://h/a\", methods = [\"GET\", \"POST\"] }]",
            "sends reaches",
        ),
        ("key-value = true", "keeps"),
        ("call-tool = []", ""),
        ("call-tool = [\"!other\"]", ""),
        ("call-tool = [\"other\", \"!other\"]", ""),
        ("call-tool = [\"other.f\", \"!other.f\"]", ""),
        ("call-tool = [\"other\", \"!other.f\"]", "calls"),
        ("call-tool = [\"other.f\"]", "calls"),
        ("\"acme:db/query\" = []", ""),
        ("\"acme:db/query\" = [\"a\"]", "writes sends reaches keeps"),
    ] {
        assert_eq!(words(grant(&[keys]).effects()), expected, "{keys}");
    }
}

#[test]
fn every_layer_has_to_permit_it() {
    let post = "http-request = [{ url = \"https://h/a\", methods = [\"POST\"] }]";
    let put = "http-request = [{ url = \"https://h/b\", methods = [\"PUT\"] }]";
    let query = "\"acme:db/query\" = [\"a\"]";
    for (layers, expected) in [
        (["write-file = [\"a\"]", "write-file = [\"b\"]"], "writes"),
        (["write-file = [\"a\"]", "write-file = []"], ""),
        (["write-file = [\"a\"]", ""], ""),
        ([post, post], "sends reaches"),
        // No method that both permit.
        ([post, put], "reaches"),
        ([post, "http-request = [\"https://h/a\"]"], "reaches"),
        ([post, "http-get = [\"https://h/a\"]"], ""),
        (["key-value = true", ""], ""),
        (["key-value = true", "key-value = true"], "keeps"),
        (["call-tool = [\"other\"]", "call-tool = [\"third\"]"], ""),
        (
            ["call-tool = [\"other\"]", "call-tool = [\"other.f\"]"],
            "calls",
        ),
        (
            ["call-tool = [\"other.f\"]", "call-tool = [\"other.g\"]"],
            "",
        ),
        ([query, ""], ""),
        ([query, query], "writes sends reaches keeps"),
    ] {
        assert_eq!(words(grant(&layers).effects()), expected, "{layers:?}");
    }
}

#[test]
fn what_is_not_asked_for_is_no_effect_but_of_a_tool_that_may_be_called() {
    let asks = |capabilities: &[Capability], keys: &str| {
        let manifest = capabilities.iter().cloned().collect();
        words(resolve(&manifest, rules(keys)).effects())
    };
    let writes = "write-file = [\"a\"]\nkey-value = true\n";
    let calls = format!("{writes}call-tool = [\"other\"]");
    let calls_nothing = format!("{writes}call-tool = []");
    assert_eq!(asks(&[], writes), "");
    assert_eq!(asks(&[Capability::WriteFile], writes), "writes");
    assert_eq!(asks(&[Capability::ReadFile], &calls), "");
    assert_eq!(asks(&[Capability::CallTool], &calls_nothing), "");
    assert_eq!(asks(&[Capability::CallTool], &calls), "writes keeps calls");
}

#[test]
fn the_callees_are_the_narrowest_that_all_layers_name() {
    let callees = |layers: &[&str]| {
        let callees = grant(layers).callees();
        callees.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let wide = "call-tool = [\"third.g\", \"other\", \"other.f\", \"!other.g\"]";
    assert_eq!(callees(&[wide]), ["other", "third.g"]);
    assert_eq!(
        callees(&[wide, "call-tool = [\"other.f\", \"other.g\", \"third\"]"]),
        ["other.f", "third.g"]
    );
    assert_eq!(
        callees(&[wide, "call-tool = [\"other\", \"!other\"]"]),
        Vec::<String>::new()
    );
    assert_eq!(callees(&[wide, ""]), Vec::<String>::new());
}
