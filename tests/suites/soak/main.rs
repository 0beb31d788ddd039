//! Mixed honest and hostile calls for as long as one likes, with tools in one process and behind the wall of processes, with what the
//! processes hold looked at every second: memory, descriptors, threads, temporary files and workers must end as they began.
//!
//! A program of its own, since it measures the whole process. `cargo xtask soak --seconds N` runs it for longer than a test may take.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests; what it prints is its report"
)]

mod held;
mod library;
mod server;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use held::{Held, Look};

/// What one part measures must not be what another does at the same time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// How long each part takes where nobody says.
const SECONDS: u64 = 25;

/// How long with `--quick`.
const SECONDS_QUICK: u64 = 6;

/// The library and the server, each in both modes.
const PARTS: u64 = 4;

/// Where tools run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// In the process that holds the authority.
    Within,
    /// In workers.
    BehindTheWall,
}

/// The part of the time in which everything that is made once may be made: pools, caches, threads of the runtime.
const WARMING_PART: u32 = 4;

/// How many calls ended in which way.
type Outcomes = BTreeMap<String, u64>;

fn how_long() -> Duration {
    let said = std::env::var("BAILIWICK_SOAK_SECONDS");
    let quick = std::env::var_os("BAILIWICK_QUICK").is_some();
    Duration::from_secs(match (said, quick) {
        (Ok(seconds), _) => seconds.parse::<u64>().unwrap().div_ceil(PARTS),
        (Err(_), true) => SECONDS_QUICK,
        (Err(_), false) => SECONDS,
    })
}

/// One run: what was held when, and how the calls ended.
struct Soak {
    name: &'static str,
    mode: Mode,
    began: Instant,
    length: Duration,
    looks: Vec<(Duration, Held)>,
    outcomes: Outcomes,
}

impl Soak {
    fn begin(name: &'static str, mode: Mode) -> Self {
        Self {
            name,
            mode,
            began: Instant::now(),
            length: how_long(),
            looks: Vec::new(),
            outcomes: Outcomes::new(),
        }
    }

    fn goes_on(&self) -> bool {
        self.began.elapsed() < self.length
    }

    fn ended(&mut self, outcome: &str) {
        *self.outcomes.entry(outcome.to_owned()).or_default() += 1;
    }

    /// Looks, unless that was less than a second ago.
    fn look(&mut self, look: &Look) {
        let now = self.began.elapsed();
        let last = self.looks.last().map(|(when, _)| *when);
        if last.is_none_or(|last| now - last >= Duration::from_secs(1)) {
            self.looks.push((now, look.now()));
        }
    }

    /// Prints what there was, and checks that nothing grew.
    fn close(mut self, look: &Look) {
        self.looks.push((self.began.elapsed(), look.now()));
        let warm = self.length / WARMING_PART;
        let after: Vec<Held> = self
            .looks
            .iter()
            .filter(|(when, _)| *when >= warm)
            .map(|(_, held)| *held)
            .collect();
        let part = (after.len() / 3).max(1);
        let (first, last) = (
            held::most(&after[..part]),
            held::most(&after[after.len() - part..]),
        );
        let calls: u64 = self.outcomes.values().sum();
        println!(
            "soak: {}, {:?}: {calls} calls in {:?}",
            self.name, self.mode, self.length
        );
        for (outcome, count) in &self.outcomes {
            println!("  {count:>9}  {outcome}");
        }
        println!("  most after warming up: {first}");
        println!("  most at the end:       {last}");
        assert!(calls > 0, "nothing was called");
        assert_eq!(
            last.has_workers(),
            self.mode == Mode::BehindTheWall,
            "{last}"
        );
        last.assert_no_more_than(&first);
    }
}

#[test]
fn what_a_host_and_a_server_hold_stays_flat() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    library::soak(Mode::Within);
    server::soak(Mode::Within);
}

#[test]
fn what_a_host_and_a_server_and_their_workers_hold_stays_flat() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    library::soak(Mode::BehindTheWall);
    server::soak(Mode::BehindTheWall);
}
