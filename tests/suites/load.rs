//! A server under load: many clients beside a guest that loops and one that breaks, and memory over many calls. `cargo xtask bench mcp`
//! does the same with the optimised build, and compares with native functions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "tests"
)]

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::crowd::Crowd;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::Session;
use bailiwick_tests::mcp::site::Site;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;

const CLIENTS: usize = 200;

/// An answer of another client's takes at most this, for 99 of 100: with 200 clients on a busy machine of two cores.
const OTHERS: Duration = Duration::from_secs(5);

/// Calls over which memory has to stay, and where it is first looked at: caches and pools are filled then.
const CALLS: u32 = 100_000;
const SETTLED: u32 = 10_000;

/// Clients that make them.
const AT_ONCE: u32 = 8;

/// One of these tests at a time.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn two_hundred_clients_get_their_own_answers_beside_a_loop_and_a_trap() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let crowd = Crowd::new(CLIENTS, |token| {
        let digest = Sha256::digest(token.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    });
    let arguments = crowd.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let served = Served::with(&crowd.site, &arguments);
    let time = Duration::from_secs(if quick() { 15 } else { 60 });
    let outcome = runtime().block_on(crowd.calls(served.address(), time));
    let first: Vec<&String> = outcome.wrong.iter().take(5).collect();
    assert!(
        outcome.wrong.is_empty(),
        "{} wrong: {first:?}",
        outcome.wrong.len()
    );
    // Every one of the others was served, and both hostile ones got their answers.
    assert!(
        outcome.others.len() > CLIENTS * 2,
        "{} answers",
        outcome.others.len()
    );
    assert!(outcome.hostile > 4, "{} hostile calls", outcome.hostile);
    let late = outcome.within(99);
    println!(
        "{CLIENTS} clients for {time:?}: {} calls of the others, p50 {:?}, p99 {late:?}; {} hostile ones",
        outcome.others.len(),
        outcome.within(50),
        outcome.hostile
    );
    assert!(late < OTHERS, "99 of 100 answers within {late:?}");
    served.stop();
}

#[test]
fn a_hundred_thousand_calls_leave_memory_where_it_was() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let calls = if quick() { CALLS / 5 } else { CALLS };
    let site = Site::new(&[("load", "probe-load", "read-file = []")]);
    let served = Served::start(&site);
    let runtime = runtime();
    runtime.block_on(add(&served, SETTLED));
    let settled = served.memory_kib();
    runtime.block_on(add(&served, calls - SETTLED));
    let after = served.memory_kib();
    println!("{settled} KiB after {SETTLED} calls, {after} KiB after {calls}");
    assert!(
        after < settled + settled / 10,
        "{settled} KiB after {SETTLED} calls, {after} KiB after {calls}"
    );
    served.stop();
}

/// So many calls, by several clients.
async fn add(served: &Served, calls: u32) {
    let address = served.address();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..AT_ONCE {
        clients.spawn(async move {
            let mut session = Session::open(address, Era::Modern).await.unwrap();
            for number in 0..calls / AT_ONCE {
                let numbers = json!({ "a": client, "b": number });
                let answer = session.call("load.add", numbers).await.unwrap();
                let sum = answer.pointer("/result/structuredContent/result");
                assert_eq!(sum, Some(&json!(client + number)), "{answer}");
            }
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
}

fn quick() -> bool {
    std::env::var_os("BAILIWICK_QUICK").is_some()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
