//! `bailiwick token`: a token is shown once, its hash is what the access file takes, and nothing else is a token.

use std::io::Write as _;
use std::process::Stdio;

use crate::place::{Ended, Place, sha256};

fn hash(input: &[u8]) -> Ended {
    let place = Place::with(&[]);
    let mut child = place
        .command(&["token", "hash"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn a_new_token_is_data_and_its_line_for_the_file_is_not() {
    let place = Place::with(&[]);
    let first = place.run(&["token", "new"]).exits(0);
    let token = first.stdout.strip_suffix('\n').unwrap();
    assert!(token.starts_with("bwk_") && token.len() == 47, "{token}");
    let hash = sha256(token.as_bytes());
    let first = first.complains(&format!("token-sha256 = [\"{hash}\"]\n"));
    assert_ne!(place.run(&["token", "new"]).exits(0).stdout, first.stdout);
}

#[test]
fn the_hash_is_that_of_the_token_with_or_without_a_newline() {
    let token = format!("bwk_{}", "A".repeat(43));
    let expected = format!("{}\n", sha256(token.as_bytes()));
    for end in ["", "\n", "\r\n"] {
        hash(format!("{token}{end}").as_bytes())
            .exits(0)
            .prints(&expected)
            .complains("");
    }
}

#[test]
fn what_is_no_token_is_refused_and_not_repeated() {
    let token = format!("bwk_{}", "A".repeat(43));
    for input in [
        String::new(),
        format!("{token}A"),
        format!("{token} "),
        format!("{token}\n\n"),
        token.replace("bwk_", "sk-"),
        "hunter2\n".to_owned(),
        "hunter2".repeat(500),
    ] {
        let ended = hash(input.as_bytes()).exits(2).prints("");
        assert!(
            ended.stderr.starts_with(
                "error: standard input is not a token\n  caused by: a token is `bwk_`"
            ),
            "{}",
            ended.stderr
        );
        assert!(!ended.stderr.contains("AAAA") && !ended.stderr.contains("hunter2"));
    }
    hash(&[0xff, 0xfe]).exits(2).prints("");
}
