//! The tool `research-script`: has other tools look into tables, puts their answers together, remembers the totals.
//!
//! This file is the tool's edge: everything that reaches outside of it is called here. What it makes of the answers is in the module
//! `answers`, which knows nothing of WebAssembly and is tested like any Rust code.
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests"))]

mod answers;

use bailiwick_sdk::tools::{self, Error};
use bailiwick_sdk::{key_value, log, progress};
use exports::demo::research_script::research::{Finding, Findings, Guest};
use serde_json::{Value, json};

bailiwick_sdk::generate!({
    path: [
        "../../../wit/log",
        "../../../wit/progress",
        "../../../wit/key-value",
        "../../../wit/tools",
        "wit",
    ],
    world: "demo:research-script/research-script",
    generate_all,
});
bailiwick_sdk::log_panics!();

struct ResearchScript;

export!(ResearchScript);

impl Guest for ResearchScript {
    fn compare(
        tables: Vec<String>,
        rates_url: String,
        currency: String,
    ) -> Result<Findings, String> {
        let total = tables.len() as u64;
        let mut found = Vec::new();
        for (done, path) in (0..).zip(tables) {
            progress::at(done).of(total).saying(&path).send();
            found.push(look_into(path, done, &rates_url, &currency)?);
        }
        progress::at(total).of(total).saying("done").send();
        let totals = found.iter().map(|finding| finding.total.as_deref());
        let highest = answers::highest(totals).and_then(|place| found.get(place));
        Ok(Findings {
            highest: highest.map(|finding| finding.path.clone()),
            tables: found,
        })
    }
}

fn look_into(path: String, place: u64, rates_url: &str, currency: &str) -> Result<Finding, String> {
    let mut problems = Vec::new();
    let counted = call("word-count.count-file", &json!({ "path": path }))?;
    let words = answers::words(counted).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    let report = json!({
        "input": path,
        "rates-url": rates_url,
        "output": format!("out/research-{place}.json"),
        "currency": currency,
    });
    let total = answers::total(call("csv-report.summarise", &report)?).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    let before = total.as_ref().and_then(|total| remember(&path, total));
    Ok(Finding {
        path,
        words,
        total,
        before,
        problems,
    })
}

/// The answer of another tool, or what it says went wrong; an error only where no tool can be called at all.
fn call(tool: &str, arguments: &Value) -> Result<Result<String, String>, String> {
    match tools::call(tool, &arguments.to_string()) {
        Ok(json) => Ok(Ok(json)),
        // The called tool looked, and says why it has no answer: that is a finding.
        Err(Error::ToolError(json)) => Ok(Err(format!("{tool}: {json}"))),
        Err(error @ (Error::Trap | Error::Unavailable)) => Ok(Err(format!("{tool}: {error}"))),
        Err(error) => Err(format!("{tool}: {error}")),
    }
}

/// Remembers a total; what it was before, if it was another. A store that is full or denied is no reason to have no answer.
fn remember(path: &str, total: &str) -> Option<String> {
    let key = format!("total/{path}");
    let before = key_value::get_string(&key).unwrap_or_default();
    if before.as_deref() == Some(total) {
        return None;
    }
    if let Err(error) = key_value::set(&key, total) {
        log::warn(format_args!(
            "the total of {path} is not remembered: {error}"
        ));
    }
    before
}
