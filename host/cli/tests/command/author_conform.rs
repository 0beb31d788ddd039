//! `bailiwick conform`.

use serde_json::json;

use crate::place::Place;

/// Worlds of the tools that the tests have.
const ADD: &str =
    "package example:add@0.1.0; world add { export add: func(a: s32, b: s32) -> s32; }";

fn add() -> Place {
    let place = Place::with(&["add"]);
    place.put("wit/world.wit", ADD);
    place
}

#[test]
fn a_tool_that_keeps_every_rule_exits_0_and_leaves_no_trail() {
    let place = add();
    place
        .run(&["conform", "add.wasm", "--wit", "wit", "--cases", "4"])
        .exits(0)
        .complains("")
        .shows("add.wasm (")
        .shows("world example:add/add@0.1.0)")
        .shows("  ✓ valid-component      1 check\n")
        .shows("  ✓ no-trap              ")
        .shows("\nconforms\n");
    assert!(place.trails().is_empty());
}

#[test]
fn what_breaks_a_rule_is_shown_with_the_command_that_shows_it_again() {
    let place = Place::with(&["many"]);
    let words = [
        "conform",
        "many.wasm",
        "--only",
        "no-trap",
        "--function",
        "trap",
    ];
    let first = place.run(&words).exits(1);
    let again = first
        .stdout
        .lines()
        .find_map(|line| line.trim().strip_prefix("again "));
    let again = again.unwrap().trim();
    assert_eq!(
        again,
        "bailiwick conform many.wasm --only no-trap --function trap --args '[]'"
    );
    place
        .run(&[
            "conform",
            "many.wasm",
            "--only",
            "no-trap",
            "--function",
            "trap",
            "--args",
            "[]",
        ])
        .exits(1)
        .shows("✗ no-trap: the call ends in a trap")
        .shows("  function  trap\n")
        .shows("  input     []\n")
        .shows("does not conform: 1 finding\n");
}

#[test]
fn both_types_are_shown_where_they_differ() {
    let place = add();
    place.put("wit/world.wit", ADD.replace("a: s32", "a: u8"));
    place
        .run(&[
            "conform",
            "add.wasm",
            "--wit",
            "wit",
            "--only",
            "export-type",
        ])
        .exits(1)
        .shows("func(a: u8, b: s32) -> s32")
        .shows("func(a: s32, b: s32) -> s32");
}

#[test]
fn programs_get_one_object() {
    let place = add();
    let object = place
        .run(&[
            "conform",
            "add.wasm",
            "--format",
            "json",
            "--only",
            "no-trap",
            "--only",
            "size-budget",
            "--size",
            "1B",
        ])
        .exits(1)
        .complains("")
        .json();
    assert_eq!(object["conforms"], false);
    assert_eq!(
        object["rules"][0],
        json!({"id": "size-budget", "state": "broken"})
    );
    assert_eq!(object["rules"][1]["id"], "no-trap");
    assert_eq!(object["rules"][1]["state"], "kept");
    assert_eq!(
        object["findings"][0]["command"],
        "bailiwick conform add.wasm --size 1B --only size-budget"
    );
}

#[test]
fn what_collects_test_results_gets_xml() {
    let place = add();
    let ended = place
        .run(&[
            "conform",
            "add.wasm",
            "--format",
            "junit",
            "--only",
            "valid-component",
        ])
        .exits(0);
    assert!(
        ended
            .stdout
            .starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"1\"")
    );
    assert!(
        ended
            .stdout
            .contains("<testcase classname=\"add.wasm\" name=\"valid-component\"/>")
    );
}

#[test]
fn a_bundle_says_what_may_be_imported() {
    let place = Place::with(&["reader"]);
    place
        .run(&[
            "conform",
            "reader.wasm",
            "--world",
            "pure",
            "--only",
            "undeclared-import",
        ])
        .exits(1)
        .shows("imports `bailiwick:files/read-file@0.1.0`, which the world does not")
        .shows("--world pure --only undeclared-import");
    place
        .run(&[
            "conform",
            "reader.wasm",
            "--world",
            "file-reader",
            "--only",
            "undeclared-import",
        ])
        .exits(0);
}

#[test]
fn what_is_wrong_with_the_command_line_exits_2() {
    let place = add();
    for (words, message) in [
        (
            &["missing.wasm"][..],
            "error: cannot read the component `missing.wasm`",
        ),
        (
            &["add.wasm", "--only", "no-such"],
            "there is no rule `no-such`; there are `valid-component`",
        ),
        (
            &["add.wasm", "--world", "no-such"],
            "there is no world `no-such`",
        ),
        (&["add.wasm", "--wit", "nowhere"], "error: "),
        (
            &["add.wasm", "--args", "{}"],
            "error: the arguments are not a JSON array",
        ),
        (
            &["add.wasm", "--function", "no-such"],
            "error: the tool has no function `no-such`",
        ),
        (
            &["add.wasm", "--memory", "much"],
            "error: invalid value 'much'",
        ),
    ] {
        let words: Vec<&str> = ["conform"].iter().chain(words).copied().collect();
        place.run(&words).exits(2).prints("").mentions(message);
    }
}

#[test]
fn a_file_that_is_no_component_breaks_its_rule_and_leaves_the_others_open() {
    let place = Place::with(&[]);
    place.put("module.wasm", wat::parse_str("(module)").unwrap());
    place
        .run(&["conform", "module.wasm"])
        .exits(1)
        .shows("✗ valid-component: this is a core module, not a component")
        .shows("  ? no-trap              not checked: no host takes the component\n");
}
