//! Tools that call tools: nobody gains by it, nobody spends more by it, and nothing waits for ever.

use bailiwick::policy::Limits;
use bailiwick::{CancellationToken, Cause, Toolbox};
use bailiwick_tests::hold::ends;

use super::band::{Band, LINKED, Seen, tool};

const GUEST: &str = "probe-tools";

/// A caller, with these rules and limits, of a tool that may read a file.
fn reading(caller: &str) -> Band {
    let caller = format!("{caller}\ncall-tool = [\"reader\"]");
    let reader = "read-file = [\"data/*\"]\nkey-value = true\ncall-tool = []";
    let band = Band::new(
        GUEST,
        &format!("{}{}", tool("caller", &caller), tool("reader", reader)),
    );
    band.world.write("data/a", "12345");
    band.world.write("data/b", "123");
    band
}

#[tokio::test]
async fn a_called_tool_may_do_only_what_its_caller_may_too() {
    let arguments = r#"["reader.read", "{\"path\": \"data/a\"}"]"#;
    let band = reading("read-file = [\"data/a\"]\nkey-value = true");
    assert_eq!(band.ends("caller", "call", arguments).await, "answer \"5\"");
    let other = r#"["reader.read", "{\"path\": \"data/b\"}"]"#;
    let denied = r#"error {"tool-error":"\"Error::Denied\""}"#;
    assert_eq!(band.ends("caller", "call", other).await, denied);
    assert_eq!(
        band.ends("reader", "read", r#"["data/b"]"#).await,
        "answer 3"
    );

    let band = reading(LINKED);
    assert_eq!(band.ends("caller", "call", arguments).await, denied);
    assert_eq!(
        band.ends("reader", "read", r#"["data/a"]"#).await,
        "answer 5"
    );
    let attempts = band.records("attempt");
    let reads: Vec<_> = attempts
        .iter()
        .filter(|record| record["capability"] == "read-file")
        .collect();
    assert_eq!(reads[0]["decision"], "deny");
    assert_eq!(reads[0]["tool"], "reader");
}

#[tokio::test]
async fn a_call_that_is_narrowed_narrows_what_it_calls() {
    let band = reading("read-file = [\"data/*\"]\nkey-value = true");
    let rules = bailiwick::policy::Rules::builder(bailiwick::policy::Source::Code)
        .call_tool("reader", bailiwick::policy::Origin::Code)
        .unwrap()
        .build();
    let caller = band.tool("caller");
    let call = caller.call("call").unwrap().narrow(rules.into());
    let ended = ends(call, r#"["reader.read", "{\"path\": \"data/a\"}"]"#).await;
    assert_eq!(ended, r#"error {"tool-error":"\"Error::Denied\""}"#);
}

#[tokio::test]
async fn what_the_policy_does_not_name_is_denied_whether_or_not_it_exists() {
    let caller = format!("{LINKED}call-tool = [\"reader.read\", \"!reader.keep\"]");
    let band = Band::new(
        GUEST,
        &(tool("caller", &caller) + &tool("reader", &format!("{LINKED}call-tool = []"))),
    );
    for name in [
        "reader.burn",
        "reader",
        "nobody",
        "caller",
        "reader.keep",
        "",
        "../x",
        "reader.x.y",
    ] {
        let arguments = serde_json::json!([name, "{}"]).to_string();
        let ended = band.ends("caller", "call", &arguments).await;
        assert_eq!(ended, "error \"denied\"", "{name}");
    }
    assert!(
        band.records("call")
            .iter()
            .all(|record| record["tool"] == "caller")
    );
}

#[tokio::test]
async fn the_trail_has_the_attempt_and_the_call_with_its_parent_and_its_principal() {
    let band = reading("read-file = [\"data/*\"]\nkey-value = true");
    let caller = band.tool("caller");
    let call = caller.call("call").unwrap().principal("alice");
    ends(call, r#"["reader.read", "{\"path\": \"data/a\"}"]"#).await;
    let calls = band.records("call");
    let [inner, outer] = calls.as_slice() else {
        panic!("{calls:?}");
    };
    assert_eq!(
        (&inner["tool"], &outer["tool"]),
        (&"reader".into(), &"caller".into())
    );
    assert_eq!(inner["parent"], outer["call"]);
    assert_eq!(inner["principal"], "alice");
    assert_eq!(outer["parent"], serde_json::Value::Null);
    assert_eq!(outer["bytes_read"], 5);
    let attempts = band.records("attempt");
    let phases: Vec<_> = attempts
        .iter()
        .filter(|record| record["capability"] == "call-tool")
        .map(|record| {
            (
                record["phase"].as_str().unwrap(),
                record["arguments"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(phases, [("began", "reader.read"), ("ended", "reader.read")]);
}

/// Tools that may each call all the others. None can be called within its own call: it may not call itself, and what it
/// calls may do only what it may too.
const NAMES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

fn circle(limits: &str) -> Band {
    let one = |name: &&str| {
        let others: Vec<String> = NAMES
            .iter()
            .filter(|other| *other != name)
            .map(|other| format!("\"{other}\""))
            .collect();
        let others = others.join(", ");
        let table = format!("{LINKED}call-tool = [{others}]\n[tools.{name}.limits]\n{limits}");
        tool(name, &table)
    };
    Band::new(GUEST, &NAMES.iter().map(one).collect::<String>())
}

/// Arguments of `a`'s `call` that nest so often, each time in the next tool.
fn nested(depth: usize) -> String {
    let mut arguments = "{\"rounds\": 1}".to_owned();
    let mut function = "burn";
    for name in NAMES[1..=depth].iter().rev() {
        let object =
            serde_json::json!({"tool": format!("{name}.{function}"), "arguments": arguments});
        arguments = object.to_string();
        function = "call";
    }
    arguments
}

#[tokio::test]
async fn calls_end_at_their_depth() {
    for depth in [1, 4, 8] {
        let band = circle(&format!("call-depth = {depth}"));
        let at = band.ends("a", "call", &nested(depth)).await;
        assert!(at.starts_with("answer"), "{depth}: {at}");
        let past = band.ends("a", "call", &nested(depth + 1)).await;
        assert!(
            past.contains("limit") && past.starts_with("error"),
            "{depth}: {past}"
        );
        assert_eq!(band.records("call").len(), depth + 1 + depth + 1);
    }
}

#[tokio::test]
async fn calls_end_at_their_number_in_the_whole_tree() {
    let band = circle("tool-calls = 6");
    let many = |times| format!("[\"b.burn\", \"[1]\", {times}]");
    assert_eq!(band.ends("a", "many", &many(6)).await, "answer 6");
    assert_eq!(band.ends("a", "many", &many(7)).await, "answer 6");
    // One call of `b`, which makes three more, is four: the second time only one of the three is left.
    let inner = serde_json::json!({"tool": "c.burn", "arguments": "[1]", "times": 3}).to_string();
    let outer = serde_json::json!(["b.many", inner, 2]).to_string();
    let before = band.records("call").len();
    band.ends("a", "many", &outer).await;
    assert_eq!(band.records("call").len() - before, 1 + 6);
}

#[tokio::test]
async fn a_tree_spends_no_more_fuel_bytes_and_host_calls_than_its_root_has() {
    let caller = "read-file = [\"data/*\"]\nkey-value = true";
    let limits = |limits: &str| {
        let caller = format!("{caller}\ncall-tool = [\"reader\"]\n[tools.caller.limits]\n{limits}");
        let reader = "read-file = [\"data/*\"]\nkey-value = true\ncall-tool = []";
        let band = Band::new(GUEST, &(tool("caller", &caller) + &tool("reader", reader)));
        band.world.write("data/a", "12345");
        band
    };
    let many = r#"["reader.read", "[\"data/a\"]", 5]"#;
    assert_eq!(
        limits("file-read-bytes = \"15 B\"")
            .ends("caller", "many", many)
            .await,
        "answer 3"
    );
    assert_eq!(
        limits("file-read-bytes = \"14 B\"")
            .ends("caller", "many", many)
            .await,
        "answer 2"
    );
    assert_eq!(
        limits("host-calls = 6").ends("caller", "many", many).await,
        "answer 3"
    );

    let burn = r#"["reader.burn", "[1000000]", 50]"#;
    let band = limits("fuel = 20_000_000");
    let ended = band.ends("caller", "many", burn).await;
    let times: u64 = match ended.strip_prefix("answer ") {
        Some(times) => times.parse().unwrap(),
        None => 0,
    };
    assert!(times < 20, "{ended}");
    let calls = band.records("call");
    let root = calls.last().unwrap()["fuel"].as_u64().unwrap();
    let inner: u64 = calls
        .iter()
        .filter(|call| call["tool"] == "reader")
        .map(|call| call["fuel"].as_u64().unwrap())
        .sum();
    assert!(inner <= root && root <= 20_000_000, "{inner} of {root}");
}

#[tokio::test]
async fn a_tree_holds_no_more_memory_than_its_root_may() {
    let table = |name: &str, other: &str, memory: &str| {
        tool(
            name,
            &format!("{LINKED}call-tool = [{other}]\n[tools.{name}.limits]\nmemory = \"{memory}\""),
        )
    };
    let policy = table("a", "\"b\"", "16 MiB") + &table("b", "", "64 MiB");
    let band = Band::new(GUEST, &policy);
    let grow = |bytes: u32| format!("[\"b.grow\", \"[{bytes}]\"]");
    assert_eq!(
        band.ends("b", "grow", "[30000000]").await,
        "answer 30000000"
    );
    assert!(
        band.ends("a", "call", &grow(8_000_000))
            .await
            .starts_with("answer")
    );
    assert_eq!(
        band.ends("a", "call", &grow(30_000_000)).await,
        "error \"limit\""
    );
}

#[tokio::test]
async fn whatever_becomes_of_the_called_tool_the_caller_goes_on() {
    let band = circle("fuel = 50_000_000");
    for (function, arguments, word) in [
        ("trap", "[]", "Error::Trap"),
        ("fail", "[]", "Error::ToolError"),
        ("nothing", "[]", "Error::Invalid"),
        ("burn", "{\"wrong\": 1}", "Error::Invalid"),
        ("burn", "no json", "Error::Invalid"),
        ("burn", "[1]", "answer"),
    ] {
        let call = serde_json::json!([format!("b.{function}"), arguments]).to_string();
        let ended = band.ends("a", "survive", &call).await;
        assert!(
            ended.starts_with(&format!("answer \"{word}")),
            "{function}: {ended}"
        );
    }
}

#[tokio::test]
async fn no_tool_is_called_within_its_own_call() {
    let band = circle("");
    let within = serde_json::json!({"tool": "a.burn", "arguments": "[1]"}).to_string();
    let call = serde_json::json!(["b.call", within]).to_string();
    assert_eq!(
        band.ends("a", "call", &call).await,
        "error {\"tool-error\":\"\\\"denied\\\"\"}"
    );
}

#[tokio::test]
async fn a_called_tool_that_is_busy_is_unavailable_and_nobody_waits() {
    let band = circle("concurrency = 1\ntime = \"60 s\"\nfuel = 1_000_000_000_000");
    let token = CancellationToken::new();
    let a = band.tool("a");
    let long = a.call("call").unwrap().cancel_with(token.clone());
    let other = async {
        while band.records("attempt").is_empty() {
            tokio::task::yield_now().await;
        }
        let ended = band.ends("c", "call", r#"["b.burn", "[1]"]"#).await;
        token.cancel();
        ended
    };
    let (_, ended) = tokio::join!(long.json(r#"["b.burn", "[100000000000]"]"#), other);
    assert_eq!(ended, "error \"unavailable\"");
}

#[tokio::test]
async fn cancelling_the_caller_ends_the_called_tool() {
    let band = circle("time = \"60 s\"\nfuel = 1_000_000_000_000");
    let token = CancellationToken::new();
    let a = band.tool("a");
    let call = a.call("call").unwrap().cancel_with(token.clone());
    let cancel = async {
        while band.records("attempt").is_empty() {
            tokio::task::yield_now().await;
        }
        token.cancel();
    };
    let (ended, ()) = tokio::join!(call.json(r#"["b.burn", "[100000000000]"]"#), cancel);
    assert!(matches!(ended.unwrap_err().cause(), Cause::Cancelled));
    let outcomes: Vec<_> = band
        .records("call")
        .iter()
        .map(|call| call["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["cancelled", "cancelled"]);
}

#[tokio::test]
async fn the_callers_time_is_the_called_tools_time() {
    let table = |name: &str, other: &str, time: &str| {
        tool(
            name,
            &format!(
                "{LINKED}call-tool = [{other}]\n[tools.{name}.limits]\nfuel = 1_000_000_000_000\ntime = \"{time}\""
            ),
        )
    };
    let band = Band::new(
        GUEST,
        &(table("a", "\"b\"", "300 ms") + &table("b", "", "60 s")),
    );
    let ended = band
        .ends("a", "call", r#"["b.burn", "[100000000000]"]"#)
        .await;
    assert!(
        ended == "limit time" || ended == "error \"limit\"",
        "{ended}"
    );
    // Whichever of the two calls saw it first.
    let calls = band.records("call");
    assert!(
        calls.iter().any(|call| call["detail"] == "time"),
        "{calls:?}"
    );
}

#[tokio::test]
async fn a_call_under_way_keeps_the_tools_that_there_were() {
    let policy = tool("a", &format!("{LINKED}call-tool = [\"b\"]"))
        + &tool("b", &format!("{LINKED}call-tool = []"));
    let band = Band::new(GUEST, &policy);
    let toolbox = Toolbox::new();
    let tools = band.load(GUEST, &policy, &toolbox);
    toolbox.fill(tools.clone());
    let call = tools[0].call("call").unwrap();
    drop(toolbox);
    let arguments = r#"["b.burn", "[1]"]"#;
    assert!(ends(call, arguments).await.starts_with("answer"));
    // Nobody keeps the toolbox any more: what begins now finds no tool.
    let call = tools[0].call("call").unwrap();
    assert_eq!(ends(call, arguments).await, "error \"unavailable\"");
}

#[tokio::test]
async fn each_tool_keeps_its_own_values_whoever_calls_it() {
    let policy = tool("a", &format!("{LINKED}call-tool = [\"b\"]"))
        + &tool("b", &format!("{LINKED}call-tool = []"));
    let band = Band::new(GUEST, &policy);
    band.ends("a", "keep", r#"["key", "of a"]"#).await;
    assert!(
        band.ends("a", "call", r#"["b.kept", "[\"key\"]"]"#)
            .await
            .contains("null")
    );
    band.ends("a", "call", r#"["b.keep", "[\"key\", \"of b\"]"]"#)
        .await;
    assert_eq!(
        band.ends("a", "kept", r#"["key"]"#).await,
        "answer \"of a\""
    );
    assert_eq!(
        band.ends("b", "kept", r#"["key"]"#).await,
        "answer \"of b\""
    );
}

#[tokio::test]
async fn progress_is_told_for_the_call_and_not_for_what_it_calls() {
    let policy = tool("a", &format!("{LINKED}call-tool = [\"b\"]"))
        + &tool("b", &format!("{LINKED}call-tool = []"));
    let band = Band::new(GUEST, &policy);
    let seen = Seen::default();
    let a = band.tool("a");
    let listening = |function: &str| {
        let sink = seen.clone();
        a.call(function)
            .unwrap()
            .on_progress(move |progress| sink.lock().unwrap().push(progress))
    };
    ends(listening("report"), r#"[3, 9, "a\nb"]"#).await;
    let first = seen.lock().unwrap().pop().unwrap();
    assert_eq!(
        (first.done, first.total, first.message.as_deref()),
        (3, Some(9), Some(r"a\u{a}b"))
    );
    let call = r#"["b.report", "{\"done\": 1}"]"#;
    let answer = listening("call").json(call).await.unwrap();
    assert!(seen.lock().unwrap().is_empty());
    assert_eq!(answer.report().log[0].message, "b: reported");
}

#[test]
fn the_depth_that_is_left_unsaid_is_the_tables() {
    assert_eq!(Limits::default().call_depth, 4);
}
