//! MCP's own conformance suites, against a server whose diagnostic tools are guests of this project.
//!
//! What a suite asks for beyond what a server of tools offers stands in its baseline, each with the reason. The suite
//! itself fails on anything else that goes wrong, and on a line of the baseline that is not needed any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use bailiwick_tests::mcp::clients::{node, own, said};
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::site::{Site, policy};

/// What the suites call, by its name: the guest and what it is granted.
const DIAGNOSTIC: [(&str, &str, &str); 16] = [
    ("json_schema_2020_12_tool", "mcp-schema", ""),
    ("test_audio_content", "mcp-audio", ""),
    ("test_embedded_resource", "mcp-document", ""),
    ("test_error_handling", "mcp-error", ""),
    ("test_image_content", "mcp-image", ""),
    ("test_logging_tool", "mcp-logging", ""),
    // The one thing that is asked is whether a call may be made.
    (
        "test_input_required_result_elicitation",
        "mcp-text",
        "ask = true",
    ),
    (
        "test_input_required_result_request_state",
        "mcp-text",
        "ask = true",
    ),
    (
        "test_input_required_result_tampered_state",
        "mcp-text",
        "ask = true",
    ),
    // The one capability of a client's that a tool of ours can need is that somebody is asked.
    ("test_missing_capability", "mcp-text", "ask = true"),
    ("test_multiple_content_types", "mcp-mixed", ""),
    ("test_reconnection", "mcp-text", ""),
    ("test_simple_text", "mcp-text", ""),
    ("test_streaming_elicitation", "mcp-text", "ask = true"),
    ("test_tool_with_progress", "mcp-progress", "clock = true"),
    (
        "test_trigger_tool_change",
        "mcp-change",
        "write-file = [\"wish\"]",
    ),
];

#[test]
fn the_first_suite_finds_nothing_wrong() {
    judge("conformance-0.1", &[], "0.1.yml");
}

#[test]
fn the_second_suite_finds_nothing_wrong_in_2025_11_25() {
    judge(
        "conformance-0.2",
        &["--spec-version", "2025-11-25"],
        "0.2-2025-11-25.yml",
    );
}

#[test]
fn the_second_suite_finds_nothing_wrong_in_2026_07_28() {
    judge(
        "conformance-0.2",
        &["--spec-version", "2026-07-28"],
        "0.2-2026-07-28.yml",
    );
}

#[test]
fn every_line_of_a_baseline_has_its_reason() {
    for name in ["0.1.yml", "0.2-2025-11-25.yml", "0.2-2026-07-28.yml"] {
        let text = std::fs::read_to_string(own("baselines").join(name)).unwrap();
        let mut has_reason = false;
        let mut entries = 0;
        for line in text.lines().map(str::trim) {
            if line.starts_with("- ") {
                assert!(has_reason || line.contains(" # "), "{name}: {line}");
                entries += 1;
            }
            // A reason stands for all lines below it, up to an empty one.
            has_reason = line.starts_with('#') || (has_reason && !line.is_empty());
        }
        assert!(entries > 0, "{name}");
    }
}

/// Runs a suite. It takes one revision of the protocol at a time.
fn judge(suite: &str, more: &[&str], baseline: &str) {
    let Some(mut command) = node(&format!("{suite}/dist/index.js")) else {
        return;
    };
    let site = Site::new(&DIAGNOSTIC);
    let operator = Operator::watch(&site);
    let served = Served::start(&site);
    let results = site.path("results");
    command
        .args(["server", "--url", &served.url(), "--suite", "all"])
        .args(more)
        .arg("--expected-failures")
        .arg(own("baselines").join(baseline))
        .arg("-o")
        .arg(&results);
    let output = command.output().unwrap();
    let text = said(&output);
    let log = served.log();
    assert!(output.status.success(), "{text}\nthe server: {log}");
    for scenario in [
        "tools-list",
        "tools-call-simple-text",
        "tools-call-with-progress",
    ] {
        assert!(text.contains(scenario), "{scenario} was not run: {text}");
    }
    served.stop();
    drop(operator);
}

/// A person who fulfils a tool's wish for another list of tools, by changing the policy. No tool can.
struct Operator {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Operator {
    fn watch(site: &Site) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let (wish, file) = (site.path("wish"), site.path("bailiwick.toml"));
        let unfinished = site.path("policy-to-come");
        let is_over = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            let more = [&DIAGNOSTIC[..], &[("test_one_more", "mcp-text", "")]].concat();
            let mut lists = [policy(&more), policy(&DIAGNOSTIC)].into_iter().cycle();
            while !is_over.load(Ordering::SeqCst) {
                if std::fs::remove_file(&wish).is_ok() {
                    std::fs::write(&unfinished, lists.next().unwrap()).unwrap();
                    std::fs::rename(&unfinished, &file).unwrap();
                }
                std::thread::park_timeout(Duration::from_millis(10));
            }
        });
        Self {
            ended,
            thread: Some(thread),
        }
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
