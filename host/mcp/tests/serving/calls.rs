//! Lists and calls.

use bailiwick_mcp::NativeFunction;
use serde_json::json;

use crate::served::{Options, Served};

const POLICY: &str = "
[tools.double]
component = 'double.wasm'

[tools.more]
component = 'several.wasm'
limits = { time = '300 ms' }
";

#[test]
fn tools_are_listed_by_name_with_what_they_take_and_give() {
    let served = Served::new(POLICY);
    let client = served.modern();
    assert_eq!(
        client.names(),
        ["double", "more.break", "more.spin", "more.triple"]
    );
    let list = client.ask("tools/list", json!({}));
    let double = &list.result()["tools"][0];
    assert_eq!(double["inputSchema"]["properties"]["n"]["type"], "integer");
    assert_eq!(double["outputSchema"]["type"], "object");
    assert_eq!(double["annotations"]["readOnlyHint"], true);
    assert_eq!(double["annotations"]["openWorldHint"], false);
    assert_eq!(list.result()["cacheScope"], "private");
    assert!(list.result()["ttlMs"].as_u64().unwrap() > 0);
    assert_eq!(
        list.last(),
        client.ask("tools/list", json!({})).last(),
        "the same list twice"
    );
}

#[test]
fn an_answer_is_structured_and_the_same_as_text() {
    let served = Served::new(POLICY);
    let reply = served.modern().call("double", json!({ "n": 21 }));
    assert_eq!(reply.result()["structuredContent"], json!({ "result": 42 }));
    assert_eq!(reply.result()["content"][0]["text"], r#"{"result":42}"#);
    assert_eq!(reply.result()["isError"], false);
}

#[test]
fn bad_arguments_are_a_result_that_says_what_is_wrong() {
    let served = Served::new(POLICY);
    let client = served.modern();
    for arguments in [json!({}), json!({ "n": "x" }), json!({ "n": 1, "m": 2 })] {
        let reply = client.call("double", arguments);
        assert_eq!(reply.code(), "invalid-arguments");
        assert!(reply.failure().contains("Correct them"), "{reply:?}");
    }
    assert!(
        client
            .call("double", json!({ "m": 2 }))
            .failure()
            .contains('n')
    );
}

#[test]
fn a_tool_that_there_is_not_is_an_error_of_the_request() {
    let served = Served::new(POLICY);
    for name in ["triple", "more", "double.double", "", "\u{202e}elbuod"] {
        let reply = served.modern().call(name, json!({}));
        let error = &reply.last()["error"];
        // The header that repeats a name cannot hold every character, which is refused before the name is looked at.
        let code = error["code"].as_i64().unwrap();
        assert!(code == -32602 || code == -32020, "{reply:?}");
    }
}

#[test]
fn a_trap_and_a_limit_are_answers_and_the_next_call_works() {
    let served = Served::new(POLICY);
    let client = served.modern();
    let trap = client.call("more.break", json!({}));
    assert_eq!(trap.code(), "trap");
    let began = std::time::Instant::now();
    let spin = client.call("more.spin", json!({}));
    assert_eq!(spin.code(), "limit-exceeded");
    assert!(spin.failure().contains("`time`"), "{spin:?}");
    assert!(began.elapsed() < std::time::Duration::from_millis(1300));
    let triple = client.call("more.triple", json!({ "n": 2 }));
    assert_eq!(triple.result()["structuredContent"]["result"], 6);
}

#[test]
fn a_panic_of_the_programs_own_function_is_an_answer() {
    let schema = || json!({ "type": "object" }).as_object().unwrap().clone();
    let natives = vec![
        NativeFunction::new("fails", "Fails.", schema(), |_| async {
            Err("not today".to_owned())
        }),
        NativeFunction::new("panics", "Panics.", schema(), |_| async {
            panic!("on purpose")
        }),
        NativeFunction::new("works", "Works.", schema(), |arguments| async move {
            Ok(json!({ "given": arguments }))
        }),
    ];
    let options = Options {
        natives,
        ..Options::default()
    };
    let served = Served::with(POLICY, options);
    let client = served.modern();
    assert_eq!(client.call("panics", json!({})).code(), "host-fault");
    assert_eq!(client.call("fails", json!({})).failure(), "not today");
    let works = client.call("works", json!({ "a": 1 }));
    assert_eq!(works.result()["structuredContent"]["given"]["a"], 1);
}

#[test]
fn yesterdays_protocol_is_served_too() {
    let served = Served::new(POLICY);
    let mut client = served.modern();
    let initialized = client.initialize();
    assert_eq!(initialized["protocolVersion"], "2025-11-25");
    assert_eq!(initialized["capabilities"]["tools"]["listChanged"], true);
    assert!(
        initialized["instructions"]
            .as_str()
            .unwrap()
            .contains("double")
    );
    let reply = client.in_session(&json!({
        "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": "double", "arguments": { "n": 4 } },
    }));
    assert_eq!(reply.result()["structuredContent"]["result"], 8);
}

#[test]
fn today_a_client_discovers_without_a_session() {
    let served = Served::new(POLICY);
    let reply = served.modern().ask("server/discover", json!({}));
    let versions = reply.result()["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")) && versions.contains(&json!("2025-11-25")));
    let text = reply.result()["instructions"].as_str().unwrap();
    assert!(text.contains("double") && text.contains("more"), "{text}");
}

/// What is offered is also spoken.
#[test]
fn every_version_that_is_offered_is_served() {
    let served = Served::new(POLICY);
    let discovered = served.modern().ask("server/discover", json!({}));
    let versions = discovered.result()["supportedVersions"].clone();
    let older = versions.as_array().unwrap().iter();
    let older: Vec<&str> = older
        .map(|version| version.as_str().unwrap())
        .filter(|version| *version < "2026-07-28")
        .collect();
    assert_eq!(
        older.len(),
        4,
        "docs/operators/serve.md names them: {older:?}"
    );
    for version in older {
        let mut client = served.modern();
        let answer = client.initialize_in(version);
        assert_eq!(answer["protocolVersion"], version);
        let call = json!({
            "jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": { "name": "double", "arguments": { "n": 4 } },
        });
        let session = client.session.clone().unwrap();
        let headers = [
            ("mcp-session-id", session),
            ("mcp-protocol-version", version.to_owned()),
        ];
        let reply = client.post(&call, &headers);
        assert_eq!(
            reply.result()["structuredContent"]["result"],
            8,
            "{version}"
        );
    }
}

#[test]
fn what_an_orchestrator_asks_is_answered() {
    let served = Served::new(POLICY);
    assert_eq!(served.get("/healthz", None), (200, "ok\n".to_owned()));
    assert_eq!(served.get("/readyz", None), (200, "ready\n".to_owned()));
    served.modern().call("double", json!({ "n": 1 }));
    let (status, metrics) = served.get("/metrics", None);
    assert_eq!(status, 200);
    assert!(metrics.contains("double"), "{metrics}");
    assert!(metrics.ends_with("# EOF\n"), "{metrics}");
    assert_eq!(
        served.get("/.well-known/oauth-protected-resource", None).0,
        404
    );
}
