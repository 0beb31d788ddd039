//! A call of a case file: what is called, and what is expected of it.

use std::collections::BTreeMap;
use std::fmt;

use bailiwick_fake::Content;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::Value;

use super::content::Described;
use super::errors::Words;
use crate::json;

/// A call, and what is expected of it. What is not mentioned is not looked at, except that the call must succeed where
/// nothing is said of its outcome.
#[derive(Debug)]
pub(crate) struct Call {
    /// The line at which it stands.
    pub(crate) line: usize,
    pub(crate) name: String,
    /// The function; none where the tool has only one.
    pub(crate) function: Option<String>,
    /// JSON: an object or an array.
    pub(crate) arguments: String,
    pub(crate) outcome: Expected,
    pub(crate) attempts: Option<Attempts>,
    pub(crate) sends: Option<Sends>,
    pub(crate) writes: Option<Writes>,
    pub(crate) stores: Option<Stores>,
    pub(crate) calls: Option<Calls>,
    pub(crate) progress: Option<Lines>,
    pub(crate) log: Option<Lines>,
}

/// What the call is to end with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expected {
    /// Any answer.
    Success,
    /// This answer.
    Answer(Value),
    /// The tool's own error.
    Error(Value),
    /// No outcome of the tool's.
    End(Ending),
}

/// How a call can end without an outcome of the tool's: the host's codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) code: String,
    /// The limit, of `limit-exceeded`.
    pub(crate) limit: Option<String>,
}

/// The codes that a case can expect; those of a host's own trouble and of cancelling are not of a tool's making.
const CODES: [&str; 5] = [
    "denied",
    "unavailable",
    "invalid-arguments",
    "limit-exceeded",
    "trap",
];

/// The attempts, each perhaps with how it ends.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Attempts(pub(crate) Vec<String>);

/// The requests that reach a server, in their order.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Sends(pub(crate) Vec<Sent>);

/// A request that is sent. What is not mentioned is not looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    /// The method and the URL.
    pub(crate) request: String,
    /// The tool's own headers, all of them.
    pub(crate) headers: Option<BTreeMap<String, String>>,
    pub(crate) body: Option<Described>,
    /// The secret that the host would put in.
    pub(crate) secret: Option<String>,
}

/// The files that are not afterwards what they were.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Writes(pub(crate) BTreeMap<String, Described>);

/// The keys of the store that do not hold afterwards what they held.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Stores(pub(crate) BTreeMap<String, Stored>);

/// What a key holds afterwards; nothing where it is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored(pub(crate) Option<Content>);

/// The calls of other tools, in their order.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Calls(pub(crate) Vec<CalledExpected>);

/// A call of another tool. What is not mentioned is not looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalledExpected {
    /// The tool, or `tool.function`.
    pub(crate) call: String,
    /// The arguments by the names of the parameters.
    #[serde(default, deserialize_with = "json_of_toml")]
    pub(crate) arguments: Option<Value>,
}

fn json_of_toml<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    Ok(Some(json::of_toml(value)))
}

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "a text, a table that describes bytes, or `{ removed = true }`"
        )]
        enum Either {
            Removed(Removed),
            Held(Described),
        }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Removed {
            removed: bool,
        }

        match Either::deserialize(deserializer)? {
            Either::Held(described) => Ok(Self(Some(described.0))),
            Either::Removed(Removed { removed: true }) => Ok(Self(None)),
            Either::Removed(Removed { removed: false }) => Err(Error::custom(
                "a key that is not removed holds something: say what",
            )),
        }
    }
}

/// The lines of the log, or of progress.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Lines(pub(crate) Vec<String>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Keys {
    name: String,
    function: Option<String>,
    arguments: Option<toml::Value>,
    arguments_json: Option<Json>,
    answer: Option<toml::Value>,
    answer_json: Option<Json>,
    error: Option<toml::Value>,
    error_json: Option<Json>,
    ends: Option<Ending>,
    attempts: Option<Attempts>,
    sends: Option<Sends>,
    writes: Option<Writes>,
    stores: Option<Stores>,
    calls: Option<Calls>,
    progress: Option<Lines>,
    log: Option<Lines>,
}

/// A text that is JSON.
#[derive(Debug)]
pub(super) struct Json(Value);

/// `[[call]]`.
#[derive(Debug)]
pub(super) struct CallTable(Call);

impl<'de> Deserialize<'de> for CallTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Keys::deserialize(deserializer)?.call().map(Self)
    }
}

impl CallTable {
    /// The call, at its line.
    pub(super) fn at(self, line: usize) -> Call {
        Call { line, ..self.0 }
    }
}

impl Keys {
    fn call<E: Error>(self) -> Result<Call, E> {
        Ok(Call {
            line: 0,
            name: self.name,
            function: self.function,
            arguments: arguments(self.arguments, self.arguments_json)?,
            outcome: outcome(
                one_of("answer", self.answer, self.answer_json)?,
                one_of("error", self.error, self.error_json)?,
                self.ends,
            )?,
            attempts: self.attempts,
            sends: self.sends,
            writes: self.writes,
            stores: self.stores,
            calls: self.calls,
            progress: self.progress,
            log: self.log,
        })
    }
}

fn arguments<E: Error>(table: Option<toml::Value>, text: Option<Json>) -> Result<String, E> {
    match one_of("arguments", table, text)? {
        None => Ok("[]".to_owned()),
        Some(arguments @ (Value::Array(_) | Value::Object(_))) => Ok(arguments.to_string()),
        Some(_) => Err(E::custom(
            "arguments are an array, or a table by the names of the parameters",
        )),
    }
}

/// A value that is written in TOML or, where TOML has no word for it, in JSON.
pub(super) fn one_of<E: Error>(
    key: &str,
    table: Option<toml::Value>,
    text: Option<Json>,
) -> Result<Option<Value>, E> {
    match (table, text) {
        (Some(_), Some(_)) => Err(E::custom(format!("`{key}` and `{key}-json` say the same"))),
        (Some(table), None) => Ok(Some(json::of_toml(table))),
        (None, Some(Json(value))) => Ok(Some(value)),
        (None, None) => Ok(None),
    }
}

fn outcome<E: Error>(
    answer: Option<Value>,
    error: Option<Value>,
    ends: Option<Ending>,
) -> Result<Expected, E> {
    match (answer, error, ends) {
        (None, None, None) => Ok(Expected::Success),
        (Some(answer), None, None) => Ok(Expected::Answer(answer)),
        (None, Some(error), None) => Ok(Expected::Error(error)),
        (None, None, Some(ends)) => Ok(Expected::End(ends)),
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => Err(E::custom(
            "a call ends in one way: with an `answer`, with an `error`, or as `ends` says",
        )),
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let value = serde_json::from_str(&text);
        value
            .map(Self)
            .map_err(|error| Error::custom(format!("not JSON: {error}")))
    }
}

impl<'de> Deserialize<'de> for Ending {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Words::deserialize(deserializer)?;
        if !CODES.contains(&words.name.as_str()) {
            let codes: Vec<String> = CODES.iter().map(|code| format!("`{code}`")).collect();
            let message = format!(
                "no call ends with `{}`: there are {}",
                words.name,
                codes.join(", ")
            );
            return Err(Error::custom(message));
        }
        if words.payload.is_some() && words.name != "limit-exceeded" {
            return Err(Error::custom(format!("nothing goes with `{}`", words.name)));
        }
        if let Some(limit) = &words.payload
            && bailiwick::policy::Limit::from_key(limit).is_none()
        {
            return Err(Error::custom(format!("there is no limit `{limit}`")));
        }
        Ok(Self {
            code: words.name,
            limit: words.payload,
        })
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.limit {
            Some(limit) => write!(formatter, "{} {limit}", self.code),
            None => formatter.write_str(&self.code),
        }
    }
}
