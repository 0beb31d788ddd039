//! Things that change under the host's feet, ten thousand times.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

use bailiwick_tests::hold::{Hold, call};
use bailiwick_tests::world::World;
use rustix::fs::{CWD, RenameFlags, renameat_with};

/// How often a guest opens, and how many opens one call makes.
const OPENS: u64 = 10_000;
const OPENS_A_CALL: u64 = 500;

const POLICY: &str = "read-file = [\"data/**\"]\nwrite-file = [\"data/**\"]\nlist-files = []\n";

/// Swaps two names as fast as it can, until it is dropped.
struct Swapping {
    ended: Arc<AtomicBool>,
    swaps: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Swapping {
    fn of(left: PathBuf, right: PathBuf) -> Self {
        let (ended, swaps) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (end, count) = (Arc::clone(&ended), Arc::clone(&swaps));
        let thread = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                exchange(&left, &right);
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        let thread = Some(thread);
        Self {
            ended,
            swaps,
            thread,
        }
    }

    fn count(&self) -> u64 {
        self.swaps.load(Ordering::Relaxed)
    }
}

impl Drop for Swapping {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        drop(self.thread.take().map(JoinHandle::join));
    }
}

fn exchange(left: &Path, right: &Path) {
    renameat_with(CWD, left, CWD, right, RenameFlags::EXCHANGE).unwrap();
}

/// Reads one path over and over: what was seen, by length, and how often.
async fn lengths_of(hold: &Hold, path: &str) -> Seen {
    let tool = hold.guest("probe-files");
    let mut seen = Seen::default();
    let paths = vec![path; usize::try_from(OPENS_A_CALL).unwrap()];
    let arguments = serde_json::json!([paths]).to_string();
    for _ in 0..OPENS / OPENS_A_CALL {
        let answer = tool
            .call("read-each")
            .unwrap()
            .json(&arguments)
            .await
            .unwrap();
        let results: Vec<serde_json::Value> = answer.parse().unwrap();
        results.iter().for_each(|result| seen.note(result));
    }
    seen
}

#[derive(Debug, Default)]
struct Seen {
    inside: u64,
    denied: u64,
    missing: u64,
    other: Vec<String>,
}

impl Seen {
    fn note(&mut self, result: &serde_json::Value) {
        if result["ok"] == 6 {
            self.inside += 1;
        } else if result["err"] == "denied" {
            self.denied += 1;
        } else if result["err"] == "not-found" {
            self.missing += 1;
        } else {
            self.other.push(result.to_string());
        }
    }
}

#[tokio::test]
async fn a_directory_that_is_swapped_for_a_link_during_ten_thousand_opens_never_leads_outside() {
    let world = World::new();
    world.write("data/there/flag", "inside");
    symlink(world.outside(), world.root().join("data/link")).unwrap();
    let hold = Hold::new(world, POLICY);
    let data = hold.world.root().join("data");
    let swapping = Swapping::of(data.join("there"), data.join("link"));
    let seen = lengths_of(&hold, "data/there/flag").await;
    assert!(swapping.count() > 100, "nothing was swapped");
    assert_eq!(seen.other, [] as [&str; 0], "{seen:?}");
    assert_eq!(seen.inside + seen.denied + seen.missing, OPENS);
    assert!(
        seen.inside > 0 && seen.denied > 0,
        "the race was not met: {seen:?}"
    );
}

#[tokio::test]
async fn a_file_that_is_swapped_for_a_link_during_ten_thousand_opens_is_read_or_denied() {
    let world = World::new();
    world.write("data/file", "inside");
    symlink(world.outside().join("flag"), world.root().join("data/link")).unwrap();
    let hold = Hold::new(world, POLICY);
    let data = hold.world.root().join("data");
    let swapping = Swapping::of(data.join("file"), data.join("link"));
    let seen = lengths_of(&hold, "data/file").await;
    assert!(swapping.count() > 100, "nothing was swapped");
    assert_eq!(seen.other, [] as [&str; 0], "{seen:?}");
    assert_eq!(seen.inside + seen.denied, OPENS);
    assert!(
        seen.inside > 0 && seen.denied > 0,
        "the race was not met: {seen:?}"
    );
}

#[tokio::test]
async fn a_parent_that_is_swapped_for_a_link_never_moves_a_write_outside() {
    let world = World::new();
    world.write("data/there/file", "inside");
    symlink(world.outside(), world.root().join("data/link")).unwrap();
    let hold = Hold::new(world, POLICY);
    let before = hold.world.outside_now();
    let data = hold.world.root().join("data");
    let tool = hold.guest("probe-files");
    let swapping = Swapping::of(data.join("there"), data.join("link"));
    let paths = vec!["data/there/mark"; 100];
    let arguments = serde_json::json!([paths, "bWFyaw=="]).to_string();
    let (mut written, mut denied) = (0, 0);
    for _ in 0..10 {
        let answer = tool
            .call("write-each")
            .unwrap()
            .json(&arguments)
            .await
            .unwrap();
        let results: Vec<serde_json::Value> = answer.parse().unwrap();
        written += results
            .iter()
            .filter(|result| result.get("ok").is_some())
            .count();
        denied += results
            .iter()
            .filter(|result| result["err"] == "denied")
            .count();
    }
    assert!(swapping.count() > 100, "nothing was swapped");
    drop(swapping);
    assert_eq!(before.changes(&hold.world.outside_now()), [] as [&str; 0]);
    assert_eq!(written + denied, 1_000);
    assert!(
        written > 0 && denied > 0,
        "the race was not met: {written} written, {denied} denied"
    );
}

#[tokio::test]
async fn a_file_that_was_moved_away_is_not_followed_to_another_grant() {
    let world = World::new();
    world.write("data/a", "inside");
    world.write("private/x", "x");
    let hold = Hold::new(world, POLICY);
    let tool = hold.guest("probe-files");
    assert_eq!(call(&tool, "read-length", "[\"data/a\"]").await, "answer 6");
    let root = hold.world.root();
    std::fs::rename(root.join("data/a"), root.join("private/a")).unwrap();
    assert_eq!(
        call(&tool, "read-length", "[\"data/a\"]").await,
        "error \"not-found\""
    );
    assert_eq!(
        call(&tool, "read-length", "[\"private/a\"]").await,
        "error \"denied\""
    );
    assert_eq!(
        call(&tool, "write", "[\"private/a\", \"AAAA\"]").await,
        "error \"denied\""
    );
    assert_eq!(hold.world.read("private/a").unwrap(), b"inside");
}
