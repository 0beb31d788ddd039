//! What came of running cases.

mod junit;
mod text;

use std::path::PathBuf;
use std::time::Duration;

use bailiwick_fake::Outcome;
use serde_json::{Value, json};

use crate::compare::{self, Happened};
use crate::difference::Difference;

pub use junit::to_junit;
pub use text::to_text;

/// What came of one case file.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file.
    pub path: PathBuf,
    /// Its calls, in their order; only those that were asked for.
    pub calls: Vec<CallReport>,
}

/// What came of one call.
#[derive(Clone, Debug)]
pub struct CallReport {
    /// Its place among the calls of the file, from 0.
    pub(crate) place: usize,
    /// Its name.
    pub name: String,
    /// The line at which it stands.
    pub line: usize,
    /// How long it took.
    pub duration: Duration,
    /// Whether it did what was expected.
    pub verdict: Verdict,
    /// What it did that was not expected. May hold words of the tool's: not yet fit for a terminal.
    pub differences: Vec<Difference>,
    /// What explains them: what was denied and what would permit it, requests that nobody answers, the log.
    pub notes: Vec<String>,
    /// What it did; nothing, where it could not be made.
    pub(crate) happened: Option<Happened>,
}

/// Whether a call did what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It did.
    Passed,
    /// It did not.
    Failed,
    /// It did not, and what it did is expected from now on.
    Blessed,
}

impl CallReport {
    /// How the call ended, every value as the host wrote it: `answer 3`, `error "denied"`, `ends trap`. Nothing, where the
    /// call could not be made.
    pub fn ended(&self) -> Option<String> {
        let outcome = &self.happened.as_ref()?.outcome;
        Some(match outcome {
            compare::Outcome::Answer(value) => format!("answer {value}"),
            compare::Outcome::Error(value) => format!("error {value}"),
            compare::Outcome::End(ending, _) => format!("ends {ending}"),
        })
    }
}

/// Lines of the log that are shown with a failure.
const LOG_LINES_MAX: usize = 20;

impl Verdict {
    pub(crate) fn of(differences: &[Difference]) -> Self {
        if differences.is_empty() {
            Self::Passed
        } else {
            Self::Failed
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Blessed => "blessed",
        }
    }
}

impl Report {
    /// How many calls ended so.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.calls
            .iter()
            .filter(|call| call.verdict == verdict)
            .count()
    }
}

/// What explains a failure; of a success, only what an author should know of all the same.
pub(crate) fn notes(verdict: Verdict, happened: &Happened, unexpected: &[String]) -> Vec<String> {
    let mut notes = unexpected.to_vec();
    if verdict == Verdict::Passed {
        return notes;
    }
    for attempt in &happened.attempts {
        if let Outcome::Denied(denial) = attempt.outcome() {
            let remedy = denial
                .remedy()
                .map(|remedy| format!("; to permit it, {}", under_grants(&remedy)));
            notes.push(format!("{denial}{}", remedy.unwrap_or_default()));
        }
    }
    let logged = happened.log.iter().take(LOG_LINES_MAX);
    notes.extend(logged.map(|line| format!("log: {line}")));
    let more = happened.log.len().saturating_sub(LOG_LINES_MAX);
    if more > 0 {
        notes.push(format!("log: … and {more} lines more"));
    }
    notes
}

/// The policy's reader knows only tables of tools.
fn under_grants(remedy: &str) -> String {
    remedy.replace("`[tools.grants]`", "`[grants]`")
}

/// For programs.
pub fn to_json(reports: &[Report]) -> Value {
    let files: Vec<Value> = reports
        .iter()
        .map(|report| {
            let calls: Vec<Value> = report.calls.iter().map(call_json).collect();
            json!({"file": report.path.display().to_string(), "calls": calls})
        })
        .collect();
    json!({
        "passed": total(reports, Verdict::Passed),
        "failed": total(reports, Verdict::Failed),
        "blessed": total(reports, Verdict::Blessed),
        "files": files,
    })
}

fn call_json(call: &CallReport) -> Value {
    let differences: Vec<Value> = call
        .differences
        .iter()
        .map(|difference| {
            let lines: Vec<String> = difference.lines.iter().map(ToString::to_string).collect();
            json!({"what": difference.what, "lines": lines})
        })
        .collect();
    json!({
        "name": call.name,
        "line": call.line,
        "verdict": call.verdict.as_str(),
        "milliseconds": u64::try_from(call.duration.as_millis()).unwrap_or(u64::MAX),
        "differences": differences,
        "notes": call.notes,
    })
}

fn total(reports: &[Report], verdict: Verdict) -> usize {
    reports.iter().map(|report| report.count(verdict)).sum()
}
