//! Every type of value, both ways through a real guest: what the files in `vectors` say.

use bailiwick::{Cause, Tool};
use bailiwick_tests::hold::{Hold, call};
use bailiwick_tests::world::World;

fn probe() -> (Hold, Tool) {
    let hold = Hold::new(World::new(), "");
    let tool = hold.guest("probe-values");
    (hold, tool)
}

/// The lines of a file of vectors: what comes before and after the arrow.
fn lines(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        line.split_once(" => ")
            .unwrap_or_else(|| panic!("`{line}`"))
    })
}

#[tokio::test]
async fn json_goes_both_ways_through_a_guest_as_the_vectors_say() {
    let (_hold, tool) = probe();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (question, expected) in lines(include_str!("../vectors/json.txt")) {
        let (function, arguments) = question.split_once(' ').unwrap();
        let seen = call(&tool, function, arguments).await;
        count += 1;
        if seen != expected {
            wrong.push(format!("{question} => {seen} (and not {expected})"));
        }
    }
    assert!(count > 100);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn wave_goes_into_a_guest_as_the_vectors_say() {
    let (_hold, tool) = probe();
    let mut wrong = Vec::new();
    for (question, expected) in lines(include_str!("../vectors/wave.txt")) {
        let mut words = question.split(" ~ ");
        let function = words.next().unwrap();
        let arguments: Vec<&str> = words.collect();
        let seen = match tool.call(function).unwrap().wave(&arguments).await {
            Ok(answer) => format!("answer {}", answer.json()),
            Err(error) => error.code().to_owned(),
        };
        if seen != expected {
            wrong.push(format!("{question} => {seen} (and not {expected})"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn wrong_arguments_name_the_place_what_was_expected_and_what_came() {
    let (_hold, tool) = probe();
    let arguments =
        r#"[{"name": "n", "position": {"latitude": "north", "longitude": 2}, "tags": []}]"#;
    let error = tool
        .call("echo-place")
        .unwrap()
        .json(arguments)
        .await
        .unwrap_err();
    let Cause::InvalidArguments(wrong) = error.cause() else {
        panic!("{error}");
    };
    let text = wrong.to_string();
    for part in ["latitude", "number", "north"] {
        assert!(text.contains(part), "`{part}` is not in `{text}`");
    }
}

#[tokio::test]
async fn every_echo_has_a_vector() {
    let (_hold, tool) = probe();
    let vectors = include_str!("../vectors/json.txt");
    for function in tool
        .functions()
        .iter()
        .filter(|function| function.name().contains("echo"))
    {
        let item = function.item();
        assert!(
            vectors.contains(&format!("\n{item} ")),
            "`{item}` has no vector"
        );
    }
}

#[tokio::test]
async fn large_values_go_both_ways() {
    let (_hold, tool) = probe();
    let text = "x".repeat(1_000_000);
    let seen = call(&tool, "echo-string", &serde_json::json!([text]).to_string()).await;
    assert_eq!(seen, format!("answer {:?}", text));
    let answer = tool
        .call("size.bytes")
        .unwrap()
        .json("[1000000]")
        .await
        .unwrap();
    assert_eq!(answer.json().len(), 1_333_338);
}

#[tokio::test]
async fn values_that_are_none_end_the_call_and_reach_nothing() {
    let table = "read-file = [{ path = \"**\", everything = true }]\n";
    let hold = Hold::new(World::new(), table);
    let component = wat::parse_str(include_str!("../components/bad-values.wat")).unwrap();
    let tool = hold.load(&component).unwrap();
    let before = hold.records().len();
    let mut wrong = Vec::new();
    for function in [
        "read-overlong",
        "read-outside-of-memory",
        "read-four-gibibytes",
        "answer-nowhere",
        "log-surrogate",
        "log-no-level",
        "text-of-one-byte",
        "text-of-four-gibibytes",
        "text-nowhere",
        "no-character",
        "no-case",
    ] {
        let ended = call(&tool, function, "[]").await;
        if ended != "trap" && ended != "limit host-call-bytes" {
            wrong.push(format!("{function}: {ended}"));
        }
        assert_eq!(
            call(&tool, "fine", "[]").await,
            "answer 42",
            "after {function}"
        );
    }
    assert_eq!(wrong, [] as [&str; 0]);
    let records = hold.records();
    let read = records[before..]
        .iter()
        .filter(|record| record["bytes"].as_u64() > Some(0));
    assert_eq!(read.count(), 0);
    assert!(!hold.trail().contains(hold.world.flag()));
}
