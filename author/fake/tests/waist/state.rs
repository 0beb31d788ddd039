//! The store, other tools, progress.

use bailiwick::capability::key_value::{CompareAndSet, Delete, Get, List, Set};
use bailiwick::capability::progress::Report;
use bailiwick::capability::tools::{CallTool, Called};
use bailiwick::policy::Limit;
use bailiwick::waist::Failure;
use bailiwick_fake::{Case, Family, Fault, Place, ScriptedTool, World};
use serde_json::json;

use super::Stage;

const STORE: &str = "key-value = true\n[tools.t.limits]\nkey-value-bytes = \"1 KiB\"\n";

fn get(key: &str) -> Get {
    Get { key: key.into() }
}

fn set(key: &str, value: &str) -> Set {
    Set {
        key: key.into(),
        value: value.into(),
    }
}

fn compare_and_set(expected: Option<&str>, value: &str) -> CompareAndSet {
    CompareAndSet {
        key: "a".into(),
        expected: expected.map(Into::into),
        value: value.into(),
    }
}

#[tokio::test]
async fn a_value_is_there_until_it_is_removed() {
    let world = World::new().value("old", "1").value("gone", "2");
    let mut stage = Stage::new(&world, STORE);
    assert_eq!(stage.attempt(get("old")).await, Ok(Some(b"1".to_vec())));
    assert_eq!(stage.attempt(get("new")).await, Ok(None));
    assert_eq!(stage.attempt(set("new", "3")).await, Ok(()));
    assert_eq!(stage.attempt(get("new")).await, Ok(Some(b"3".to_vec())));
    let delete = |key: &str| Delete { key: key.into() };
    assert_eq!(stage.attempt(delete("gone")).await, Ok(()));
    assert_eq!(stage.attempt(delete("gone")).await, Ok(()));
    let stored: Vec<_> = stage.performance.stored().into_iter().collect();
    let expected = [
        ("gone".to_owned(), None),
        ("new".to_owned(), Some(b"3".to_vec())),
    ];
    assert_eq!(stored, expected);
    assert_eq!(stage.attempts()[2], "key-value new: done");
    // The next call begins with the world anew.
    let mut stage = Stage::new(&world, STORE);
    assert_eq!(stage.attempt(get("gone")).await, Ok(Some(b"2".to_vec())));
}

#[tokio::test]
async fn a_value_is_only_set_where_it_is_still_the_expected_one() {
    let mut stage = Stage::new(&World::new(), STORE);
    assert_eq!(
        stage.attempt(compare_and_set(Some("x"), "1")).await,
        Ok(false)
    );
    assert_eq!(stage.attempt(compare_and_set(None, "1")).await, Ok(true));
    assert_eq!(stage.attempt(compare_and_set(None, "2")).await, Ok(false));
    assert_eq!(
        stage.attempt(compare_and_set(Some("1"), "2")).await,
        Ok(true)
    );
    assert_eq!(stage.attempt(get("a")).await, Ok(Some(b"2".to_vec())));
}

#[tokio::test]
async fn the_store_is_full_at_its_bytes_keys_and_values_together() {
    let mut stage = Stage::new(&World::new(), STORE);
    let most = "x".repeat(1023);
    assert_eq!(stage.attempt(set("a", &most)).await, Ok(()));
    assert_eq!(stage.attempt(set("b", "")).await, Err(Failure::Quota));
    assert_eq!(
        stage.attempt(set("a", &format!("{most}x"))).await,
        Err(Failure::Quota)
    );
    // What is replaced makes room.
    assert_eq!(stage.attempt(set("a", "x")).await, Ok(()));
    assert_eq!(stage.attempt(set("b", "")).await, Ok(()));
}

#[tokio::test]
async fn keys_are_listed_in_parts_in_their_order() {
    let world = ["p/3", "p/1", "q", "p/2"]
        .into_iter()
        .fold(World::new(), |world, key| world.value(key, ""));
    let mut stage = Stage::new(&world, STORE);
    let list = |after: Option<&str>, most| List {
        prefix: "p/".into(),
        after: after.map(Into::into),
        most,
    };
    let first = stage.attempt(list(None, 2)).await.unwrap();
    assert_eq!(
        (first.keys.join(" "), first.next.as_deref()),
        ("p/1 p/2".into(), Some("p/2"))
    );
    let rest = stage.attempt(list(Some("p/2"), 2)).await.unwrap();
    assert_eq!((rest.keys.join(" "), rest.next), ("p/3".into(), None));
    let exactly = stage.attempt(list(None, 3)).await.unwrap();
    assert_eq!((exactly.keys.len(), exactly.next), (3, None));
    assert!(matches!(
        stage.attempt(list(None, 0)).await,
        Err(Failure::Invalid(_))
    ));
}

#[tokio::test]
async fn what_is_no_key_is_invalid_and_what_is_not_granted_is_denied() {
    let mut stage = Stage::new(&World::new(), STORE);
    for bad in ["", "a\nb", &"k".repeat(257)] {
        assert!(matches!(
            stage.attempt(get(bad)).await,
            Err(Failure::Invalid(_))
        ));
    }
    assert_eq!(stage.attempt(get(&"k".repeat(256))).await, Ok(None));
    let mut stage = Stage::new(&World::new().value("a", "1"), "");
    assert_eq!(stage.attempt(get("a")).await, Err(Failure::Denied));
    assert_eq!(stage.attempt(set("a", "2")).await, Err(Failure::Denied));
    assert!(stage.performance.stored().is_empty());
}

const CALLS: &str = "call-tool = [\"adder.sum\", \"other\", \"!other.delete\"]\n";

fn stage_with(world: &World, grants: &str) -> Stage {
    let other = "[tools.adder]\ncomponent = \"a.wasm\"\n[tools.other]\ncomponent = \"o.wasm\"\n";
    Stage::new(world, &format!("{grants}{other}"))
}

fn call(name: &str, arguments: &str) -> CallTool {
    let (tool, function) = match name.split_once('.') {
        Some((tool, function)) => (tool, Some(function.to_owned())),
        None => (name, None),
    };
    CallTool {
        tool: tool.to_owned(),
        function,
        arguments: arguments.to_owned(),
    }
}

/// What came of a call, in a word.
async fn ending(stage: &mut Stage, name: &str, arguments: &str) -> String {
    match stage.attempt(call(name, arguments)).await {
        Ok(Called::Answer(json)) => json,
        Ok(Called::ToolError(json)) => format!("tool-error {json}"),
        Ok(Called::Trap) => "trap".to_owned(),
        Err(failure) => failure.code().to_owned(),
    }
}

#[tokio::test]
async fn a_tool_answers_what_was_written_for_it() {
    let busy = Case::new(Family::CallTool, "unavailable", None).unwrap();
    let world = World::new()
        .tool(ScriptedTool::answering("adder.sum", "3").given(json!({"numbers": [1, 2]})))
        .tool(ScriptedTool::failing("other.go", busy))
        .tool(ScriptedTool::refusing("other.go", "\"no\""))
        .tool(ScriptedTool::trapping("other.go"));
    let mut stage = stage_with(&world, CALLS);
    let sum = "{ \"numbers\": [1, 2] }";
    assert_eq!(ending(&mut stage, "adder.sum", sum).await, "3");
    assert_eq!(ending(&mut stage, "adder.sum", "{}").await, "unavailable");
    assert_eq!(ending(&mut stage, "adder.sum", "[]").await, "invalid");
    for expected in ["unavailable", "tool-error \"no\"", "trap", "trap"] {
        assert_eq!(ending(&mut stage, "other.go", "{}").await, expected);
    }
    let called = stage.performance.called();
    assert_eq!(
        (called[0].name.as_str(), called[0].arguments.as_str()),
        ("adder.sum", sum)
    );
    assert_eq!((called[0].expected, called[1].expected), (true, false));
}

#[tokio::test]
async fn what_may_not_be_called_is_denied_and_no_tool_hears_of_it() {
    let world = World::new().tool(ScriptedTool::answering("other.delete", "null"));
    let mut stage = stage_with(&world, CALLS);
    for name in [
        "other.delete",
        "adder",
        "adder.product",
        "nobody",
        "other",
        "../x",
    ] {
        assert_eq!(ending(&mut stage, name, "{}").await, "denied", "{name}");
    }
    assert!(stage.performance.called().is_empty());
    assert_eq!(stage.attempts()[0], "call-tool other.delete: denied");
}

#[tokio::test]
async fn calls_of_tools_end_at_their_limit() {
    let world = World::new().tool(ScriptedTool::answering("adder.sum", "3"));
    let limits = "[tools.t.limits]\ntool-calls = 2\n";
    let mut stage = stage_with(&world, &format!("{CALLS}{limits}"));
    for _ in 0..2 {
        assert_eq!(ending(&mut stage, "adder.sum", "{}").await, "3");
    }
    let one_more = stage.attempt(call("adder.sum", "{}")).await;
    assert!(matches!(one_more, Err(Failure::Limit(Limit::ToolCalls))));
    assert_eq!(stage.performance.called().len(), 2);
}

#[tokio::test]
async fn every_error_can_be_made_to_happen() {
    for (family, capability) in [
        (Family::KeyValue, "key-value"),
        (Family::CallTool, "call-tool"),
    ] {
        for case in Case::all(family) {
            let (place, of) = Place::named(capability).unwrap();
            assert_eq!(of, family);
            let world = World::new().fault(Fault::always(place, case.clone()));
            let mut stage = stage_with(&world, &format!("key-value = true\n{CALLS}"));
            let failed = match family {
                Family::KeyValue => stage.attempt(get("a")).await.map(drop),
                _ => stage.attempt(call("adder.sum", "{}")).await.map(drop),
            };
            assert!(failed.is_err(), "{case}");
            assert_eq!(stage.performance.attempts()[0].ending(), case.name());
        }
    }
}

#[tokio::test]
async fn progress_is_noted_and_needs_no_grant() {
    let mut stage = Stage::new(&World::new(), "");
    let report = |done, total, message: Option<&str>| Report {
        done,
        total,
        message: message.map(Into::into),
    };
    assert_eq!(stage.held(report(1, None, None)).await, Ok(()));
    assert_eq!(stage.held(report(2, Some(3), Some("two"))).await, Ok(()));
    let reported = stage.performance.reported();
    let reported: Vec<String> = reported.iter().map(ToString::to_string).collect();
    assert_eq!(reported, ["1", "2/3: two"]);
    assert!(stage.attempts().is_empty());
}
