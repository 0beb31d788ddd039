//! Clients that take their time: they get as much as the server gives everybody, and then their connection is closed.

use std::time::{Duration, Instant};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::http::Connection;
use bailiwick_tests::mcp::session::{Session, with_meta};
use serde_json::json;

use super::Target;
use crate::runtime;

/// The server's patience with a header, a body and an answer that is not taken; each is half a minute.
const GIVEN_UP: Duration = Duration::from_secs(30);

/// How much later a closed connection may be noticed here, on a machine that is busy with other tests.
const LATE: Duration = Duration::from_secs(15);

/// All of them at once, since what they take is time.
#[test]
fn slow_clients_are_given_up_and_others_are_served_meanwhile() {
    runtime().block_on(async {
        let target = Target::new();
        let others = async {
            let begin = Instant::now();
            while begin.elapsed() < GIVEN_UP {
                target.still_serves("slow clients began").await;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        let slow_body = with_body(&target);
        tokio::join!(
            others,
            given_up(
                "a header, a byte a second",
                drip(&target, "POST /mcp HTTP/1.1\r\nX-Slow: ")
            ),
            given_up("a body, a byte a second", drip(&target, &slow_body)),
            given_up("a silent connection", silent(&target)),
            given_up("half a request", half(&target)),
            given_up("an answer that nobody takes", untaken(&target)),
        );
        target.still_serves("slow clients").await;
        target.stop();
    });
}

async fn given_up(what: &str, client: impl Future<Output = ()>) {
    let begin = Instant::now();
    let ended = tokio::time::timeout(GIVEN_UP + LATE, client).await;
    assert!(
        ended.is_ok(),
        "{what} is still waited for after {:?}",
        begin.elapsed()
    );
    // Nobody is given up before his time: what was closed at once would prove nothing.
    assert!(
        begin.elapsed() > GIVEN_UP / 2,
        "{what} was closed after {:?}",
        begin.elapsed()
    );
}

/// Sends a beginning and then a byte a second, until the server closes.
async fn drip(target: &Target, beginning: &str) {
    let mut connection = Connection::open(target.address()).await.unwrap();
    connection.send(beginning.as_bytes()).await.unwrap();
    while connection.send(b"x").await.is_ok() {
        if let Ok(came) = tokio::time::timeout(Duration::from_secs(1), connection.rest()).await {
            refused(&came.unwrap_or_default());
            return;
        }
    }
}

fn with_body(target: &Target) -> String {
    format!(
        "POST /mcp HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: 100000\r\n\r\n",
        target.address()
    )
}

async fn silent(target: &Target) {
    let mut connection = Connection::open(target.address()).await.unwrap();
    refused(&connection.rest().await.unwrap_or_default());
}

async fn half(target: &Target) {
    let mut connection = Connection::open(target.address()).await.unwrap();
    connection.send(with_body(target).as_bytes()).await.unwrap();
    connection.send(b"{\"jsonrpc\":\"2.0\",").await.unwrap();
    refused(&connection.rest().await.unwrap_or_default());
}

/// Asks for a hundred large answers at once and takes none of them, until the connection is of no use any more.
async fn untaken(target: &Target) {
    const ANSWERS: usize = 100;
    let mut connection = Connection::with_little_room(target.address(), 4096)
        .await
        .unwrap();
    let params = with_meta(json!({
        "name": "values.text",
        "arguments": { "text": "x", "length": 900_000 },
    }));
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let body = body.to_string();
    let headers = [
        ("mcp-method", "tools/call"),
        ("mcp-name", "values.text"),
        ("mcp-protocol-version", Era::Modern.version()),
    ];
    for _ in 0..ANSWERS {
        connection
            .begin_post(&headers, body.as_bytes())
            .await
            .unwrap();
    }
    tokio::time::sleep(GIVEN_UP + Duration::from_secs(3)).await;
    let came = connection.rest().await.unwrap_or_default();
    assert!(
        came.len() < ANSWERS * 900_000,
        "all {} bytes were kept for a client that took none",
        came.len()
    );
}

fn refused(came: &[u8]) {
    let came = String::from_utf8_lossy(came);
    assert!(!came.contains("HTTP/1.1 200"), "{came}");
}

/// A call whose client takes nothing ends all the same, and its place is free.
#[test]
fn a_reader_that_stops_holds_up_no_call_of_others() {
    runtime().block_on(async {
        let target = Target::new();
        let mut stopped = Vec::new();
        for _ in 0..20 {
            let mut session = Session::open(target.address(), Era::Legacy).await.unwrap();
            let params =
                json!({ "name": "values.text", "arguments": { "text": "x", "length": 900_000 } });
            session.begin_request("tools/call", params).await.unwrap();
            stopped.push(session);
        }
        target.still_serves("readers that stopped").await;
        for mut session in stopped {
            let answer = session.reply().await.unwrap().answer();
            let text = answer["result"]["structuredContent"]["result"]
                .as_str()
                .unwrap();
            assert_eq!(text.len(), 900_000);
        }
        target.stop();
    });
}
