//! A report for people.

use std::fmt::Write as _;

use super::{CallReport, Report, Verdict, total};

/// A report for people: a line for each call, below it what differs, and in the end how many passed. What a tool wrote stands
/// in it as it is.
pub fn to_text(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports.iter().filter(|report| !report.calls.is_empty()) {
        text += &format!("{}\n", report.path.display());
        for call in &report.calls {
            add_call(&mut text, call);
        }
    }
    text + &summary(reports)
}

fn add_call(text: &mut String, call: &CallReport) {
    let word = match call.verdict {
        Verdict::Passed => "ok     ",
        Verdict::Failed => "FAILED ",
        Verdict::Blessed => "blessed",
    };
    // Writing to a string does not fail.
    let _ = match call.verdict {
        Verdict::Passed => writeln!(text, "  {word} {}", call.name),
        Verdict::Failed | Verdict::Blessed => {
            writeln!(text, "  {word} {} (line {})", call.name, call.line)
        }
    };
    for difference in &call.differences {
        let _ = writeln!(text, "    {}", difference.what);
        for line in &difference.lines {
            let _ = writeln!(text, "    {line}");
        }
    }
    for note in &call.notes {
        let _ = writeln!(text, "    note: {note}");
    }
}

fn summary(reports: &[Report]) -> String {
    let [passed, failed, blessed] =
        [Verdict::Passed, Verdict::Failed, Verdict::Blessed].map(|verdict| total(reports, verdict));
    match blessed {
        0 => format!("{passed} passed, {failed} failed\n"),
        blessed => format!("{passed} passed, {failed} failed, {blessed} blessed\n"),
    }
}
