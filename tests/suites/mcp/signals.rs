//! Signals by the thousand, of every kind that a process may get and live: no call is lost, and the server ends as ever.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::Session;
use bailiwick_tests::mcp::site::Site;
use bailiwick_tests::processes::{Process, family};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::runtime;

/// Calls of a storm, at least.
const CALLS: u32 = 200;

/// Signals of a storm, at least: fast calls go on until there were so many.
const SIGNALS_LEAST: u64 = 1_000;

/// The server loads everything again.
const RELOAD: Signal = Signal::HUP;

/// They interrupt system calls, or do nothing.
const SIGNALS: [Signal; 4] = [Signal::WINCH, Signal::URG, Signal::CONT, Signal::CHILD];

/// Ends the storm when it is dropped.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_storm_of_signals_leaves_no_call_unanswered() {
    storm(&[]);
}

#[test]
fn a_storm_of_signals_at_a_server_and_its_workers_leaves_no_call_unanswered() {
    storm(&["--isolate"]);
}

/// The server's other processes: what starts its workers, and the workers.
fn others(served: &Served) -> Vec<Process> {
    let family = family(served.process_id()).into_iter();
    family.skip(1).collect()
}

fn storm(more: &[&str]) {
    let site = Site::new(&[("limits", "probe-limits", "")]);
    let served = Served::with(&site, more);
    let (over, sent) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                served.signal(RELOAD);
                sent.fetch_add(1, Ordering::SeqCst);
                let others = others(&served);
                for signal in SIGNALS {
                    served.signal(signal);
                    for other in &others {
                        let id = i32::try_from(other.id)
                            .ok()
                            .and_then(Pid::from_raw)
                            .unwrap();
                        // A worker may have ended since.
                        let _ = kill_process(id, signal);
                    }
                    sent.fetch_add(1, Ordering::SeqCst);
                }
                std::thread::park_timeout(std::time::Duration::from_millis(1));
            }
        });
        // Also when a call did not end as it must.
        let _over = Over(&over);
        runtime().block_on(async {
            let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
            let mut number = 0;
            while number < CALLS || sent.load(Ordering::SeqCst) < SIGNALS_LEAST {
                number += 1;
                let arguments = json!({ "rounds": number });
                let answer = session.call("limits.compute", arguments).await.unwrap();
                let content = &answer["result"]["structuredContent"];
                assert!(!content["result"].is_null(), "call {number}: {answer}");
            }
        });
    });
    served.stop();
}
