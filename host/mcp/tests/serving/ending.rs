//! The end of a server: what is under way is answered, what comes later is refused.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::served::{Options, Served};

const SPIN: &str = "[tools.more]\ncomponent = 'several.wasm'\nlimits = { time = '1 s' }\n";

fn drained(drain: Duration) -> Served {
    Served::with(
        SPIN,
        Options {
            drain,
            ..Options::default()
        },
    )
}

#[test]
fn calls_under_way_end_by_themselves_within_the_drain() {
    let served = drained(Duration::from_secs(20));
    let calling = thread::spawn({
        let client = served.modern();
        move || client.call("more.spin", json!({}))
    });
    served.until_one_is_under_way();
    let began = Instant::now();
    served.end();
    assert!(began.elapsed() < Duration::from_secs(4));
    assert_eq!(calling.join().unwrap().code(), "limit-exceeded");
}

#[test]
fn calls_that_outlast_the_drain_are_cancelled_and_answered() {
    let served = Served::with(
        "[tools.more]\ncomponent = 'several.wasm'\nlimits = { time = '30 s' }\n",
        Options {
            drain: Duration::from_millis(100),
            ..Options::default()
        },
    );
    let calling = thread::spawn({
        let client = served.modern();
        move || client.call("more.spin", json!({}))
    });
    served.until_one_is_under_way();
    let began = Instant::now();
    served.end();
    assert!(began.elapsed() < Duration::from_millis(100 + 1000 + 1000));
    assert_eq!(calling.join().unwrap().code(), "cancelled");
}

#[test]
fn a_call_that_comes_while_the_server_ends_is_refused_in_words() {
    let served = drained(Duration::from_secs(20));
    let under_way = thread::spawn({
        let client = served.modern();
        move || client.call("more.spin", json!({}))
    });
    served.until_one_is_under_way();
    let ending = served.server.clone();
    let ending = served.begin(async move { ending.end().await });
    while !served.server.is_ending() {
        thread::yield_now();
    }
    let refused = served.modern().call("more.triple", json!({ "n": 1 }));
    assert_eq!(refused.code(), "unavailable");
    assert_eq!(served.get("/readyz", None).0, 503);
    assert_eq!(served.get("/healthz", None).0, 200);
    under_way.join().unwrap();
    served.wait(ending).unwrap();
}

/// A question that nobody answered in time: its call is answered, and is in the trail like any other that nobody said yes to.
#[test]
fn a_question_that_is_open_at_the_end_is_answered_and_recorded() {
    let served = Served::with(
        "[tools.double]\ncomponent = 'double.wasm'\nask = true\n",
        Options {
            drain: Duration::from_millis(100),
            ..Options::default()
        },
    );
    let mut client = served.modern().asking();
    client.initialize();
    let (asked, question) = mpsc::channel();
    let calling = thread::spawn(move || {
        let call = json!({
            "jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": { "name": "double", "arguments": { "n": 1 } },
        });
        client.in_session_as_it_comes(&call, |message| {
            if message["method"] == "elicitation/create" {
                asked.send(()).unwrap();
            }
        })
    });
    question.recv_timeout(Duration::from_secs(20)).unwrap();
    served.wait(served.server.end());
    let messages = calling.join().unwrap();
    let answer = messages.last().unwrap();
    assert_eq!(answer["id"], 2, "{messages:?}");
    let code = &answer["result"]["_meta"]["bailiwick/code"];
    assert_eq!(code, "unavailable", "{answer}");
    let trail = served.trail();
    let call = trail
        .lines()
        .find(|line| line.contains(r#""kind":"call""#))
        .unwrap_or_else(|| panic!("{trail}"));
    assert!(call.contains(r#""outcome":"denied""#), "{call}");
}

/// The older protocol: a session that its client ends takes its calls along.
#[test]
fn a_session_that_ends_cancels_its_call() {
    let served = Served::with(
        "[tools.more]\ncomponent = 'several.wasm'\nlimits = { time = '60 s', concurrency = 1 }\n",
        Options::default(),
    );
    let mut client = served.modern();
    client.initialize();
    let mut leaving = served.modern();
    leaving.session.clone_from(&client.session);
    let calling = thread::spawn(move || {
        let call = json!({
            "jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": { "name": "more.spin", "arguments": {} },
        });
        client.in_session_as_it_comes(&call, |_| {})
    });
    served.until_one_is_under_way();
    let began = Instant::now();
    assert!((200..300).contains(&leaving.leave()));
    let reply = served.modern().call("more.triple", json!({ "n": 3 }));
    assert_eq!(reply.result()["structuredContent"]["result"], 9);
    assert!(began.elapsed() < Duration::from_secs(5));
    calling.join().unwrap();
}

#[test]
fn a_client_that_goes_away_cancels_its_call() {
    let served = Served::with(
        "[tools.more]\ncomponent = 'several.wasm'\nlimits = { time = '60 s', concurrency = 1 }\n",
        Options::default(),
    );
    let gone = thread::spawn({
        let client = served.modern().impatient(Duration::from_millis(400));
        move || client.try_call("more.spin", json!({}))
    });
    assert!(gone.join().unwrap().is_err());
    // The one place is free again long before the minute is over.
    let began = Instant::now();
    let reply = served.modern().call("more.triple", json!({ "n": 3 }));
    assert_eq!(reply.result()["structuredContent"]["result"], 9);
    assert!(began.elapsed() < Duration::from_secs(5));
}
