//! The demo's policy against what the demo's hostile guest goes for: the guest's own list, decided without running it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../../../guests/examples/data-thief/src/targets.rs"]
mod targets;

use bailiwick_policy::{Extensions, Policy, Question, ToolPolicy};

const INPUT: &str = "workspace/input.csv";
const OUTPUT: &str = "workspace/output.json";
const RATES: &str = "http://127.0.0.1:47110/stats/eurofxref/eurofxref-daily.xml";

fn policy() -> Policy {
    let text = include_str!("../../../demo/bailiwick.toml");
    Policy::parse("bailiwick.toml", text, &Extensions::new()).expect("the demo's policy is one")
}

fn permits(tool: &ToolPolicy, capability: &str, word: &str) -> bool {
    let question = Question::parse(capability, &[word]).unwrap();
    tool.explain(&question).decision().is_ok()
}

#[test]
fn the_demos_policy_permits_the_three_things_that_it_names() {
    let policy = policy();
    for tool in ["csv-report", "data-thief"] {
        let tool = policy.tool(tool).unwrap();
        assert!(permits(tool, "read-file", INPUT));
        assert!(permits(tool, "write-file", OUTPUT));
        assert!(permits(tool, "http-get", RATES));
    }
}

#[test]
fn the_demos_policy_denies_everything_that_the_thief_goes_for() {
    let policy = policy();
    let thief = policy.tool("data-thief").unwrap();
    let reads = targets::files_to_read(INPUT, OUTPUT);
    let writes = targets::files_to_write(INPUT, OUTPUT);
    let urls = targets::urls(RATES)
        .into_iter()
        .chain(targets::ways_out(RATES, b"name,iso_a3"));
    let all = [
        ("read-file", reads),
        ("write-file", writes),
        ("http-get", urls.collect()),
    ];
    for (capability, words) in all {
        for word in words {
            assert!(!permits(thief, capability, &word), "{capability} {word:?}");
        }
    }
}
