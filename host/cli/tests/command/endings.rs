//! Every exit code of `run`, with what stands on both outputs and in the trail.

use std::process::Command;

use crate::place::{Ended, Place, records};

#[test]
fn an_answer_is_json_on_stdout_and_nothing_else() {
    let place = Place::with(&["add"]);
    place
        .run(&["run", "add.wasm", "2", "3"])
        .exits(0)
        .prints("5\n")
        .complains("");
    assert_eq!(place.call()["outcome"], "ok");
}

#[test]
fn the_tools_own_error_exits_1() {
    let place = Place::with(&["many"]);
    place
        .run(&["run", "many.wasm", "refuse"])
        .exits(1)
        .prints("")
        .complains("error: the tool answered with an error: \"no \\u001b[31m\\u{202e}red\"\n");
    assert_eq!(place.call()["outcome"], "tool-error");
}

#[test]
fn the_tools_own_error_is_a_value_for_programs() {
    let place = Place::with(&["many"]);
    let error = place
        .run(&["run", "many.wasm", "refuse", "--json"])
        .exits(1)
        .error();
    assert_eq!(error["code"], "tool-error");
    assert_eq!(error["value"], "no \u{1b}[31m\u{202e}red");
    assert_eq!(error["call"], place.call()["call"]);
}

#[test]
fn wrong_arguments_exit_2_and_say_where() {
    let place = Place::with(&["add"]);
    place
        .run(&["run", "add.wasm", "--args", r#"{"a": 1, "b": "x"}"#])
        .exits(2)
        .prints("")
        .complains(
            "error: invalid arguments\n  \
             caused by: argument `$.b`: expected an integer from -2147483648 to 2147483647, found the string \"x\"\n\
             hint: the function is `add: func(a: s32, b: s32) -> s32`\n",
        );
    assert_eq!(place.call()["outcome"], "invalid-arguments");
}

#[test]
fn what_was_not_granted_exits_3_before_any_code_runs() {
    let place = Place::with(&["reader"]);
    place
        .run(&["run", "reader.wasm", "read", "\"a.txt\""])
        .exits(3)
        .prints("")
        .complains(
            "error: the tool asks for what the policy does not grant: \
             `read-file` (it imports `bailiwick:files/read-file@0.1.0`)\n\
             hint: grant what it may have: `--read-file PATH`\n",
        );
    let load = place.records().pop().unwrap();
    assert_eq!(
        (&load["kind"], &load["outcome"]),
        (&"load".into(), &"not-granted".into())
    );
    assert_eq!(load["remedy"], "grant what it may have: `--read-file PATH`");
}

#[test]
fn a_file_among_the_arguments_that_was_not_granted_exits_3() {
    let place = Place::with(&["lent"]);
    place.put("a.txt", "abc");
    place.put("b.txt", "b");
    let words = ["run", "lent.wasm", "--read-file", "b.txt", "size", "a.txt"];
    place.run(&words).exits(3).prints("").mentions(
        "error: read-file `a.txt` denied: no rule permits it\nhint: add `--read-file a.txt`\n",
    );
    let call = place.call();
    assert_eq!(
        (&call["outcome"], &call["denials"]),
        (&"denied".into(), &1.into())
    );
    let error = place
        .run(&[&words[..], &["--json"]].concat())
        .exits(3)
        .error();
    assert_eq!(error["code"], "denied");
    assert_eq!(error["reason"], "no-rule");
    assert_eq!(error["capability"], "read-file");
    assert_eq!(error["attempt"], "a.txt");
    assert_eq!(error["hint"], "add `--read-file a.txt`");
}

#[test]
fn a_limit_exits_4_and_names_the_flag_that_raises_it() {
    for (function, flag, limit, hint) in [
        ("spin", ["--fuel", "100000"], "fuel", "`--fuel`"),
        ("spin", ["--time", "50ms"], "time", "`--time`"),
        ("grow", ["--memory", "4MiB"], "memory", "`--memory`"),
    ] {
        let place = Place::with(&["many"]);
        let words = ["run", "many.wasm", function, flag[0], flag[1]];
        place.run(&words).exits(4).prints("").complains(&format!(
            "error: the limit `{limit}` was exceeded\n\
                 hint: if it should take that much, raise it with {hint}\n"
        ));
        let call = place.call();
        assert_eq!(
            (&call["outcome"], &call["detail"]),
            (&"limit-exceeded".into(), &limit.into())
        );
    }
}

#[test]
fn a_trap_exits_5() {
    let place = Place::with(&["many"]);
    place
        .run(&["run", "many.wasm", "trap"])
        .exits(5)
        .prints("")
        .complains("error: the tool trapped: wasm trap: wasm `unreachable` instruction executed\n");
    assert_eq!(place.call()["outcome"], "trap");
}

#[test]
fn a_trail_that_cannot_be_had_exits_7_and_nothing_runs() {
    let place = Place::with(&["add"]);
    place
        .run(&["run", "add.wasm", "2", "3", "--audit", "/dev/full"])
        .exits(7)
        .prints("")
        .mentions("error: ")
        .mentions("hint: a call that cannot be recorded is not made");
    place.put("notes.txt", "not a trail\n");
    place
        .run(&["run", "add.wasm", "2", "3", "--audit", "notes.txt"])
        .exits(7)
        .prints("");
    assert_eq!(
        std::fs::read(place.path("notes.txt")).unwrap(),
        b"not a trail\n"
    );
    place
        .run(&[
            "run",
            "add.wasm",
            "2",
            "3",
            "--audit",
            "missing/trail.jsonl",
        ])
        .exits(7)
        .prints("");
    assert!(place.trails().is_empty());
}

/// Runs `bailiwick` where no file may become larger than so many blocks of the shell's.
fn with_files_up_to(blocks: u32, place: &Place, words: &[&str]) -> Ended {
    // The shell ignores the signal that comes with the limit, and a program inherits that: the write itself fails.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command
        .args(["-c", &script, env!("CARGO_BIN_EXE_bailiwick")])
        .args(words)
        .current_dir(place.path("."))
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("BAILIWICK_CACHE_DIR", place.path("cache"));
    command.output().unwrap().into()
}

#[test]
fn no_answer_is_given_that_is_not_in_the_trail() {
    let place = Place::with(&["add"]);
    // Compiled code is larger than the limits: from here on it comes from the cache.
    place
        .run(&["run", "add.wasm", "2", "3", "--cache-dir", "cache"])
        .exits(0);
    let padded = format!("[2, {}3]", " ".repeat(400));
    let mut codes = Vec::new();
    for blocks in 0..6 {
        let trail = format!("{blocks}.jsonl");
        let words = ["run", "add.wasm", "--args", &padded, "--audit", &trail];
        let ended = with_files_up_to(blocks, &place, &words);
        codes.push(ended.code);
        if ended.code == Some(0) {
            let call = records(&place.path(&trail)).pop().unwrap();
            assert_eq!(
                (&call["kind"], &call["outcome"]),
                (&"call".into(), &"ok".into())
            );
        } else {
            ended.exits(7).prints("").mentions("error: ");
        }
    }
    assert!(
        codes.contains(&Some(0)) && codes.contains(&Some(7)),
        "{codes:?}"
    );
}

#[test]
fn a_call_without_a_home_needs_a_place_for_its_trail() {
    let place = Place::with(&["add"]);
    let run = |words: &[&str]| {
        let mut command = place.command(words);
        command.env_remove("XDG_STATE_HOME");
        Ended::from(command.output().unwrap())
    };
    run(&["run", "add.wasm", "2", "3"])
        .exits(7)
        .prints("")
        .mentions("error: there is no place for the audit trail")
        .mentions("hint: name a file with `--audit FILE`\n");
    run(&["run", "add.wasm", "2", "3", "--audit", "trail.jsonl"])
        .exits(0)
        .prints("5\n");
}
