//! What reaches a terminal: sanitised where a guest could have written it, coloured only where somebody looks at it.
//!
//! The attacker is a tool that prints: escape sequences that rewrite the screen, characters that turn a line around,
//! newlines that begin a line which looks like ours. Everything that may hold a tool's words is made visible here first,
//! whether standard error is a terminal or not, since a log is read on a terminal later.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

use bailiwick::audit::is_deceptive;
pub(crate) use bailiwick::audit::visible;
use serde_json::Value;

use crate::failure::Failure;

/// Several lines of ours that may hold words of a tool's: like [`visible`], but lines stay lines.
pub(crate) fn visible_lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(visible).collect();
    lines.join("\n")
}

/// JSON text of the same value in which no character can fool a terminal.
///
/// Such characters can only stand inside strings, where an escape means the same; the newlines of indented JSON stay.
pub(crate) fn visible_json(json: &str) -> Cow<'_, str> {
    let foreign = |character: char| character != '\n' && is_deceptive(character);
    if !json.contains(foreign) {
        return json.into();
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if foreign(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    escaped.into()
}

/// Puts data on standard output. That nobody reads it any more is not an error: `bailiwick … | head` is used.
pub(crate) fn put(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::host_fault("cannot write to standard output").because(&error))
        }
        Err(_) | Ok(()) => Ok(()),
    }
}

/// Puts JSON and a newline on standard output.
pub(crate) fn put_json(json: &str) -> Result<(), Failure> {
    put(&format!("{}\n", visible_json(json)))
}

/// Puts an indented JSON value on standard output.
pub(crate) fn put_value(value: &Value) -> Result<(), Failure> {
    put_json(&format!("{value:#}"))
}

/// Puts a text and a newline on standard error. There is nobody to tell when that fails.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Puts one JSON object in one line on standard error.
pub(crate) fn complain_json(value: &Value) {
    complain(&visible_json(&value.to_string()));
}

/// Colours, where they are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    /// ANSI colours.
    Colours,
    /// None.
    Plain,
}

impl Paint {
    /// For standard error.
    pub(crate) fn stderr() -> Self {
        Self::when(io::stderr().is_terminal())
    }

    /// For standard output.
    pub(crate) fn stdout() -> Self {
        Self::when(io::stdout().is_terminal())
    }

    fn when(terminal: bool) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "what every terminal program asks"
        )]
        let variable = |name: &str| std::env::var_os(name);
        // https://no-color.org: "when present and not an empty string (regardless of its value)"
        let refused = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = variable("TERM").is_some_and(|value| value == "dumb");
        if terminal && !refused && !dumb {
            Self::Colours
        } else {
            Self::Plain
        }
    }

    /// For what went wrong.
    pub(crate) fn red(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// For what may go wrong.
    pub(crate) fn yellow(self, text: &str) -> String {
        self.with("1;33", text)
    }

    /// For what went well.
    pub(crate) fn green(self, text: &str) -> String {
        self.with("1;32", text)
    }

    /// For what to do.
    pub(crate) fn blue(self, text: &str) -> String {
        self.with("1;34", text)
    }

    /// For titles.
    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        match self {
            Self::Colours => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Self::Plain => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_with_escapes_is_the_same_value() {
        let value = serde_json::json!({"a": "x\u{202e}y\u{9b}\u{e0041}é\n", "b": [1, "\u{7f}"]});
        for text in [value.to_string(), format!("{value:#}")] {
            let shown = visible_json(&text);
            assert!(
                !shown.contains(|character| character != '\n' && is_deceptive(character)),
                "{shown}"
            );
            assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
        }
    }

    #[test]
    fn json_without_deceptive_characters_is_left_alone() {
        assert!(matches!(visible_json(r#"{"a":"é"}"#), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_stay_lines_and_everything_else_is_shown() {
        assert_eq!(
            visible_lines("a\n\u{1b}[2Jb\r\nc"),
            "a\n\\u{1b}[2Jb\\u{d}\nc"
        );
    }

    #[test]
    fn plain_paint_adds_nothing() {
        assert_eq!(Paint::Plain.red("x"), "x");
        assert_eq!(Paint::Colours.red("x"), "\u{1b}[1;31mx\u{1b}[0m");
    }
}
