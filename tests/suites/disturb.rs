//! One guest that misbehaves, and the others that do not notice.

use std::time::Duration;

use bailiwick::policy::{Limit, LimitSettings};
use bailiwick::{Allocation, Tool};
use bailiwick_tests::hold::{Hold, call, ends};
use bailiwick_tests::world::World;
use tokio::task::JoinSet;

/// Calls at once.
const GUESTS: u64 = 100;

fn hold(table: &str) -> Hold {
    Hold::with(World::new(), table, |builder| {
        builder.allocation(Allocation::Pool { slots: 128 })
    })
}

/// What each of many calls at once answers while one of them does something else.
async fn beside(
    tool: &Tool,
    function: &'static str,
    arguments: &'static str,
) -> (String, Vec<String>) {
    let mut calls = JoinSet::new();
    let bad = tool.clone();
    calls.spawn(async move { (None, call(&bad, function, arguments).await) });
    for number in 0..GUESTS - 1 {
        let tool = tool.clone();
        calls.spawn(async move {
            let ended = call(&tool, "exhaust.compute", &format!("[{}]", 1_000 + number)).await;
            (Some(number), ended)
        });
    }
    let mut good = vec![String::new(); usize::try_from(GUESTS - 1).unwrap()];
    let mut bad = String::new();
    while let Some(ended) = calls.join_next().await {
        match ended.unwrap() {
            (Some(number), ended) => good[usize::try_from(number).unwrap()] = ended,
            (None, ended) => bad = ended,
        }
    }
    (bad, good)
}

async fn alone(tool: &Tool) -> Vec<String> {
    let mut answers = Vec::new();
    for number in 0..GUESTS - 1 {
        answers.push(call(tool, "exhaust.compute", &format!("[{}]", 1_000 + number)).await);
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_guests_answer_the_same_while_one_misbehaves() {
    let hold =
        hold("[tools.probe.limits]\nconcurrency = 100\nmemory = \"8 MiB\"\nfuel = 300000000\n");
    let tool = hold.guest("probe-limits");
    let expected = alone(&tool).await;
    assert!(expected.iter().all(|ended| ended.starts_with("answer")));
    for (function, arguments, ended) in [
        ("exhaust.spin", "[]", "limit fuel"),
        ("exhaust.grow-until-refused", "[]", "answer 128"),
        ("exhaust.allocate", "[1000000000]", "limit memory"),
        ("traps.trap", "[\"unreachable\"]", "trap"),
        ("exhaust.recurse", "[4000000000]", "limit stack"),
    ] {
        let (bad, good) = beside(&tool, function, arguments).await;
        assert_eq!(bad, ended, "{function}");
        assert_eq!(good, expected, "beside {function}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_runs_out_of_time_takes_nobody_with_it() {
    let hold = hold(
        "[tools.probe.limits]\nconcurrency = 101\nfuel = 9000000000000000000\ntime = \"60 s\"\n",
    );
    let tool = hold.guest("probe-limits");
    let expected = alone(&tool).await;
    let mut short = LimitSettings::new();
    short.set_number(Limit::Time, 300).unwrap();
    let spinning = ends(tool.call("exhaust.spin").unwrap().limits(&short), "[]");
    let (spun, (_, good)) = tokio::join!(spinning, beside(&tool, "exhaust.compute", "[1]"));
    assert_eq!(spun, "limit time");
    assert_eq!(good, expected);
}

#[tokio::test]
async fn ten_thousand_traps_leave_the_host_as_it_was() {
    let hold = hold("");
    let tool = hold.guest("probe-limits");
    for _ in 0..10_000 {
        let ended = tool
            .call("traps.trap")
            .unwrap()
            .json("[\"unreachable\"]")
            .await;
        assert_eq!(ended.unwrap_err().code(), "trap");
    }
    assert_eq!(call(&tool, "canary.count", "[]").await, "answer 1");
    assert_eq!(
        call(&tool, "exhaust.grow-until-refused", "[]").await,
        "answer 1024"
    );
}

#[tokio::test]
async fn a_call_that_is_cancelled_frees_its_place() {
    let hold = hold("[tools.probe.limits]\nconcurrency = 1\nfuel = 9000000000000000000\n");
    let tool = hold.guest("probe-limits");
    for _ in 0..10 {
        let token = bailiwick::CancellationToken::new();
        let spinning = tool
            .call("exhaust.spin")
            .unwrap()
            .cancel_with(token.clone());
        let (ended, (busy, ())) = tokio::join!(ends(spinning, "[]"), async {
            tokio::task::yield_now().await;
            (call(&tool, "canary.count", "[]").await, token.cancel())
        });
        assert_eq!(
            (ended.as_str(), busy.as_str()),
            ("cancelled", "limit concurrency")
        );
        assert_eq!(call(&tool, "canary.count", "[]").await, "answer 1");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_never_waits_lets_others_run_on_the_same_thread() {
    let hold = hold("[tools.probe.limits]\nfuel = 9000000000000000000\ntime = \"3 s\"\n");
    let tool = hold.guest("probe-limits");
    let runtime = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let spinning = call(&tool, "exhaust.spin", "[]");
            let counting = async {
                let began = std::time::Instant::now();
                for _ in 0..10 {
                    assert_eq!(call(&tool, "canary.count", "[]").await, "answer 1");
                }
                began.elapsed()
            };
            let (spun, took) = tokio::join!(spinning, counting);
            assert_eq!(spun, "limit time");
            assert!(took < Duration::from_secs(2), "they waited: {took:?}");
        });
    });
    runtime.join().unwrap();
}
