//! HTTP that is not meant well: foreign hosts and pages, two readings of one request, requests cut off or sent at once.

use std::time::Duration;

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::http::Connection;
use bailiwick_tests::mcp::session::{Session, with_meta};
use serde_json::json;

use super::Target;
use crate::runtime;

/// How long a server may take to answer a request that it will not read to its end, or to close.
const SOON: Duration = Duration::from_secs(10);

#[test]
fn a_foreign_host_or_page_is_refused() {
    runtime().block_on(async {
        let target = Target::new();
        let port = target.address().port();
        let own = format!("127.0.0.1:{port}");
        let body = list();
        let refused: [&[(&str, &str)]; 13] = [
            &[("host", "evil.example")],
            &[("host", "evil.example:80")],
            &[("host", "127.0.0.1.evil.example")],
            &[("host", "localhost.evil.example")],
            &[("host", "10.0.0.1")],
            &[("host", "")],
            &[("host", &own), ("host", "evil.example")],
            &[("origin", "http://evil.example")],
            &[("origin", "https://localhost.evil.example")],
            &[("origin", "null")],
            &[("origin", "file://")],
            &[("origin", "http://127.0.0.1@evil.example")],
            &[
                ("origin", "http://localhost"),
                ("origin", "http://evil.example"),
            ],
        ];
        for headers in refused {
            let status = status(&target, headers, &body).await;
            assert!(matches!(status, 400 | 403), "{headers:?}: {status}");
        }
        let page = format!("http://localhost:{port}");
        let permitted: [&[(&str, &str)]; 4] = [
            &[("host", "localhost")],
            &[("host", &own)],
            &[("host", "[::1]")],
            &[("origin", &page)],
        ];
        for headers in permitted {
            assert_eq!(status(&target, headers, &body).await, 200, "{headers:?}");
        }
        target.still_serves("foreign hosts and pages").await;
        target.stop();
    });
}

async fn status(target: &Target, headers: &[(&str, &str)], body: &str) -> u16 {
    let usual = [
        ("mcp-method", "tools/list"),
        ("mcp-protocol-version", Era::Modern.version()),
    ];
    let headers = [headers, &usual].concat();
    let mut connection = Connection::open(target.address()).await.unwrap();
    connection
        .post(&headers, body.as_bytes())
        .await
        .unwrap()
        .status
}

/// What two readers of the same bytes could take for different requests: at most one answer comes, and the connection ends.
#[test]
fn a_request_with_two_readings_is_never_two_requests() {
    runtime().block_on(async {
        let target = Target::new();
        for framing in [
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
            "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
            "Content-Length: 0, 44\r\n\r\n",
            "Content-Length: +0\r\n\r\n",
            "Content-Length: -1\r\n\r\n",
            "Content-Length: 0x0\r\n\r\n",
            "Content-Length: 18446744073709551616\r\n\r\n",
            "Content-Length : 0\r\n\r\n",
            "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: identity\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0 x\n\r\n",
            "Transfer-Encoding:\u{b}chunked\r\n\r\n0\r\n\r\n",
            "X: y\r\n Content-Length: 44\r\n\r\n",
            "X: y\u{0}\r\n\r\n",
            "Content-Length: 0\rX: y\r\n\r\n",
        ] {
            let request = format!(
                "POST /mcp HTTP/1.1\r\nHost: {}\r\n{framing}GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n",
                target.address(),
                target.address()
            );
            let came = everything(&target, request.as_bytes()).await;
            let answers = came.matches("HTTP/1.1 ").count();
            assert!(answers <= 1, "{framing:?}: {came}");
            assert!(!came.contains("HTTP/1.1 200"), "{framing:?}: {came}");
        }
        target.still_serves("requests with two readings").await;
        target.stop();
    });
}

/// All that comes until the server closes. It has to close by itself.
async fn everything(target: &Target, bytes: &[u8]) -> String {
    let mut connection = Connection::open(target.address()).await.unwrap();
    connection.send(bytes).await.unwrap();
    let rest = tokio::time::timeout(SOON, connection.rest()).await;
    let rest = rest.unwrap_or_else(|_| {
        panic!(
            "the connection stays open: {}",
            String::from_utf8_lossy(bytes)
        )
    });
    // A connection that was reset brought nothing more.
    String::from_utf8_lossy(&rest.unwrap_or_default()).into_owned()
}

#[test]
fn requests_that_were_sent_at_once_are_answered_one_by_one() {
    runtime().block_on(async {
        let target = Target::new();
        let mut session = Session::open(target.address(), Era::Modern).await.unwrap();
        let many = 50;
        for _ in 0..many {
            let params = json!({ "name": "say", "arguments": {} });
            session.begin_request("tools/call", params).await.unwrap();
        }
        for number in 1..=many {
            let reply = tokio::time::timeout(SOON, session.reply()).await;
            let answer = reply.unwrap().unwrap().answer();
            assert_eq!(answer["id"], number, "{answer}");
            assert_eq!(answer["result"]["content"][0]["text"], super::SAYS);
        }
        target.still_serves("pipelining").await;
        target.stop();
    });
}

#[test]
fn a_client_that_goes_in_the_middle_disturbs_nobody() {
    runtime().block_on(async {
        let target = Target::new();
        let body = list();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
             Mcp-Method: tools/list\r\nMcp-Protocol-Version: 2026-07-28\r\nContent-Length: {}\r\n\r\n{body}",
            target.address(),
            body.len()
        );
        // Cut at every place, every seventh to save time; half of them by closing one direction only.
        for cut in (0..=request.len()).step_by(7) {
            let mut connection = Connection::open(target.address()).await.unwrap();
            connection.send(&request.as_bytes()[..cut]).await.unwrap();
            if cut % 2 == 0 {
                connection.half_close().await.unwrap();
                let rest = tokio::time::timeout(SOON, connection.rest()).await;
                assert!(rest.is_ok(), "the connection stays open after {cut} bytes");
            }
        }
        target.still_serves("connections that were cut off").await;
        target.stop();
    });
}

#[test]
fn what_is_no_http_is_refused() {
    runtime().block_on(async {
        let target = Target::new();
        let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(100_000));
        let many = format!(
            "GET /healthz HTTP/1.1\r\nHost: x\r\n{}\r\n",
            "A: b\r\n".repeat(10_000)
        );
        for bytes in [
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"\0\0\0\0\r\n\r\n",
            b"GET /\xff\xfe HTTP/1.1\r\nHost: \xff\r\n\r\n",
            long.as_bytes(),
            many.as_bytes(),
        ] {
            let mut connection = Connection::open(target.address()).await.unwrap();
            // What was closed already takes nothing more.
            drop(connection.send(bytes).await);
            drop(connection.half_close().await);
            let rest = tokio::time::timeout(SOON, connection.rest()).await.unwrap();
            let came = String::from_utf8_lossy(&rest.unwrap_or_default()).into_owned();
            assert!(!came.contains(" 200 "), "{came}");
        }
        target.still_serves("what is no HTTP").await;
        target.stop();
    });
}

#[test]
fn other_methods_and_paths_give_nothing() {
    runtime().block_on(async {
        let target = Target::new();
        for (method, path) in [
            ("PUT", "/mcp"),
            ("PATCH", "/mcp"),
            ("TRACE", "/mcp"),
            ("GET", "/"),
            ("GET", "/mcp/../metrics"),
            ("GET", "/bailiwick.toml"),
            ("GET", "/%2e%2e/bailiwick.toml"),
            ("POST", "/healthz"),
            ("GET", "/.well-known/oauth-protected-resource"),
        ] {
            let mut connection = Connection::open(target.address()).await.unwrap();
            let reply = connection.bare(method, path, &[]).await.unwrap();
            assert!(
                (400..500).contains(&reply.status),
                "{method} {path}: {reply:?}"
            );
        }
        target.still_serves("other methods and paths").await;
        target.stop();
    });
}

fn list() -> String {
    let params = with_meta(json!({}));
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": params }).to_string()
}
