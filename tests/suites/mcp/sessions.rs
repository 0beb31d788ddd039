//! What ends with a session of the older protocol, and what of one request belongs to no other.

use std::time::{Duration, Instant};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::http::Connection;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::{Session, code};
use bailiwick_tests::mcp::site::{Site, policy};
use serde_json::{Value, json};

use crate::runtime;

/// One tool that answers, one that uses up its time, and one of which one call is made at a time.
const TOOLS: [(&str, &str, &str); 3] = [
    ("say", "mcp-text", ""),
    (
        "limits",
        "probe-limits",
        "limits = { fuel = 9000000000000000000, time = \"2 s\" }",
    ),
    (
        "narrow",
        "probe-limits",
        "limits = { fuel = 9000000000000000000, time = \"60 s\", concurrency = 1 }",
    ),
];

/// How long what is asked of the server may take, on a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(20);

/// How long nothing comes any more.
const SETTLED: Duration = Duration::from_secs(1);

/// Waits until the numbers say this.
async fn until(served: &Served, line: &str) {
    let begin = Instant::now();
    loop {
        let mut connection = Connection::open(served.address()).await.unwrap();
        let metrics = connection.bare("GET", "/metrics", &[]).await.unwrap();
        let metrics = metrics.text();
        if metrics.lines().any(|found| found == line) {
            return;
        }
        assert!(begin.elapsed() < SOON, "{metrics}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A session that waits for the answer to a call of this tool, which is under way.
async fn waiting(served: &Served, tool: &str) -> Session {
    let open = Session::open(served.address(), Era::Legacy).await;
    let mut session = open.unwrap();
    session
        .begin_request("tools/call", spin(tool))
        .await
        .unwrap();
    until(served, "bailiwick_calls_running 1").await;
    session
}

/// What a call of this tool's function is described with that does not end by itself.
fn spin(tool: &str) -> Value {
    json!({ "name": format!("{tool}.spin"), "arguments": {} })
}

/// A message of a session, sent beside what the session itself waits for.
async fn beside(served: &Served, session: &Session, body: &Value) -> (u16, Value) {
    let headers = session.headers("");
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut connection = Connection::open(served.address()).await.unwrap();
    let body = body.to_string();
    let reply = connection.post(&headers, body.as_bytes()).await.unwrap();
    let answer = if reply.status == 200 {
        reply.messages().pop().unwrap_or_default()
    } else {
        serde_json::from_str(&reply.text()).unwrap_or_default()
    };
    (reply.status, answer)
}

async fn delete(served: &Served, session: &Session, version: &str) -> u16 {
    let id = session.id().unwrap();
    let headers = [("mcp-session-id", id), ("mcp-protocol-version", version)];
    let mut connection = Connection::open(served.address()).await.unwrap();
    let reply = connection.bare("DELETE", "/mcp", &headers).await.unwrap();
    reply.status
}

#[test]
fn a_second_request_with_an_id_that_is_under_way_is_refused_and_the_first_is_answered() {
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        let served = Served::start(&site);
        let mut session = waiting(&served, "limits").await;
        // `initialize` was the first request of the session.
        let list = |id: Value| json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" });
        let (status, refused) = beside(&served, &session, &list(json!(2))).await;
        assert_eq!((status, &refused["id"]), (400, &json!(2)), "{refused}");
        assert_eq!(refused["error"]["code"], -32600, "{refused}");
        // A text is another id than a number, and another session has ids of its own.
        let (status, _) = beside(&served, &session, &list(json!("2"))).await;
        assert_eq!(status, 200);
        let open = Session::open(served.address(), Era::Legacy).await;
        let mut other = open.unwrap();
        other.ask("tools/list", json!({})).await.unwrap();
        let answer = session.reply().await.unwrap().answer();
        assert_eq!(code(&answer), "limit-exceeded", "{answer}");
        // The id is free when the call has ended, which may be a moment after its answer.
        let begin = Instant::now();
        while beside(&served, &session, &list(json!(2))).await.0 != 200 {
            assert!(begin.elapsed() < SOON);
        }
        assert!(served.log().contains("has its id"), "{}", served.log());
        served.stop();
    });
}

#[test]
fn the_end_of_a_session_ends_what_runs_and_what_waits() {
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        let served = Served::start(&site);
        let params = spin("narrow");
        let second = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params });
        let session = waiting(&served, "narrow").await;
        let (ended, _) = tokio::join!(
            async {
                until(&served, "bailiwick_calls_queued 1").await;
                delete(&served, &session, Era::Legacy.version()).await
            },
            beside(&served, &session, &second),
        );
        assert!((200..300).contains(&ended), "{ended}");
        until(&served, "bailiwick_calls_running 0").await;
        until(&served, "bailiwick_calls_queued 0").await;
        let trail = site.read("trail.jsonl");
        assert_eq!(trail.matches("\"cancelled\"").count(), 1, "{trail}");
        served.stop();
    });
}

#[test]
fn a_session_that_was_not_ended_goes_on() {
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        let served = Served::start(&site);
        let mut session = waiting(&served, "limits").await;
        let refused = delete(&served, &session, "1999-01-01").await;
        assert_eq!(refused, 400);
        let answer = session.reply().await.unwrap().answer();
        assert_eq!(code(&answer), "limit-exceeded", "{answer}");
        session.ask("tools/list", json!({})).await.unwrap();
        served.stop();
    });
}

/// However often a client says that it is ready, it is told once of a change.
#[test]
fn a_change_is_told_once() {
    runtime().block_on(async {
        let site = Site::new(&TOOLS[..1]);
        let served = Served::start(&site);
        let open = Session::open(served.address(), Era::Legacy).await;
        let session = open.unwrap();
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        for _ in 0..3 {
            assert_eq!(beside(&served, &session, &ready).await.0, 202);
        }
        let mut listening = Connection::open(served.address()).await.unwrap();
        let request = format!(
            "GET /mcp HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\nMcp-Session-Id: {}\r\nMcp-Protocol-Version: {}\r\n\r\n",
            served.address(),
            session.id().unwrap(),
            Era::Legacy.version(),
        );
        listening.send(request.as_bytes()).await.unwrap();
        assert_eq!(listening.head().await.unwrap().status, 200);
        site.write("bailiwick.toml", &policy(&TOOLS[..2]));
        let mut told = String::new();
        let begin = Instant::now();
        while !told.contains("list_changed") {
            let piece = tokio::time::timeout(SOON, listening.chunk()).await;
            let piece = piece.unwrap().unwrap().unwrap();
            told += &String::from_utf8(piece).unwrap();
            assert!(begin.elapsed() < SOON, "{told}");
        }
        // A second one would come with it.
        while let Ok(piece) = tokio::time::timeout(SETTLED, listening.chunk()).await {
            told += &String::from_utf8(piece.unwrap().unwrap()).unwrap();
        }
        assert_eq!(told.matches("list_changed").count(), 1, "{told}");
        served.stop();
    });
}

/// A call of the older protocol goes on when its client is gone, and so does the room that its arguments take.
#[test]
fn calls_whose_client_is_gone_take_their_room_until_they_end() {
    const BODY: usize = (4 << 20) - 64;
    const BODIES: usize = 8;
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        let served = Served::start(&site);
        let params = spin("narrow");
        let session = waiting(&served, "narrow").await;
        let large = |id: usize| {
            let body =
                json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
            let mut body = body.to_string().into_bytes();
            body.resize(BODY, b' ');
            body
        };
        let headers = session.headers("tools/call");
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        for number in 1..=BODIES {
            let mut connection = Connection::open(served.address()).await.unwrap();
            connection
                .begin_post(&headers, &large(number + 10))
                .await
                .unwrap();
            until(&served, &format!("bailiwick_calls_queued {number}")).await;
        }
        // All of them are gone, as far as the server can know it.
        tokio::time::sleep(SETTLED).await;
        let begin = Instant::now();
        let refused = loop {
            let mut connection = Connection::open(served.address()).await.unwrap();
            match connection.post(&headers, &large(99)).await {
                Ok(reply) => break reply,
                // Who sends for longer than the server reads on is reset.
                Err(error) => assert!(begin.elapsed() < SOON, "{error}"),
            }
        };
        assert_eq!(refused.status, 503, "{refused:?}");
        let ended = delete(&served, &session, Era::Legacy.version()).await;
        assert!((200..300).contains(&ended), "{ended}");
        until(&served, "bailiwick_calls_queued 0").await;
        let open = Session::open(served.address(), Era::Legacy).await;
        open.unwrap().call("say", json!({})).await.unwrap();
        served.stop();
    });
}
