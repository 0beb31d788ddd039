//! The three forms of a report.

use std::fmt::Write as _;

use bailiwick::audit::visible;
use serde_json::{Value, json};

use super::{Outcome, Report, Verdict};
use crate::score::Score;

impl Report {
    /// A table for people: a line for each case, and the sum.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let width = self
            .verdicts
            .iter()
            .map(|verdict| verdict.id().len())
            .max()
            .unwrap_or(0);
        for verdict in &self.verdicts {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{}", line(verdict, width));
        }
        let _ = writeln!(text, "\n{}", self.sum());
        text
    }

    /// How many cases ended how, in a line.
    pub fn sum(&self) -> String {
        let (counts, not_played) = self.counts();
        let mut parts: Vec<String> = counts
            .iter()
            .rev()
            .map(|(score, count)| format!("{count} {score}"))
            .collect();
        if not_played > 0 {
            parts.push(format!("{not_played} n/a"));
        }
        let version = if self.version.is_empty() {
            String::new()
        } else {
            format!(" {}", self.version)
        };
        format!(
            "{}{version}: {} mechanisms, {} in {:.0} s",
            self.host,
            self.verdicts.len(),
            parts.join(", "),
            self.time.as_secs_f64()
        )
    }

    /// One object.
    pub fn to_json(&self) -> Value {
        let case = |verdict: &Verdict| {
            let mut object = json!({
                "class": verdict.class, "name": verdict.name, "what": verdict.what, "aim": verdict.aim,
            });
            let more = match &verdict.outcome {
                Outcome::Scored {
                    score,
                    why,
                    time,
                    memory_mib,
                    ..
                } => json!({
                    "score": score, "seen": why, "ms": u64::try_from(time.as_millis()).unwrap_or(u64::MAX), "mib": memory_mib,
                }),
                Outcome::NotApplicable(why) => json!({ "score": "N/A", "why": why }),
            };
            if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
                object.extend(more);
            }
            object
        };
        let (counts, not_played) = self.counts();
        let counts: serde_json::Map<String, Value> = counts
            .iter()
            .map(|(score, count)| (score.to_string(), json!(count)))
            .collect();
        json!({
            "host": self.host,
            "version": self.version,
            "holds": self.holds(),
            "counts": counts,
            "not-played": not_played,
            "cases": self.verdicts.iter().map(case).collect::<Vec<_>>(),
        })
    }

    /// JUnit's XML: a suite for the host, a case for each mechanism.
    pub fn to_junit(&self) -> String {
        let (counts, skipped) = self.counts();
        let held = counts.get(&Score::Held).copied().unwrap_or(0);
        let tests = self.verdicts.len();
        let failures = tests - skipped - held;
        let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        let _ = writeln!(
            xml,
            "<testsuites tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\">\n  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\">",
            escaped(&self.host)
        );
        for verdict in &self.verdicts {
            let opening = format!(
                "    <testcase classname=\"{}\" name=\"{}\"",
                escaped(&verdict.class),
                escaped(&verdict.name)
            );
            let _ = match &verdict.outcome {
                Outcome::Scored {
                    score: Score::Held, ..
                } => writeln!(xml, "{opening}/>"),
                Outcome::Scored { score, why, .. } => writeln!(
                    xml,
                    "{opening}>\n      <failure type=\"{score}\" message=\"{}\"/>\n    </testcase>",
                    escaped(&why.join("; "))
                ),
                Outcome::NotApplicable(why) => writeln!(
                    xml,
                    "{opening}>\n      <skipped message=\"{}\"/>\n    </testcase>",
                    escaped(why)
                ),
            };
        }
        xml += "  </testsuite>\n</testsuites>\n";
        xml
    }
}

fn line(verdict: &Verdict, width: usize) -> String {
    let id = verdict.id();
    match &verdict.outcome {
        Outcome::Scored {
            score: Score::Held, ..
        } => format!("{:<8}{id:<width$}  {}", Score::Held, verdict.what),
        Outcome::Scored { score, why, .. } => {
            format!(
                "{score:<8}{id:<width$}  {}\n        {}",
                verdict.what,
                visible(&why.join("; "))
            )
        }
        Outcome::NotApplicable(why) => format!("{:<8}{id:<width$}  {}", "n/a", visible(why)),
    }
}

fn escaped(text: &str) -> String {
    visible(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
