//! What is wrong with a policy file (or another that people write), as data and as a text with the line and a caret.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One mistake in a policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable code in kebab-case.
    pub code: &'static str,
    /// What is wrong, lower case and without a final stop.
    pub message: String,
    /// What to do, where there is something to do.
    pub hint: Option<String>,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// How many characters of the line are meant, at least 1.
    pub width: u32,
    source: String,
}

/// Everything that is wrong with one policy file; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    file: Arc<str>,
    list: Vec<Diagnostic>,
}

/// A mistake and the bytes of the file that it concerns.
#[derive(Debug)]
pub struct Mistake {
    /// A stable code in kebab-case.
    pub code: &'static str,
    /// What is wrong, lower case and without a final stop.
    pub message: String,
    /// What to do, where there is something to do.
    pub hint: Option<String>,
    /// The bytes of the file.
    pub span: Range<usize>,
}

/// A line longer than this is shown from a little before the mistake on.
const LINE_CHARACTERS_MAX: usize = 160;

impl Diagnostics {
    /// What is wrong with the text of a file: at least one mistake.
    #[must_use]
    pub fn new(file: &str, text: &str, mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by_key(|mistake| mistake.span.start);
        let list = mistakes
            .into_iter()
            .map(|mistake| Diagnostic::new(text, mistake))
            .collect();
        Diagnostics {
            file: file.into(),
            list,
        }
    }

    /// The file's name, as it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The mistakes, in the order of the file.
    #[must_use]
    pub fn list(&self) -> &[Diagnostic] {
        &self.list
    }

    /// The text with ANSI colours, for terminals.
    #[must_use]
    pub fn coloured(&self) -> String {
        self.render(&ANSI)
    }

    fn render(&self, paint: &Paint) -> String {
        let texts: Vec<String> = self
            .list
            .iter()
            .map(|diagnostic| diagnostic.render(&self.file, paint))
            .collect();
        texts.join("\n")
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(&PLAIN))
    }
}

impl std::error::Error for Diagnostics {}

impl Diagnostic {
    fn new(text: &str, mistake: Mistake) -> Self {
        let Mistake {
            code,
            message,
            hint,
            span,
        } = mistake;
        let place = Place::of(text, span);
        Diagnostic {
            code,
            message,
            hint,
            line: place.line,
            column: place.column,
            width: place.width,
            source: place.source,
        }
    }

    fn render(&self, file: &str, paint: &Paint) -> String {
        let Paint {
            error,
            frame,
            bold,
            off,
        } = paint;
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let (source, column) = self.shown();
        let indent = " ".repeat(column);
        let visible = source.chars().count().saturating_sub(column).max(1);
        let carets = "^".repeat((self.width as usize).min(visible));
        let mut text = format!(
            "{error}error[{}]{off}{bold}: {}{off}\n",
            self.code, self.message
        );
        text += &format!(
            "{margin}{frame}-->{off} {file}:{}:{}\n",
            self.line, self.column
        );
        text += &format!("{margin} {frame}|{off}\n{frame}{number} |{off} {source}\n");
        text += &format!("{margin} {frame}|{off} {indent}{error}{carets}{off}\n");
        if let Some(hint) = &self.hint {
            text += &format!("{margin} {frame}={off} {bold}hint{off}: {hint}\n");
        }
        text
    }

    /// The part of the line to show, and how many characters of it stand before the mistake.
    fn shown(&self) -> (String, usize) {
        let before = self.column as usize - 1;
        let length = self.source.chars().count();
        if length <= LINE_CHARACTERS_MAX {
            return (self.source.clone(), before);
        }
        let skip = before.saturating_sub(LINE_CHARACTERS_MAX / 4);
        let mut source: String = self
            .source
            .chars()
            .skip(skip)
            .take(LINE_CHARACTERS_MAX)
            .collect();
        if skip + LINE_CHARACTERS_MAX < length {
            source.push('…');
        }
        if skip == 0 {
            return (source, before);
        }
        (format!("…{source}"), before - skip + 1)
    }
}

/// Where a span is, in lines and characters.
struct Place {
    line: u32,
    column: u32,
    width: u32,
    source: String,
}

impl Place {
    fn of(text: &str, span: Range<usize>) -> Place {
        let start = floor(text, span.start);
        let line_start = text
            .get(..start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |newline| newline + 1);
        let line_end = text
            .get(start..)
            .and_then(|after| after.find('\n'))
            .map_or(text.len(), |newline| start + newline);
        let end = floor(text, span.end.clamp(start, line_end));
        let characters =
            |range: Range<usize>| text.get(range).map_or(0, |part| part.chars().count());
        Place {
            line: count(
                text.get(..start)
                    .map_or(0, |before| before.matches('\n').count()),
            ) + 1,
            column: count(characters(line_start..start)) + 1,
            width: count(characters(start..end)).max(1),
            source: text
                .get(line_start..line_end)
                .unwrap_or_default()
                .chars()
                .map(shown_character)
                .collect(),
        }
    }
}

/// The line and the column (in characters) of a byte, both from 1.
pub(super) fn position(text: &str, byte: usize) -> (u32, u32) {
    let place = Place::of(text, byte..byte);
    (place.line, place.column)
}

/// A character that takes one cell and does nothing to a terminal.
fn shown_character(character: char) -> char {
    match character {
        '\t' => ' ',
        control if control.is_control() => '\u{fffd}',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        other => other,
    }
}

fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

struct Paint {
    error: &'static str,
    frame: &'static str,
    bold: &'static str,
    off: &'static str,
}

const PLAIN: Paint = Paint {
    error: "",
    frame: "",
    bold: "",
    off: "",
};
const ANSI: Paint = Paint {
    error: "\u{1b}[1;31m",
    frame: "\u{1b}[1;34m",
    bold: "\u{1b}[1m",
    off: "\u{1b}[0m",
};
