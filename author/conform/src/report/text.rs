//! A report for people.

use std::fmt::Write as _;

use super::{Finding, Report, State};

/// Characters of an input that are shown; the whole is in the command, or comes again from the seed.
const INPUT_CHARACTERS_MAX: usize = 400;

pub(super) fn text(report: &Report) -> String {
    let mut text = format!("{} ({} bytes", report.component, report.size);
    match &report.world {
        Some(world) => text += &format!(", world {world})\n\n"),
        None => text += ")\n\n",
    }
    for verdict in &report.verdicts {
        let id = verdict.rule.id();
        let line = match &verdict.state {
            State::Kept { checks } => format!("  ✓ {id:<20} {}", checked(*checks)),
            State::Broken => format!("  ✗ {id:<20} {}", verdict.rule.row().demands),
            State::NotChecked(why) => format!("  ? {id:<20} not checked: {why}"),
        };
        text += line.trim_end();
        text.push('\n');
    }
    for finding in &report.findings {
        add_finding(&mut text, finding);
    }
    for note in &report.notes {
        // Writing to a string does not fail.
        let _ = write!(text, "\nnote: {note}\n");
    }
    text += &conclusion(report);
    text
}

fn checked(checks: u64) -> String {
    match checks {
        0 => String::new(),
        1 => "1 check".to_owned(),
        checks => format!("{checks} checks"),
    }
}

fn add_finding(text: &mut String, finding: &Finding) {
    let row = finding.rule.row();
    let _ = writeln!(text, "\n✗ {}: {}", row.id, finding.what);
    let mut add = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label:<9} {value}");
    };
    if let Some(function) = &finding.function {
        add("function", function);
    }
    if let Some(input) = &finding.input {
        add("input", &shortened(input));
    }
    if let Some(circumstances) = &finding.circumstances {
        add("where", circumstances);
    }
    add("why", row.why);
    add("mend", row.mend);
    add("again", &finding.command);
}

fn shortened(input: &str) -> String {
    let length = input.chars().count();
    if length <= INPUT_CHARACTERS_MAX {
        return input.to_owned();
    }
    let shown: String = input.chars().take(INPUT_CHARACTERS_MAX).collect();
    format!("{shown}… ({length} characters)")
}

fn conclusion(report: &Report) -> String {
    let broken = report.findings.len();
    if report.conforms() {
        return "\nconforms\n".to_owned();
    }
    match broken {
        0 => "\ndoes not conform: not every rule could be checked\n".to_owned(),
        1 => "\ndoes not conform: 1 finding\n".to_owned(),
        broken => format!("\ndoes not conform: {broken} findings\n"),
    }
}
