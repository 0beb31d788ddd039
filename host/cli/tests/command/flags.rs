//! Flags as the policy, and flags that narrow one.

use crate::place::Place;

const POLICY: &str = r#"
[tools.reader]
component = "reader.wasm"
read-file = ["data/**", "!data/private/**"]
[tools.reader.limits]
fuel = 1_000_000
"#;

fn place() -> Place {
    let place = Place::with(&["reader", "many"]);
    place.put("bailiwick.toml", POLICY);
    place.put("data/a.txt", "first");
    place.put("data/b.txt", "second");
    place.put("data/private/c.txt", "third");
    place.put("d.txt", "fourth");
    place
}

#[test]
fn flags_are_the_policy() {
    let place = place();
    let words = [
        "run",
        "reader.wasm",
        "--read-file",
        "data/*",
        "--read-file",
        "!data/b.txt",
        "read",
    ];
    let read = |path: &str| place.run(&[&words[..], &[path]].concat());
    read("\"data/a.txt\"")
        .exits(0)
        .prints("\"first\"\n")
        .complains("");
    for denied in [
        "\"data/b.txt\"",
        "\"data/private/c.txt\"",
        "\"d.txt\"",
        "\"../a\"",
        "\"/etc/passwd\"",
    ] {
        read(denied)
            .exits(1)
            .prints("")
            .mentions("error: the tool answered with an error: \"denied\"\n")
            .mentions("note: 1 attempt was denied: bailiwick audit show --denied ");
    }
}

#[test]
fn the_trail_names_the_flag_that_decided() {
    let place = place();
    place
        .run(&[
            "run",
            "reader.wasm",
            "--read-file",
            "d.txt",
            "read",
            "\"d.txt\"",
        ])
        .exits(0)
        .prints("\"fourth\"\n");
    let attempt = &place.records()[2];
    assert_eq!(attempt["decision"], "permit");
    assert_eq!(
        attempt["rule"],
        serde_json::json!({"flag": "--read-file", "text": "d.txt"})
    );
}

#[test]
fn a_table_is_a_flag_too() {
    let place = place();
    let words = ["run", "reader.wasm", "read", "\"d.txt\"", "--read-file"];
    let with = |rule: &str| place.run(&[&words[..], &[rule]].concat());
    with(r#"{ path = "d.txt", max-size = "1 KiB" }"#)
        .exits(0)
        .prints("\"fourth\"\n");
    with(r#"{ path = "**", everything = true }"#)
        .exits(0)
        .prints("\"fourth\"\n");
    with(r#"{ path = "d.txt", max-size = "5 B" }"#).exits(1);
}

#[test]
fn a_rule_that_is_none_exits_2_before_anything_happens() {
    for (flag, rule, reason) in [
        ("--read-file", "../secret", "path-parent-segment"),
        ("--read-file", "/etc/passwd", "pattern-absolute"),
        ("--read-file", "", "pattern-empty"),
        ("--read-file", "**", "everything"),
        ("--read-file", "{ path = ", "syntax"),
        (
            "--read-file",
            "{ path = \"a\", colour = \"red\" }",
            "unknown-key",
        ),
        ("--call-tool", "*", "call-tool-name"),
        ("--call-tool", "a.b.c", "call-tool-function"),
        ("--call-tool", "{ tool = \"a\" }", "type"),
        ("--http-get", "ftp://example.com/", ""),
        ("--http-get", "https://*/", ""),
        (
            "--http-request",
            "{ url = \"https://example.com/**\", methods = [\"post\"] }",
            "method",
        ),
    ] {
        let place = place();
        let ended = place
            .run(&["run", "reader.wasm", "--json", flag, rule])
            .exits(2);
        let error = ended.error();
        assert_eq!(error["code"], "invalid-rule", "{error}");
        assert_eq!(error["flag"], flag);
        assert!(reason.is_empty() || error["reason"] == reason, "{error}");
        assert!(place.trails().is_empty(), "{rule}");
    }
}

#[test]
fn a_limit_that_is_none_exits_2() {
    for (flag, value) in [
        ("--memory", "64"),
        ("--memory", "much"),
        ("--memory", "64 parsecs"),
        ("--memory", "1 B"),
        ("--memory", "5 GiB"),
        ("--time", "5"),
        ("--time", "2 h"),
        ("--fuel", "1 s"),
        ("--fuel", "-1"),
        ("--fuel", "0"),
    ] {
        let place = place();
        let word = format!("{flag}={value}");
        let error = place
            .run(&["run", "many.wasm", "trap", "--json", &word])
            .exits(2)
            .error();
        assert_eq!(error["code"], "usage", "{word}: {error}");
        assert!(place.trails().is_empty(), "{word}");
    }
}

#[test]
fn allow_private_needs_a_url() {
    place()
        .run(&["run", "many.wasm", "trap", "--allow-private"])
        .exits(2)
        .mentions("hint: it goes with `--http-get` or `--http-request`");
}

#[test]
fn with_a_policy_flags_only_narrow() {
    let place = place();
    let words = ["run", "reader.wasm", "--policy", "bailiwick.toml"];
    let read = |more: &[&str]| place.run(&[&words[..], &["read"], more].concat());
    read(&["\"data/b.txt\""]).exits(0).prints("\"second\"\n");
    // Narrower: only what both permit.
    let narrow = ["--read-file", "data/a.txt", "--read-file", "d.txt"];
    read(&[&["\"data/a.txt\""][..], &narrow].concat())
        .exits(0)
        .prints("\"first\"\n");
    read(&[&["\"data/b.txt\""][..], &narrow].concat()).exits(1);
    // Never wider.
    read(&[&["\"d.txt\""][..], &narrow].concat()).exits(1);
    read(&["\"data/private/c.txt\"", "--read-file", "data/private/*"]).exits(1);
    // What a flag does not name is denied as soon as one grants something.
    for flag in ["--clock", "--key-value", "--call-tool=reader"] {
        read(&["\"data/b.txt\"", flag]).exits(1);
    }
}

#[test]
fn with_a_policy_limits_only_get_lower() {
    let place = place();
    let words = [
        "run",
        "reader.wasm",
        "--policy",
        "bailiwick.toml",
        "wait",
        "\"data/a.txt\"",
    ];
    let wait = |more: &[&str]| {
        place
            .run(&[&words[..], more].concat())
            .exits(4)
            .mentions("`fuel`")
    };
    let fuel = |trail: &str| {
        let records = crate::place::records(&place.path(trail));
        records.last().unwrap()["fuel"].as_u64().unwrap()
    };
    wait(&["--audit", "higher.jsonl", "--fuel", "2000000000"]);
    assert!(fuel("higher.jsonl") <= 1_000_000);
    wait(&["--audit", "lower.jsonl", "--fuel", "1000"]);
    assert!(fuel("lower.jsonl") <= 1_000);
}

#[test]
fn paths_start_at_the_policys_folder_or_at_the_root_flag() {
    let place = Place::with(&[]);
    place.put("tools/reader.wasm", crate::place::component("reader"));
    place.put("tools/bailiwick.toml", POLICY);
    place.put("tools/data/a.txt", "beside the policy");
    place.put("elsewhere/data/a.txt", "elsewhere");
    place.put("data/a.txt", "here");
    let words = ["run", "tools/reader.wasm", "read", "\"data/a.txt\""];
    let run = |more: &[&str]| place.run(&[&words[..], more].concat()).exits(0);
    run(&["--policy", "tools/bailiwick.toml"]).prints("\"beside the policy\"\n");
    run(&["--policy", "tools/bailiwick.toml", "--root", "elsewhere"]).prints("\"elsewhere\"\n");
    run(&["--read-file", "data/a.txt"]).prints("\"here\"\n");
    run(&["--read-file", "data/a.txt", "--root", "elsewhere"]).prints("\"elsewhere\"\n");
}

#[test]
fn a_root_that_is_not_there_exits_2() {
    place()
        .run(&["run", "many.wasm", "trap", "--root", "nowhere"])
        .exits(2)
        .mentions("error: the root directory `nowhere` cannot be opened\n  caused by: ");
}

#[test]
fn run_loads_no_policy_that_was_not_named() {
    let place = place();
    // `bailiwick.toml` lies in the current folder and would permit it.
    place
        .run(&["run", "reader.wasm", "read", "\"data/a.txt\""])
        .exits(3);
}
