//! What a grant says that it does not do is denied.

use super::calls::{call_rule, name};
use super::{CASES, Http, http_rule, path, path_pattern, url};
use bailiwick_policy::{
    CallTool, Capability, FileRule, Grant, HttpGet, HttpRequest, HttpRule, Manifest, Origin,
    PathPattern, Rules, RulesBuilder, Source, UrlPattern, UseKeyValue, WriteFile, resolve,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One layer; none means that the key is absent.
#[derive(Debug, Clone)]
struct Layer {
    writes: Option<Vec<String>>,
    gets: Option<Vec<String>>,
    sends: Option<Vec<Http>>,
    calls: Option<Vec<String>>,
    keeps: bool,
}

fn layer() -> impl Strategy<Value = Layer> {
    let list = |rule: BoxedStrategy<String>| {
        prop::option::weighted(0.8, prop::collection::vec(rule, 0..3))
    };
    let urls = http_rule().prop_map(|rule| rule.pattern).boxed();
    let parts = (
        list(path_pattern().boxed()),
        list(urls),
        prop::option::weighted(0.8, prop::collection::vec(http_rule(), 0..3)),
        list(call_rule().boxed()),
        any::<bool>(),
    );
    parts.prop_map(|(writes, gets, sends, calls, keeps)| Layer {
        writes,
        gets,
        sends,
        calls,
        keeps,
    })
}

fn http(pattern: &str) -> HttpRule {
    let parsed = UrlPattern::parse(pattern).unwrap();
    let rule = HttpRule::new(pattern);
    let rule = if parsed.denies() {
        rule
    } else {
        rule.allow_private()
    };
    if parsed.is_everything() {
        rule.everything()
    } else {
        rule
    }
}

fn writes(mut builder: RulesBuilder, patterns: &[String]) -> RulesBuilder {
    builder = builder.link(&Capability::WriteFile);
    for pattern in patterns {
        let rule = FileRule::new(pattern.as_str());
        let everything = PathPattern::parse(pattern).unwrap().is_everything();
        let rule = if everything { rule.everything() } else { rule };
        builder = builder.write_file(rule, Origin::Code).unwrap();
    }
    builder
}

fn rules(layer: &Layer) -> Arc<Rules> {
    let mut builder = Rules::builder(Source::Code);
    if let Some(patterns) = &layer.writes {
        builder = writes(builder, patterns);
    }
    if let Some(patterns) = &layer.gets {
        builder = builder.link(&Capability::HttpGet);
        for pattern in patterns {
            builder = builder.http_get(http(pattern), Origin::Code).unwrap();
        }
    }
    if let Some(list) = &layer.sends {
        builder = builder.link(&Capability::HttpRequest);
        for rule in list {
            let made = http(&rule.pattern);
            let posts = rule.post && !rule.pattern.starts_with('!');
            let made = if posts {
                made.methods(["POST", "GET"])
            } else {
                made
            };
            builder = builder.http_request(made, Origin::Code).unwrap();
        }
    }
    if let Some(list) = &layer.calls {
        builder = builder.link(&Capability::CallTool);
        for rule in list {
            builder = builder.call_tool(rule, Origin::Code).unwrap();
        }
    }
    if layer.keeps {
        builder = builder.key_value(Origin::Code);
    }
    Arc::new(builder.build())
}

fn granted(asked: &BTreeSet<Capability>, layers: &[Layer]) -> Grant {
    let manifest: Manifest = asked.iter().cloned().collect();
    let grant = resolve(&manifest, rules(&layers[0]));
    layers[1..]
        .iter()
        .fold(grant, |grant, layer| grant.narrow(rules(layer)))
}

/// Whether the attempts are denied that an effect would need.
fn check(
    grant: &Grant,
    said: bailiwick_policy::Effects,
    path: &str,
    url: &str,
    name: &str,
) -> Result<(), TestCaseError> {
    let writes = grant.decide(WriteFile { path }).is_ok();
    prop_assert!(said.writes_files || !writes);
    let posts = grant
        .decide(HttpRequest {
            method: "POST",
            url,
        })
        .is_ok();
    prop_assert!(said.sends || !posts);
    let gets = grant.decide(HttpGet { url }).is_ok()
        || grant.decide(HttpRequest { method: "GET", url }).is_ok();
    prop_assert!(said.reaches_network || !(gets || posts));
    prop_assert!(said.keeps_state || grant.decide(UseKeyValue).is_err());
    prop_assert!(said.calls || grant.decide(CallTool::named(name)).is_err());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn what_a_grant_says_it_does_not_do_is_denied(
        asked in prop::collection::btree_set(prop::sample::select(Capability::BUILT_IN.to_vec()), 4..10),
        layers in prop::collection::vec(layer(), 1..3),
        tries in prop::collection::vec((path(), url(), name()), 8),
    ) {
        let grant = granted(&asked, &layers);
        for (path, url, name) in &tries {
            check(&grant, grant.effects(), path, url, name)?;
        }
    }

    #[test]
    fn what_a_called_tool_does_is_among_the_effects_of_its_caller(
        mut asked in prop::collection::btree_set(prop::sample::select(Capability::BUILT_IN.to_vec()), 0..10),
        own in layer(), mut layers in prop::collection::vec(layer(), 1..3),
        tries in prop::collection::vec((path(), url(), name()), 8),
    ) {
        asked.insert(Capability::CallTool);
        for layer in &mut layers {
            layer.calls = Some(vec!["a.f".to_owned()]);
        }
        let caller = granted(&asked, &layers);
        prop_assert!(caller.effects().calls);
        let all: Manifest = Capability::BUILT_IN.into_iter().collect();
        let called = resolve(&all, rules(&own));
        let called = caller.layers().iter().fold(called, |grant, layer| grant.narrow(Arc::clone(layer)));
        for (path, url, name) in &tries {
            check(&called, caller.effects(), path, url, name)?;
        }
    }

    #[test]
    fn whatever_may_be_called_is_among_the_callees(
        layers in prop::collection::vec(layer(), 1..4), name in name(),
    ) {
        let grant = granted(&BTreeSet::from([Capability::CallTool]), &layers);
        if let Ok(permit) = grant.decide(CallTool::named(&name)) {
            let callees = grant.callees();
            let (tool, function) = (permit.target().tool(), permit.target().function());
            let covered = callees.iter().any(|callee| {
                callee.tool() == tool && (callee.function().is_none() || callee.function() == function)
            });
            prop_assert!(covered, "{name} is not among {callees:?}");
        }
    }
}
