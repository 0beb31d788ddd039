//! Every limit of the table: at it, one past it, with its code.

use bailiwick::policy::{Limit, Limits};
use bailiwick_tests::hold::{Hold, call};
use bailiwick_tests::world::World;

/// Which test proves a limit: at it and one past it, with its code. A limit that is new does not compile without.
fn proof(limit: Limit) -> &'static str {
    match limit {
        Limit::Memory => "cases/limits/memory_grows_to_its_limit_and_not_one_page_past.toml",
        Limit::TableElements => "tables_grow_to_their_limit_and_not_one_element_past",
        Limit::Instances => "instances_end_at_their_limit",
        Limit::Handles => {
            "cases/files/a_file_that_grows_handle_by_handle_reaches_the_limit_of_handles.toml"
        }
        Limit::Stack => "cases/limits/recursion_ends_at_the_stack.toml",
        Limit::Fuel => "fuel_suffices_for_what_a_call_needs_and_ends_what_needs_more",
        Limit::Time => "cases/limits/a_loop_without_end_ends_at_the_time.toml",
        Limit::HostCalls => "cases/limits/host_calls_end_at_their_limit.toml",
        Limit::HostCallBytes => {
            "cases/limits/one_host_call_carries_its_limit_and_not_one_byte_more.toml"
        }
        Limit::FileReadBytes => "cases/files/the_quota_of_reading_ends_one_byte_past_it.toml",
        Limit::FileWriteBytes => "cases/files/the_quota_of_writing_ends_one_byte_past_it.toml",
        Limit::ListEntries => "cases/files/a_listing_ends_at_its_limit.toml",
        Limit::HttpRequests => "cases/http/requests_end_at_their_limit.toml",
        Limit::HttpBytes => "cases/http/bytes_of_all_answers_end_at_their_limit.toml",
        Limit::Egress => "cases/flow/what_is_sent_to_one_host_ends_at_its_bytes.toml",
        Limit::KeyValueBytes => "key_value::the_store_ends_at_its_bytes_and_not_one_before",
        Limit::ToolCalls => "call_tool::calls_end_at_their_number_in_the_whole_tree",
        Limit::CallDepth => "call_tool::calls_end_at_their_depth",
        Limit::Output => "cases/output/an_answer_ends_at_its_limit.toml",
        Limit::Log => "cases/output/the_log_ends_at_its_limit_and_counts_the_rest.toml",
        Limit::Concurrency => "concurrency_ends_at_its_limit",
        Limit::ComponentSize => "a_component_ends_at_its_size",
        Limit::CompileTime => "compiling_ends_at_its_time",
        Limit::Redirects => "cases/http/redirects_end_at_their_limit.toml",
    }
}

#[test]
fn every_limit_of_the_table_has_its_proof() {
    let here = include_str!("limits.rs");
    let beside = |module: &str| match module {
        "key_value" => include_str!("key_value.rs"),
        _ => include_str!("call_tool.rs"),
    };
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for row in Limits::TABLE {
        let proof = proof(row.limit);
        let exists = match proof.contains('/') {
            true => folder.join(proof).exists(),
            false => match proof.split_once("::") {
                Some((module, name)) => beside(module).contains(&format!("fn {name}()")),
                None => here.contains(&format!("fn {proof}()")),
            },
        };
        assert!(exists, "`{}` has no `{proof}`", row.key);
    }
}

fn hold(limits: &str) -> Hold {
    Hold::new(World::new(), &format!("[tools.probe.limits]\n{limits}\n"))
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// Grows a table by what it is told, and says what it had before.
const TABLE: &str = r#"(component
  (core module $m
    (table $t 0 funcref) (table $u 0 funcref)
    (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
    (func (export "grow-both") (param i32) (result i32)
      (drop (table.grow $t (ref.null func) (local.get 0)))
      (table.grow $u (ref.null func) (local.get 0))))
  (core instance $i (instantiate $m))
  (func (export "grow") (param "by" u32) (result s32) (canon lift (core func $i "grow")))
  (func (export "grow-both") (param "by" u32) (result s32) (canon lift (core func $i "grow-both"))))"#;

#[tokio::test]
async fn tables_grow_to_their_limit_and_not_one_element_past() {
    let hold = hold("table-elements = 1000");
    let tool = hold.load(&wat(TABLE)).unwrap();
    assert_eq!(call(&tool, "grow", "[1000]").await, "answer 0");
    assert_eq!(call(&tool, "grow", "[1001]").await, "answer -1");
    assert_eq!(call(&tool, "grow-both", "[500]").await, "answer 0");
    assert_eq!(call(&tool, "grow-both", "[501]").await, "answer -1");
}

#[test]
fn a_table_that_starts_above_its_limit_refuses_the_component_with_the_line_to_write() {
    let hold = hold("table-elements = 1000");
    let with = |count: u32| {
        wat(&format!(
            "(component (core module $m (table {count} funcref)) (core instance (instantiate $m)))"
        ))
    };
    assert!(hold.load(&with(1000)).is_ok());
    let refused = hold.load(&with(1001)).unwrap_err();
    assert_eq!(refused.code(), "limit-exceeded");
    assert!(
        refused.remedy().unwrap().contains("table-elements = "),
        "{:?}",
        refused.remedy()
    );
}

#[tokio::test]
async fn instances_end_at_their_limit() {
    let hold = hold("instances = 5");
    let with = |count: usize| {
        let instances = "(core instance (instantiate $m))".repeat(count - 1);
        wat(&format!(
            r#"(component (core module $m (func (export "one") (result i32) (i32.const 1)))
               {instances} (core instance $i (instantiate $m))
               (func (export "one") (result u32) (canon lift (core func $i "one"))))"#
        ))
    };
    let tool = hold.load(&with(5)).unwrap();
    assert_eq!(call(&tool, "one", "[]").await, "answer 1");
    let tool = hold.load(&with(6)).unwrap();
    let ended = call(&tool, "one", "[]").await;
    assert_eq!(ended, "limit instances");
}

#[tokio::test]
async fn fuel_suffices_for_what_a_call_needs_and_ends_what_needs_more() {
    let generous = hold("fuel = 1000000000");
    let tool = generous.guest("probe-limits");
    let answer = tool
        .call("exhaust.compute")
        .unwrap()
        .json("[1000]")
        .await
        .unwrap();
    // The engine looks at the fuel where it branches back and where it calls: not at each instruction.
    let needed = answer.report().fuel;
    for (fuel, ended) in [(needed - 100, "limit fuel"), (needed, "answer")] {
        let exact = hold(&format!("fuel = {fuel}"));
        let tool = exact.guest("probe-limits");
        let seen = call(&tool, "exhaust.compute", "[1000]").await;
        assert!(seen.starts_with(ended), "{fuel} of {needed}: {seen}");
    }
}

#[tokio::test]
async fn concurrency_ends_at_its_limit() {
    let hold = hold("concurrency = 2");
    let tool = hold.guest("probe-limits");
    let (first, second) = (
        call(&tool, "exhaust.spin", "[]"),
        call(&tool, "exhaust.spin", "[]"),
    );
    let (mut first, mut second) = (std::pin::pin!(first), std::pin::pin!(second));
    assert!(futures_util::poll!(first.as_mut()).is_pending());
    assert!(futures_util::poll!(second.as_mut()).is_pending());
    assert_eq!(call(&tool, "canary.count", "[]").await, "limit concurrency");
}

#[test]
fn a_component_ends_at_its_size() {
    let component = |padding: usize| {
        let text = "(component)";
        let mut bytes = wat(text);
        bytes.extend([0]);
        let mut length = padding;
        let content = vec![0; padding];
        while length >= 0x80 {
            bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        bytes.push(u8::try_from(length).unwrap());
        bytes.extend(content);
        bytes
    };
    let hold = hold("component-size = \"2 KiB\"");
    let header = component(2000).len() - 2000;
    assert!(hold.load(&component(2048 - header)).is_ok());
    let refused = hold.load(&component(2048 - header + 1)).unwrap_err();
    assert_eq!(refused.code(), "limit-exceeded");
    assert!(refused.remedy().unwrap().contains("component-size"));
}

/// A component whose one function takes an unoptimised compiler seconds.
fn heavy() -> Vec<u8> {
    let body =
        "(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 31)) (i32.popcnt (local.get 0))))"
            .repeat(40_000);
    wat(&format!(
        r#"(component (core module $m (func (export "f") (param i32) (result i32) {body} (local.get 0)))
           (core instance $i (instantiate $m))
           (func (export "f") (param "a" u32) (result u32) (canon lift (core func $i "f"))))"#
    ))
}

#[test]
fn compiling_ends_at_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_owned();
    let hold = Hold::with(
        World::new(),
        "[tools.probe.limits]\ncompile-time = \"20 ms\"\n",
        |builder| builder.cache(at),
    );
    let refused = hold.load(&heavy()).unwrap_err();
    assert_eq!(refused.code(), "limit-exceeded", "{refused}");
    assert!(refused.remedy().unwrap().contains("compile-time"));
    assert!(hold.load(&wat(TABLE)).is_ok() || hold.load(&wat("(component)")).is_ok());
}

#[tokio::test]
async fn a_start_section_that_never_ends_ends_at_the_limits() {
    let text = r#"(component
      (core module $m (func $s (loop $again (br $again))) (start $s) (func (export "one") (result i32) (i32.const 1)))
      (core instance $i (instantiate $m))
      (func (export "one") (result u32) (canon lift (core func $i "one"))))"#;
    let fuelled = hold("fuel = 10000000");
    let tool = fuelled.load(&wat(text)).unwrap();
    assert_eq!(call(&tool, "one", "[]").await, "limit fuel");
    let timed = hold("fuel = 9000000000000000000\ntime = \"100 ms\"");
    let tool = timed.load(&wat(text)).unwrap();
    assert_eq!(call(&tool, "one", "[]").await, "limit time");
}

#[tokio::test]
async fn a_start_section_that_grows_without_end_ends_at_the_memory() {
    let text = r#"(component
      (core module $m (memory 1)
        (func $s (loop $again (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then (unreachable))) (br $again)))
        (start $s) (func (export "one") (result i32) (i32.const 1)))
      (core instance $i (instantiate $m))
      (func (export "one") (result u32) (canon lift (core func $i "one"))))"#;
    let hold = hold("memory = \"1 MiB\"");
    let tool = hold.load(&wat(text)).unwrap();
    assert_eq!(call(&tool, "one", "[]").await, "limit memory");
}

#[tokio::test]
async fn several_memories_count_together() {
    let text = r#"(component
      (core module $m (memory 1) (memory 1)
        (func (export "grow") (param i32 i32) (result i32)
          (drop (memory.grow 0 (local.get 0))) (memory.grow 1 (local.get 1))))
      (core instance $i (instantiate $m))
      (func (export "grow") (param "a" u32) (param "b" u32) (result s32) (canon lift (core func $i "grow"))))"#;
    let hold = hold("memory = \"1 MiB\"");
    let tool = hold.load(&wat(text)).unwrap();
    assert_eq!(call(&tool, "grow", "[7, 7]").await, "answer 1");
    assert_eq!(call(&tool, "grow", "[7, 8]").await, "answer -1");
}

#[tokio::test]
async fn huge_arguments_are_refused_or_end_at_a_limit() {
    let hold = hold("memory = \"8 MiB\"\nfuel = 1000000000");
    let tool = hold.guest("probe-values");
    let text = "x".repeat(12 << 20);
    let ended = call(
        &tool,
        "count-strings",
        &serde_json::json!([[text]]).to_string(),
    )
    .await;
    assert!(
        ["limit memory", "limit host-call-bytes"].contains(&ended.as_str()),
        "{ended}"
    );
    let lists = format!("[{}]", "[".repeat(100_000));
    assert_eq!(call(&tool, "echo-cube", &lists).await, "invalid-arguments");
    let strings = serde_json::json!([vec![""; 1_000_000]]).to_string();
    let ended = call(&tool, "count-strings", &strings).await;
    assert!(ended == "answer 0" || ended.starts_with("limit"), "{ended}");
    assert_eq!(call(&tool, "echo-u8", "[7]").await, "answer 7");
}

#[tokio::test]
async fn the_same_call_uses_the_same_fuel() {
    let hold = hold("fuel = 1000000000");
    let tool = hold.guest("probe-limits");
    let mut used = Vec::new();
    for _ in 0..5 {
        let answer = tool
            .call("exhaust.compute")
            .unwrap()
            .json("[5000]")
            .await
            .unwrap();
        used.push((answer.json().to_owned(), answer.report().fuel));
    }
    assert!(used.windows(2).all(|two| two[0] == two[1]), "{used:?}");
}

#[tokio::test]
async fn a_component_of_many_memories_or_tables_ends_at_a_limit() {
    let hold = hold("instances = 100");
    for (item, ended) in [
        ("(memory 0)", "limit memory"),
        ("(table 0 funcref)", "limit table-elements"),
    ] {
        let with = |count: usize| {
            let instances = "(core instance (instantiate $n))".repeat(count);
            wat(&format!(
                r#"(component (core module $n {item}) (core module $m (func (export "one") (result i32) (i32.const 1)))
                   {instances} (core instance $i (instantiate $m))
                   (func (export "one") (result u32) (canon lift (core func $i "one"))))"#
            ))
        };
        assert_eq!(
            call(&hold.load(&with(2)).unwrap(), "one", "[]").await,
            "answer 1"
        );
        assert_eq!(
            call(&hold.load(&with(90)).unwrap(), "one", "[]").await,
            ended
        );
    }
}
