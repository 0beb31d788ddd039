//! A report for continuous integration: the XML that JUnit began with.

use std::fmt::Write as _;

use super::{CallReport, Report, Verdict};

/// A report as JUnit's XML: a suite for each file, a case for each call.
pub fn to_junit(reports: &[Report]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned();
    for report in reports {
        let file = escaped(&report.path.display().to_string());
        // Writing to a string does not fail.
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{file}\" tests=\"{}\" failures=\"{}\">",
            report.calls.len(),
            report.count(Verdict::Failed)
        );
        for call in &report.calls {
            add_call(&mut xml, &file, call);
        }
        xml += "  </testsuite>\n";
    }
    xml + "</testsuites>\n"
}

fn add_call(xml: &mut String, file: &str, call: &CallReport) {
    let (name, seconds) = (escaped(&call.name), call.duration.as_secs_f64());
    let _ = write!(
        xml,
        "    <testcase classname=\"{file}\" name=\"{name}\" time=\"{seconds:.3}\""
    );
    if call.verdict != Verdict::Failed {
        *xml += "/>\n";
        return;
    }
    let what: Vec<&str> = call
        .differences
        .iter()
        .map(|difference| difference.what.as_str())
        .collect();
    let mut text = String::new();
    for difference in &call.differences {
        let _ = writeln!(text, "{}", difference.what);
        for line in &difference.lines {
            let _ = writeln!(text, "{line}");
        }
    }
    for note in &call.notes {
        let _ = writeln!(text, "note: {note}");
    }
    let _ = write!(
        xml,
        ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
        escaped(&what.join(", ")),
        escaped(&text)
    );
}

/// Text that is nothing but text in XML; characters that XML cannot hold are shown as what they are.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' | '\t' => escaped.push(character),
            // XML 1.0: "Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]".
            '\u{fffe}' | '\u{ffff}' => escaped.extend(character.escape_unicode()),
            control if control.is_control() => escaped.extend(control.escape_unicode()),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_in_a_text_is_taken_for_xml() {
        assert_eq!(
            escaped("<a b=\"c\">&amp;\u{1b}[2J\u{0}\n"),
            "&lt;a b=&quot;c&quot;&gt;&amp;amp;\\u{1b}[2J\\u{0}\n"
        );
    }
}
