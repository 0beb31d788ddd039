//! `[[tools]]`: what other tools answer.

use bailiwick_fake::{Family, ScriptedTool};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::Value;

use super::call::{Json, one_of};
use super::errors::Words;

/// `[[tools]]`.
#[derive(Debug)]
pub(super) struct ToolTable(pub(super) ScriptedTool);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Keys {
    call: String,
    arguments: Option<toml::Value>,
    arguments_json: Option<Json>,
    answer: Option<toml::Value>,
    answer_json: Option<Json>,
    tool_error: Option<toml::Value>,
    tool_error_json: Option<Json>,
    error: Option<Words>,
}

impl<'de> Deserialize<'de> for ToolTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Keys::deserialize(deserializer)?.tool().map(Self)
    }
}

impl Keys {
    fn tool<E: Error>(self) -> Result<ScriptedTool, E> {
        let answer = one_of("answer", self.answer, self.answer_json)?;
        let own = one_of("tool-error", self.tool_error, self.tool_error_json)?;
        let tool = answering(self.call, answer, own, self.error)?;
        let arguments = one_of("arguments", self.arguments, self.arguments_json)?;
        match arguments {
            None => Ok(tool),
            Some(arguments @ Value::Object(_)) => Ok(tool.given(arguments)),
            Some(_) => Err(E::custom(
                "the arguments of another tool are a table by the names of the parameters",
            )),
        }
    }
}

fn answering<E: Error>(
    name: String,
    answer: Option<Value>,
    own: Option<Value>,
    error: Option<Words>,
) -> Result<ScriptedTool, E> {
    match (answer, own, error) {
        (Some(answer), None, None) => Ok(ScriptedTool::answering(name, answer.to_string())),
        (None, Some(own), None) => Ok(ScriptedTool::refusing(name, own.to_string())),
        (None, None, Some(words)) if words.name == "trap" && words.payload.is_none() => {
            Ok(ScriptedTool::trapping(name))
        }
        (None, None, Some(words)) => {
            let case = words.case(Family::CallTool)?;
            Ok(ScriptedTool::failing(name, case))
        }
        (None, None, None)
        | (Some(_), Some(_), _)
        | (Some(_), _, Some(_))
        | (_, Some(_), Some(_)) => Err(E::custom(
            "another tool ends in one way: with an `answer`, a `tool-error`, or an `error` of the host",
        )),
    }
}
