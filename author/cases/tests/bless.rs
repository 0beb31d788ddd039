//! Blessing: what happened is what is expected from now on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::path::Path;

use bailiwick::Host;
use bailiwick_cases::{CaseFile, Component, Report, Subject, Verdict, bless};

/// A tool whose functions return what each is called after.
const TOOL: &str = r#"
(component
  (core module $code
    (memory (export "memory") 1)
    (data (i32.const 0) "\01\00\00\00\00\00\00\00")
    (data (i32.const 16) "\01\00\00\00")
    (data (i32.const 32) "\ff\ff\ff\ff\ff\ff\ff\ff")
    (func (export "none") (result i32) (i32.const 8))
    (func (export "pair") (result i32) (i32.const 0))
    (func (export "fail") (result i32) (i32.const 0))
    (func (export "nothing"))
    (func (export "trap") unreachable)
    (func (export "most") (result i64) (i64.const -1)))
  (core instance $code (instantiate $code))
  (alias core export $code "memory" (core memory $memory))
  (type $pair' (record (field "count" u32) (field "more" (option u8))))
  (export $pair "pair-of" (type $pair'))
  (func (export "none") (result (option u32)) (canon lift (core func $code "none") (memory $memory)))
  (func (export "pair") (result $pair) (canon lift (core func $code "pair") (memory $memory)))
  (func (export "fail") (result (result u32 (error u32))) (canon lift (core func $code "fail") (memory $memory)))
  (func (export "nothing") (canon lift (core func $code "nothing")))
  (func (export "trap") (canon lift (core func $code "trap")))
  (func (export "most") (result u64) (canon lift (core func $code "most"))))
"#;

/// The blessed text, and the report of running it again.
async fn blessed(text: &str) -> (String, Report) {
    let text = format!("grants = {{}}\n{text}");
    let component = wat::parse_str(TOOL).unwrap();
    let host = Host::builder().build().unwrap();
    let subject = Subject::new(&host, Component::Bytes(&component));
    let parse = |text: String| {
        CaseFile::parse(Path::new("x.toml"), text).unwrap_or_else(|error| panic!("{error}"))
    };
    let file = parse(text);
    let mut report = subject.run(&file, "").await.unwrap();
    let text = bless(&file, &mut report).unwrap();
    let again = subject.run(&parse(text.clone()), "").await.unwrap();
    (
        text.strip_prefix("grants = {}\n").unwrap().to_owned(),
        again,
    )
}

async fn call_becomes(before: &str, after: &str) {
    let (text, again) = blessed(&format!("[[call]]\nname = \"x\"\n{before}")).await;
    assert_eq!(text, format!("[[call]]\nname = \"x\"\n{after}"));
    assert_eq!(again.count(Verdict::Passed), 1, "{again:?}");
}

#[tokio::test]
async fn writes_toml_where_it_can_and_json_where_it_must() {
    call_becomes("function = \"none\"\nanswer = 1\n", "function = \"none\"\n").await;
    call_becomes(
        "function = \"pair\"\n",
        "function = \"pair\"\nanswer = { count = 1 }\n",
    )
    .await;
    call_becomes(
        "function = \"pair\"\nanswer-json = '{}'\n",
        "function = \"pair\"\nanswer-json = '{\"count\":1,\"more\":null}'\n",
    )
    .await;
    call_becomes(
        "function = \"most\"\nanswer = 1\n",
        "function = \"most\"\nanswer = \"18446744073709551615\"\n",
    )
    .await;
}

#[tokio::test]
async fn one_outcome_takes_the_place_of_another() {
    call_becomes(
        "function = \"fail\"\nanswer = 1 # so far\n",
        "function = \"fail\"\nerror = 0\n",
    )
    .await;
    call_becomes(
        "function = \"trap\"\nanswer = 1\n",
        "function = \"trap\"\nends = \"trap\"\n",
    )
    .await;
    call_becomes(
        "ends = \"trap\"\nfunction = \"nothing\"\n",
        "function = \"nothing\"\n",
    )
    .await;
}

#[tokio::test]
async fn what_is_right_stays_as_it_is_written() {
    let right = "function = \"pair\"\nanswer = {count=1} # one\nattempts = []\nwrites = {  }\n";
    call_becomes(right, right).await;
    let inline = "call = [{ name = \"x\", function = \"pair\", answer = { count = 2 } }]\n";
    let (text, again) = blessed(inline).await;
    assert_eq!(
        text,
        "call = [{ name = \"x\", function = \"pair\", answer = { count = 1 } }]\n"
    );
    assert_eq!(again.count(Verdict::Passed), 1);
}

#[tokio::test]
async fn a_call_that_cannot_be_made_stays_failed() {
    let (text, again) = blessed("[[call]]\nname = \"x\"\nfunction = \"fly\"\nanswer = 1\n").await;
    assert!(text.ends_with("answer = 1\n"), "{text}");
    assert_eq!(again.count(Verdict::Failed), 1);
}
