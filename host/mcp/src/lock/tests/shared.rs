//! What the policy says for all its tools, and the wall around them: each change in both directions.

use bailiwick::policy::{Extensions, Policy};
use serde_json::json;

use super::super::state::shared;
use super::super::{Approved, Change, Current, Lock};
use super::{plain_of, state, with};

/// What is not approved of a tool that is as it was, where only these parts of it differ.
fn between(approved: Approved, current: &Approved) -> Vec<Change> {
    let mut lock = Lock::default();
    lock.approve(Current::made_up("tool", approved));
    // What the file says counts, not what was in memory.
    let read = Lock::parse(&lock.to_string()).unwrap();
    let changes = read.compare(&Current::made_up("tool", current.clone()));
    assert!(changes.iter().all(Change::needs_approval), "{changes:?}");
    changes
}

/// A tool of a policy that says this for all its tools.
fn under(settings: &str) -> Approved {
    let text = format!("[tools.tool]\ncomponent = \"tool.wasm\"\n{settings}");
    let policy = Policy::parse("bailiwick.toml", &text, &Extensions::new()).unwrap();
    with(|state| state.shared = shared(&policy))
}

const PROXY: &str = "[network]\nproxy = \"http://proxy.example:3128\"\n";
const OTHER_PROXY: &str = "[network]\nproxy = \"http://proxy.example:3129\"\n";
const CA_FILE: &str = "[network]\nca-file = \"company.pem\"\n";
const OTHER_CA_FILE: &str = "[network]\nca-file = \"other.pem\"\n";
const RESOLVER: &str = "[network]\nresolver = \"192.0.2.53\"\n";
const OTHER_RESOLVER: &str = "[network]\nresolver = \"192.0.2.54\"\n";
const PRINCIPAL: &str = "[private]\nscope = \"principal\"\n";
const CALL: &str = "[private]\nscope = \"call\"\n";

#[test]
fn what_the_policy_says_for_all_tools_is_approved_once_it_was() {
    for settings in ["", PROXY, CA_FILE, RESOLVER, PRINCIPAL, CALL] {
        assert_eq!(between(under(settings), &under(settings)), [], "{settings}");
    }
    // The default, written down.
    assert_eq!(between(under(""), &under(CALL)), []);
    let together = format!("{PROXY}ca-file = \"company.pem\"\n{PRINCIPAL}");
    assert_eq!(between(under(&together), &under(&together)), []);
}

#[test]
fn finds_another_way_to_the_network() {
    let table = [
        ("proxy", "\"http://proxy.example:3128\"", PROXY),
        ("ca-file", "\"company.pem\"", CA_FILE),
        ("resolver", "\"192.0.2.53:53\"", RESOLVER),
    ];
    for (key, value, settings) in table {
        let (with, without) = (under(settings), under(""));
        for (approved, current, was, is) in [
            (&without, &with, "not set", value),
            (&with, &without, value, "not set"),
        ] {
            let changes = between(approved.clone(), current);
            assert_eq!(changes.len(), 1, "{changes:?}");
            assert_eq!(changes[0].code(), "network");
            let line = changes[0].to_string();
            let end = format!("`network.{key}` was {was} and is {is}");
            assert!(line.ends_with(&end), "{line}");
            let text = plain_of(&changes, current);
            let end = format!("\n    - network.{key} = {was}\n    + network.{key} = {is}\n");
            assert!(text.ends_with(&end), "{text}");
        }
    }
}

#[test]
fn finds_a_way_to_the_network_that_was_swapped() {
    let table = [
        (PROXY, OTHER_PROXY, "another proxy: `network.proxy` was "),
        (
            CA_FILE,
            OTHER_CA_FILE,
            "other trusted certificates: `network.ca-file` was ",
        ),
        (
            RESOLVER,
            OTHER_RESOLVER,
            "another name server: `network.resolver` was ",
        ),
    ];
    for (one, other, words) in table {
        for (approved, current) in [(one, other), (other, one)] {
            let changes = between(under(approved), &under(current));
            assert_eq!(changes.len(), 1, "{changes:?}");
            assert_eq!(changes[0].code(), "network");
            assert!(changes[0].to_string().starts_with(words), "{}", changes[0]);
        }
    }
}

#[test]
fn finds_another_scope_of_private_data_and_says_which_is_shorter() {
    let table = [
        (PRINCIPAL, "", "shorter", "principal", "call"),
        (PRINCIPAL, CALL, "shorter", "principal", "call"),
        ("", PRINCIPAL, "longer", "call", "principal"),
        (CALL, PRINCIPAL, "longer", "call", "principal"),
    ];
    for (approved, current, words, was, is) in table {
        let changes = between(under(approved), &under(current));
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0].code(), "private-scope");
        assert_eq!(
            changes[0].to_string(),
            format!("{words} private scope: `private.scope` was \"{was}\" and is \"{is}\"")
        );
        assert_eq!(
            plain_of(&changes, &under(current)),
            format!(
                "{words} private scope\n    - private.scope = \"{was}\"\n    + private.scope = \"{is}\"\n"
            )
        );
    }
}

#[test]
fn a_proxy_that_came_and_a_scope_that_went_are_two_changes() {
    let changes = between(under(PRINCIPAL), &under(PROXY));
    let codes: Vec<&str> = changes.iter().map(Change::code).collect();
    assert_eq!(codes, ["network", "private-scope"]);
    assert_eq!(
        changes[0].to_json(),
        json!({
            "kind": "network",
            "key": "network.proxy",
            "approved": "not set",
            "current": "\"http://proxy.example:3128\"",
        })
    );
}

#[test]
fn what_a_later_or_a_careless_hand_wrote_for_all_tools_is_a_change_too() {
    let current = under(PROXY);
    for (line, code) in [
        ("store.file = \"a\"", "shared"),
        ("network", "shared"),
        ("", "shared"),
        ("network.proxy = \"http://a.example:1\"", "network"),
        ("network.proxy = \"http://z.example:1\"", "network"),
    ] {
        let mut approved = current.clone();
        assert!(approved.shared.insert(line.to_owned()));
        let changes = between(approved, &current);
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0].code(), code, "{line}");
    }
}

#[test]
fn a_wall_that_is_taken_away_is_no_narrower_grant() {
    let line = "isolation = \"process\"";
    let walled = with(|state| {
        state.grants.insert(line.to_owned());
    });
    assert_eq!(between(walled.clone(), &walled), []);
    let changes = between(walled.clone(), &state());
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0].code(), "weaker-isolation");
    assert_eq!(
        changes[0].to_string(),
        "weaker isolation: `isolation = \"process\"` was removed"
    );
    assert_eq!(
        plain_of(&changes, &state()),
        "weaker isolation\n    - isolation = \"process\"\n"
    );
    assert_eq!(
        changes[0].to_json(),
        json!({"kind": "weaker-isolation", "rule": line, "became": "removed"})
    );
    let changes = between(state(), &walled);
    assert_eq!(
        plain_of(&changes, &walled),
        "narrower grant\n    + isolation = \"process\"\n"
    );
}

#[test]
fn a_new_tool_is_shown_with_what_the_policy_says_for_all() {
    let current = under(PROXY);
    let changes = Lock::default().compare(&Current::made_up("tool", current.clone()));
    let text = plain_of(&changes, &current);
    assert!(
        text.contains(
            "for all tools of the policy\n    + network.proxy = \"http://proxy.example:3128\"\n    \
             + private.scope = \"call\"\n"
        ),
        "{text}"
    );
}
