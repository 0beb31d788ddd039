//! What holds for all rules about other tools.

use super::{CASES, grant};
use bailiwick_policy::{CallTool, Capability, Origin, Rules, Source};
use proptest::prelude::*;
use std::sync::Arc;

pub(super) fn call_rule() -> impl Strategy<Value = String> {
    let parts = (prop::bool::weighted(0.25), name());
    parts.prop_map(|(denies, name)| if denies { format!("!{name}") } else { name })
}

/// A tool, or a function of one.
pub(super) fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a", "b", "ab", "A", "a.f", "a.g", "b.f", "ab.f", "A.f", "a.F",
    ])
    .prop_map(str::to_owned)
}

pub(super) fn calls(list: &[String]) -> Arc<Rules> {
    let empty = Rules::builder(Source::Code).link(&Capability::CallTool);
    let add = |builder: bailiwick_policy::RulesBuilder, rule: &String| {
        builder.call_tool(rule, Origin::Code).unwrap()
    };
    Arc::new(list.iter().fold(empty, add).build())
}

fn permits(rules: &[String], name: &str) -> bool {
    grant(calls(rules)).decide(CallTool::named(name)).is_ok()
}

/// The slow and obvious meaning: a set of functions, added to and taken from. A tool without a function stands for all it could have.
fn model(rules: &[String], name: &str) -> bool {
    let functions = ["f", "g", "F", "another"];
    let meant = |text: &str| -> Vec<(String, String)> {
        match text.split_once('.') {
            Some((tool, function)) => vec![(tool.to_owned(), function.to_owned())],
            None => functions
                .map(|function| (text.to_owned(), function.to_owned()))
                .to_vec(),
        }
    };
    let of = |denies: bool| -> Vec<(String, String)> {
        let rules = rules.iter().filter(|rule| rule.starts_with('!') == denies);
        rules
            .flat_map(|rule| meant(rule.trim_start_matches('!')))
            .collect()
    };
    let (added, taken) = (of(false), of(true));
    meant(name)
        .iter()
        .all(|one| added.contains(one) && !taken.contains(one))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn the_rules_say_what_the_obvious_ones_say(rules in prop::collection::vec(call_rule(), 0..8), name in name()) {
        prop_assert_eq!(permits(&rules, &name), model(&rules, &name));
    }

    #[test]
    fn removing_a_permitting_rule_never_adds_a_permit(
        rules in prop::collection::vec(call_rule(), 1..8), gone in any::<prop::sample::Index>(), name in name(),
    ) {
        let gone = gone.index(rules.len());
        prop_assume!(!rules[gone].starts_with('!'));
        let mut fewer = rules.clone();
        fewer.remove(gone);
        prop_assert!(permits(&rules, &name) || !permits(&fewer, &name));
    }

    #[test]
    fn a_deny_always_wins(rules in prop::collection::vec(call_rule(), 0..6), place in any::<prop::sample::Index>(), name in name()) {
        let tool = name.split('.').next().unwrap().to_owned();
        for deny in [format!("!{name}"), format!("!{tool}")] {
            let mut more = rules.clone();
            more.insert(place.index(rules.len() + 1), deny);
            prop_assert!(!permits(&more, &name));
        }
    }

    #[test]
    fn the_order_of_rules_never_matters(
        (rules, shuffled) in prop::collection::vec(call_rule(), 0..8).prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
        name in name(),
    ) {
        prop_assert_eq!(permits(&rules, &name), permits(&shuffled, &name));
    }

    #[test]
    fn narrowing_never_adds(
        policy in prop::collection::vec(call_rule(), 0..6), call in prop::collection::vec(call_rule(), 0..6), name in name(),
    ) {
        let narrowed = grant(calls(&policy)).narrow(calls(&call)).decide(CallTool::named(&name)).is_ok();
        prop_assert_eq!(narrowed, permits(&policy, &name) && permits(&call, &name));
    }

    #[test]
    fn no_text_makes_a_rule_or_an_attempt_panic(text in any::<String>(), near in "[!.*a-z_0-9 -]{0,12}") {
        for text in [&text, &near] {
            let rule = Rules::builder(Source::Code).call_tool(text, Origin::Code);
            let attempt = grant(calls(&["a".to_owned()])).decide(CallTool::named(text));
            // What is no rule is no name either, so that a rule for whatever can be called can be written.
            prop_assert!(rule.is_ok() || attempt.is_err());
        }
    }
}
