//! Case files: what `bailiwick test --bless` writes into them, and how mistakes in them are shown.

use std::fs;

use super::author_test::{READER, project, test};

pub(super) const TO_BLESS: &str = r#"# What the reader does.
[files]
"data/a" = "x" # one letter

[[call]]
name = "reads"   # plainly
function = "read"
arguments = ["data/a"]
answer = "y"     # not yet
attempts = [
    "read-file data/b",
]

[[call]]
name = "open"
function = "read"
arguments = ["data/a"]

[[call]]
name = "fails"
function = "read"
arguments = ["data/none"]
answer-json = '"z"'
"#;

#[test]
fn blessing_changes_what_differs_and_nothing_around_it() {
    let place = project("reader", READER, TO_BLESS);
    let ended = place.run(&["test", "--bless"]).exits(0);
    assert!(
        ended.stdout.ends_with("1 passed, 0 failed, 2 blessed\n"),
        "{}",
        ended.stdout
    );
    let blessed = fs::read_to_string(place.path("cases/first.toml")).unwrap();
    insta::assert_snapshot!(blessed, @r#"
    # What the reader does.
    [files]
    "data/a" = "x" # one letter

    [[call]]
    name = "reads"   # plainly
    function = "read"
    arguments = ["data/a"]
    answer = "x"     # not yet
    attempts = [
        "read-file data/a",
    ]

    [[call]]
    name = "open"
    function = "read"
    arguments = ["data/a"]
    answer = "x"

    [[call]]
    name = "fails"
    function = "read"
    arguments = ["data/none"]
    error = "failed"
    "#);
    let report = test(&place).exits(0).stdout;
    assert!(report.ends_with("3 passed, 0 failed\n"), "{report}");
    place.run(&["test", "--bless"]).exits(0);
    assert_eq!(
        fs::read_to_string(place.path("cases/first.toml")).unwrap(),
        blessed
    );
}

#[test]
fn mistakes_in_a_case_file_are_shown_where_they_are() {
    for (cases, message) in [
        ("[[call]]\nname = \"x\"\nanswr = 1\n", "unknown key `answr`"),
        ("[[call]]\nname = \"x\nanswer = 1\n", "invalid basic string"),
        (
            "[[call]]\nname = \"x\"\nanswer = 1\nerror = 2\n",
            "a call ends in one way",
        ),
        (
            "files = { \"a\" = { error = \"gone\" } }\n[[call]]\nname = \"x\"\n",
            "there is no error `gone`",
        ),
        (
            "[grants]\nread-files = []\n[[call]]\nname = \"x\"\n",
            "unknown key `read-files` in `[grants]`",
        ),
        ("files = {}\n", "missing field `call`"),
    ] {
        let ended = test(&project("reader", READER, cases)).exits(2).prints("");
        assert!(
            ended.stderr.contains(message),
            "{message}: {}",
            ended.stderr
        );
        assert!(
            ended.stderr.contains(" --> cases/first.toml:"),
            "{}",
            ended.stderr
        );
        assert!(
            ended
                .stderr
                .ends_with("error: `cases/first.toml` has a mistake\n"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn an_unknown_key_is_pointed_at() {
    let cases = "[[call]]\nname = \"x\"\nfunction = \"read\"\nanswr = 1\n";
    let ended = test(&project("reader", READER, cases)).exits(2);
    insta::assert_snapshot!(ended.stderr, @r"
    error[case]: unknown key `answr`
     --> cases/first.toml:4:1
      |
    4 | answr = 1
      | ^^^^^
      = hint: did you mean `answer`?

    error: `cases/first.toml` has a mistake
    ");
}
