//! Never unanswered: whatever becomes of a call, its client gets an answer or a closed connection within the call's limit and a
//! second.

use std::time::{Duration, Instant};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::piped::Piped;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::{Session, code, text};
use bailiwick_tests::mcp::site::Site;
use serde_json::{Value, json};

use crate::runtime;

/// The promise, beyond a call's own limit.
const GRACE: Duration = Duration::from_secs(1);

/// What a machine that is busy with other tests may add to that.
const BUSY: Duration = Duration::from_secs(4);

/// The limits of `limits`, each small enough to be reached at once.
const LIMITS: &str = "limits = { time = \"1 s\", memory = \"16 MiB\" }";
const TIME: Duration = Duration::from_secs(1);

const TOOLS: [(&str, &str, &str); 6] = [
    ("say", "mcp-text", ""),
    ("limits", "probe-limits", LIMITS),
    (
        "fuel",
        "probe-limits",
        "limits = { fuel = 100000000, time = \"30 s\" }",
    ),
    (
        "long",
        "probe-limits",
        "limits = { fuel = 9000000000000000000, time = \"1 h\" }",
    ),
    ("output", "probe-values", "limits = { output = \"64 KiB\" }"),
    (
        "narrow",
        "probe-limits",
        "limits = { time = \"1 s\", concurrency = 1 }",
    ),
];

/// What ends a call, how it is called, and the code of the answer.
fn causes() -> [(&'static str, &'static str, Value, &'static str); 9] {
    [
        (
            "the limit of time",
            "limits.spin",
            json!({}),
            "limit-exceeded",
        ),
        (
            "the limit of fuel",
            "fuel.spin",
            json!({}),
            "limit-exceeded",
        ),
        (
            "the limit of memory",
            "limits.allocate",
            json!({ "bytes": 1_u64 << 28 }),
            "limit-exceeded",
        ),
        (
            "the limit of the stack",
            "limits.trap",
            json!({ "kind": "stack-overflow" }),
            "limit-exceeded",
        ),
        (
            "the limit of output",
            "output.text",
            json!({ "text": "x", "length": 100_000 }),
            "limit-exceeded",
        ),
        (
            "a trap",
            "limits.trap",
            json!({ "kind": "out-of-bounds" }),
            "trap",
        ),
        (
            "a panic of the guest",
            "limits.trap",
            json!({ "kind": "panic" }),
            "trap",
        ),
        (
            "an error of the tool's own",
            "output.fail",
            json!({ "failure": "unwilling" }),
            "tool-error",
        ),
        (
            "wrong arguments",
            "limits.recurse",
            json!({ "depth": "deep" }),
            "invalid-arguments",
        ),
    ]
}

fn assert_failure(answer: &Value, expected: &str, what: &str) {
    assert_eq!(answer["result"]["isError"], true, "{what}: {answer}");
    assert_eq!(code(answer), expected, "{what}: {answer}");
    assert!(!text(answer).is_empty(), "{what}: {answer}");
}

#[test]
fn every_way_to_fail_is_answered_over_http() {
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        let served = Served::start(&site);
        for era in Era::BOTH {
            let mut session = Session::open(served.address(), era).await.unwrap();
            for (what, name, arguments, expected) in causes() {
                let begin = Instant::now();
                let answering = session.call(name, arguments);
                let answer = tokio::time::timeout(TIME + GRACE + BUSY, answering).await;
                let answer = answer
                    .unwrap_or_else(|_| panic!("{what}: nothing after {:?}", begin.elapsed()));
                assert_failure(&answer.unwrap(), expected, what);
                let answer = session.call("say", json!({})).await.unwrap();
                assert!(
                    text(&answer).contains("simple text"),
                    "after {what}: {answer}"
                );
            }
        }
        served.stop();
    });
}

#[test]
fn every_way_to_fail_is_answered_over_standard_output() {
    for era in Era::BOTH {
        let site = Site::new(&TOOLS);
        let mut piped = Piped::start(&site, era);
        // So that no compilation is part of what is measured.
        piped.call("say", json!({}));
        for (what, name, arguments, expected) in causes() {
            let id = piped.send(
                "tools/call",
                json!({ "name": name, "arguments": arguments }),
            );
            let answer = piped.answer_to(id, TIME + GRACE + BUSY);
            assert_failure(&answer, expected, what);
            let answer = piped.call("say", json!({}));
            assert!(
                text(&answer).contains("simple text"),
                "after {what}: {answer}"
            );
        }
        assert!(piped.close(GRACE + BUSY).success());
    }
}

/// One call at a time, a short queue, more calls than both hold: each is carried out, or told that there is no room.
#[test]
fn a_full_queue_is_told_so() {
    const CALLS: usize = 40;
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        site.write(
            "access.toml",
            "[principals.local]\ntools = [\"narrow\", \"say\"]\n[tools.narrow]\nqueue = 2\n",
        );
        let access = site.path("access.toml").display().to_string();
        let mut piped = Piped::silent(&site, Era::Modern, &["--access", &access, "--as", "local"]);
        piped.call("say", json!({}));
        let mut open: Vec<u64> = (0..CALLS)
            .map(|_| {
                piped.send(
                    "tools/call",
                    json!({ "name": "narrow.spin", "arguments": {} }),
                )
            })
            .collect();
        let (mut ran, mut refused) = (0, 0);
        let begin = Instant::now();
        while !open.is_empty() {
            let answer = piped.next(TIME * 4 + GRACE + BUSY);
            let answer = answer.unwrap_or_else(|| panic!("{} without an answer", open.len()));
            open.retain(|id| answer["id"] != *id);
            match code(&answer) {
                "limit-exceeded" => ran += 1,
                "busy" => refused += 1,
                other => panic!("{other}: {answer}"),
            }
        }
        assert!(
            ran >= 1 && refused >= 1 && ran + refused == CALLS,
            "{ran} ran, {refused} were refused"
        );
        assert!(
            begin.elapsed() < TIME * 6 + GRACE + BUSY,
            "{:?}",
            begin.elapsed()
        );
        let answer = piped.call("say", json!({}));
        assert!(text(&answer).contains("simple text"), "{answer}");
        assert!(piped.close(GRACE + BUSY).success());
    });
}

/// SIGTERM lets a call that ends in time end, and is answered with nothing left.
#[test]
fn an_end_waits_for_what_is_under_way() {
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        let served = Served::with(&site, &["--drain", "10"]);
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        session.call("say", json!({})).await.unwrap();
        let params = json!({ "name": "limits.spin", "arguments": {} });
        session.begin_request("tools/call", params).await.unwrap();
        under_way(&served).await;
        served.terminate();
        let answer = session.reply().await.unwrap().answer();
        assert_failure(&answer, "limit-exceeded", "a call during the end");
        let status = served.ended_within(GRACE + BUSY);
        assert!(status.success(), "{status}");
    });
}

/// What does not end while the server waits for it is cancelled, and answered.
#[test]
fn an_end_cancels_what_takes_too_long() {
    for era in Era::BOTH {
        runtime().block_on(async {
            let site = Site::new(&TOOLS);
            let served = Served::with(&site, &["--drain", "1"]);
            let mut session = Session::open(served.address(), era).await.unwrap();
            let params = json!({ "name": "long.spin", "arguments": {} });
            session.begin_request("tools/call", params).await.unwrap();
            under_way(&served).await;
            let begin = Instant::now();
            served.terminate();
            // An answer that says so, or a connection that is closed.
            if let Ok(reply) = session.reply().await {
                let code = code(&reply.answer()).to_owned();
                assert!(matches!(&*code, "cancelled" | "unavailable"), "{reply:?}");
            }
            let status = served.ended_within(TIME + GRACE + BUSY);
            assert!(status.success(), "{status} after {:?}", begin.elapsed());
        });
    }
}

/// Waits until a call has begun.
async fn under_way(served: &Served) {
    let begin = Instant::now();
    loop {
        let connection = bailiwick_tests::mcp::http::Connection::open(served.address()).await;
        let metrics = connection
            .unwrap()
            .bare("GET", "/metrics", &[])
            .await
            .unwrap()
            .text();
        if metrics.contains("bailiwick_calls_running 1") {
            return;
        }
        assert!(begin.elapsed() < BUSY, "{metrics}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// An agent that goes leaves no process behind, whatever its calls were doing.
#[test]
fn an_input_that_ends_ends_the_server() {
    let site = Site::new(&TOOLS);
    for era in Era::BOTH {
        let silent = Piped::silent(&site, era, &[]);
        assert!(silent.close(GRACE + BUSY).success(), "nothing was said");
        let idle = Piped::start(&site, era);
        assert!(idle.close(GRACE + BUSY).success(), "nothing was asked");
        let mut busy = Piped::start(&site, era);
        busy.call("say", json!({}));
        busy.send(
            "tools/call",
            json!({ "name": "long.spin", "arguments": {} }),
        );
        assert!(busy.close(GRACE + BUSY).success(), "a call was under way");
        let mut half = Piped::start(&site, era);
        half.say_bytes(b"{\"jsonrpc\":\"2.0\",\"id\":1,");
        assert!(half.close(GRACE + BUSY).success(), "a line was not ended");
    }
}

/// SIGTERM on a pipe: the call under way is answered before the output ends.
#[test]
fn an_end_on_standard_output_answers_first() {
    let site = Site::new(&TOOLS);
    for era in Era::BOTH {
        let mut piped = Piped::start(&site, era);
        piped.call("say", json!({}));
        let id = piped.send(
            "tools/call",
            json!({ "name": "limits.spin", "arguments": {} }),
        );
        // The answer to a later request says that the earlier one was taken.
        piped.ask("tools/list", json!({}));
        piped.terminate();
        let answer = piped.answer_to(id, TIME + GRACE + BUSY);
        assert_failure(&answer, "limit-exceeded", "a call during the end");
        assert!(piped.close(GRACE + BUSY).success());
    }
}

/// A client that goes during its call, in whichever way its era has for that: the guest stops, and the place is free.
#[test]
fn a_client_that_goes_ends_its_call() {
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        let served = Served::start(&site);
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        let params = json!({ "name": "long.spin", "arguments": {} });
        session.begin_request("tools/call", params).await.unwrap();
        under_way(&served).await;
        drop(session);
        let mut other = Session::open(served.address(), Era::Modern).await.unwrap();
        let begin = Instant::now();
        while !site.read("trail.jsonl").contains("\"cancelled\"") {
            assert!(
                begin.elapsed() < GRACE + BUSY,
                "{}",
                site.read("trail.jsonl")
            );
            other.call("say", json!({})).await.unwrap();
        }
        served.stop();
    });
}
