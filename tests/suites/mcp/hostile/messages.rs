//! Messages that are none: malformed JSON-RPC in many forms, over HTTP.

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::http::{Connection, Reply};
use bailiwick_tests::mcp::session::{Session, with_meta};
use serde_json::{Value, json};

use super::Target;
use crate::runtime;

/// Bodies that are no message at all.
const NO_MESSAGES: [&[u8]; 26] = [
    b"",
    b" ",
    b"{",
    b"}",
    b"null",
    b"true",
    b"42",
    b"\"tools/list\"",
    b"[]",
    b"[1]",
    b"{}",
    b"{\"jsonrpc\":\"2.0\"}",
    b"{\"jsonrpc\":\"2.0\",\"id\":1}",
    b"{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"tools/list\"}",
    b"{\"id\":1,\"method\":\"tools/list\"}",
    b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}",
    b"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"tools/list\"}",
    b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"} {}",
    b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"",
    b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",}",
    b"{'jsonrpc':'2.0','id':1,'method':'tools/list'}",
    b"{\"jsonrpc\":\"2.0\",\"id\":NaN,\"method\":\"tools/list\"}",
    b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\ud800\"}",
    b"\xff\xfe{\x00}\x00",
    b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/\xc3\x28\"}",
    b"--boundary\r\ncontent-type: text/plain\r\n\r\nx\r\n--boundary--",
];

#[test]
fn what_is_no_message_is_refused() {
    runtime().block_on(async {
        let target = Target::new();
        for body in NO_MESSAGES {
            for era in Era::BOTH {
                let mut session = Session::open(target.address(), era).await.unwrap();
                let headers = session.headers("tools/list");
                let headers: Vec<(&str, &str)> = headers
                    .iter()
                    .map(|(name, value)| (*name, value.as_str()))
                    .collect();
                let reply = session.connection().post(&headers, body).await.unwrap();
                assert_refused(&reply, &String::from_utf8_lossy(body));
            }
        }
        target.still_serves("what is no message").await;
        target.stop();
    });
}

#[test]
fn requests_with_wrong_parameters_are_answered_with_an_error() {
    let wrong = [
        json!(null),
        json!(7),
        json!("say"),
        json!({}),
        json!({ "name": null }),
        json!({ "name": 7 }),
        json!({ "name": ["say"] }),
        json!({ "name": "" }),
        json!({ "name": "say\u{0}" }),
        json!({ "name": "../say" }),
        json!({ "name": "x".repeat(100_000) }),
        json!({ "name": "say", "arguments": 7 }),
        json!({ "name": "say", "arguments": [] }),
        json!({ "name": "say", "arguments": "{}" }),
        json!({ "name": "say", "arguments": { "nothing": 1 } }),
        json!({ "name": "values.bytes", "arguments": { "length": -1 } }),
        json!({ "name": "values.bytes", "arguments": { "length": 1e300 } }),
        json!({ "name": "values.bytes", "arguments": { "length": "1" } }),
        json!({ "name": "values.bytes", "arguments": { "length": [[]] } }),
    ];
    runtime().block_on(async {
        let target = Target::new();
        for params in &wrong {
            for era in Era::BOTH {
                let mut session = Session::open(target.address(), era).await.unwrap();
                let reply = session.request("tools/call", params.clone()).await.unwrap();
                assert_refused(&reply, &params.to_string());
            }
        }
        target.still_serves("wrong parameters").await;
        target.stop();
    });
}

#[test]
fn a_method_that_there_is_not_is_told_so() {
    runtime().block_on(async {
        let target = Target::new();
        for method in [
            "",
            "tools",
            "tools/Call",
            "prompts/list",
            "resources/read",
            "rpc.discover",
        ] {
            let mut session = Session::open(target.address(), Era::Modern).await.unwrap();
            let reply = session.request(method, json!({})).await.unwrap();
            assert_refused(&reply, method);
        }
        target.still_serves("unknown methods").await;
        target.stop();
    });
}

#[test]
fn json_of_a_hundred_thousand_levels_is_refused() {
    const LEVELS: usize = 100_000;
    runtime().block_on(async {
        let target = Target::new();
        let deep = format!("{}{}", "[".repeat(LEVELS), "]".repeat(LEVELS));
        let objects = format!("{}1{}", "{\"a\":".repeat(LEVELS), "}".repeat(LEVELS));
        let open = "[".repeat(LEVELS);
        for nested in [deep, objects, open] {
            for body in [
                nested.clone(),
                format!("{{\"jsonrpc\":\"2.0\",\"id\":{nested},\"method\":\"tools/list\"}}"),
                format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":{{\"_meta\":{nested}}}}}"),
                format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"say\",\"arguments\":{{\"x\":{nested}}}}}}}"),
            ] {
                let reply = post(&target, "tools/call", body.as_bytes()).await;
                assert_refused(&reply, "deep JSON");
            }
        }
        target.still_serves("deep JSON").await;
        target.stop();
    });
}

/// JSON-RPC's batches are gone from the protocol since 2025-06-18.
#[test]
fn a_batch_is_refused_however_long() {
    runtime().block_on(async {
        let target = Target::new();
        for length in [1, 2, 20_000] {
            let one = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": with_meta(json!({})) });
            let batch = Value::Array(vec![one; length]).to_string();
            let reply = post(&target, "tools/list", batch.as_bytes()).await;
            assert_refused(&reply, "a batch");
        }
        target.still_serves("batches").await;
        target.stop();
    });
}

/// The header says what the body says, or the request is refused: what stands in between may look only at headers.
#[test]
fn a_header_that_contradicts_its_body_is_refused() {
    runtime().block_on(async {
        let target = Target::new();
        let body = json!({
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": with_meta(json!({ "name": "limits.spin", "arguments": {} })),
        });
        for (method, name, version) in [
            ("tools/list", "limits.spin", "2026-07-28"),
            ("tools/call", "say", "2026-07-28"),
            ("tools/call", "limits.spin", "2025-11-25"),
            ("tools/call", "limits.spin", "2999-01-01"),
        ] {
            let headers = [
                ("mcp-method", method),
                ("mcp-name", name),
                ("mcp-protocol-version", version),
            ];
            let mut connection = Connection::open(target.address()).await.unwrap();
            let body = body.to_string();
            let reply = connection.post(&headers, body.as_bytes()).await.unwrap();
            assert_eq!(reply.status, 400, "{headers:?}: {}", reply.text());
        }
        target.still_serves("contradictions").await;
        target.stop();
    });
}

async fn post(target: &Target, method: &str, body: &[u8]) -> Reply {
    let mut connection = Connection::open(target.address()).await.unwrap();
    let headers = [
        ("mcp-method", method),
        ("mcp-protocol-version", Era::Modern.version()),
    ];
    connection.post(&headers, body).await.unwrap()
}

/// Refused by the status, by an error, or by a result that says that it is one; and never a fault of the server's.
fn assert_refused(reply: &Reply, what: &str) {
    let what: String = what.chars().take(200).collect();
    assert!(reply.status < 500, "{what}: {reply:?}");
    if reply.status >= 400 {
        return;
    }
    let answer = reply.answer();
    let is_error = answer["result"]["isError"] == true || answer["error"].is_object();
    assert!(is_error, "{what}: {answer}");
}
