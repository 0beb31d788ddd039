//! A report for programs.

use serde_json::{Value, json};

use super::{Finding, Report, State, Verdict};

pub(super) fn json(report: &Report) -> Value {
    json!({
        "component": {
            "name": report.component,
            "size": report.size,
            "sha256": report.sha256,
        },
        "world": report.world,
        // A string: not every reader keeps 64 bits.
        "seed": report.seed.to_string(),
        "conforms": report.conforms(),
        "rules": report.verdicts.iter().map(verdict).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "notes": report.notes,
    })
}

fn verdict(verdict: &Verdict) -> Value {
    let id = verdict.rule.id();
    match &verdict.state {
        State::Kept { checks } => json!({ "id": id, "state": "kept", "checks": checks }),
        State::Broken => json!({ "id": id, "state": "broken" }),
        State::NotChecked(why) => json!({ "id": id, "state": "not-checked", "why": why }),
    }
}

fn finding(finding: &Finding) -> Value {
    let row = finding.rule.row();
    // What was made by the kit is JSON.
    let input = finding
        .input
        .as_deref()
        .and_then(|input| serde_json::from_str::<Value>(input).ok());
    json!({
        "rule": row.id,
        "what": finding.what,
        "function": finding.function,
        "input": input,
        "circumstances": finding.circumstances,
        "demands": row.demands,
        "why": row.why,
        "mend": row.mend,
        "command": finding.command,
    })
}
