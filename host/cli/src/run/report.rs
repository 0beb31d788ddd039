//! What a call logged, was denied and could not reach, for standard error.

use std::path::Path;

use bailiwick::Report;
use serde_json::{Map, Value, json};

use crate::terminal::{self, Paint, visible};

/// Whose call it was, and where its trail is.
pub(super) struct Place<'a> {
    tool: &'a str,
    trail: Option<&'a Path>,
}

impl<'a> Place<'a> {
    pub(super) fn new(tool: &'a str, trail: Option<&'a Path>) -> Self {
        Self { tool, trail }
    }

    /// Prints the report; or, for programs, gives what stands beside the error in the one object on standard error, so
    /// that no line of a tool's can be taken for one of ours.
    pub(super) fn report(&self, report: &Report, json: bool) -> Map<String, Value> {
        if json {
            return self.fields(report);
        }
        for line in &report.log {
            self.line(line.level, &line.message);
        }
        let paint = Paint::stderr();
        let note = |text: String| terminal::complain(&format!("{} {text}", paint.blue("note:")));
        if report.spent.log_dropped > 0 {
            note(format!(
                "{} more lines of its log were dropped",
                report.spent.log_dropped
            ));
        }
        if report.spent.denials > 0 {
            note(self.denials(report.spent.denials));
        }
        for failed in &report.failed {
            let callee = failed.callee.as_ref();
            let callee = callee.map(|callee| format!(", for `{}`", visible(&callee.tool)));
            note(format!(
                "`{} {}`{} is unavailable: {}",
                failed.capability,
                visible(&failed.words),
                callee.unwrap_or_default(),
                visible(&failed.why)
            ));
        }
        Map::new()
    }

    /// Every line of a message has the prefix, so that none can look like ours.
    fn line(&self, level: &str, message: &str) {
        let tool = visible(self.tool);
        for part in message.split('\n') {
            terminal::complain(&format!("[{tool} {level}] {}", visible(part)));
        }
    }

    fn denials(&self, count: u64) -> String {
        let attempts = if count == 1 {
            "attempt was"
        } else {
            "attempts were"
        };
        let mut text = format!("{count} {attempts} denied");
        if let Some(trail) = self.trail {
            text += &format!(
                ": bailiwick audit show --denied {}",
                visible(&trail.display().to_string())
            );
        }
        text
    }

    fn fields(&self, report: &Report) -> Map<String, Value> {
        let mut fields = Map::new();
        if !report.log.is_empty() {
            let lines: Vec<Value> = report
                .log
                .iter()
                .map(|line| json!({"level": line.level, "message": line.message}))
                .collect();
            fields.insert("log".to_owned(), lines.into());
        }
        if report.spent.log_dropped > 0 {
            fields.insert("log-dropped".to_owned(), report.spent.log_dropped.into());
        }
        if report.spent.denials > 0 {
            fields.insert("denials".to_owned(), report.spent.denials.into());
            let trail = self.trail.map(|trail| trail.display().to_string());
            fields.insert("audit".to_owned(), trail.into());
        }
        if !report.failed.is_empty() {
            let failed = report.failed.iter().map(|failed| {
                json!({
                    "capability": failed.capability,
                    "arguments": failed.words,
                    "why": failed.why,
                    "callee": failed.callee.as_ref().map(|callee| &callee.tool),
                })
            });
            fields.insert("unavailable".to_owned(), failed.collect());
        }
        fields
    }
}

/// Prints what would have stood beside an error, where there is none.
pub(super) fn alone(fields: Map<String, Value>) {
    if !fields.is_empty() {
        terminal::complain_json(&fields.into());
    }
}
