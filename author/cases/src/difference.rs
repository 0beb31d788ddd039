//! What a call did that was not expected of it, so that a person sees it at a glance.

use similar::{ChangeTag, TextDiff};

/// What one aspect of a call differs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Of what: `answer`, `error`, `end`, `attempts`, `log`, or the name of a file.
    pub what: String,
    /// The difference, line by line.
    pub lines: Vec<Line>,
}

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// It was expected and did not come.
    Expected(String),
    /// It came and was not expected.
    Got(String),
    /// It is the same in both, or says where the next ones stand.
    Same(String),
}

/// Lines around a change that are shown with it.
const CONTEXT: usize = 2;

/// Lines of one difference that are shown.
const LINES_MAX: usize = 200;

/// Characters of a line that are shown.
const CHARACTERS_MAX: usize = 400;

impl Difference {
    /// One thing in the place of another.
    pub(crate) fn instead(what: &str, expected: impl Into<String>, got: impl Into<String>) -> Self {
        let lines = vec![Line::Expected(expected.into()), Line::Got(got.into())];
        Self::of(what, lines)
    }

    /// Of two texts, line by line, with a little of what is around each change.
    pub(crate) fn of_texts(what: &str, expected: &str, got: &str) -> Self {
        let diff = TextDiff::from_lines(expected, got);
        let mut lines = Vec::new();
        for (place, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
            if place > 0 {
                lines.push(Line::Same("…".to_owned()));
            }
            for change in group
                .iter()
                .flat_map(|operation| diff.iter_changes(operation))
            {
                let text = shown_line(change.value());
                lines.push(match change.tag() {
                    ChangeTag::Delete => Line::Expected(text),
                    ChangeTag::Insert => Line::Got(text),
                    ChangeTag::Equal => Line::Same(text),
                });
            }
        }
        Self::of(what, lines)
    }

    pub(crate) fn of(what: &str, mut lines: Vec<Line>) -> Self {
        if lines.len() > LINES_MAX {
            let more = lines.len() - LINES_MAX;
            lines.truncate(LINES_MAX);
            lines.push(Line::Same(format!("… and {more} lines more")));
        }
        Self {
            what: what.to_owned(),
            lines,
        }
    }
}

/// A line without its end, which is shown where it is missing or is not the usual one.
fn shown_line(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => cut(line),
        None => format!("{} (no line break at the end)", cut(line)),
    }
}

/// As much of a text as fits a line of a report.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// With `-` before what was expected and `+` before what came.
impl std::fmt::Display for Line {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Expected(text) => write!(formatter, "- {text}"),
            Self::Got(text) => write!(formatter, "+ {text}"),
            Self::Same(text) => write!(formatter, "  {text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expected: &str, got: &str) -> String {
        let difference = Difference::of_texts("x", expected, got);
        let lines: Vec<String> = difference.lines.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    #[test]
    fn shows_changed_lines_with_a_little_around_them() {
        let expected = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let got = "1\n2\n3\nfour\n5\n6\n7\n8\n9\n10\n";
        assert_eq!(
            shown(expected, got),
            "  2\n  3\n- 4\n+ four\n  5\n  6\n  …\n  8\n  9\n+ 10"
        );
    }

    #[test]
    fn shows_a_missing_line_break_at_the_end() {
        assert_eq!(shown("a\n", "a"), "- a\n+ a (no line break at the end)");
        assert_eq!(shown("a\r\n", "a\n"), "- a\r\n+ a");
    }

    #[test]
    fn a_huge_difference_is_cut() {
        let difference = Difference::of_texts("x", "", &"line\n".repeat(1_000));
        assert_eq!(difference.lines.len(), LINES_MAX + 1);
        assert_eq!(
            difference.lines.last(),
            Some(&Line::Same("… and 800 lines more".to_owned()))
        );
        assert_eq!(cut(&"ä".repeat(1_000)).chars().count(), CHARACTERS_MAX + 1);
    }
}
