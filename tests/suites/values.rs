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
