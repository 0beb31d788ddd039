//! `bailiwick attack`.

use crate::place::Place;

#[test]
fn a_class_that_is_held_exits_with_success() {
    let place = Place::with(&["add"]);
    place
        .run(&["attack", "--class", "paths/absolute,values/no-case"])
        .exits(0)
        .complains("")
        .shows("HELD    paths/absolute  ")
        .shows("HELD    values/no-case  ")
        .shows("2 mechanisms, 2 HELD in ");
    assert!(place.trails().is_empty());
}

#[test]
fn a_class_is_held_behind_the_wall_too() {
    Place::with(&["add"])
        .run(&[
            "attack",
            "--isolate",
            "--class",
            "paths/absolute,values/no-case",
        ])
        .exits(0)
        .complains("")
        .shows("HELD    paths/absolute  ")
        .shows("bailiwick --isolate");
}

#[test]
fn isolation_is_this_commands_own() {
    Place::with(&["add"])
        .run(&["attack", "--isolate", "--host", "subprocess"])
        .exits(2)
        .mentions("no other host has it");
}

#[test]
fn a_host_that_does_not_hold_is_found_out() {
    let place = Place::with(&["add"]);
    let words = [
        "attack",
        "--host",
        "subprocess",
        "--class",
        "paths/absolute",
    ];
    place
        .run(&words)
        .exits(1)
        .shows("READ    paths/absolute  ")
        .shows("the flag is in what the process wrote");
    let json = place
        .run(&[&words[..], &["--format", "json"]].concat())
        .exits(1)
        .json();
    assert_eq!(json["holds"], false);
    assert_eq!(json["cases"][0]["score"], "READ");
    place
        .run(&[&words[..], &["--format", "junit"]].concat())
        .exits(1)
        .shows("<testsuites tests=\"1\" failures=\"1\" skipped=\"0\">")
        .shows("<failure type=\"READ\"");
}

#[test]
fn what_cannot_be_posed_is_no_success() {
    Place::with(&["add"])
        .run(&[
            "attack",
            "--host",
            "subprocess",
            "--class",
            "values/no-case",
        ])
        .exits(1)
        .shows("n/a     values/no-case  the attacker is a component");
}

#[test]
fn the_list_names_every_case_with_its_promises() {
    let list = Place::with(&["add"])
        .run(&["attack", "--list", "--format", "json"])
        .exits(0)
        .json();
    let cases = list["cases"].as_array().unwrap();
    assert!(cases.len() > 250, "{}", cases.len());
    for case in cases {
        assert!(!case["promises"].as_array().unwrap().is_empty(), "{case}");
        assert!(
            !case["what"].as_str().unwrap().is_empty()
                && !case["source"].as_str().unwrap().is_empty(),
            "{case}"
        );
    }
}

#[test]
fn an_unknown_class_is_a_mistake_of_usage() {
    Place::with(&["add"])
        .run(&["attack", "--class", "nothing"])
        .exits(2)
        .mentions("there is no class and no case `nothing`");
}
