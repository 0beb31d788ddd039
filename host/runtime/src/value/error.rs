//! What is wrong with a call's arguments, told so that the caller can mend it.

use std::fmt::{self, Write};

use super::names::Named;
use super::shape::{Float, Shape};

/// How many characters of what came are shown.
const FOUND_CHARS_MAX: usize = 48;

/// How many names of fields or cases are listed as what was expected.
const NAMES_SHOWN_MAX: usize = 12;

/// The arguments of a call cannot be taken.
///
/// `path` is the place in the JSON, `$.rows[2].name`, where `$` is the whole of the arguments. Everything that came from outside is
/// bounded and escaped: an error can be printed on a terminal and given to an agent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArgumentError {
    /// The text is not JSON.
    #[error("arguments are not JSON: {message}, line {line} column {column} (at `{path}`)")]
    Syntax {
        /// The innermost place that the parser had reached.
        path: String,
        /// The parser's words.
        message: String,
        /// From 1.
        line: usize,
        /// From 1, in bytes.
        column: usize,
    },
    /// A value of another type, out of range or otherwise not what the parameter takes.
    #[error("argument `{path}`: expected {expected}, found {found}")]
    Mismatch {
        /// The place in the JSON.
        path: String,
        /// What the parameter takes.
        expected: String,
        /// What came.
        found: String,
    },
    /// An object has a field that the record does not have, or the call a parameter that the function does not have.
    #[error("argument `{path}`: unknown field `{name}`, expected {expected}")]
    UnknownField {
        /// The place of the object in the JSON.
        path: String,
        /// The field that came.
        name: String,
        /// The fields that exist.
        expected: String,
    },
    /// A field or parameter that must be there is not.
    #[error("argument `{path}`: missing field `{name}`, expected {expected}")]
    MissingField {
        /// The place of the object in the JSON.
        path: String,
        /// The field that did not come.
        name: String,
        /// What it takes.
        expected: String,
    },
    /// A field or a key came twice. Readers of JSON disagree about which of the two counts, so neither does.
    #[error("argument `{path}`: `{name}` came twice")]
    Duplicate {
        /// The place of the object or array in the JSON.
        path: String,
        /// The field, key or flag.
        name: String,
    },
    /// More than a call may carry.
    #[error("arguments are too large: {what} over {limit} bytes")]
    TooLarge {
        /// The text, or the values made of it.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// They do not fit, and a secret of the host's stands in them: what came is not shown.
    #[error("arguments do not fit; what is wrong is not shown, since a secret stands in them")]
    Withheld,
    /// Too many or too few WAVE texts.
    #[error("expected {expected}, found {found}")]
    Count {
        /// The parameters that the function takes.
        expected: String,
        /// How many came.
        found: usize,
    },
    /// A WAVE text that is not one, or does not fit its parameter.
    #[error("argument `{path}`: {message}, line {line} column {column}")]
    Wave {
        /// The place in the value: `$.rows[2].name`.
        path: String,
        /// What is wrong.
        message: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// The line of the text and below it a line of carets under the place.
        excerpt: String,
    },
}

impl ArgumentError {
    /// The place in the JSON or WAVE, `$` where it is the whole.
    pub fn path(&self) -> &str {
        match self {
            ArgumentError::Syntax { path, .. }
            | ArgumentError::Mismatch { path, .. }
            | ArgumentError::UnknownField { path, .. }
            | ArgumentError::MissingField { path, .. }
            | ArgumentError::Duplicate { path, .. }
            | ArgumentError::Wave { path, .. } => path,
            ArgumentError::TooLarge { .. }
            | ArgumentError::Withheld
            | ArgumentError::Count { .. } => "$",
        }
    }

    /// For WAVE: the text with carets under the place, two lines.
    pub fn excerpt(&self) -> Option<&str> {
        match self {
            ArgumentError::Wave { excerpt, .. } => Some(excerpt),
            ArgumentError::Syntax { .. }
            | ArgumentError::Mismatch { .. }
            | ArgumentError::UnknownField { .. }
            | ArgumentError::MissingField { .. }
            | ArgumentError::Duplicate { .. }
            | ArgumentError::TooLarge { .. }
            | ArgumentError::Withheld
            | ArgumentError::Count { .. } => None,
        }
    }
}

/// A place in the arguments while they are read: the way from `$`.
#[derive(Debug, Default)]
pub(super) struct Path<'a>(Vec<Step<'a>>);

#[derive(Debug)]
pub(super) enum Step<'a> {
    /// A field, a parameter, a case, `some`, `ok`, `err`: a name out of a shape.
    Name(&'a str),
    /// A position in an array.
    Index(usize),
    /// A key that the caller chose.
    Key(String),
}

impl<'a> Path<'a> {
    pub(super) fn push(&mut self, step: Step<'a>) {
        self.0.push(step);
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_char('$')?;
        for step in &self.0 {
            match step {
                Step::Name(name) => write!(out, ".{name}")?,
                Step::Index(index) => write!(out, "[{index}]")?,
                Step::Key(key) => write!(out, "[\"{}\"]", shown(key))?,
            }
        }
        Ok(())
    }
}

/// Foreign text, escaped (control characters, bidirectional marks and quotes too) and cut.
pub(super) fn shown(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(FOUND_CHARS_MAX)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(FOUND_CHARS_MAX).is_some() {
        out.push('…');
    }
    out
}

/// What a shape takes in JSON, as the object of "expected".
pub(super) fn expectation(shape: &Shape) -> String {
    match shape {
        Shape::Bool => "`true` or `false`".into(),
        Shape::Integer(integer) => {
            let (least, most) = integer.range();
            let wide = if integer.is_wide() {
                ", as a number or as a string of decimal digits"
            } else {
                ""
            };
            format!("an integer from {least} to {most}{wide}")
        }
        Shape::Float(float) => {
            let most = match float {
                Float::F32 => "a number that fits in 32 bits",
                Float::F64 => "a number that fits in 64 bits",
            };
            format!("{most}, or one of the strings \"NaN\", \"Infinity\", \"-Infinity\"")
        }
        Shape::Char => "a string of exactly one character".into(),
        Shape::String => "a string".into(),
        Shape::Bytes => "a string in base64 with padding, or {\"text\": …}".into(),
        Shape::List(_) => "an array".into(),
        Shape::FixedList(_, length) => format!("an array of exactly {length} elements"),
        Shape::Tuple(parts) => format!("an array of exactly {} elements", parts.len()),
        Shape::Map(key, _) if **key == Shape::String => "an object".into(),
        Shape::Map(..) => "an array of pairs, each an array of key and value".into(),
        Shape::Record(fields) => format!("an object with {}", listed("the fields", fields.names())),
        Shape::Variant(cases) => expected_case(cases),
        Shape::Enum(names) => listed("one of the strings", names.names()),
        Shape::Flags(names) => listed("an array with any of the strings", names.names()),
        Shape::Option(some) if some.is_option() => "`null` or {\"some\": …}".into(),
        Shape::Option(some) => format!("`null` or {}", expectation(some)),
        Shape::Result(..) => "{\"ok\": …} or {\"err\": …}".into(),
        Shape::Handle(_) => "the path of a file, as a string".into(),
    }
}

fn expected_case(cases: &Named<Option<Shape>>) -> String {
    let spelled = cases.iter().map(|(name, payload)| match payload {
        Some(_) => format!("{{\"{name}\": …}}"),
        None => format!("\"{name}\""),
    });
    shortened("one of", spelled)
}

/// ``the fields `a`, `b` `` with an end to the list.
pub(super) fn listed<'n>(what: &str, names: impl ExactSizeIterator<Item = &'n str>) -> String {
    shortened(what, names.map(|name| format!("`{name}`")))
}

fn shortened(what: &str, names: impl ExactSizeIterator<Item = String>) -> String {
    let rest = names.len().saturating_sub(NAMES_SHOWN_MAX);
    let mut out = names.take(NAMES_SHOWN_MAX).collect::<Vec<_>>().join(", ");
    if rest > 0 {
        out.push_str(&format!(" and {rest} more"));
    }
    format!("{what} {out}")
}
