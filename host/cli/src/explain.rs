//! `bailiwick explain`: what a policy says about an attempt that nobody made.

use bailiwick::policy::{Explanation, Origin, Question};
use serde_json::{Value, json};

use crate::args::Explain;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::policy::PolicyFile;
use crate::terminal::{self, Paint, visible_lines};

pub(crate) fn explain(explain: &Explain) -> Result<Exit, Failure> {
    let words: Vec<&str> = explain.words.iter().map(String::as_str).collect();
    let question = Question::parse(&explain.capability, &words)
        .map_err(|error| Failure::usage(error.to_string()))?;
    let file = PolicyFile::read(&explain.policy)?;
    let answer = file.tool(&explain.tool)?.explain(&question);
    let explanation = answer.through(file.policy.network());
    if explain.json {
        terminal::put_json(&to_json(&explanation).to_string())?;
    } else {
        terminal::put(&format!("{}\n", to_text(&explanation)))?;
    }
    Ok(if explanation.is_permitted() {
        Exit::Success
    } else {
        Exit::Refused
    })
}

/// The first word says all; on a terminal it has a colour too.
fn to_text(explanation: &Explanation) -> String {
    let text = visible_lines(&explanation.to_string());
    let paint = Paint::stdout();
    match (text.strip_prefix("permit"), text.strip_prefix("denial")) {
        (Some(rest), _) => format!("{}{rest}", paint.green("permit")),
        (_, Some(rest)) => format!("{}{rest}", paint.red("denial")),
        (None, None) => text,
    }
}

fn to_json(explanation: &Explanation) -> Value {
    let rule = explanation.rule();
    let (file, line) = match rule.map(|rule| &rule.origin) {
        Some(Origin::File { file, line, .. }) => (Some(&**file), Some(*line)),
        Some(Origin::Flag(_) | Origin::Code) | None => (None, None),
    };
    let denial = explanation.decision().err();
    let later: Vec<Value> = explanation
        .later()
        .iter()
        .map(|later| json!({"code": later.code(), "text": later.to_string()}))
        .collect();
    json!({
        "decision": if explanation.is_permitted() { "permit" } else { "denial" },
        "rule": rule.map(|rule| &*rule.text),
        "file": file,
        "line": line,
        "remedy": explanation.remedy(),
        "reason": denial.map(|denial| denial.reason().code()),
        "capability": explanation.capability().key(),
        "attempt": explanation.attempt(),
        "later": later,
    })
}
