//! `bailiwick check`.

use crate::place::Place;

const POLICY: &str = r#"
[tools.reader]
component = "reader.wasm"
read-file = ["data/**", "!data/private/**"]
clock = true
[tools.reader.limits]
memory = "1 MiB"

[tools.add]
component = "add.wasm"

[tools.lent]
component = "lent.wasm"
write-file = []

[tools.refused]
component = "reader.wasm"

[tools.missing]
component = "missing.wasm"
"#;

fn place() -> Place {
    let place = Place::with(&["reader", "add", "lent"]);
    place.put("bailiwick.toml", POLICY);
    place
}

#[test]
fn shows_who_may_do_what_and_goes_through_all_tools() {
    let place = place();
    let ended = place.run(&["check"]).exits(3).complains("");
    insta::assert_snapshot!(ended.stdout);
    assert!(place.trails().is_empty());
}

#[test]
fn gives_programs_the_same() {
    let object = place()
        .run(&["check", "bailiwick.toml", "--json"])
        .exits(3)
        .json();
    let tools = object["tools"].as_array().unwrap();
    let loads: Vec<bool> = tools
        .iter()
        .map(|tool| tool["loads"].as_bool().unwrap())
        .collect();
    assert_eq!(loads, [true, true, true, false, false]);
    let rule = &tools[0]["grants"]["read-file"][1];
    assert_eq!(
        (&rule["text"], &rule["line"]),
        (&"!data/private/**".into(), &4.into())
    );
    assert_eq!(tools[0]["limits"]["memory"], 1 << 20);
    assert_eq!(tools[0]["warnings"].as_array().unwrap().len(), 1);
    assert_eq!(tools[3]["error"]["code"], "not-granted");
    assert_eq!(tools[4]["error"]["code"], "unreadable");
}

#[test]
fn a_policy_whose_tools_all_load_exits_0() {
    let place = Place::with(&["add"]);
    place.put("bailiwick.toml", "[tools.add]\ncomponent = \"add.wasm\"\n");
    place.run(&["check"]).exits(0).complains("");
    place.put("empty.toml", "");
    place
        .run(&["check", "empty.toml"])
        .exits(0)
        .prints("empty.toml: 0 tools\n");
}

#[test]
fn a_tool_that_calls_others_may_be_granted_what_they_need() {
    let place = Place::with(&["caller", "reader"]);
    let policy = |calls: &str| {
        format!(
            "[tools.caller]\ncomponent = \"caller.wasm\"\nread-file = [\"data/**\"]\nclock = true\n{calls}\n\
             [tools.reader]\ncomponent = \"reader.wasm\"\nread-file = [\"data/**\"]\n\
             [tools.plain]\ncomponent = \"reader.wasm\"\nread-file = []\ncall-tool = [\"reader\"]\nclock = true\n"
        )
    };
    place.put("bailiwick.toml", policy("call-tool = [\"reader\"]"));
    let object = place.run(&["check", "--json"]).exits(0).json();
    assert_eq!(object["tools"][0]["warnings"], serde_json::json!([]));
    assert_eq!(
        object["tools"][0]["grants"]["call-tool"][0]["text"],
        "reader"
    );
    // A tool that does not ask to call others is granted these for nothing.
    let warnings = object["tools"][2]["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    place.put("bailiwick.toml", policy("call-tool = [\"readers\"]"));
    place
        .run(&["check"])
        .exits(2)
        .mentions("there is no tool `readers` in this file")
        .mentions("hint: did you mean `reader`?");
}

#[test]
fn a_mistake_exits_2() {
    let place = Place::with(&[]);
    place
        .run(&["check"])
        .exits(2)
        .mentions("error: cannot read the policy `bailiwick.toml`");
    place.put("bailiwick.toml", "[tools.add]\ncolour = \"red\"\n");
    place
        .run(&["check"])
        .exits(2)
        .prints("")
        .mentions("bailiwick.toml:2:1");
    assert_eq!(
        place.run(&["check", "--json"]).exits(2).error()["code"],
        "invalid-policy"
    );
}
