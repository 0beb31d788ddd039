//! `bailiwick test`.

use std::fs;
use std::time::{Duration, SystemTime};

use super::author_case_files::TO_BLESS;
use crate::place::{Ended, Place};

/// A project of one tool, with a policy and one case file.
pub(super) fn project(tool: &str, grants: &str, cases: &str) -> Place {
    let place = Place::with(&[tool]);
    let policy = format!("[tools.{tool}]\ncomponent = \"{tool}.wasm\"\n{grants}\n");
    place.put("bailiwick.toml", policy);
    place.put("cases/first.toml", cases);
    place
}

pub(super) fn test(place: &Place) -> Ended {
    place.run(&["test"])
}

pub(super) const READER: &str = "read-file = [\"data/*\"]";

#[test]
fn passes_what_does_as_expected_and_leaves_no_trail() {
    let cases = r#"
        files = { "data/a" = "hello", "data/none" = { error = "not-found" } }
        [[call]]
        name = "reads"
        function = "read"
        arguments = ["data/a"]
        answer = "hello"
        attempts = ["read-file data/a"]
        writes = {}
        log = []
        [[call]]
        name = "tells what it cannot read"
        function = "read"
        arguments = { path = "data/none" }
        error = "failed"
        attempts = ["read-file data/none -> not-found"]
    "#;
    let place = project("reader", READER, cases);
    let report = "cases/first.toml\n  ok      reads\n  ok      tells what it cannot read\n2 passed, 0 failed\n";
    test(&place).exits(0).complains("").prints(report);
    assert!(place.trails().is_empty());
}

#[test]
fn a_wrong_answer_shows_what_differs() {
    let cases = r#"
        [files]
        "data/a" = "one\ntwo\nthree\n"
        [[call]]
        name = "reads"
        function = "read"
        arguments = ["data/a"]
        answer = "one\n2\nthree\n"
    "#;
    let ended = test(&project("reader", READER, cases))
        .exits(1)
        .complains("");
    insta::assert_snapshot!(ended.stdout, @r"
    cases/first.toml
      FAILED  reads (line 4)
        answer
          one
        - 2
        + two
          three
    0 passed, 1 failed
    ");
}

#[test]
fn a_denied_attempt_is_shown_with_what_would_permit_it() {
    let cases = r#"
        files = { "data/b/c" = "x" }
        [[call]]
        name = "reads below"
        function = "read"
        arguments = ["data/b/c"]
        answer = "x"
    "#;
    let ended = test(&project("reader", READER, cases)).exits(1);
    insta::assert_snapshot!(ended.stdout, @r#"
    cases/first.toml
      FAILED  reads below (line 3)
        outcome
        - answer: "x"
        + error: "denied"
        note: read-file `data/b/c` denied: no rule permits it; to permit it, add `"data/b/c"` to `read-file` under `[tools.reader]` in `bailiwick.toml`
    0 passed, 1 failed
    "#);
}

#[test]
fn a_file_that_grants_itself_names_itself_in_the_remedy() {
    let cases = r#"
        files = { "data/a" = "x" }
        [grants]
        read-file = ["other/*"]
        [[call]]
        name = "reads"
        function = "read"
        arguments = ["data/a"]
        error = "failed"
    "#;
    let ended = test(&project("reader", READER, cases)).exits(1);
    assert!(
        ended
            .stdout
            .contains("to `read-file` under `[grants]` in `cases/first.toml`"),
        "{}",
        ended.stdout
    );
}

#[test]
fn attempts_are_compared_in_their_order() {
    let cases = r#"
        files = { "data/a" = "x" }
        [[call]]
        name = "reads"
        function = "read"
        arguments = ["data/a"]
        attempts = ["read-file data/b", "read-file data/a", "write-file out"]
    "#;
    let ended = test(&project("reader", READER, cases)).exits(1);
    insta::assert_snapshot!(ended.stdout, @r"
    cases/first.toml
      FAILED  reads (line 3)
        attempts
        - read-file data/b
          read-file data/a
        - write-file out
    0 passed, 1 failed
    ");
}

#[test]
fn files_that_are_written_are_compared_whole() {
    let cases = r#"
        directories = ["out"]
        [files]
        "out/old" = "old"
        [[call]]
        name = "writes"
        arguments = ["out/x.txt", "a\nb\n"]
        writes = { "out/x.txt" = "a\nc\n", "out/y" = "" }
        [[call]]
        name = "writes the same"
        arguments = ["out/old", "old"]
        attempts = ["write-file out/old"]
        writes = {}
        [[call]]
        name = "replaces"
        arguments = ["out/old", "new"]
        writes = { "out/old" = { base64 = "bmV3" } }
    "#;
    let ended = test(&project("writer", "write-file = [\"out/*\"]", cases)).exits(1);
    insta::assert_snapshot!(ended.stdout, @r"
    cases/first.toml
      FAILED  writes (line 5)
        file `out/x.txt`
          a
        - c
        + b
        file `out/y`
        - written, 0 bytes
        + not written
      ok      writes the same
      ok      replaces
    2 passed, 1 failed
    ");
}

#[test]
fn a_lent_writer_is_kept_after_success_and_discarded_after_an_error() {
    let cases = r#"
        files = { "in.txt" = "text", "out.txt" = "before" }
        [[call]]
        name = "copies"
        function = "copy"
        arguments = ["in.txt", "out.txt"]
        attempts = ["read-file in.txt", "write-file out.txt"]
        writes = { "out.txt" = "text" }
        [[call]]
        name = "fails after copying"
        function = "copy-and-fail"
        arguments = ["in.txt", "out.txt"]
        error = "on purpose"
        attempts = ["read-file in.txt", "write-file out.txt"]
        writes = {}
        [[call]]
        name = "is not lent what the policy denies"
        function = "copy"
        arguments = ["secret.txt", "out.txt"]
        ends = "denied"
        writes = {}
        [[call]]
        name = "is not lent what is not there"
        function = "copy"
        arguments = ["missing.txt", "out.txt"]
        ends = "unavailable"
        attempts = ["read-file missing.txt -> not-found"]
    "#;
    let grants = "read-file = [\"in.txt\", \"missing.txt\"]\nwrite-file = [\"out.txt\"]";
    let report = test(&project("copy", grants, cases)).exits(0).stdout;
    assert!(report.ends_with("4 passed, 0 failed\n"), "{report}");
}

#[test]
fn what_goes_wrong_with_a_lent_file_reaches_the_tool() {
    let cases = r#"
        files = { "in.txt" = "text" }
        fault = [{ at = "writer.write", error = "quota" }]
        [[call]]
        name = "has no room"
        function = "copy"
        arguments = ["in.txt", "out.txt"]
        error = "cannot write"
        writes = {}
    "#;
    let grants = "read-file = [\"in.txt\"]\nwrite-file = [\"out.txt\"]";
    test(&project("copy", grants, cases)).exits(0);
}

#[test]
fn a_request_that_nobody_answers_is_unavailable_and_named() {
    let cases = r#"
        [[http]]
        request = "GET https://api.example.com/rates"
        body = "1.5"
        [[call]]
        name = "fetches"
        arguments = ["https://api.example.com/rates"]
        answer = "1.5"
        [[call]]
        name = "fetches something else"
        arguments = ["https://api.example.com/other"]
        error = "unavailable"
        attempts = ["http-get https://api.example.com/other -> unavailable"]
    "#;
    let place = project(
        "fetch",
        "http-get = [\"https://api.example.com/**\"]",
        cases,
    );
    let ended = test(&place);
    insta::assert_snapshot!(ended.stdout, @r#"
    cases/first.toml
      ok      fetches
      FAILED  fetches something else (line 9)
        error
        - "unavailable"
        + "failed"
        note: nobody answers `GET https://api.example.com/other`, so it was unavailable: add an `[[http]]` with `request = "GET https://api.example.com/other"`
    1 passed, 1 failed
    "#);
}

#[test]
fn what_is_sent_is_compared_where_the_case_says_it() {
    let cases = r#"
        [[http]]
        request = "GET https://api.example.com/a"
        status = 302
        headers = { location = "/b" }
        [[http]]
        request = "GET https://api.example.com/b"
        body = "there"
        [[call]]
        name = "follows"
        arguments = ["https://api.example.com/a"]
        answer = "there"
        sends = [{ request = "GET https://api.example.com/a" }, { request = "GET https://api.example.com/b", body = "" }]
        [[call]]
        name = "does not follow"
        arguments = ["https://api.example.com/a"]
        answer = "there"
        sends = [{ request = "GET https://api.example.com/a", headers = { accept = "text/plain" } }]
    "#;
    let place = project(
        "fetch",
        "http-get = [\"https://api.example.com/**\"]",
        cases,
    );
    let ended = test(&place).exits(1);
    insta::assert_snapshot!(ended.stdout, @r"
    cases/first.toml
      ok      follows
      FAILED  does not follow (line 14)
        sends
          GET https://api.example.com/a
        -   accept: text/plain
        + GET https://api.example.com/b
    1 passed, 1 failed
    ");
    place.run(&["test", "--bless"]).exits(0);
    test(&place).exits(0);
    let blessed = fs::read_to_string(place.path("cases/first.toml")).unwrap();
    let sends = "sends = [{ request = \"GET https://api.example.com/a\", headers = {} }, { request = \"GET https://api.example.com/b\" }]";
    assert!(blessed.contains(sends), "{blessed}");
}

#[test]
fn a_call_can_end_without_an_outcome_of_the_tool_s() {
    let cases = r#"
        [grants.limits]
        fuel = 1000
        [[call]]
        name = "traps"
        function = "trap"
        ends = "trap"
        [[call]]
        name = "runs for ever"
        function = "spin"
        ends = { limit-exceeded = "fuel" }
        [[call]]
        name = "takes no such thing"
        function = "echo"
        arguments = [3]
        ends = "invalid-arguments"
        [[call]]
        name = "is expected to trap"
        function = "spin"
        ends = "trap"
        [[call]]
        name = "has no such function"
        function = "fly"
    "#;
    let ended = test(&project("many", "", cases)).exits(1);
    insta::assert_snapshot!(ended.stdout, @r"
    cases/first.toml
      ok      traps
      ok      runs for ever
      ok      takes no such thing
      FAILED  is expected to trap (line 17)
        outcome
        - ends: trap
        + ends: limit-exceeded fuel (the limit `fuel` was exceeded)
      FAILED  has no such function (line 21)
        call
        + the tool has no function `fly`; it has `deceive`, `echo`, `grow`, `maybe`, `refuse`, `spin`, `trap`
    3 passed, 2 failed
    ");
}

#[test]
fn the_log_is_compared_and_shown_with_a_failure() {
    let cases = r#"
        [[call]]
        name = "says"
        function = "say"
        arguments = ["hello"]
        log = ["error: hello"]
        [[call]]
        name = "says something else"
        function = "say"
        arguments = ["\u001b[2Jhello"]
        log = ["error: goodbye"]
    "#;
    let ended = test(&project("logger", "", cases)).exits(1);
    insta::assert_snapshot!(ended.stdout, @r"
    cases/first.toml
      ok      says
      FAILED  says something else (line 7)
        log
        - error: goodbye
        + error: \u{1b}[2Jhello
        note: log: error: \u{1b}[2Jhello
    1 passed, 1 failed
    ");
}

#[test]
fn a_filter_chooses_calls_by_their_names() {
    let place = project("reader", READER, TO_BLESS);
    let ended = place.run(&["test", "--filter", "open"]).exits(0);
    assert_eq!(
        ended.stdout,
        "cases/first.toml\n  ok      open\n1 passed, 0 failed\n"
    );
    place
        .run(&["test", "--filter", "closed"])
        .exits(2)
        .complains(
            "error: no case has `closed` in its name\nhint: there are `reads`, `open`, `fails`\n",
        );
}

#[test]
fn without_a_component_it_says_how_one_is_made() {
    let place = project("reader", READER, TO_BLESS);
    fs::remove_file(place.path("reader.wasm")).unwrap();
    test(&place)
        .exits(3)
        .mentions("hint: `bailiwick build` makes the component");
}

#[test]
fn a_component_older_than_its_sources_is_tested_with_a_warning() {
    let place = project(
        "reader",
        READER,
        "[[call]]\nname = \"x\"\nfunction = \"read\"\narguments = [\"a\"]\nerror = \"denied\"\n",
    );
    place.put("src/lib.rs", "");
    place.put("target/new.rs", "");
    let old = SystemTime::now() - Duration::from_secs(60);
    let component = fs::File::options()
        .write(true)
        .open(place.path("reader.wasm"))
        .unwrap();
    component.set_modified(old).unwrap();
    test(&place).exits(0).complains(
        "warning: `reader.wasm` is older than `./src/lib.rs`: run `bailiwick build` first\n",
    );
    let source = fs::File::options()
        .write(true)
        .open(place.path("src/lib.rs"))
        .unwrap();
    source.set_modified(old).unwrap();
    test(&place).exits(0).complains("");
}

#[test]
fn a_component_that_is_refused_ends_with_what_would_help() {
    let place = project("reader", "", TO_BLESS);
    let ended = test(&place).exits(3).prints("");
    let hint = "hint: an entry under `[tools.reader]` in `bailiwick.toml` grants it";
    assert!(ended.stderr.contains(hint), "{}", ended.stderr);
}

#[test]
fn without_cases_it_says_where_they_go() {
    let place = Place::with(&["reader"]);
    test(&place).exits(2).complains(
        "error: there is no case in `cases`\nhint: a case is a file such as `cases/first.toml`\n",
    );
}

#[test]
fn another_component_and_folder_can_be_named() {
    let place = project("reader", READER, TO_BLESS);
    fs::create_dir(place.path("project")).unwrap();
    fs::rename(place.path("cases"), place.path("project/cases")).unwrap();
    fs::rename(
        place.path("bailiwick.toml"),
        place.path("project/bailiwick.toml"),
    )
    .unwrap();
    let ended = place
        .run(&[
            "test",
            "project",
            "--component",
            "reader.wasm",
            "--filter",
            "open",
        ])
        .exits(0);
    assert_eq!(
        ended.stdout,
        "project/cases/first.toml\n  ok      open\n1 passed, 0 failed\n"
    );
}

#[test]
fn gives_programs_the_same() {
    let place = project("reader", READER, TO_BLESS);
    let object = place.run(&["test", "--format", "json"]).exits(1).json();
    assert_eq!(
        (&object["passed"], &object["failed"]),
        (&1.into(), &2.into())
    );
    let call = &object["files"][0]["calls"][0];
    assert_eq!(
        (&call["verdict"], &call["line"]),
        (&"failed".into(), &5.into())
    );
    assert_eq!(
        call["differences"][0]["lines"],
        serde_json::json!(["- \"y\"", "+ \"x\""])
    );

    let xml = place.run(&["test", "--format", "junit"]).exits(1).stdout;
    assert!(
        xml.contains("<testsuite name=\"cases/first.toml\" tests=\"3\" failures=\"2\">"),
        "{xml}"
    );
    assert!(
        xml.contains("<failure message=\"answer, attempts\">answer\n- &quot;y&quot;"),
        "{xml}"
    );
}
