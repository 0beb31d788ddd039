//! More than there is room for: bytes, connections, calls that are cancelled as soon as they began.

use std::time::{Duration, Instant};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::http::Connection;
use bailiwick_tests::mcp::session::Session;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use super::{PATIENCE, Target};
use crate::runtime;

/// What a flood may cost in memory, in KiB: a tenth of what is sent.
const COST_KIB_MAX: u64 = 40 << 10;

const HUNDRED_MIB: usize = 100 << 20;

#[test]
fn a_body_of_a_hundred_mebibytes_is_refused_and_not_kept() {
    runtime().block_on(async {
        let target = Target::new();
        target.still_serves("nothing").await;
        let before = target.served.memory_kib();
        for framing in [
            format!("Content-Length: {HUNDRED_MIB}"),
            "Transfer-Encoding: chunked".to_owned(),
        ] {
            let status = flood(&target, &framing).await;
            assert_eq!(status, Some(413), "{framing}");
        }
        let after = target.served.memory_kib();
        assert!(
            after < before + COST_KIB_MAX,
            "{before} KiB became {after} KiB"
        );
        target.still_serves("a huge body").await;
        target.stop();
    });
}

/// Sends until nothing more is taken; the status of the answer, if one came before the connection was closed.
async fn flood(target: &Target, framing: &str) -> Option<u16> {
    let mut connection = Connection::open(target.address()).await.unwrap();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n{framing}\r\n\r\n",
        target.address()
    );
    connection.send(head.as_bytes()).await.unwrap();
    let chunked = framing.contains("chunked");
    let piece = [b' '; 1 << 16];
    let begin = Instant::now();
    for _ in 0..HUNDRED_MIB / piece.len() {
        if chunked && connection.send(b"10000\r\n").await.is_err() {
            break;
        }
        let sending = tokio::time::timeout(PATIENCE, connection.send(&piece)).await;
        if !matches!(sending, Ok(Ok(()))) {
            break;
        }
        if chunked && connection.send(b"\r\n").await.is_err() {
            break;
        }
    }
    assert!(
        begin.elapsed() < PATIENCE,
        "{framing}: {:?}",
        begin.elapsed()
    );
    let head = tokio::time::timeout(PATIENCE, connection.head()).await;
    head.ok().and_then(Result::ok).map(|head| head.status)
}

#[test]
fn ten_thousand_connections_take_nothing_from_others() {
    runtime().block_on(async {
        let wanted = connections();
        let places = (wanted + 64).to_string();
        let target = Target::with(&["--connections", &places]);
        target.still_serves("nothing").await;
        let before = target.served.memory_kib();
        let mut silent = Vec::new();
        for number in 0..wanted {
            let connection = Connection::open(target.address()).await;
            silent.push(connection.unwrap_or_else(|error| panic!("connection {number}: {error}")));
        }
        // Half of them begin a request and say no more.
        for connection in silent.iter_mut().step_by(2) {
            connection
                .send(b"POST /mcp HTTP/1.1\r\nHost: loc")
                .await
                .unwrap();
        }
        target.still_serves("as many silent connections").await;
        let after = target.served.memory_kib();
        let each = after.saturating_sub(before) / u64::try_from(wanted).unwrap();
        assert!(each < 64, "{each} KiB for each connection");
        drop(silent);
        target.still_serves("as many closed connections").await;
        target.stop();
    });
}

/// Whoever reaches the port and says nothing keeps nobody out: the oldest of those connections gives its place to who comes.
#[test]
fn connections_that_say_nothing_give_way() {
    runtime().block_on(async {
        let target = Target::with(&["--connections", "8"]);
        let mut known = Session::open(target.address(), Era::Modern).await.unwrap();
        known.ask("tools/list", json!({})).await.unwrap();
        let mut silent = Vec::new();
        for number in 0..200 {
            let mut connection = Connection::open(target.address()).await.unwrap();
            if number % 2 == 0 {
                let begun = connection.send(b"POST /mcp HTTP/1.1\r\nHost: loc");
                begun.await.unwrap();
            }
            silent.push(connection);
            if number % 20 == 0 {
                target.still_serves("silent connections").await;
                // One that somebody was let in by keeps its place.
                known.ask("tools/list", json!({})).await.unwrap();
            }
        }
        drop(silent);
        target.stop();
    });
}

/// When all places are taken, a connection by which nobody asks anything gives its place to who comes; one that waits for its answer keeps it.
#[test]
fn connections_that_rest_give_way_and_those_that_ask_do_not() {
    runtime().block_on(async {
        let target = Target::with(&["--connections", "8"]);
        let mut asking = Vec::new();
        for _ in 0..4 {
            let mut session = Session::open(target.address(), Era::Modern).await.unwrap();
            let params = json!({ "name": "limits.spin", "arguments": {} });
            session.begin_request("tools/call", params).await.unwrap();
            asking.push(session);
        }
        let mut resting = Vec::new();
        for _ in 0..30 {
            let mut session = Session::open(target.address(), Era::Modern).await.unwrap();
            session.ask("tools/list", json!({})).await.unwrap();
            resting.push(session);
        }
        for mut session in asking {
            let answer = session.reply().await.unwrap().answer();
            assert_eq!(answer["result"]["isError"], true, "{answer}");
        }
        drop(resting);
        target.still_serves("connections that rest").await;
        target.stop();
    });
}

/// So many files as this process and the server may have open at once, and no more than ten thousand.
fn connections() -> usize {
    const WANTED: u64 = 10_000;
    /// What else a process has open.
    const OTHER: u64 = 500;
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).unwrap();
    let bounded = WANTED.min(most.saturating_sub(OTHER));
    if bounded < WANTED {
        say(&format!(
            "{bounded} connections instead of {WANTED}: a process may have {most} files open here"
        ));
    }
    usize::try_from(bounded).unwrap()
}

#[expect(clippy::print_stderr, reason = "a test that does less says so")]
fn say(line: &str) {
    eprintln!("{line}");
}

/// Calls that would take two seconds each, more than there is room for, whose clients are gone at once: the guests stop,
/// and the places are free.
#[test]
fn a_storm_of_cancelled_calls_leaves_no_call_behind() {
    const CALLS: usize = 300;
    runtime().block_on(async {
        let target = Target::new();
        let begin = Instant::now();
        for _ in 0..CALLS {
            let mut session = Session::open(target.address(), Era::Modern).await.unwrap();
            let params = json!({ "name": "limits.spin", "arguments": {} });
            session.begin_request("tools/call", params).await.unwrap();
        }
        target.still_serves("a storm of cancelled calls").await;
        running_none(&target).await;
        // Had each been carried out, they would have taken minutes.
        assert!(
            begin.elapsed() < Duration::from_secs(30),
            "{:?}",
            begin.elapsed()
        );
        target.stop();
    });
}

/// Waits until the counters say that nothing is running and nothing waits.
async fn running_none(target: &Target) {
    let begin = Instant::now();
    loop {
        let mut connection = Connection::open(target.address()).await.unwrap();
        let metrics = connection
            .bare("GET", "/metrics", &[])
            .await
            .unwrap()
            .text();
        let busy: Vec<&str> = metrics
            .lines()
            .filter(|line| {
                line.starts_with("bailiwick_calls_running")
                    || line.starts_with("bailiwick_calls_queued")
            })
            .filter(|line| !line.ends_with(" 0"))
            .collect();
        assert!(metrics.contains("bailiwick_calls_running"), "{metrics}");
        if busy.is_empty() {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "{busy:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
