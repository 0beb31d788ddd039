//! `bailiwick serve` with worker processes, confined as it is by default: it starts them through a process that is older than its
//! confinement, also for what a reload adds.

use std::time::{Duration, Instant};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::Session;
use bailiwick_tests::mcp::site::{Site, policy};
use bailiwick_tests::processes::{Process, children, wait_until};
use serde_json::{Value, json};

use crate::runtime;

const ONE: [(&str, &str, &str); 1] = [("say", "mcp-text", "")];
const TWO: [(&str, &str, &str); 2] = [("say", "mcp-text", ""), ("more", "mcp-text", "")];
const ISOLATION: &str = "isolation = \"process\"\n";

fn ask(served: &Served, method: &str, parameters: Value) -> Value {
    runtime().block_on(async {
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        session.ask(method, parameters).await.unwrap()
    })
}

fn names(served: &Served) -> Vec<String> {
    let list = ask(served, "tools/list", json!({}));
    let tools = list["result"]["tools"].as_array().unwrap();
    let names = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned());
    names.collect()
}

/// Calls every tool, each of which has to answer.
fn call_all(served: &Served) {
    for name in names(served) {
        let called = ask(
            served,
            "tools/call",
            json!({ "name": name, "arguments": {} }),
        );
        let result = &called["result"];
        assert!(
            result["content"].is_array() && result["isError"] != true,
            "{name}: {called}"
        );
    }
}

/// The processes that the server's only child has started.
fn workers(served: &Served) -> Vec<Process> {
    let own = children(served.process());
    assert_eq!(own.len(), 1, "{own:?}");
    children(own[0].id)
}

#[expect(
    clippy::disallowed_methods,
    reason = "looks again and again at what another process does"
)]
fn wait_for(served: &Served, word: &str) {
    let begun = Instant::now();
    while !served.log().contains(word) {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{}",
            served.log()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn seccomp(process: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("Seccomp:"));
    line.unwrap().trim().to_owned()
}

#[test]
fn a_confined_server_runs_its_tools_in_workers_also_what_a_reload_adds() {
    for (head, more) in [(ISOLATION, &[][..]), ("", &["--isolate"])] {
        let site = Site::new(&ONE);
        site.write("bailiwick.toml", &format!("{head}{}", policy(&ONE)));
        let served = Served::with(&site, more);
        assert_eq!(seccomp(served.process()), "2", "{}", served.log());
        let before = names(&served);
        call_all(&served);
        assert!(!workers(&served).is_empty());
        site.write("bailiwick.toml", &format!("{head}{}", policy(&TWO)));
        wait_until("the second tool is served", || {
            names(&served).len() > before.len()
        });
        call_all(&served);
        let started = children(served.process());
        let all = [started.clone(), workers(&served)].concat();
        served.stop();
        wait_until("no process of it is left", || {
            !all.iter().any(Process::is_alive)
        });
    }
}

#[test]
fn a_policy_that_gains_isolation_is_refused_with_the_word_restart() {
    let site = Site::new(&ONE);
    let served = Served::start(&site);
    let before = names(&served);
    assert!(children(served.process()).is_empty());
    site.write("bailiwick.toml", &format!("{ISOLATION}{}", policy(&TWO)));
    wait_for(&served, "restart");
    assert!(served.log().contains("`isolation`"), "{}", served.log());
    // What was served still is, and nothing of the new policy.
    assert_eq!(names(&served), before);
    call_all(&served);
    served.stop();
}

#[test]
fn a_policy_that_loses_isolation_leaves_its_tools_in_workers() {
    let site = Site::new(&ONE);
    site.write("bailiwick.toml", &format!("{ISOLATION}{}", policy(&ONE)));
    let served = Served::start(&site);
    let before = names(&served);
    site.write("bailiwick.toml", &policy(&TWO));
    wait_until("the second tool is served", || {
        names(&served).len() > before.len()
    });
    call_all(&served);
    assert!(workers(&served).len() >= 2, "{}", served.log());
    served.stop();
}
