//! The files that the command itself is made of: no grant reaches them.

use std::fs;

use crate::place::Place;

/// A rule that covers everything below the root.
const ALL: &str = r#"{ path = "**", everything = true }"#;

fn place() -> Place {
    let place = Place::with(&["writer"]);
    place.put(
        "bailiwick.toml",
        "[tools.writer]\ncomponent = \"writer.wasm\"\nwrite-file = [\"*.toml\", \"out.txt\"]\n",
    );
    place.put("state/bailiwick/audit/earlier.jsonl", "an earlier trail\n");
    place.put("cache/bailiwick/earlier.cwasm", "compiled\n");
    place
}

#[test]
fn the_widest_grant_does_not_reach_the_component_the_trails_or_the_cache() {
    let place = place();
    let write = |path: &str| {
        let path = format!("\"{path}\"");
        place.run(&[
            "run",
            "writer.wasm",
            &path,
            "\"forged\"",
            "--write-file",
            ALL,
            "--audit",
            "trail.jsonl",
        ])
    };
    write("out.txt").exits(0).prints("null\n");
    assert_eq!(fs::read(place.path("out.txt")).unwrap(), b"forged");
    for own in [
        "writer.wasm",
        "trail.jsonl",
        "state/bailiwick/audit/earlier.jsonl",
        "state/bailiwick/audit/later.jsonl",
        "cache/bailiwick/earlier.cwasm",
    ] {
        let before = fs::read(place.path(own)).ok();
        write(own).exits(1).mentions("\"denied\"");
        if own != "trail.jsonl" {
            assert_eq!(fs::read(place.path(own)).ok(), before, "{own}");
        }
    }
    place.run(&["audit", "verify", "trail.jsonl"]).exits(0);
}

#[test]
fn a_policy_that_lets_a_tool_rewrite_it_is_none() {
    let place = place();
    place
        .run(&[
            "run",
            "writer.wasm",
            "--policy",
            "bailiwick.toml",
            "\"out.txt\"",
            "\"x\"",
        ])
        .exits(2)
        .mentions("error[self-widening]: ");
}

#[test]
fn another_root_does_not_let_a_tool_rewrite_its_policy() {
    let place = place();
    let policy =
        "[tools.writer]\ncomponent = \"../writer.wasm\"\nwrite-file = [\"tools/*.toml\"]\n";
    place.put("tools/policy.toml", policy);
    let write = |path: &str| {
        place.run(&[
            "run",
            "writer.wasm",
            "--policy",
            "tools/policy.toml",
            "--root",
            ".",
            path,
            "\"x\"",
        ])
    };
    write("\"tools/other.toml\"").exits(0);
    write("\"tools/policy.toml\"")
        .exits(1)
        .mentions("\"denied\"");
    assert_eq!(
        fs::read(place.path("tools/policy.toml")).unwrap(),
        policy.as_bytes()
    );
}
