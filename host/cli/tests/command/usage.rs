//! The command line itself: functions, arguments, help.

use std::io::Write as _;
use std::process::Stdio;

use crate::place::{Ended, Place};

#[test]
fn the_function_may_be_left_out_when_there_is_one() {
    let place = Place::with(&["add", "many"]);
    place
        .run(&["run", "add.wasm", "2", "3"])
        .exits(0)
        .prints("5\n");
    place
        .run(&["run", "add.wasm", "add", "2", "-3"])
        .exits(0)
        .prints("-1\n");
    place
        .run(&["run", "add.wasm", "--function", "add", "2", "3"])
        .exits(0)
        .prints("5\n");
    place
        .run(&["run", "many.wasm"])
        .exits(2)
        .mentions("error: the tool has several functions, name one: ")
        .mentions("hint: `bailiwick inspect many.wasm` shows the tool's functions\n");
}

#[test]
fn a_name_that_no_function_has_is_not_taken_for_an_argument() {
    let place = Place::with(&["add", "many"]);
    place
        .run(&["run", "add.wasm", "ad", "2", "3"])
        .exits(2)
        .mentions("error: the tool has no function `ad`; it has `add`\n");
    place
        .run(&["run", "many.wasm", "\"text\""])
        .exits(2)
        .mentions("error: the tool has no function `\"text\"`");
}

#[test]
fn arguments_are_json_from_a_flag_or_from_standard_input() {
    let place = Place::with(&["add"]);
    for json in [r#"{"a": 2, "b": 3}"#, "[2, 3]"] {
        place
            .run(&["run", "add.wasm", "--args", json])
            .exits(0)
            .prints("5\n");
        place
            .run(&["run", "add.wasm", "add", "--args", json])
            .exits(0)
            .prints("5\n");
        let mut child = place
            .command(&["run", "add.wasm", "--args", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(json.as_bytes())
            .unwrap();
        Ended::from(child.wait_with_output().unwrap())
            .exits(0)
            .prints("5\n");
    }
    place
        .run(&["run", "add.wasm", "2", "3", "--args", "[2, 3]"])
        .exits(2)
        .mentions("error: arguments are given twice");
}

#[test]
fn wrong_arguments_name_the_place_what_was_expected_and_what_came() {
    let place = Place::with(&["add", "many"]);
    let json = |tool: &str, function: &str, args: &str| {
        place
            .run(&["run", tool, function, "--json", "--args", args])
            .exits(2)
            .error()
    };
    let error = json("add.wasm", "add", r#"{"a": 1, "b": 2.5}"#);
    assert_eq!(
        (&error["code"], &error["path"]),
        (&"invalid-arguments".into(), &"$.b".into())
    );
    assert_eq!(
        error["expected"],
        "an integer from -2147483648 to 2147483647"
    );
    assert!(error["found"].as_str().unwrap().contains("2.5"), "{error}");
    for (args, path) in [
        ("", "$"),
        ("{", "$"),
        ("7", "$"),
        (r#"{"a": 1}"#, "$"),
        (r#"{"a": 1, "b": 2, "c": 3}"#, "$"),
        (r#"{"a": 1, "a": 1, "b": 2}"#, "$"),
        ("[1]", "$"),
        ("[1, 2, 3]", "$"),
        ("[1, 99999999999]", "$[1]"),
        ("[1, null]", "$[1]"),
    ] {
        let error = json("add.wasm", "add", args);
        assert_eq!(error["code"], "invalid-arguments", "{args}: {error}");
        assert_eq!(error["path"], path, "{args}: {error}");
    }
}

#[test]
fn wrong_wave_is_shown_with_a_caret() {
    let place = Place::with(&["add"]);
    place
        .run(&["run", "add.wasm", "add", "2", "[3"])
        .exits(2)
        .mentions("caused by: argument `$.b`: ")
        .mentions("  | [3\n  |")
        .mentions("^");
    place
        .run(&["run", "add.wasm", "add", "2"])
        .exits(2)
        .mentions("expected 2 arguments for `a`, `b`, found 1\n");
    place
        .run(&["run", "add.wasm"])
        .exits(2)
        .mentions("found 0\n");
}

#[test]
fn options_may_be_left_out() {
    let place = Place::with(&["many"]);
    place.run(&["run", "many.wasm", "maybe"]).exits(0);
    place
        .run(&["run", "many.wasm", "maybe", "some(3)"])
        .exits(0);
    place
        .run(&["run", "many.wasm", "maybe", "--args", "{}"])
        .exits(0);
}

#[test]
fn a_function_that_cannot_be_called_exits_3_with_the_reason() {
    let place = Place::with(&["lent"]);
    place
        .run(&["run", "lent.wasm", "keep", "a.txt", "--read-file", "a.txt"])
        .exits(3)
        .mentions("error: the function `keep` cannot be called\n  caused by: parameter `file`: ");
}

#[test]
fn an_open_file_is_lent_by_its_path() {
    let place = Place::with(&["lent"]);
    place.put("a.txt", "12345");
    for path in ["a.txt", "\"a.txt\""] {
        place
            .run(&["run", "lent.wasm", "size", path, "--read-file", "a.txt"])
            .exits(0)
            .prints("5\n");
    }
    place
        .run(&["run", "lent.wasm", "size", "b.txt", "--read-file", "b.txt"])
        .exits(3)
        .mentions("error: `b.txt` is not there\n");
}

#[test]
fn a_wrong_command_line_exits_2_also_for_programs() {
    let place = Place::with(&[]);
    for words in [
        &["run"][..],
        &["fly"],
        &["run", "add.wasm", "--colour"],
        &["run", "add.wasm", "--tool", "add"],
        &["explain", "--policy", "x"],
        &["schema", "wit"],
        &["completions", "tcsh"],
    ] {
        place.run(words).exits(2).prints("").mentions("error: ");
        let error = place.run(&[words, &["--json"]].concat()).exits(2).error();
        assert_eq!(error["code"], "usage");
    }
}

#[test]
fn help_and_version_exit_0() {
    let place = Place::with(&[]);
    let help = place.run(&["--help"]).exits(0).complains("");
    assert!(
        help.stdout.starts_with("Runs untrusted tools"),
        "{}",
        help.stdout
    );
    for command in [
        "run",
        "inspect",
        "check",
        "explain",
        "audit",
        "schema",
        "completions",
        "attack",
    ] {
        assert!(
            help.stdout.contains(&format!("\n  {command} ")),
            "{command}"
        );
        place.run(&[command, "--help"]).exits(0).complains("");
    }
    assert_eq!(
        place.run(&["--version"]).exits(0).stdout,
        concat!("bailiwick ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn the_help_of_run_is_as_it_was_read() {
    insta::assert_snapshot!(Place::with(&[]).run(&["run", "--help"]).exits(0).stdout);
}

#[test]
fn schemas_and_completions_are_printed() {
    let place = Place::with(&[]);
    for what in ["policy", "audit"] {
        let schema = place.run(&["schema", what]).exits(0).json();
        assert_eq!(
            schema["$schema"], "https://json-schema.org/draft/2020-12/schema",
            "{what}"
        );
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = place.run(&["completions", shell]).exits(0).stdout;
        assert!(script.contains("bailiwick"), "{shell}");
    }
}
