//! What a tool wrote, on its way to a terminal; and outputs that nobody reads.

use std::fs::File;
use std::process::Stdio;

use crate::place::{Ended, Place};

/// Whether a text can do something to a terminal.
fn is_safe(text: &str) -> bool {
    !text.contains(|character| character != '\n' && bailiwick::audit::is_deceptive(character))
}

#[test]
fn an_answer_holds_the_same_value_and_nothing_that_moves_a_terminal() {
    let ended = Place::with(&["many"])
        .run(&["run", "many.wasm", "deceive"])
        .exits(0);
    assert!(is_safe(&ended.stdout), "{:?}", ended.stdout);
    assert_eq!(ended.json(), "\u{1b}[2J\u{202e}\u{9b} \"x\"");
    assert_eq!(ended.stdout.lines().count(), 1);
}

#[test]
fn log_lines_are_prefixed_and_made_visible() {
    let place = Place::with(&["logger"]);
    let text = "\"fine\\nerror: forged\\u{1b}[31m\\u{202e}\"";
    place
        .run(&["run", "logger.wasm", "say", text])
        .exits(0)
        .prints("null\n")
        .complains("[logger error] fine\n[logger error] error: forged\\u{1b}[31m\\u{202e}\n");
}

#[test]
fn log_lines_come_before_the_error() {
    Place::with(&["logger"])
        .run(&["run", "logger.wasm", "say-and-trap", "\"last words\""])
        .exits(5)
        .complains(
            "[logger error] last words\n\
             error: the tool trapped: wasm trap: wasm `unreachable` instruction executed\n",
        );
}

#[test]
fn for_programs_the_log_is_inside_the_one_object() {
    let place = Place::with(&["logger"]);
    let forged = "\"x\\n{\\\"error\\\": {}}\\u{202e}\"";
    let ended = place
        .run(&["run", "logger.wasm", "say-and-trap", forged, "--json"])
        .exits(5);
    assert!(is_safe(&ended.stderr));
    assert_eq!(ended.error()["code"], "trap");
    let object: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!(object["log"][0]["message"], "x\n{\"error\": {}}\u{202e}");
    let ended = place
        .run(&["run", "logger.wasm", "say", "\"hello\"", "--json"])
        .exits(0)
        .prints("null\n");
    let object: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!(
        object,
        serde_json::json!({"log": [{"level": "error", "message": "hello"}]})
    );
}

#[test]
fn nothing_is_coloured_where_nobody_looks() {
    let place = Place::with(&["add"]);
    for ended in [
        place.run(&["run", "add.wasm", "x"]),
        place.run(&["inspect", "add.wasm"]),
        place.run(&["check"]),
    ] {
        assert!(!ended.stderr.contains('\u{1b}') && !ended.stdout.contains('\u{1b}'));
    }
}

#[test]
fn a_closed_stdout_is_not_a_panic() {
    let place = Place::with(&["add"]);
    for words in [
        &["run", "add.wasm", "2", "3"][..],
        &["inspect", "add.wasm"],
        &["schema", "policy"],
        &["completions", "bash"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = place
            .command(words)
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        Ended::from(output).exits(0).complains("");
    }
}

#[test]
fn an_answer_that_cannot_be_written_is_a_host_fault() {
    let place = Place::with(&["add"]);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = place
        .command(&["run", "add.wasm", "2", "3"])
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    Ended::from(output)
        .exits(7)
        .mentions("error: cannot write to standard output\n  caused by: ");
}
