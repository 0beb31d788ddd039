//! The floor: what a program sees that asks everything of WASI 0.2, under a policy that grants nothing.

use std::process::Command;

use bailiwick::Tool;
use bailiwick_tests::hold::{Hold, call, worker};
use bailiwick_tests::world::World;

/// `access-denied` of `wasi:sockets`, as the component counts.
const ACCESS_DENIED: &str = "answer 2";

fn component() -> Vec<u8> {
    wat::parse_str(include_str!("../components/floor.wat")).unwrap()
}

fn on(policy: &str) -> (Hold, Tool) {
    let hold = Hold::new(World::new(), policy);
    let tool = hold.load(&component()).unwrap();
    (hold, tool)
}

/// `permanent-resolver-failure`, counted alike.
const NEVER_RESOLVED: &str = "answer 21";

/// Everything that a guest can observe with the empty policy.
const EMPTY_WORLD: [(&str, &str, &str); 17] = [
    ("environment", "[]", "answer []"),
    ("arguments", "[]", "answer []"),
    ("directory", "[]", "answer null"),
    ("time-of-day", "[]", "answer [0,0]"),
    ("since-start", "[]", "answer 1"),
    ("random-bytes", "[8]", "answer \"fuK1yTAtrhg=\""),
    ("random-number", "[]", "answer \"1778408590423745150\""),
    ("insecure-number", "[]", "answer \"1778408590423745150\""),
    (
        "seed",
        "[]",
        "answer [\"1778408590423745150\",\"13073449521980904887\"]",
    ),
    ("input-is-empty", "[]", "answer true"),
    ("terminals", "[]", "answer 0"),
    ("directories", "[]", "answer 0"),
    ("look-up", "[]", NEVER_RESOLVED),
    ("socket", "[0]", ACCESS_DENIED),
    ("socket", "[1]", ACCESS_DENIED),
    ("print", "[\"aGVsbG8=\"]", "answer null"),
    ("sleep", "[1]", "answer null"),
];

#[tokio::test]
async fn an_empty_policy_gives_an_empty_world() {
    let (hold, tool) = on("");
    let mut different = Vec::new();
    for (function, arguments, expected) in EMPTY_WORLD {
        let seen = call(&tool, function, arguments).await;
        if seen != expected {
            different.push(format!("{function}: {seen}"));
        }
    }
    assert_eq!(different, [] as [&str; 0]);
    let attempts = hold
        .records()
        .iter()
        .filter(|record| record["kind"] == "attempt")
        .count();
    assert_eq!(attempts, 0);
}

#[tokio::test]
async fn every_call_sees_the_same_world_again() {
    let (_hold, tool) = on("");
    for function in [
        "random-number",
        "insecure-number",
        "seed",
        "time-of-day",
        "since-start",
    ] {
        let first = call(&tool, function, "[]").await;
        assert_eq!(call(&tool, function, "[]").await, first, "{function}");
    }
}

#[tokio::test]
async fn a_granted_clock_is_the_real_one_and_random_bytes_stay_fixed() {
    let (_hold, tool) = on("clock = true\n");
    assert_ne!(call(&tool, "time-of-day", "[]").await, "answer [0,0]");
    assert_ne!(call(&tool, "since-start", "[]").await, "answer 1");
    let number = call(&tool, "random-number", "[]").await;
    assert_eq!(call(&tool, "random-number", "[]").await, number);
}

#[tokio::test]
async fn granted_random_bytes_are_real_and_the_clock_stands_still() {
    let (_hold, tool) = on("random = true\n");
    for function in ["random-number", "insecure-number", "seed"] {
        let first = call(&tool, function, "[]").await;
        assert_ne!(call(&tool, function, "[]").await, first, "{function}");
    }
    assert_eq!(call(&tool, "time-of-day", "[]").await, "answer [0,0]");
}

#[tokio::test]
async fn sleeping_counts_as_time() {
    let (_hold, tool) = on("[tools.probe.limits]\ntime = \"200 ms\"\n");
    let hour = call(&tool, "sleep", "[3600000000000]").await;
    assert_eq!(hour, "limit time");
    assert_eq!(call(&tool, "sleep", "[1000000]").await, "answer null");
}

#[tokio::test]
async fn what_is_printed_goes_to_the_bounded_log_and_nowhere_else() {
    let (hold, tool) = on("[tools.probe.limits]\nlog = \"64 B\"\n");
    let printed = tool
        .call("print")
        .unwrap()
        .json(r#"["aGVsbG8K"]"#)
        .await
        .unwrap();
    let lines: Vec<(&str, &str)> = printed
        .report()
        .log
        .iter()
        .map(|line| (line.level, line.message.as_str()))
        .collect();
    assert_eq!(lines, [("stdout", "hello")]);
    let error = tool
        .call("print-error")
        .unwrap()
        .json(r#"["/////w=="]"#)
        .await
        .unwrap();
    assert_eq!(error.report().log[0].level, "stderr");
    let much = tool
        .call("print-for-ever")
        .unwrap()
        .json("[10000]")
        .await
        .unwrap();
    let kept: usize = much
        .report()
        .log
        .iter()
        .map(|line| line.message.len())
        .sum();
    assert!(kept <= 64, "{kept} bytes were kept");
    assert!(much.report().spent.log_dropped > 0);
    assert!(
        !hold.trail().contains("hello"),
        "what is printed is not for the trail"
    );
}

#[tokio::test]
async fn a_tool_that_exits_ends_its_own_call_only() {
    let (_hold, tool) = on("");
    assert_eq!(call(&tool, "exit", "[0]").await, "trap");
    assert_eq!(call(&tool, "exit", "[1]").await, "trap");
    assert_eq!(call(&tool, "arguments", "[]").await, "answer []");
}

#[test]
fn the_same_input_gives_the_same_output_in_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("floor.wasm");
    std::fs::write(&path, component()).unwrap();
    for (function, arguments) in [
        ("random-bytes", "[100]"),
        ("seed", "[]"),
        ("time-of-day", "[]"),
    ] {
        let answers: Vec<Vec<u8>> = (0..2)
            .map(|_| {
                let mut command = Command::new(worker());
                command.arg("answer").arg(&path).args([function, arguments]);
                let output = command.output().unwrap();
                assert!(output.status.success(), "{output:?}");
                output.stdout
            })
            .collect();
        assert_eq!(answers[0], answers[1], "{function}");
        assert!(!answers[0].is_empty());
    }
}

#[test]
fn a_part_of_wasi_that_is_not_the_floor_refuses_the_component() {
    let hold = Hold::new(World::new(), "");
    for import in [
        "wasi:http/outgoing-handler@0.2.3",
        "wasi:keyvalue/store@0.2.0",
        "wasi:cli/run@0.3.0",
        "wasi:cli/environment",
    ] {
        let text = format!("(component (import \"{import}\" (instance)))");
        let refused = hold.load(&wat::parse_str(text).unwrap()).unwrap_err();
        assert_eq!(refused.code(), "unknown-import", "{import}: {refused}");
        assert!(refused.remedy().is_some());
    }
}

#[tokio::test]
async fn a_component_of_a_real_toolchain_runs_on_the_floor() {
    let Some(bytes) = bailiwick_tests::guests::bytes_unless_quick("word-count") else {
        return;
    };
    let world = World::new();
    world.write("text.txt", "one two\nthree\n");
    let hold = Hold::new(world, "read-file = [\"text.txt\"]\n");
    let tool = hold.load(&bytes).unwrap();
    let wasi = tool
        .imports()
        .iter()
        .filter(|import| import.starts_with("wasi:"))
        .count();
    assert!(wasi > 0, "it was to drag WASI in");
    let functions: Vec<&str> = tool
        .functions()
        .iter()
        .map(bailiwick::Function::name)
        .collect();
    assert!(!functions.is_empty());
    for function in functions {
        let ended = call(&tool, function, "[\"text.txt\"]").await;
        assert!(ended.starts_with("answer"), "{function}: {ended}");
    }
}
