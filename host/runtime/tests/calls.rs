//! Calls of hand-written components through the public API: what an embedder sees.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::sync::Arc;

use bailiwick::policy::{Limit, LimitSettings, Limits, Rules};
use bailiwick::{Allocation, CancellationToken, Cause, Host, Source, Tool, ToolOptions};

/// A component with one function for each way that a call can end.
const ENDINGS: &str = r#"
(component
  (core module $code
    (memory (export "memory") 1)
    (table $table 1 funcref)
    (global $calls (mut i32) (i32.const 0))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "count") (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (global.get $calls))
    (func (export "spin") (loop $again (br $again)))
    (func (export "fill")
      (loop $again (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br $again)))
    (func $deeper (export "recurse") (call $deeper))
    (func (export "trap") (unreachable))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "give-up")
      (if (i32.eq (memory.grow (i32.const 60000)) (i32.const -1)) (then (unreachable)))))
  (core instance $core (instantiate $code))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $core "add")))
  (func (export "count") (result u32) (canon lift (core func $core "count")))
  (func (export "spin") (canon lift (core func $core "spin")))
  (func (export "fill") (canon lift (core func $core "fill")))
  (func (export "recurse") (canon lift (core func $core "recurse")))
  (func (export "trap") (canon lift (core func $core "trap")))
  (func (export "grow") (param "pages" u32) (result s32) (canon lift (core func $core "grow")))
  (func (export "give-up") (canon lift (core func $core "give-up"))))
"#;

fn options(limits: Limits) -> ToolOptions {
    ToolOptions {
        name: "endings".into(),
        rules: Arc::new(Rules::none(bailiwick::policy::Source::Code)),
        narrowed_to: Vec::new(),
        limits,
        sha256: None,
        policy: [0; 32],
        ask: false,
        isolated: false,
        toolbox: None,
    }
}

fn tool_on(host: &Host, limits: Limits) -> Tool {
    let bytes = wat::parse_str(ENDINGS).unwrap();
    host.load(&Source::Bytes(&bytes), options(limits)).unwrap()
}

fn tool() -> (Host, Tool) {
    let host = Host::builder().build().unwrap();
    let tool = tool_on(&host, Limits::default());
    (host, tool)
}

async fn end(tool: &Tool, function: &str, arguments: &str) -> String {
    match tool.call(function).unwrap().json(arguments).await {
        Ok(answer) => answer.json().to_owned(),
        Err(error) => match error.cause() {
            Cause::Limit(limit) => format!("limit {}", limit.code()),
            _ => error.code().to_owned(),
        },
    }
}

#[tokio::test]
async fn answers_in_json_whatever_way_the_arguments_come() {
    let (_host, tool) = tool();
    assert_eq!(end(&tool, "add", r#"{"a": 2, "b": 3}"#).await, "5");
    assert_eq!(end(&tool, "add", "[2, 3]").await, "5");
    let wave = tool.call("add").unwrap().wave(&["2", "3"]).await.unwrap();
    assert_eq!(wave.json(), "5");
    let typed = tool.typed::<(u32, u32), (u32,)>("add").unwrap();
    assert_eq!(typed.call((2, 3)).await.unwrap(), (5,));
}

#[tokio::test]
async fn every_call_runs_in_an_instance_of_its_own() {
    let (_host, tool) = tool();
    for _ in 0..3 {
        assert_eq!(end(&tool, "count", "[]").await, "1");
    }
}

#[tokio::test]
async fn each_way_to_end_has_its_code_and_the_next_call_works() {
    let host = Host::builder().build().unwrap();
    let tool = tool_on(
        &host,
        Limits {
            fuel: 100_000_000,
            ..Limits::default()
        },
    );
    for (function, code) in [
        ("spin", "limit fuel"),
        ("fill", "limit fuel"),
        ("recurse", "limit stack"),
        ("trap", "trap"),
        ("give-up", "limit memory"),
    ] {
        assert_eq!(end(&tool, function, "[]").await, code, "{function}");
        assert_eq!(end(&tool, "add", "[1, 1]").await, "2", "after {function}");
    }
    assert_eq!(end(&tool, "add", "[1]").await, "invalid-arguments");
}

#[tokio::test]
async fn time_covers_a_guest_that_never_waits() {
    let host = Host::builder().build().unwrap();
    let time = std::time::Duration::from_millis(50);
    let tool = tool_on(
        &host,
        Limits {
            time,
            fuel: u64::MAX / 2,
            ..Limits::default()
        },
    );
    for function in ["spin", "fill"] {
        assert_eq!(end(&tool, function, "[]").await, "limit time", "{function}");
    }
}

#[tokio::test]
async fn memory_grows_to_the_limit_and_not_one_page_past_it() {
    let host = Host::builder().build().unwrap();
    let tool = tool_on(
        &host,
        Limits {
            memory: 10 << 16,
            ..Limits::default()
        },
    );
    assert_eq!(end(&tool, "grow", "[9]").await, "1");
    assert_eq!(end(&tool, "grow", "[10]").await, "-1");
}

#[tokio::test]
async fn a_cancelled_call_ends_as_cancelled_and_is_recorded() {
    let (host, tool) = tool();
    let token = CancellationToken::new();
    let call = tool.call("spin").unwrap().cancel_with(token.clone());
    let (ended, ()) = tokio::join!(call.json("[]"), async { token.cancel() });
    assert_eq!(ended.unwrap_err().code(), "cancelled");
    let last = host.trail().lines().pop().unwrap();
    assert!(last.contains(r#""outcome":"cancelled""#), "{last}");
}

#[tokio::test]
async fn a_dropped_call_is_recorded_as_cancelled() {
    let (host, tool) = tool();
    {
        let call = tool.call("spin").unwrap().json("[]");
        let mut call = std::pin::pin!(call);
        assert!(futures_util::poll!(call.as_mut()).is_pending());
    }
    let last = host.trail().lines().pop().unwrap();
    assert!(last.contains(r#""outcome":"cancelled""#), "{last}");
}

#[tokio::test]
async fn limits_of_a_call_only_lower() {
    let host = Host::builder().build().unwrap();
    let tool = tool_on(
        &host,
        Limits {
            memory: 10 << 16,
            ..Limits::default()
        },
    );
    let mut lower = LimitSettings::new();
    lower.set_number(Limit::Memory, 5 << 16).unwrap();
    let lowered = tool
        .call("grow")
        .unwrap()
        .limits(&lower)
        .json("[9]")
        .await
        .unwrap();
    assert_eq!(lowered.json(), "-1");
    let mut higher = LimitSettings::new();
    higher.set_number(Limit::Memory, 20 << 16).unwrap();
    let raised = tool
        .call("grow")
        .unwrap()
        .limits(&higher)
        .json("[10]")
        .await
        .unwrap();
    assert_eq!(raised.json(), "-1");
}

#[tokio::test]
async fn a_minimum_above_the_ceiling_refuses_the_load_with_the_line_to_write() {
    let host = Host::builder().build().unwrap();
    let bytes = wat::parse_str(ENDINGS.replace(
        "(memory (export \"memory\") 1)",
        "(memory (export \"memory\") 100)",
    ))
    .unwrap();
    let limits = Limits {
        memory: 1 << 20,
        ..Limits::default()
    };
    let error = host
        .load(&Source::Bytes(&bytes), options(limits))
        .unwrap_err();
    assert_eq!(error.code(), "limit-exceeded");
    assert_eq!(
        error.remedy().unwrap(),
        "write `memory = \"6400 KiB\"` under the tool's `limits`"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_of_a_pool_do_not_disturb_each_other() {
    let host = Host::builder()
        .allocation(Allocation::Pool { slots: 20 })
        .build()
        .unwrap();
    let time = std::time::Duration::from_millis(200);
    let tool = tool_on(
        &host,
        Limits {
            time,
            fuel: u64::MAX / 2,
            concurrency: 20,
            ..Limits::default()
        },
    );
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..10 {
        let tool = tool.clone();
        calls.spawn(async move {
            let function = ["spin", "trap", "give-up", "count", "add"][number % 5];
            let arguments = if function == "add" { "[20, 22]" } else { "[]" };
            (function, end(&tool, function, arguments).await)
        });
    }
    while let Some(ended) = calls.join_next().await {
        let (function, ended) = ended.unwrap();
        let expected = match function {
            "spin" => "limit time",
            "trap" => "trap",
            "give-up" => "limit memory",
            "count" => "1",
            _ => "42",
        };
        assert_eq!(ended, expected, "{function}");
    }
}

#[tokio::test]
async fn too_many_calls_at_once_are_refused_with_their_code() {
    let host = Host::builder().build().unwrap();
    let tool = tool_on(
        &host,
        Limits {
            concurrency: 1,
            ..Limits::default()
        },
    );
    let first = tool.call("spin").unwrap().json("[]");
    let mut first = std::pin::pin!(first);
    assert!(futures_util::poll!(first.as_mut()).is_pending());
    assert_eq!(end(&tool, "add", "[1, 1]").await, "limit concurrency");
}
