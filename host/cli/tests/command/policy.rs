//! Policies that are wrong, and components that do not fit them.

use crate::place::{Place, component, sha256};

fn with_policy(text: &str) -> Place {
    let place = Place::with(&["reader", "add", "large", "foreign"]);
    place.put("bailiwick.toml", text);
    place
}

#[test]
fn a_mistake_has_file_line_column_caret_and_hint() {
    let place = with_policy("[tools.add]\ncomponent = \"add.wasm\"\nread-files = [\"a\"]\n");
    place
        .run(&["run", "add.wasm", "--policy", "bailiwick.toml", "1", "2"])
        .exits(2)
        .prints("")
        .mentions(" --> bailiwick.toml:3:1\n")
        .mentions("3 | read-files = [\"a\"]\n")
        .mentions("^^^^^^^^^^")
        .mentions("hint: ")
        .mentions("error: the policy `bailiwick.toml` has 1 mistake\n");
    assert!(place.trails().is_empty());
}

#[test]
fn all_mistakes_are_listed_for_programs() {
    let place = with_policy("[tools.add]\nread-file = [\"../x\"]\ncolour = 1\n");
    let error = place
        .run(&["run", "add.wasm", "--policy", "bailiwick.toml", "--json"])
        .exits(2)
        .error();
    assert_eq!(error["code"], "invalid-policy");
    let mistakes = error["diagnostics"].as_array().unwrap();
    assert_eq!(mistakes.len(), 3, "{error}");
    let pattern = mistakes
        .iter()
        .find(|mistake| mistake["code"] == "path-parent-segment")
        .unwrap();
    assert_eq!(
        (&pattern["file"], &pattern["line"]),
        (&"bailiwick.toml".into(), &2.into())
    );
}

#[test]
fn what_is_not_toml_or_not_there_exits_2() {
    for text in ["[tools", "a = ", "\u{0}", "tools = 3"] {
        with_policy(text)
            .run(&["run", "add.wasm", "--policy", "bailiwick.toml", "1", "2"])
            .exits(2)
            .mentions("bailiwick.toml:1:");
    }
    let place = with_policy("");
    place.put("latin.toml", b"# \xe9\n");
    for file in ["missing.toml", "latin.toml", "."] {
        place
            .run(&["run", "add.wasm", "--policy", file, "1", "2"])
            .exits(2)
            .mentions(&format!(
                "error: cannot read the policy `{file}`\n  caused by: "
            ));
    }
}

#[test]
fn a_pin_is_kept() {
    let digest = sha256(&component("add"));
    let pinned = |digest: &str| {
        with_policy(&format!(
            "[tools.add]\ncomponent = \"add.wasm\"\nsha256 = \"{digest}\"\n"
        ))
    };
    let words = ["run", "add.wasm", "--policy", "bailiwick.toml", "1", "2"];
    pinned(&digest).run(&words).exits(0).prints("3\n");
    let other = digest.replace(|_: char| true, "0");
    let place = pinned(&other);
    place
        .run(&words)
        .exits(3)
        .prints("")
        .mentions(&format!(
            "error: the component's digest is {digest}, and the policy pins {other}\n"
        ))
        .mentions(&format!("`sha256 = \"{digest}\"`"));
    assert_eq!(place.records().pop().unwrap()["outcome"], "wrong-digest");
}

#[test]
fn an_import_that_the_policy_does_not_grant_names_the_line_to_write() {
    with_policy("[tools.reader]\ncomponent = \"reader.wasm\"\n")
        .run(&[
            "run",
            "reader.wasm",
            "--policy",
            "bailiwick.toml",
            "read",
            "\"a\"",
        ])
        .exits(3)
        .prints("")
        .mentions("\n    read-file = []\n");
}

#[test]
fn an_empty_list_links_and_denies() {
    with_policy("[tools.reader]\ncomponent = \"reader.wasm\"\nread-file = []\n")
        .run(&[
            "run",
            "reader.wasm",
            "--policy",
            "bailiwick.toml",
            "read",
            "\"bailiwick.toml\"",
        ])
        .exits(1)
        .mentions("\"denied\"");
}

#[test]
fn a_memory_above_the_limit_refuses_at_load_with_the_line_to_write() {
    let place = with_policy("[tools.large]\ncomponent = \"large.wasm\"\n");
    place
        .run(&["run", "large.wasm", "--policy", "bailiwick.toml"])
        .exits(3)
        .mentions("hint: write `memory = \"128 MiB\"` under the tool's `limits`\n");
    place
        .run(&["run", "large.wasm"])
        .exits(3)
        .mentions("hint: start it with `--memory '128 MiB'`\n");
    place
        .run(&["run", "large.wasm", "--memory", "128 MiB"])
        .exits(0)
        .prints("null\n");
}

#[test]
fn what_is_no_component_exits_3() {
    let place = with_policy("");
    let whole = component("add");
    place.put("truncated.wasm", &whole[..whole.len() / 2]);
    place.put("text.wasm", "(component)");
    place.put("empty.wasm", "");
    place.put("module.wasm", wat::parse_str("(module)").unwrap());
    let mut damaged = whole.clone();
    damaged[9] ^= 0xff;
    place.put("damaged.wasm", damaged);
    for (file, words) in [
        ("truncated.wasm", "not a WebAssembly component"),
        ("text.wasm", "not a WebAssembly component"),
        ("empty.wasm", "not a WebAssembly component"),
        (
            "module.wasm",
            "error: a core WebAssembly module and not a component\nhint: make a component of it",
        ),
        ("damaged.wasm", "error: "),
        (
            "foreign.wasm",
            "error: the tool imports what this host does not have: `acme:secrets/vault@1.0.0`",
        ),
        (
            "missing.wasm",
            "error: cannot read the component `missing.wasm`\n  caused by: No such file",
        ),
        (
            ".",
            "error: cannot read the component `.`\n  caused by: it is not a regular file",
        ),
    ] {
        place
            .run(&["run", file])
            .exits(3)
            .prints("")
            .mentions(words);
        let error = place.run(&["run", file, "--json"]).exits(3).error();
        assert!(error["code"].is_string(), "{error}");
    }
}

#[test]
fn the_tool_is_found_by_its_component() {
    let place = with_policy(
        "[tools.one]\ncomponent = \"add.wasm\"\n[tools.two]\ncomponent = \"./add.wasm\"\n\
         [tools.other]\ncomponent = \"large.wasm\"\n",
    );
    place.put("copy.wasm", component("add"));
    let run = |words: &[&str]| {
        place.run(
            &[
                &[
                    "run",
                    "--policy",
                    "bailiwick.toml",
                    "--audit",
                    "trail.jsonl",
                ][..],
                words,
            ]
            .concat(),
        )
    };
    run(&["add.wasm", "1", "2"])
        .exits(2)
        .mentions("hint: name one with `--tool`: `one`, `two`\n");
    run(&["--tool", "two", "add.wasm", "1", "2"])
        .exits(0)
        .prints("3\n");
    run(&["--tool", "other", "add.wasm", "1", "2"])
        .exits(2)
        .mentions("error: `add.wasm` is not the component of the tool `other`\n");
    run(&["--tool", "three", "add.wasm", "1", "2"])
        .exits(2)
        .mentions(
            "hint: it has `one` (`add.wasm`), `two` (`./add.wasm`), `other` (`large.wasm`)\n",
        );
    run(&["copy.wasm", "1", "2"])
        .exits(2)
        .mentions("error: no tool of the policy `bailiwick.toml` has the component `copy.wasm`\n");
    run(&["missing.wasm", "1", "2"]).exits(3);
}

#[test]
fn the_policy_says_where_the_trail_goes() {
    let place = Place::with(&[]);
    place.put("tools/add.wasm", component("add"));
    place.put(
        "tools/bailiwick.toml",
        "[tools.add]\ncomponent = \"add.wasm\"\n[audit]\nfile = \"trail.jsonl\"\nsync = \"always\"\n",
    );
    let words = [
        "run",
        "tools/add.wasm",
        "--policy",
        "tools/bailiwick.toml",
        "1",
        "2",
    ];
    place.run(&words).exits(0).prints("3\n");
    assert!(place.trails().is_empty());
    assert_eq!(
        crate::place::records(&place.path("tools/trail.jsonl")).len(),
        3
    );
    place
        .run(&[&words[..], &["--audit", "other.jsonl"]].concat())
        .exits(0);
    assert_eq!(crate::place::records(&place.path("other.jsonl")).len(), 3);
}

#[test]
fn the_policy_says_where_the_store_is() {
    let place = Place::with(&["add"]);
    let policy = "[tools.add]\ncomponent = \"add.wasm\"\nkey-value = true\n[key-value]\nfile = \"kept.db\"\n";
    place.put("bailiwick.toml", policy);
    place
        .run(&["run", "add.wasm", "--policy", "bailiwick.toml", "1", "2"])
        .exits(0);
    assert!(place.path("kept.db").is_file());
}
