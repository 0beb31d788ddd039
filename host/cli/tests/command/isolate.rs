//! `--isolate` and the policy's `isolation`: components are compiled and run in worker processes.

use serde_json::Value;

use crate::place::Place;

/// What stands before the first table of a policy.
const ISOLATION: &str = "isolation = \"process\"\n";

const POLICY: &str = "[tools.add]\ncomponent = \"add.wasm\"\n";

/// What only a process that starts workers leaves behind: code that workers compiled is kept apart from what this command compiled itself.
fn was_isolated(place: &Place) -> bool {
    folders(&place.path("cache"))
        .iter()
        .any(|name| name.contains("workers"))
}

/// The names of all folders below.
fn folders(folder: &std::path::Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
            names.extend(folders(&entry.path()));
        }
    }
    names
}

fn place(head: &str) -> Place {
    let place = Place::with(&["add"]);
    place.put("bailiwick.toml", format!("{head}{POLICY}"));
    place
}

#[test]
fn a_tool_runs_in_a_worker_where_the_flag_or_the_policy_says_so() {
    for (head, words, isolated) in [
        ("", &["--policy", "bailiwick.toml"][..], false),
        ("", &["--policy", "bailiwick.toml", "--isolate"], true),
        (ISOLATION, &["--policy", "bailiwick.toml"], true),
        ("", &["--isolate"], true),
    ] {
        let place = place(head);
        let words = [&["run", "add.wasm"][..], words, &["19", "23"]].concat();
        place.run(&words).exits(0).prints("42\n");
        assert_eq!(was_isolated(&place), isolated, "{words:?}");
    }
}

#[test]
fn a_policy_says_what_workers_may_be_without() {
    let without = |pieces: &str| format!("{ISOLATION}isolation-without = {pieces}\n");
    for pieces in ["[]", "[\"landlock-scopes\", \"landlock-network\"]"] {
        let place = place(&without(pieces));
        let words = ["run", "add.wasm", "--policy", "bailiwick.toml", "19", "23"];
        place.run(&words).exits(0).prints("42\n");
        assert!(was_isolated(&place), "{pieces}");
    }
    let place = place(&without("[\"everything\"]"));
    place.run(&["check"]).exits(2);
}

#[test]
fn other_commands_load_components_in_workers_too() {
    for (head, words, isolated) in [
        ("", &["check"][..], false),
        (ISOLATION, &["check"], true),
        ("", &["check", "--isolate"], true),
        (ISOLATION, &["approve", "--yes"], true),
        ("", &["approve", "--yes", "--isolate"], true),
        ("", &["inspect", "add.wasm"], false),
        ("", &["inspect", "add.wasm", "--isolate"], true),
    ] {
        let place = place(head);
        place.run(words).exits(0);
        assert_eq!(was_isolated(&place), isolated, "{words:?}");
    }
}

#[test]
fn cases_run_in_workers_where_the_flag_or_a_policy_says_so() {
    let cases =
        "[[call]]\nname = \"adds\"\nfunction = \"add\"\narguments = [19, 23]\nanswer = 42\n";
    let own = "policy = \"../other.toml\"\n";
    for (head, of_case, words, isolated) in [
        ("", "", &["test"][..], false),
        ("", "", &["test", "--isolate"], true),
        (ISOLATION, "", &["test"], true),
        ("", own, &["test"], true),
    ] {
        let place = place(head);
        place.put("other.toml", format!("{ISOLATION}{POLICY}"));
        place.put("cases/first.toml", format!("{of_case}{cases}"));
        place.run(words).exits(0);
        assert_eq!(was_isolated(&place), isolated, "{head} {of_case} {words:?}");
    }
}

#[test]
fn what_inspect_and_check_show_is_the_same_on_both_sides_of_the_wall() {
    for words in [&["inspect", "add.wasm", "--json"][..], &["check", "--json"]] {
        let shown =
            |more: &[&str]| -> Value { place("").run(&[words, more].concat()).exits(0).json() };
        assert_eq!(shown(&["--isolate"]), shown(&[]), "{words:?}");
    }
}

#[test]
fn doing_without_a_piece_that_is_there_changes_nothing_and_an_unknown_one_is_refused_with_the_list()
{
    let place = place(ISOLATION);
    let words = [
        "run",
        "add.wasm",
        "--isolate",
        "--isolate-without",
        "landlock-network",
        "19",
        "23",
    ];
    place.run(&words).exits(0).prints("42\n");
    // Nothing is isolated: what it says would be about nothing.
    let alone = [
        "run",
        "add.wasm",
        "--isolate-without",
        "seccomp",
        "19",
        "23",
    ];
    let refused = place.run(&alone).exits(2);
    assert!(
        refused.stderr.contains("add `--isolate`"),
        "{}",
        refused.stderr
    );
    let unknown = [
        "run",
        "add.wasm",
        "--isolate",
        "--isolate-without",
        "landlock",
        "19",
        "23",
    ];
    let refused = place.run(&unknown).exits(2);
    for piece in [
        "landlock-files",
        "landlock-network",
        "landlock-scopes",
        "seccomp",
        "pagemap-scan",
    ] {
        assert!(refused.stderr.contains(piece), "{}", refused.stderr);
    }
}
