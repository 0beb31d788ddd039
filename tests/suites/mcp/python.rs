//! The official Python client: both transports, every way to agree on a version, tools that answer, fail, are denied, trap,
//! report progress and need a person's yes.

use std::process::Output;

use bailiwick_tests::mcp::clients::{python, said};
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::site::{Site, bailiwick, isolate};
use serde_json::{Value, json};

/// How a client finds the version, and which one it then is.
const MODES: [(&str, &str); 3] = [
    ("auto", "2026-07-28"),
    ("legacy", "2025-11-25"),
    ("2026-07-28", "2026-07-28"),
];

const TOOLS: [(&str, &str, &str); 8] = [
    ("say", "mcp-text", ""),
    ("mixed", "mcp-mixed", ""),
    ("fail", "mcp-error", ""),
    ("register", "mcp-schema", ""),
    ("work", "mcp-progress", "clock = true"),
    ("approved", "mcp-text", "ask = true"),
    (
        "files",
        "probe-files",
        "read-file = [\"public/**\"]\nwrite-file = []\nlist-files = []",
    ),
    ("limits", "probe-limits", ""),
];

#[test]
fn a_python_program_uses_the_tools_over_http() {
    let site = Site::new(&TOOLS);
    site.write("secret", "nobody may read this");
    let served = Served::start(&site);
    for (mode, version) in MODES {
        let Some(mut command) = python("client.py") else {
            return;
        };
        let output = command.args([mode, &served.url()]).output().unwrap();
        check(&output, version, &site);
    }
    served.stop();
}

#[test]
fn a_python_program_uses_the_tools_over_standard_input_and_output() {
    let site = Site::new(&TOOLS);
    site.write("secret", "nobody may read this");
    for (mode, version) in MODES {
        let Some(mut command) = python("client.py") else {
            return;
        };
        let output = command
            .arg(mode)
            .arg(bailiwick())
            .args(["serve", "--policy"])
            .arg(site.path("bailiwick.toml"))
            .arg("--audit")
            .arg(site.path("trail.jsonl"))
            .arg("--cache-dir")
            .arg(bailiwick_tests::hold::compiled())
            .args(isolate())
            .output()
            .unwrap();
        check(&output, version, &site);
    }
}

fn check(output: &Output, version: &str, site: &Site) {
    let why = said(output);
    assert!(output.status.success(), "{why}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["version"], version, "{why}");
    let tools: Vec<&str> = told["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    for name in ["say", "files.read", "limits.trap", "approved"] {
        assert!(tools.contains(&name), "{tools:?}");
    }
    let text = "This is a simple text response for testing.";
    for step in ["text", "yes", "after"] {
        assert_eq!(told[step]["is_error"], false, "{step}: {why}");
        assert_eq!(told[step]["text"], json!([text]), "{step}: {why}");
    }
    assert_eq!(told["mixed"]["kinds"], json!(["text", "image", "resource"]));
    check_failures(&told, site);
    check_progress(&told);
    let unknown = told["unknown"].as_str().unwrap();
    assert!(unknown.contains("no_such_tool"), "{unknown}");
}

/// Each failure with its code, and with words that a model can act on.
fn check_failures(told: &Value, site: &Site) {
    let failures = [
        ("error", "tool-error", "intentionally"),
        ("wrong", "invalid-arguments", "nickname"),
        ("trap", "trap", "fault of the tool"),
        ("no", "denied", "person"),
    ];
    for (step, code, words) in failures {
        let failure = &told[step];
        assert_eq!(failure["is_error"], true, "{step}: {told}");
        assert_eq!(failure["code"], code, "{step}: {told}");
        let text = failure["text"][0].as_str().unwrap();
        assert!(text.contains(words), "{step}: {text}");
    }
    let denied = &told["denied"];
    assert_eq!(denied["is_error"], true, "{told}");
    let text = denied["text"].to_string();
    assert!(
        text.contains("denied") && text.contains("read-file"),
        "{text}"
    );
    assert!(!told.to_string().contains(&site.read("secret")));
    let asked = told["asked"].as_array().unwrap();
    assert_eq!(asked.len(), 2, "{told}");
    assert!(asked[0].as_str().unwrap().contains("approved"), "{told}");
}

/// MCP: "The progress value MUST increase with each notification".
fn check_progress(told: &Value) {
    assert_eq!(told["progress"]["is_error"], false, "{told}");
    let steps: Vec<f64> = told["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step[0].as_f64().unwrap())
        .collect();
    assert_eq!(steps.len(), 3, "{told}");
    assert!(steps.is_sorted_by(|one, next| one < next), "{steps:?}");
    assert_eq!(told["steps"][2], json!([100.0, 100.0, "done"]));
}
