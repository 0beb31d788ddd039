//! `bailiwick prompt`.

use crate::place::{Ended, Place};

const POLICY: &str = r#"[tools.report]
component = "not-even-there.wasm"
read-file = ["data/**", "!data/private/**"]
call-tool = ["count"]
ask = true

[tools.count]
component = "nor-this.wasm"
key-value = true
"#;

fn prompt(words: &[&str]) -> Ended {
    let place = Place::with(&[]);
    place.put("bailiwick.toml", POLICY);
    place.put("wrong.toml", "[tools.report]\ncolour = \"red\"\n");
    place.put("empty.toml", "");
    place.run(&[&["prompt"][..], words].concat())
}

#[test]
fn a_whole_policy_is_said_without_a_look_at_its_tools() {
    let ended = prompt(&["--policy", "bailiwick.toml"])
        .exits(0)
        .complains("");
    for part in [
        "What is not said here to be permitted is denied",
        "\n\nTool \"report\".\n  It may read files (read-file): \"data/**\"; but not \"data/private/**\" or anything below.\n",
        "(call-tool): \"count\".\n",
        "\n  A person is asked before each call, and may say no.\n",
        "\n\nTool \"count\".\n  It may keep values of its own from one call to the next (key-value).\n",
        "\n  No person is asked before a call.\n",
        "there is no shell",
    ] {
        assert!(ended.stdout.contains(part), "{part}\n{}", ended.stdout);
    }
    prompt(&["--policy", "empty.toml"])
        .exits(0)
        .prints("No tool is permitted here.\n");
}

#[test]
fn one_tool_is_said_alone() {
    let ended = prompt(&["--policy", "bailiwick.toml", "--tool", "count"]).exits(0);
    assert!(ended.stdout.contains("Tool \"count\"."), "{}", ended.stdout);
    assert!(!ended.stdout.contains("report"), "{}", ended.stdout);
}

#[test]
fn what_is_wrong_is_said_as_by_the_other_commands() {
    prompt(&["--policy", "bailiwick.toml", "--tool", "other"])
        .exits(2)
        .prints("")
        .mentions("error: the policy `bailiwick.toml` has no tool `other`\n")
        .mentions("hint: it has `report` (`not-even-there.wasm`), `count` (`nor-this.wasm`)\n");
    prompt(&["--policy", "wrong.toml"])
        .exits(2)
        .prints("")
        .mentions(" --> wrong.toml:2:1\n")
        .mentions("error: the policy `wrong.toml` has ");
    prompt(&["--policy", "missing.toml"])
        .exits(2)
        .prints("")
        .mentions("error: cannot read the policy `missing.toml`");
    prompt(&[]).exits(2).prints("");
}
