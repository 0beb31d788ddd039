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

/// What a machine that is busy with other tests may add to that, once and again; not each time.
const BUSY: Duration = Duration::from_secs(4);

/// How often a cause is tried until it was answered within the promise.
const TRIES: usize = 3;

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

/// Whether one of the answers came within the promise; more than a few tries it does not get.
fn kept(what: &str, took: &[Duration]) -> bool {
    let kept = took.iter().any(|took| *took <= TIME + GRACE);
    assert!(kept || took.len() < TRIES, "{what}: {took:?}");
    kept
}

/// Tries until it ended within the promise.
fn within_promise(what: &str, mut once: impl FnMut() -> Duration) {
    let mut took = Vec::new();
    while !kept(what, &took) {
        took.push(once());
    }
}

#[test]
fn every_way_to_fail_is_answered_over_http() {
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        let served = Served::start(&site);
        for era in Era::BOTH {
            let mut session = Session::open(served.address(), era).await.unwrap();
            for (what, name, arguments, expected) in causes() {
                let mut took = Vec::new();
                while !kept(what, &took) {
                    let begin = Instant::now();
                    let answering = session.call(name, arguments.clone());
                    let answer = tokio::time::timeout(TIME + GRACE + BUSY, answering).await;
                    let answer = answer
                        .unwrap_or_else(|_| panic!("{what}: nothing after {:?}", begin.elapsed()));
                    assert_failure(&answer.unwrap(), expected, what);
                    took.push(begin.elapsed());
                }
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
            let mut took = Vec::new();
            while !kept(what, &took) {
                let begin = Instant::now();
                let id = piped.send(
                    "tools/call",
                    json!({ "name": name, "arguments": arguments }),
                );
                let answer = piped.answer_to(id, TIME + GRACE + BUSY);
                assert_failure(&answer, expected, what);
                took.push(begin.elapsed());
            }
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
    for era in Era::BOTH {
        within_promise("a full queue", || full_queue(era));
    }
}

/// When the last call was told that there is no room.
fn full_queue(era: Era) -> Duration {
    const CALLS: usize = 40;
    let site = Site::new(&TOOLS);
    site.write(
        "access.toml",
        "[principals.local]\ntools = [\"narrow\", \"say\"]\n[tools.narrow]\nqueue = 2\n",
    );
    let access = site.path("access.toml").display().to_string();
    let mut piped = Piped::starting(&site, era, &["--access", &access, "--as", "local"]);
    piped.call("say", json!({}));
    let begin = Instant::now();
    let mut open: Vec<u64> = (0..CALLS)
        .map(|_| {
            piped.send(
                "tools/call",
                json!({ "name": "narrow.spin", "arguments": {} }),
            )
        })
        .collect();
    let (mut ran, mut refused) = (0, 0);
    let mut told = Duration::ZERO;
    while !open.is_empty() {
        let answer = piped.next(TIME * 4 + GRACE + BUSY);
        let answer = answer.unwrap_or_else(|| panic!("{} without an answer", open.len()));
        open.retain(|id| answer["id"] != *id);
        match code(&answer) {
            "limit-exceeded" => ran += 1,
            "busy" => {
                refused += 1;
                told = begin.elapsed();
            }
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
    told
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
        within_promise("an end with a call that does not", || cancelled_end(era));
    }
}

/// How long a server that waits for a second took to end.
fn cancelled_end(era: Era) -> Duration {
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
        begin.elapsed()
    })
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

/// A person was asked and says nothing until the server ends: the call is answered, and in the trail.
#[test]
fn an_end_answers_a_call_whose_question_is_open() {
    let site = Site::new(&[("asks", "mcp-text", "ask = true")]);
    let mut piped = Piped::silent(&site, Era::Legacy, &["--drain", "1"]);
    piped.ask(
        "initialize",
        json!({
            "protocolVersion": Era::Legacy.version(),
            "capabilities": { "elicitation": {} },
            "clientInfo": { "name": "suite", "version": "0" },
        }),
    );
    piped.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string());
    let id = piped.send("tools/call", json!({ "name": "asks", "arguments": {} }));
    let question = piped.next(GRACE + BUSY).unwrap();
    assert_eq!(question["method"], "elicitation/create", "{question}");
    piped.terminate();
    let answer = piped.answer_to(id, TIME + GRACE + BUSY);
    assert_failure(&answer, "unavailable", "a question at the end");
    let log = piped.log();
    assert!(piped.close(GRACE + BUSY).success(), "{log}");
    let trail = site.read("trail.jsonl");
    let call = trail
        .lines()
        .find(|line| line.contains("\"kind\":\"call\""));
    let call = call.unwrap_or_else(|| panic!("{trail}{log}"));
    assert!(call.contains("\"outcome\":\"denied\""), "{call}");
}

/// A client takes a call back by a notice, where its era has one for that: the guest stops.
#[test]
fn a_call_that_is_taken_back_ends() {
    let site = Site::new(&TOOLS);
    let cancelled = |count: usize, log: &dyn Fn() -> String| {
        let begin = Instant::now();
        while site.read("trail.jsonl").matches("\"cancelled\"").count() < count {
            assert!(begin.elapsed() < GRACE + BUSY, "{}", log());
            std::thread::park_timeout(Duration::from_millis(20));
        }
    };
    let notice = |id: u64| {
        json!({
            "jsonrpc": "2.0",
            "method": "notifications/cancelled",
            "params": { "requestId": id, "reason": "not wanted any more" },
        })
    };
    for era in Era::BOTH {
        let mut piped = Piped::start(&site, era);
        let call = json!({ "name": "long.spin", "arguments": {} });
        let id = piped.send("tools/call", call);
        // The answer to a later request says that the earlier one was taken.
        piped.ask("tools/list", json!({}));
        piped.say(&notice(id).to_string());
        cancelled(1, &|| piped.log());
        piped.call("say", json!({}));
        assert!(piped.close(GRACE + BUSY).success());
        std::fs::remove_file(site.path("trail.jsonl")).unwrap();
    }
    runtime().block_on(async {
        let served = Served::start(&site);
        let mut session = Session::open(served.address(), Era::Legacy).await.unwrap();
        let params = json!({ "name": "long.spin", "arguments": {} });
        session.begin_request("tools/call", params).await.unwrap();
        under_way(&served).await;
        let headers = session.headers("notifications/cancelled");
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mut other = bailiwick_tests::mcp::http::Connection::open(served.address())
            .await
            .unwrap();
        let body = notice(1).to_string();
        let taken = other.post(&headers, body.as_bytes()).await.unwrap();
        // `initialize` was the first request of the session, the call is the second: this one belongs to nobody.
        assert_eq!(taken.status, 202);
        let body = notice(2).to_string();
        let taken = other.post(&headers, body.as_bytes()).await.unwrap();
        assert_eq!(taken.status, 202);
        cancelled(1, &|| served.log());
        served.stop();
    });
}

/// Whoever waits for tools that are being compiled is told how far it is.
#[test]
fn a_client_is_told_how_far_the_loading_is() {
    let site = Site::new(&TOOLS);
    let mut command = site.command(&[]);
    command.env("BAILIWICK_CACHE_DIR", site.path("empty"));
    let mut piped = Piped::run(command, Era::Modern);
    let params = json!({
        "name": "say", "arguments": {}, "_meta": { "progressToken": "loading" },
    });
    let id = piped.send("tools/call", params);
    let mut notes = Vec::new();
    let answer = loop {
        let message = piped.next(Duration::from_secs(60));
        let message = message.unwrap_or_else(|| panic!("{}", piped.log()));
        if message["id"] == id {
            break message;
        }
        notes.push(message);
    };
    assert!(text(&answer).contains("simple text"), "{answer}");
    let told = |note: &Value| {
        note["method"] == "notifications/progress"
            && note["params"]["progressToken"] == "loading"
            && note["params"]["message"]
                .as_str()
                .is_some_and(|text| text.starts_with("loading the tool "))
    };
    assert!(notes.iter().any(told), "{notes:?}");
    assert!(piped.close(GRACE + BUSY).success());
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

/// A client of the newer protocol that goes during its call: the guest stops, and the place is free. In the older one it is the session that
/// ends.
#[test]
fn a_client_that_goes_ends_its_call() {
    within_promise("a client that goes", || {
        runtime().block_on(async {
            let site = Site::new(&TOOLS);
            let served = Served::start(&site);
            let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
            let params = json!({ "name": "long.spin", "arguments": {} });
            session.begin_request("tools/call", params).await.unwrap();
            under_way(&served).await;
            let begin = Instant::now();
            drop(session);
            let mut other = Session::open(served.address(), Era::Modern).await.unwrap();
            while !site.read("trail.jsonl").contains("\"cancelled\"") {
                assert!(
                    begin.elapsed() < GRACE + BUSY,
                    "{}",
                    site.read("trail.jsonl")
                );
                other.call("say", json!({})).await.unwrap();
            }
            let took = begin.elapsed();
            served.stop();
            took
        })
    });
}
