//! A report as JUnit's XML: a suite for the component, a case for each rule.

use std::fmt::Write as _;

use bailiwick::audit::visible;

use super::{Finding, Report, State, Verdict};

pub(super) fn junit(report: &Report) -> String {
    let count = |is: fn(&State) -> bool| {
        report
            .verdicts
            .iter()
            .filter(|verdict| is(&verdict.state))
            .count()
    };
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let tests = report.verdicts.len();
    let failures = count(|state| matches!(state, State::Broken));
    // JUnit has skipped tests, and those who collect them take them for harmless. A rule that could not be checked is not.
    let errors = count(|state| matches!(state, State::NotChecked(_)));
    // Writing to a string does not fail.
    let _ = writeln!(
        xml,
        "<testsuites tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">",
        escaped(&report.component)
    );
    for verdict in &report.verdicts {
        add_case(&mut xml, report, verdict);
    }
    xml += "  </testsuite>\n</testsuites>\n";
    xml
}

fn add_case(xml: &mut String, report: &Report, verdict: &Verdict) {
    let id = verdict.rule.id();
    let opening = format!(
        "    <testcase classname=\"{}\" name=\"{id}\"",
        escaped(&report.component)
    );
    match &verdict.state {
        State::Kept { .. } => *xml += &format!("{opening}/>\n"),
        State::NotChecked(why) => {
            *xml += &format!(
                "{opening}>\n      <error message=\"{}\"/>\n    </testcase>\n",
                escaped(&format!("not checked: {why}"))
            );
        }
        State::Broken => {
            *xml += &format!("{opening}>\n");
            let broken = report
                .findings
                .iter()
                .filter(|finding| finding.rule == verdict.rule);
            broken.for_each(|finding| add_failure(xml, finding));
            *xml += "    </testcase>\n";
        }
    }
}

fn add_failure(xml: &mut String, finding: &Finding) {
    let row = finding.rule.row();
    let parts = [
        ("function", finding.function.as_deref()),
        ("input", finding.input.as_deref()),
        ("where", finding.circumstances.as_deref()),
        ("why", Some(row.why)),
        ("mend", Some(row.mend)),
        ("again", Some(finding.command.as_str())),
    ];
    let given = parts
        .iter()
        .filter_map(|(label, part)| part.map(|part| format!("{label}: {part}")));
    let body = given.collect::<Vec<_>>().join("\n");
    *xml += &format!(
        "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
        row.id,
        escaped(&finding.what),
        escaped(&body)
    );
}

/// Text as XML may hold it. What XML has no way to write, and what deceives, is shown by its number.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            escaped.push_str("&#10;");
        }
        for character in visible(line).chars() {
            match character {
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '&' => escaped.push_str("&amp;"),
                '"' => escaped.push_str("&quot;"),
                // XML 1.0 has no characters past these, and not these two.
                '\u{fffe}' | '\u{ffff}' => escaped.extend(character.escape_unicode()),
                other => escaped.push(other),
            }
        }
    }
    escaped
}
