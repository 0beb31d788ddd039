//! `bailiwick explain`.

use serde_json::json;

use crate::place::Place;

const POLICY: &str = r#"[tools.report]
component = "not-even-there.wasm"
read-file = ["data/**", "!data/private/**"]
http-get = ["https://api.example.com/v1/**"]
key-value = true
call-tool = ["count", "sums.add"]
http-request = [{ url = "https://api.example.com/v1/items", methods = ["POST"] }]
[tools.count]
component = "nor-this.wasm"
[tools.sums]
component = "nor-that.wasm"
"#;

fn explain(words: &[&str]) -> crate::place::Ended {
    let place = Place::with(&[]);
    place.put("bailiwick.toml", POLICY);
    place.run(
        &[
            &["explain", "--policy", "bailiwick.toml", "--tool", "report"][..],
            words,
        ]
        .concat(),
    )
}

#[test]
fn a_permit_exits_0_and_names_the_rule() {
    let ended = explain(&["read-file", "data/a.csv"]).exits(0).complains("");
    assert!(
        ended.stdout.starts_with("permit: read-file `data/a.csv`\n  rule: `data/**` (bailiwick.toml:3:14)\n  later: links"),
        "{}",
        ended.stdout
    );
    explain(&["http-get", "https://api.example.com/v1/x?y=1"]).exits(0);
    explain(&["http-request", "POST", "https://api.example.com/v1/items"]).exits(0);
}

#[test]
fn a_denial_exits_3_and_says_what_would_allow_it() {
    explain(&["write-file", "data/a.csv"])
        .exits(3)
        .complains("")
        .prints(
            "denial: write-file `data/a.csv`\n  reason: it is not granted\n  \
             remedy: add `write-file = [\"data/a.csv\"]` under `[tools.report]` in `bailiwick.toml`\n",
        );
    for words in [
        &["read-file", "data/private/key"][..],
        &["read-file", "../x"],
        &["list-files", "data"],
        &["http-get", "http://api.example.com/v1/x"],
        &["http-get", "https://api.example.com/v1/%2e%2e/admin"],
        &["http-get", "https://169.254.169.254/"],
        &["http-request", "https://api.example.com/v1/items"],
        &["http-request", "DELETE", "https://api.example.com/v1/items"],
        &["clock"],
    ] {
        explain(words).exits(3);
    }
}

#[test]
fn programs_get_decision_rule_file_line_and_remedy() {
    let object = explain(&["read-file", "data/private/key", "--json"])
        .exits(3)
        .json();
    for (key, value) in [
        ("decision", json!("denial")),
        ("rule", json!("!data/private/**")),
        ("file", json!("bailiwick.toml")),
        ("line", json!(3)),
        ("reason", json!("denied-by-rule")),
    ] {
        assert_eq!(object[key], value, "{object}");
    }
    assert!(
        object["remedy"]
            .as_str()
            .unwrap()
            .starts_with("remove `!data/private/**`")
    );
    let object = explain(&["read-file", "data/a", "--json"]).exits(0).json();
    assert_eq!(
        (&object["decision"], &object["remedy"]),
        (&json!("permit"), &json!(null))
    );
    assert_eq!(object["later"][0]["code"], "links");
}

#[test]
fn what_is_no_question_exits_2() {
    explain(&["fly", "away"])
        .exits(2)
        .mentions("error: `fly` is no capability");
    explain(&["read-file"])
        .exits(2)
        .mentions("error: expected `read-file PATH`\n");
    let place = Place::with(&[]);
    place.put("bailiwick.toml", POLICY);
    place
        .run(&[
            "explain",
            "--policy",
            "bailiwick.toml",
            "--tool",
            "other",
            "clock",
        ])
        .exits(2)
        .mentions("hint: it has `report` (`not-even-there.wasm`), `count` (`nor-this.wasm`), `sums` (`nor-that.wasm`)\n");
}

#[test]
fn the_store_and_other_tools_can_be_asked_about() {
    explain(&["key-value"])
        .exits(0)
        .prints("permit: key-value\n  rule: `key-value = true` (bailiwick.toml:5:1)\n");
    let ended = explain(&["call-tool", "sums.add"]).exits(0);
    let said =
        "permit: call-tool `sums.add`\n  rule: `sums.add` (bailiwick.toml:6:23)\n  later: called: ";
    assert!(ended.stdout.starts_with(said), "{}", ended.stdout);
    explain(&["call-tool", "count.words"]).exits(0);
    for name in ["sums", "sums.remove", "report", "nothing"] {
        explain(&["call-tool", name]).exits(3);
    }
    let ended = explain(&["call-tool", "no such name"]).exits(3);
    assert!(!ended.stdout.contains("remedy"), "{}", ended.stdout);
}

#[test]
fn what_somebody_pastes_cannot_move_the_terminal() {
    let ended = explain(&["read-file", "data/\u{1b}[2J\u{202e}"]).exits(3);
    assert!(
        !ended.stdout.contains(['\u{1b}', '\u{202e}']),
        "{:?}",
        ended.stdout
    );
}
