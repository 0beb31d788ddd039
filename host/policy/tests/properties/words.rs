//! The policy in words is true of the policy: read back, the words decide as the policy does.

use super::calls::call_rule;
use super::model::{model_permits, model_sends};
use super::{
    CASES, File, Http, file_rule, files, grant, http_rule, path, path_pattern, policy_text, url,
};
use bailiwick_policy::{Capability, Extensions, HttpRequest, Policy, ReadFile, ToolPolicy, prompt};
use proptest::prelude::*;
use std::sync::Arc;

fn parsed(
    reads: &[File],
    sends: &[Http],
    lists: &[String],
    calls: &[String],
    keeps: bool,
) -> ToolPolicy {
    let calls: Vec<String> = calls.iter().map(|rule| format!("{rule:?}")).collect();
    let mut keys = format!("[tools.t]\ncall-tool = [{}]\n", calls.join(", "));
    if keeps {
        keys += "key-value = true\n";
    }
    let text = policy_text(reads, sends, lists, &Default::default(), false, "c.wasm");
    let text = text.replacen("[tools.t]\n", &keys, 1);
    let others =
        ["a", "b", "ab", "A"].map(|name| format!("[tools.{name}]\ncomponent = \"{name}.wasm\"\n"));
    let text = format!("{text}{}", others.concat());
    let policy = Policy::parse("p.toml", &text, &Extensions::new())
        .unwrap_or_else(|error| panic!("{text}\n{error}"));
    policy.tool("t").unwrap().clone()
}

/// What stands in double quotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The layers of the sentence about a capability, as rules: permitted patterns, and exceptions with `!` in front.
fn read_back(text: &str, capability: &Capability) -> Option<Vec<Vec<String>>> {
    let sentence = text
        .lines()
        .find_map(|line| line.split_once(&format!("({capability}): ")))?
        .1;
    let layers = sentence.split("; and of that only what this permits too: ");
    Some(layers.map(layer_rules).collect())
}

fn layer_rules(text: &str) -> Vec<String> {
    let (permits, denies) = text.split_once("; but not ").unwrap_or((text, ""));
    // What stands in brackets is said about a pattern, and is none.
    let mut rules: Vec<String> = Vec::new();
    for part in permits.split(')') {
        rules.extend(quoted(part.split(" (").next().unwrap_or_default()));
    }
    rules.extend(
        quoted(denies)
            .into_iter()
            .map(|pattern| format!("!{pattern}")),
    );
    rules
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list.dedup();
    list
}

fn permits_any(patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| !pattern.starts_with('!'))
}

/// What may stand in quotes: the tool's name, the patterns of what permits something, and what is said beside them.
fn nameable(policy: &ToolPolicy, sends: &[Http]) -> Vec<String> {
    let mut names = vec!["t".to_owned()];
    for capability in Capability::BUILT_IN.into_iter().filter(Capability::is_list) {
        let rules: Vec<String> = policy
            .rules()
            .list(&capability)
            .iter()
            .map(|rule| rule.text.to_string())
            .collect();
        if permits_any(&rules) {
            names.extend(
                rules
                    .iter()
                    .map(|rule| rule.trim_start_matches('!').to_owned()),
            );
        }
    }
    let permits = sends.iter().filter(|rule| !rule.pattern.starts_with('!'));
    for rule in permits {
        names.extend(
            if rule.post {
                ["POST", "GET"]
            } else {
                ["HEAD", "GET"]
            }
            .map(str::to_owned),
        );
    }
    sorted(names)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn every_rule_is_said_and_nothing_else_is_named(
        reads in prop::collection::vec(file_rule(), 0..5), sends in prop::collection::vec(http_rule(), 0..5),
        lists in prop::collection::vec(path_pattern(), 0..3), calls in prop::collection::vec(call_rule(), 0..5), keeps in any::<bool>(),
    ) {
        let policy = parsed(&reads, &sends, &lists, &calls, keeps);
        let text = prompt::tool(&policy, &[], None);
        prop_assert_eq!(sorted(quoted(&text)), nameable(&policy, &sends));
        let not = text.lines().find(|line| line.starts_with("  It may not: ")).unwrap();
        for capability in Capability::BUILT_IN {
            let rules: Vec<String> = policy.rules().list(&capability).iter().map(|rule| rule.text.to_string()).collect();
            let permitted = if capability.is_list() { permits_any(&rules) } else { !rules.is_empty() };
            let key = format!("({capability})");
            prop_assert_eq!(not.contains(&key), !permitted, "{}", text);
            prop_assert_eq!(text.matches(&key).count(), 1, "{}", text);
            if permitted && capability.is_list() {
                prop_assert_eq!(sorted(read_back(&text, &capability).unwrap().concat()), sorted(rules), "{}", text);
            }
        }
    }

    #[test]
    fn what_the_words_permit_is_what_the_policy_and_the_narrowing_permit(
        reads in prop::collection::vec(file_rule(), 0..5), narrow in prop::option::of(prop::collection::vec(file_rule(), 0..5)), paths in prop::collection::vec(path(), 6),
    ) {
        let policy = parsed(&reads, &[], &[], &[], false);
        let layer = narrow.map(|rules| files(&rules));
        let text = prompt::tool(&policy, &[], layer.as_deref());
        let said = read_back(&text, &Capability::ReadFile);
        let own = grant(Arc::clone(policy.rules()));
        let granted = layer.as_ref().map_or(own.clone(), |layer| own.narrow(Arc::clone(layer)));
        for path in &paths {
            let meant = said.as_ref().is_some_and(|layers| layers.iter().all(|rules| model_permits(rules, path)));
            prop_assert_eq!(meant, granted.decide(ReadFile { path }).is_ok(), "{}", text);
        }
    }

    #[test]
    fn what_the_words_say_of_urls_is_what_is_decided(sends in prop::collection::vec(http_rule(), 0..5), urls in prop::collection::vec(url(), 6)) {
        let sends: Vec<Http> = sends.into_iter().map(|rule| Http { private: true, ..rule }).collect();
        let policy = parsed(&[], &sends, &[], &[], false);
        let text = prompt::tool(&policy, &[], None);
        let said = read_back(&text, &Capability::HttpRequest);
        let granted = grant(Arc::clone(policy.rules()));
        for url in &urls {
            let meant = said.as_ref().is_some_and(|layers| layers.iter().all(|rules| model_sends(rules, url)));
            prop_assert_eq!(meant, granted.decide(HttpRequest { method: "GET", url }).is_ok(), "{}", text);
        }
    }
}
