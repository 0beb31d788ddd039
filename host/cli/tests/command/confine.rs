//! What `run` gives up in the kernel before it runs a tool, and where `serve` listens.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::place::Place;

/// How long a command may take to begin a call on a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(30);

/// What the kernel says of each thread of a command that runs a tool which does not end, once it runs it.
fn threads(words: &[&str]) -> Vec<String> {
    let place = Place::with(&["many"]);
    let words = [
        &["run", "many.wasm", "spin", "--audit", "trail.jsonl"],
        words,
    ]
    .concat();
    let mut command = place.command(&words);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let begin = Instant::now();
    let loaded = || fs::read_to_string(place.path("trail.jsonl")).unwrap_or_default();
    while !loaded().contains("\"load\"") {
        assert!(begin.elapsed() < SOON, "{}", loaded());
        std::thread::park_timeout(Duration::from_millis(5));
    }
    let threads = fs::read_dir(format!("/proc/{}/task", child.id())).unwrap();
    let status = |thread: std::io::Result<fs::DirEntry>| {
        fs::read_to_string(thread.unwrap().path().join("status")).unwrap()
    };
    let all = threads.map(status).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    all
}

fn field(status: &str, name: &str) -> String {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().trim().to_owned()
}

#[test]
fn run_is_confined_unless_that_is_switched_off() {
    for words in [&[][..], &["--confine", "available"]] {
        for confined in threads(words) {
            assert_eq!(field(&confined, "Seccomp:"), "2", "{words:?}: {confined}");
            assert_eq!(
                field(&confined, "NoNewPrivs:"),
                "1",
                "{words:?}: {confined}"
            );
        }
    }
    let before = fs::read_to_string("/proc/self/status").unwrap();
    for free in threads(&["--confine", "off"]) {
        for name in ["Seccomp:", "NoNewPrivs:"] {
            assert_eq!(field(&free, name), field(&before, name), "{free}");
        }
    }
}

/// That it does listen there when it is said twice is not tried: a test listens on loopback.
#[test]
fn other_machines_are_not_listened_to_without_callers_that_authenticate() {
    let place = Place::with(&["add"]);
    place.put("bailiwick.toml", "[tools.add]\ncomponent = \"add.wasm\"\n");
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        place
            .run(&["serve", "--policy", "bailiwick.toml", "--http", address])
            .exits(2)
            .mentions("can be reached by other machines")
            .mentions("--allow-unauthenticated");
    }
}
