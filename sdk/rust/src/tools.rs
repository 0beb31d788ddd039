//! Calling other tools of the same policy. The world imports `bailiwick:tools/call-tool`, and the policy grants `call-tool` with
//! the names of the tools.
//!
//! Arguments and answers are JSON. The called tool runs under what both it and the caller may do.

use std::fmt;
use std::io::ErrorKind;

use crate::bindings::bailiwick::tools::call_tool as host;

/// Why there is no answer: the cases of `bailiwick:tools/call-tool`.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::tools::Error;
/// let error = Error::ToolError("\"not-found\"".to_owned());
/// assert_eq!(error.to_string(), "the called tool answered with an error: \"not-found\"");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Error {
    /// The policy does not permit this tool to call that one. Whether it exists is not told.
    Denied,
    /// A limit is reached, also one that the called tool ran into.
    Limit,
    /// There is no room for what the called tool needed to store.
    Quota,
    /// A secret stood in the way.
    Secret,
    /// The called tool is not ready or too busy. Trying again later may help.
    Unavailable,
    /// The arguments do not fit the function, in words for the author of the tool.
    Invalid(String),
    /// The called tool answered with an error of its own, as JSON.
    ToolError(String),
    /// The called tool broke.
    Trap,
    /// Something else, in words for the author of the tool.
    Other(String),
}

crate::generated::impl_conversions!(Error, |error| match error {
    Error::Denied | Error::Secret => ErrorKind::PermissionDenied,
    Error::Limit | Error::Quota => ErrorKind::QuotaExceeded,
    Error::Invalid(_) => ErrorKind::InvalidInput,
    Error::Unavailable | Error::ToolError(_) | Error::Trap | Error::Other(_) => ErrorKind::Other,
});

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => formatter.write_str("denied"),
            Self::Limit => formatter.write_str("a limit of calling tools is reached"),
            Self::Quota => formatter.write_str("there is no room for what the called tool stores"),
            Self::Secret => formatter.write_str("a secret stood in the way"),
            Self::Unavailable => formatter.write_str("unavailable"),
            Self::ToolError(json) => {
                write!(formatter, "the called tool answered with an error: {json}")
            }
            Self::Trap => formatter.write_str("the called tool broke"),
            Self::Invalid(words) | Self::Other(words) => formatter.write_str(words),
        }
    }
}

/// Calls a function of another tool and returns its answer as JSON. `tool` is the tool's name in the policy, or `tool.function`
/// where it has several functions; `arguments` is a JSON object by parameter name.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::tools;
/// let words = tools::call("word-count.words", r#"{ "text": "one two" }"#)?;
/// assert_eq!(words, "2");
/// # Ok::<(), tools::Error>(())
/// ```
pub fn call(tool: &str, arguments: &str) -> Result<String, Error> {
    host::call(tool, arguments)
}

/// A text as a string of JSON, with its quotes: for arguments, where nothing else of JSON is needed.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::tools;
/// assert_eq!(tools::json_string("a \"b\"\n"), r#""a \"b\"\u000a""#);
/// ```
#[must_use]
pub fn json_string(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_of_json_has_its_quotes_backslashes_and_control_characters_escaped() {
        assert_eq!(json_string(""), "\"\"");
        assert_eq!(json_string("é \u{7f}\u{1f980}"), "\"é \u{7f}\u{1f980}\"");
        assert_eq!(json_string("\"\\\0\u{1f}"), r#""\"\\\u0000\u001f""#);
    }
}
