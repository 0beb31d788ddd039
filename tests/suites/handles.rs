//! Handles as arguments: the caller names a path, and for that call the path is all that the tool has.

use bailiwick::Cause;
use bailiwick::policy::{FileRule, Origin, Rules};
use bailiwick_tests::hold::{Hold, call, ends};
use bailiwick_tests::trail;
use bailiwick_tests::world::World;

const POLICY: &str = r#"
read-file = ["in.csv", "big", "link", "data/**"]
write-file = ["out.csv", "other.csv", "data/**"]
[tools.probe.limits]
fuel = 200000000
"#;

fn hold() -> Hold {
    hold_with(POLICY)
}

fn hold_with(policy: &str) -> Hold {
    let world = World::new();
    world.write("in.csv", "a,b\n1,2\n");
    world.write("out.csv", "old");
    world.write("secret.csv", "secret");
    Hold::new(world, policy)
}

#[tokio::test]
async fn copies_between_the_files_that_the_caller_names_and_the_host_commits() {
    let hold = hold();
    let tool = hold.guest("probe-handles");
    let ended = call(
        &tool,
        "driver.copy",
        r#"{"input": "in.csv", "output": "out.csv"}"#,
    )
    .await;
    assert_eq!(ended, "answer 8");
    assert_eq!(hold.world.read("out.csv").unwrap(), b"a,b\n1,2\n");
    let operations: Vec<String> = hold
        .records()
        .iter()
        .filter(|record| record["kind"] == "attempt")
        .map(|record| format!("{} {}", record["operation"], record["phase"]).replace('"', ""))
        .collect();
    assert_eq!(
        operations,
        [
            "read-file.open opened",
            "write-file.create opened",
            "read-file.open closed",
            "writer.commit began",
            "writer.commit ended",
            "write-file.create closed",
        ]
    );
    trail::assert_verifies(&hold.trail());
}

#[tokio::test]
async fn commits_only_when_the_function_returns_without_an_error() {
    let hold = hold();
    let tool = hold.guest("probe-handles");
    for (ending, expected, content) in [
        ("fail", "error", "old"),
        ("trap", "trap", "old"),
        ("spin", "limit fuel", "old"),
        ("succeed", "answer 8", "a,b\n1,2\n"),
    ] {
        hold.world.write("out.csv", "old");
        let arguments = format!(r#"["in.csv", "out.csv", 3, "{ending}"]"#);
        let ended = call(&tool, "copy-then", &arguments).await;
        assert!(ended.starts_with(expected), "{ending}: {ended}");
        assert_eq!(
            hold.world.read("out.csv").unwrap(),
            content.as_bytes(),
            "{ending}"
        );
        let left = hold.world.root_now();
        assert!(
            !format!("{left:?}").contains(".bailiwick-"),
            "{ending}: {left:?}"
        );
    }
}

#[tokio::test]
async fn what_a_tool_committed_itself_stays() {
    let hold = hold();
    let tool = hold.guest("probe-handles");
    for ending in ["commit", "commit-and-fail"] {
        hold.world.write("out.csv", "old");
        let arguments = format!(r#"["in.csv", "out.csv", 3, "{ending}"]"#);
        call(&tool, "copy-then", &arguments).await;
        assert_eq!(
            hold.world.read("out.csv").unwrap(),
            b"a,b\n1,2\n",
            "{ending}"
        );
    }
}

#[tokio::test]
async fn a_cancelled_call_commits_nothing() {
    let hold = hold();
    let tool = hold.guest("probe-handles");
    let token = bailiwick::CancellationToken::new();
    let spinning = tool.call("copy-then").unwrap().cancel_with(token.clone());
    let arguments = r#"["in.csv", "out.csv", 3, "spin"]"#;
    let (ended, ()) = tokio::join!(ends(spinning, arguments), async { token.cancel() });
    assert_eq!(ended, "cancelled");
    assert_eq!(hold.world.read("out.csv").unwrap(), b"old");
}

#[tokio::test]
async fn a_path_that_is_not_granted_is_denied_before_any_code_runs() {
    let hold = hold();
    let tool = hold.guest("probe-handles");
    for (input, output, reason) in [
        ("secret.csv", "out.csv", "no-rule"),
        ("in.csv", "in.csv", "no-rule"),
        ("../outside/flag", "out.csv", "path-parent-segment"),
        ("in.csv", "bailiwick.toml", "no-rule"),
    ] {
        let before = hold.records().len();
        let arguments = serde_json::json!([input, output]).to_string();
        let error = tool
            .call("driver.copy")
            .unwrap()
            .json(&arguments)
            .await
            .unwrap_err();
        assert_eq!(error.code(), "denied");
        assert_eq!(error.report().fuel, 0, "code of the tool ran");
        assert_eq!(trail::denials(&hold.records()[before..]), [reason]);
        match error.cause() {
            Cause::Denied(denial) if reason == "no-rule" => {
                let remedy = denial.remedy().unwrap();
                assert!(remedy.contains(denial.capability().key()), "{remedy}");
            }
            cause => assert!(reason != "no-rule", "{cause}"),
        }
    }
    assert_eq!(hold.world.read("out.csv").unwrap(), b"old");
}

#[tokio::test]
async fn a_link_or_a_missing_file_among_the_arguments_ends_the_call_before_it_begins() {
    let hold = hold();
    std::os::unix::fs::symlink(
        hold.world.outside().join("flag"),
        hold.world.root().join("link"),
    )
    .unwrap();
    let tool = hold.guest("probe-handles");
    let arguments = r#"["link", "out.csv"]"#;
    assert_eq!(call(&tool, "driver.copy", arguments).await, "denied");
    let arguments = r#"["data/not-there", "out.csv"]"#;
    assert_eq!(call(&tool, "driver.copy", arguments).await, "unavailable");
    assert_eq!(hold.world.read("out.csv").unwrap(), b"old");
}

#[tokio::test]
async fn without_the_capability_in_the_policy_every_path_is_denied_with_the_remedy() {
    let hold = hold_with("read-file = [\"in.csv\"]\n");
    let tool = hold.guest("probe-handles");
    let error = tool
        .call("driver.copy")
        .unwrap()
        .json(r#"["in.csv", "out.csv"]"#)
        .await;
    let error = error.unwrap_err();
    assert_eq!(error.code(), "denied");
    let remedy = error.cause().remedy().unwrap();
    assert!(remedy.contains("write-file"), "{remedy}");
    assert_eq!(call(&tool, "driver.size", "[\"in.csv\"]").await, "answer 8");
}

#[tokio::test]
async fn a_narrowed_call_has_less_and_never_more() {
    let hold = hold();
    let tool = hold.guest("probe-handles");
    let rules = |path: &str| {
        let rules = Rules::builder(bailiwick::policy::Source::Code);
        rules
            .read_file(FileRule::new(path), Origin::Code)
            .unwrap()
            .build()
            .into()
    };
    let narrowed = tool.call("driver.size").unwrap().narrow(rules("data/x"));
    assert_eq!(ends(narrowed, "[\"in.csv\"]").await, "denied");
    let wider = tool
        .call("driver.size")
        .unwrap()
        .narrow(rules("secret.csv"));
    assert_eq!(ends(wider, "[\"secret.csv\"]").await, "denied");
    let same = tool.call("driver.size").unwrap().narrow(rules("in.csv"));
    assert_eq!(ends(same, "[\"in.csv\"]").await, "answer 8");
}

#[tokio::test]
async fn takes_handles_inside_of_other_types() {
    let hold = hold();
    let tool = hold.guest("probe-handles");
    let pair = r#"[["in.csv", "out.csv"]]"#;
    assert_eq!(call(&tool, "copy-pair", pair).await, "answer 8");
    assert_eq!(call(&tool, "optional-size", "[null]").await, "answer 0");
    assert_eq!(
        call(&tool, "optional-size", "[\"in.csv\"]").await,
        "answer 8"
    );
    assert_eq!(
        call(&tool, "optional-size", "[\"secret.csv\"]").await,
        "denied"
    );
}

#[tokio::test]
async fn two_handles_of_one_file_are_two_handles() {
    let hold = hold();
    let tool = hold.guest("probe-handles");
    assert_eq!(
        call(&tool, "same", r#"["in.csv", "in.csv"]"#).await,
        "answer true"
    );
    let both = r#"["out.csv", "out.csv", "Zmlyc3Q=", "c2Vjb25k"]"#;
    assert_eq!(call(&tool, "write-both", both).await, "answer null");
    assert_eq!(hold.world.read("out.csv").unwrap(), b"second");
}

#[tokio::test]
async fn a_function_without_a_result_commits_when_it_returns() {
    let hold = hold();
    let tool = hold.guest("probe-handles");
    assert_eq!(
        call(&tool, "driver.write", r#"["out.csv", "bmV3"]"#).await,
        "answer null"
    );
    assert_eq!(hold.world.read("out.csv").unwrap(), b"new");
}

#[test]
fn a_function_that_wants_to_keep_or_give_out_a_handle_is_not_callable_and_says_why() {
    let hold = hold();
    let tool = hold.guest("probe-handles");
    for name in ["keep", "make", "take"] {
        let refused = tool.call(name).err().unwrap();
        let why = std::error::Error::source(&refused).unwrap().to_string();
        assert!(
            refused.to_string().contains("cannot be called"),
            "{refused}"
        );
        assert!(!why.is_empty());
    }
    assert!(tool.call("plain").is_ok());
}
