//! Ctrl-C, and what a supervisor sends.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::place::{Ended, Place, records};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn interrupted_by(signal: Signal) {
    let place = Place::with(&["reader"]);
    place.put("a.txt", "a");
    let trail = place.path("trail.jsonl");
    let words = [
        "run",
        "reader.wasm",
        "wait",
        "\"a.txt\"",
        "--read-file",
        "a.txt",
        "--audit",
        "trail.jsonl",
        "--time",
        "1h",
        "--fuel",
        "1000000000000000",
    ];
    let child = place
        .command(&words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The tool reads a file before it goes in circles, and the trail says when it has.
    let began = Instant::now();
    while !std::fs::read_to_string(&trail).is_ok_and(|text| text.contains("\"kind\":\"attempt\"")) {
        assert!(began.elapsed() < PATIENCE, "the tool never read its file");
        std::thread::yield_now();
    }
    kill_process(Pid::from_child(&child), signal).unwrap();
    Ended::from(child.wait_with_output().unwrap())
        .exits(6)
        .prints("")
        .complains("error: the call was cancelled\n");
    assert!(began.elapsed() < PATIENCE);
    let call = records(&trail).pop().unwrap();
    assert_eq!(
        (&call["kind"], &call["outcome"]),
        (&"call".into(), &"cancelled".into())
    );
}

#[test]
fn an_interrupt_cancels_the_call_and_records_it() {
    interrupted_by(Signal::INT);
}

#[test]
fn a_supervisors_signal_cancels_the_call_and_records_it() {
    interrupted_by(Signal::TERM);
}
