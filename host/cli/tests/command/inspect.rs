//! `bailiwick inspect`.

use crate::place::{Place, component, sha256};

#[test]
fn shows_imports_functions_and_the_policy_it_would_need() {
    let place = Place::with(&["reader", "lent", "add"]);
    for tool in ["reader", "lent", "add"] {
        let shown = place
            .run(&["inspect", &format!("{tool}.wasm")])
            .exits(0)
            .complains("");
        // The digest and the size are another test's.
        let bytes = component(tool);
        let text = shown.stdout.replace(&sha256(&bytes), "DIGEST");
        let text = text.replace(&bytes.len().to_string(), "SIZE");
        insta::assert_snapshot!(tool, text);
    }
    assert!(place.trails().is_empty(), "nothing ran");
}

#[test]
fn gives_programs_everything_with_schemas() {
    let place = Place::with(&["lent"]);
    let object = place
        .run(&["inspect", "lent.wasm", "--json"])
        .exits(0)
        .complains("")
        .json();
    assert_eq!(object["sha256"], sha256(&component("lent")));
    assert_eq!(object["size"], component("lent").len());
    assert_eq!(object["asks"], serde_json::json!(["read-file"]));
    let functions = object["functions"].as_array().unwrap();
    assert_eq!(functions.len(), 2);
    assert_eq!(functions[0]["name"], "size");
    assert_eq!(
        functions[0]["parameters"]["properties"]["file"]["type"],
        "string"
    );
    assert_eq!(functions[1]["callable"], false);
    assert!(
        functions[1]["reason"]
            .as_str()
            .unwrap()
            .contains("borrow<reader>")
    );
}

#[test]
fn what_cannot_be_taken_exits_3() {
    let place = Place::with(&["foreign"]);
    place.put("module.wasm", wat::parse_str("(module)").unwrap());
    for file in ["foreign.wasm", "module.wasm", "missing.wasm"] {
        place
            .run(&["inspect", file])
            .exits(3)
            .prints("")
            .mentions("error: ");
        place.run(&["inspect", file, "--json"]).exits(3).error();
    }
}

#[test]
fn what_needs_more_than_the_default_limits_can_be_looked_at() {
    Place::with(&["large"])
        .run(&["inspect", "large.wasm"])
        .exits(0);
}

#[test]
fn the_policy_that_it_prints_is_one() {
    let place = Place::with(&["lent"]);
    let object = place
        .run(&["inspect", "lent.wasm", "--json"])
        .exits(0)
        .json();
    place.put("bailiwick.toml", object["policy"].as_str().unwrap());
    place.run(&["check"]).exits(0);
}
