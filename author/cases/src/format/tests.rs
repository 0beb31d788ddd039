//! Case files that are read, and those that are not.

use std::path::Path;

use bailiwick::policy::Diagnostics;
use serde_json::json;

use super::{CaseFile, Ending, Expected};

fn parse(text: &str) -> Result<CaseFile, Diagnostics> {
    CaseFile::parse(Path::new("cases/x.toml"), text.to_owned())
}

/// The mistake, with the line and the part of it that is meant.
fn refused(text: &str) -> (String, String) {
    let diagnostics = parse(text).map(|_| ()).unwrap_err();
    let mistake = &diagnostics.list()[0];
    let line = text.lines().nth(mistake.line as usize - 1).unwrap();
    let meant = line
        .chars()
        .skip(mistake.column as usize - 1)
        .take(mistake.width as usize);
    (mistake.message.clone(), meant.collect())
}

#[test]
fn reads_the_whole_of_a_scene() {
    let file = parse(
        r#"
        policy = "../other.toml"
        tool = "other"
        directories = ["out"]
        [files]
        "data/text" = "a\n"
        "data/bytes" = { base64 = "AAEC/w==" }
        "data/large" = { repeat = "abc\n", bytes = 1000000 }
        "data/denied" = { error = "denied" }
        "data/limit" = { error = { limit = "file-size" } }
        [[http]]
        request = "GET https://api.example.com/v1/x"
        status = 404
        headers = { content-type = "text/plain", set-cookie = ["a", "b"] }
        body = { repeat = "x", bytes = 10 }
        breaks-off-after = 5
        [[http]]
        request = "POST https://api.example.com/v1/x"
        error = { other = "no" }
        [clock]
        now = 2026-01-02T03:04:05Z
        step = "1 ms"
        [random]
        bytes = { base64 = "AAE=" }
        [[fault]]
        at = "reader.read"
        after = 2
        error = "unavailable"
        [[fault]]
        at = "write-file"
        error = { limit = "handles" }
        [[call]]
        name = "first"
        [[call]]
        name = "second"
        "#,
    );
    let file = file.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(file.names().collect::<Vec<_>>(), ["first", "second"]);
    assert_eq!(
        file.calls.iter().map(|call| call.line).collect::<Vec<_>>(),
        [32, 34]
    );
    assert_eq!(
        (file.policy.as_deref(), file.tool.as_deref()),
        (Some("../other.toml"), Some("other"))
    );
    // What the scene does is the fake's to prove; here it has to be the same as one that is put together by hand.
    let world = format!("{:?}", file.world);
    for part in [
        "\"data/large\": Repeated",
        "\"data/denied\": Case",
        "RuleLimit",
        "breaks_off_after: Some(5)",
        "step: 1ms",
        "Bytes([0, 1])",
        "spared: 2",
        "1767323045",
        "\"set-cookie\", \"b\"",
    ] {
        assert!(world.contains(part), "{part}: {world}");
    }
}

#[test]
fn times_can_be_texts() {
    for time in ["\"2026-01-02T03:04:05Z\"", "2026-01-02 04:04:05+01:00"] {
        let file = parse(&format!(
            "clock = {{ now = {time} }}\n[[call]]\nname = \"x\"\n"
        ))
        .unwrap();
        assert!(
            format!("{:?}", file.world.clone()).contains("1767323045"),
            "{time}"
        );
    }
}

#[test]
fn arguments_are_toml_or_json() {
    for (arguments, json) in [
        ("", "[]"),
        (
            "arguments = [1, 1.5, nan, -inf, \"a\", true, [2], { b = 3 }]",
            r#"[1,1.5,"NaN","-Infinity","a",true,[2],{"b":3}]"#,
        ),
        ("arguments = { a = 1 }", r#"{"a":1}"#),
        (
            "arguments-json = '[null, 18446744073709551615]'",
            "[null,18446744073709551615]",
        ),
    ] {
        let file = parse(&format!("[[call]]\nname = \"x\"\n{arguments}\n")).unwrap();
        assert_eq!(file.calls[0].arguments, json);
    }
}

#[test]
fn what_is_expected_is_one_outcome() {
    let limit = |limit: Option<&str>| {
        Expected::End(Ending {
            code: "limit-exceeded".to_owned(),
            limit: limit.map(ToOwned::to_owned),
        })
    };
    for (key, expected) in [
        ("", Expected::Success),
        ("answer = 1", Expected::Answer(json!(1))),
        ("answer-json = 'null'", Expected::Answer(json!(null))),
        ("error = \"not-found\"", Expected::Error(json!("not-found"))),
        (
            "error = { limit = \"file-size\" }",
            Expected::Error(json!({"limit": "file-size"})),
        ),
        ("ends = \"limit-exceeded\"", limit(None)),
        ("ends = { limit-exceeded = \"fuel\" }", limit(Some("fuel"))),
    ] {
        let file = parse(&format!("[[call]]\nname = \"x\"\n{key}\n")).unwrap();
        assert_eq!(file.calls[0].outcome, expected, "{key}");
    }
}

fn check(text: &str, message: &str, meant: &str) {
    let (said, shown) = refused(text);
    assert!(said.starts_with(message), "{text}{said}");
    assert!(
        meant.is_empty() || shown == meant,
        "{text}{said}: `{shown}`"
    );
}

#[test]
fn says_what_is_wrong_with_a_call_and_where() {
    for (keys, message, meant) in [
        ("arguments = 3", "arguments are an array, or a table", ""),
        ("arguments-json = '['", "not JSON: EOF", "'['"),
        (
            "answer = 1\nanswer-json = '1'",
            "`answer` and `answer-json` say the same",
            "",
        ),
        ("error = 1\nends = \"trap\"", "a call ends in one way", ""),
        (
            "ends = \"crash\"",
            "no call ends with `crash`: there are `denied`",
            "\"crash\"",
        ),
        (
            "ends = { trap = \"x\" }",
            "nothing goes with `trap`",
            "{ trap = \"x\" }",
        ),
        (
            "ends = { limit-exceeded = \"luck\" }",
            "there is no limit `luck`",
            "{ limit-exceeded = \"luck\" }",
        ),
        (
            "writes = { x = { base64 = \"?\" } }",
            "not base64",
            "{ base64 = \"?\" }",
        ),
        (
            "sends = [{ url = \"https://a.example/\" }]",
            "unknown key `url`",
            "url",
        ),
    ] {
        check(&format!("[[call]]\nname = \"x\"\n{keys}\n"), message, meant);
    }
}

const BROKEN_SCENES: [(&str, &str, &str); 16] = [
    ("fils = {}", "unknown key `fils`", "fils"),
    (
        "files = { \"/etc/passwd\" = \"\" }",
        "no tool can name `/etc/passwd`",
        "\"/etc/passwd\"",
    ),
    (
        "files = { a = { repeat = \"x\" } }",
        "expected a text, `{ base64",
        "{ repeat = \"x\" }",
    ),
    (
        "files = { a = { base64 = \"\", error = \"denied\" } }",
        "a file either holds something or fails",
        "",
    ),
    (
        "files = { a = { error = { limit = \"http-bytes\" } } }",
        "there is no limit `http-bytes`",
        "",
    ),
    (
        "http = [{ request = \"https://a.example/\" }]",
        "`request` is a method and a URL",
        "",
    ),
    (
        "http = [{ request = \"GET file:///etc\" }]",
        "no tool can request `file:///etc`",
        "",
    ),
    (
        "http = [{ request = \"GET https://a.example/\", status = 1, error = \"denied\" }]",
        "a server either answers or fails",
        "",
    ),
    ("clock = { now = \"yesterday\" }", "", "\"yesterday\""),
    (
        "clock = { now = 2026-01-02 }",
        "a time needs a date",
        "2026-01-02",
    ),
    ("clock = { step = \"soon\" }", "", "\"soon\""),
    (
        "random = { seed = 1, bytes = \"x\" }",
        "random bytes come from a `seed` or are given",
        "",
    ),
    (
        "fault = [{ at = \"reader.size\", error = \"denied\" }]",
        "nothing can fail at `reader.size`: there are `read-file`",
        "",
    ),
    (
        "fault = [{ at = \"clock\", error = \"quota\" }]",
        "there is no error `quota`",
        "",
    ),
    (
        "policy = \"a\"\ngrants = { clock = true }",
        "`policy` and `[grants]` both say",
        "",
    ),
    (
        "grants = { component = \"a.wasm\" }",
        "unknown key `component` in `[grants]`",
        "component",
    ),
];

#[test]
fn says_what_is_wrong_with_a_scene_and_where() {
    for (keys, message, meant) in BROKEN_SCENES {
        check(&format!("{keys}\n[[call]]\nname = \"x\"\n"), message, meant);
    }
}

#[test]
fn a_file_without_a_call_is_none() {
    assert!(parse("").is_err());
    assert!(parse("files = {}").is_err());
}

#[test]
fn reads_values_and_what_other_tools_answer() {
    let file = parse(
        r#"
        [values]
        text = "a"
        bytes = { base64 = "AAE=" }
        [[tools]]
        call = "adder.sum"
        arguments = { numbers = [1, 2] }
        answer = 3
        [[tools]]
        call = "adder.sum"
        tool-error-json = 'null'
        [[tools]]
        call = "adder"
        error = "trap"
        [[tools]]
        call = "adder"
        error = { other = "no" }
        [[call]]
        name = "x"
        stores = { text = "b", bytes = { removed = true } }
        calls = [{ call = "adder" }, { call = "adder.sum", arguments = { numbers = [] } }]
        progress = ["1/2: half"]
        "#,
    );
    let file = file.unwrap_or_else(|error| panic!("{error}"));
    let call = &file.calls[0];
    let stores = &call.stores.as_ref().unwrap().0;
    assert_eq!(stores["text"].0, Some("b".into()));
    assert_eq!(stores["bytes"].0, None);
    let calls = &call.calls.as_ref().unwrap().0;
    assert_eq!(calls[0].arguments, None);
    assert_eq!(calls[1].arguments, Some(json!({"numbers": []})));
    assert_eq!(call.progress.as_ref().unwrap().0, ["1/2: half"]);
}

#[test]
fn another_tool_ends_in_one_way_and_has_arguments_by_name() {
    for (table, part) in [
        ("answer = 1\nerror = \"trap\"", "ends in one way"),
        ("", "ends in one way"),
        (
            "answer = 1\narguments = [1]",
            "by the names of the parameters",
        ),
        ("error = \"not-found\"", "there is no error `not-found`"),
        ("error = { trap = \"x\" }", "there is no error `trap`"),
        ("answers = 1", "unknown key `answers`"),
    ] {
        let text = format!("[[tools]]\ncall = \"a\"\n{table}\n[[call]]\nname = \"x\"\n");
        let (message, _) = refused(&text);
        assert!(message.contains(part), "{message}");
    }
    let (message, _) = refused("[[call]]\nname = \"x\"\nstores = { a = { removed = false } }\n");
    assert!(message.contains("say what"), "{message}");
}
