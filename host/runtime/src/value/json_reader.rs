//! JSON to arguments: one pass over the text, driven by the shapes, without a tree in between.
//!
//! The text is an agent's and hostile. Its length is bounded first; then `serde_json` checks its syntax as it goes (unpaired
//! surrogates, numbers that no float holds, depth), and the shapes decide what may come next, so that nothing is kept that no parameter
//! takes. What is made is counted against a budget. Unknown and repeated fields are refused, not skipped: a caller who believes to have
//! set something has set it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use wasmtime::component::Val;

use super::arguments::{Arguments, Reading, TEXT_BYTES_MAX};
use super::error::{ArgumentError, listed, shown};
use super::json_parts::{complete, element, fields};
use super::signature::Signature;

impl Signature {
    /// Reads a call's arguments from JSON text.
    ///
    /// An object gives them by name, an array by position; `null` stands for no arguments. Parameters that are options may be left out
    /// (in an array: at the end). A single argument has no shorter form: it could be mistaken for a record.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn arguments_from_json(&self, text: &str) -> Result<Arguments, ArgumentError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(ArgumentError::TooLarge {
                what: "text",
                limit: TEXT_BYTES_MAX,
            });
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let mut reading = Reading::new();
        let values = Parameters {
            signature: self,
            reading: &mut reading,
        }
        .deserialize(&mut json)
        .and_then(|values| json.end().map(|()| values));
        finish(values, reading)
    }

    /// The same from a parsed value, as a protocol's library hands it over. Fields that came twice cannot be seen any more.
    ///
    /// # Errors
    /// As [`Signature::arguments_from_json`], without [`ArgumentError::Syntax`].
    pub fn arguments_from_value(
        &self,
        value: &serde_json::Value,
    ) -> Result<Arguments, ArgumentError> {
        let mut reading = Reading::new();
        let values = Parameters {
            signature: self,
            reading: &mut reading,
        }
        .deserialize(value);
        finish(values, reading)
    }
}

fn finish(
    values: Result<Vec<Val>, serde_json::Error>,
    mut reading: Reading<'_>,
) -> Result<Arguments, ArgumentError> {
    match values {
        Ok(values) => Ok(reading.finish(values)),
        Err(error) => Err(reading
            .failure
            .take()
            .unwrap_or_else(|| syntax(&error, &reading))),
    }
}

/// What the parser stopped at, where we did not stop it.
fn syntax(error: &serde_json::Error, reading: &Reading<'_>) -> ArgumentError {
    let (line, column) = (error.line(), error.column());
    if error.is_data() {
        // Everything else that a shape does not take is refused with its own words.
        let path = reading.path.to_string();
        return ArgumentError::Mismatch {
            path,
            expected: "a string".into(),
            found: "another value".into(),
        };
    }
    // The parser repeats the place at the end of its words.
    let words = error.to_string();
    let message = words
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&words);
    ArgumentError::Syntax {
        path: reading.path.to_string(),
        message: shown(message),
        line,
        column,
    }
}

/// Leaves `error` where it is found again, and gives the parser something to stop with.
pub(super) fn stop<E: Error>(reading: &mut Reading<'_>, error: ArgumentError) -> E {
    reading.failure = Some(error);
    E::custom("refused")
}

pub(super) fn stop_expecting<E: Error>(
    reading: &mut Reading<'_>,
    expected: String,
    found: impl Into<String>,
) -> E {
    let path = reading.path.to_string();
    stop(
        reading,
        ArgumentError::Mismatch {
            path,
            expected,
            found: found.into(),
        },
    )
}

pub(super) fn charge<E: Error>(
    reading: &mut Reading<'_>,
    count: usize,
    bytes: usize,
) -> Result<(), E> {
    reading
        .charge(count, bytes)
        .map_err(|error| stop(reading, error))
}

/// The whole of the arguments.
struct Parameters<'r, 's> {
    signature: &'s Signature,
    reading: &'r mut Reading<'s>,
}

impl Parameters<'_, '_> {
    fn refuse<T, E: Error>(self, found: impl Into<String>) -> Result<T, E> {
        let expected = match self.signature.params.is_empty() {
            true => "`{}`, for the function takes no parameters".to_owned(),
            false => format!(
                "an object with {}",
                listed("the parameters", self.signature.params.names())
            ),
        };
        Err(stop_expecting(self.reading, expected, found))
    }
}

impl<'de> DeserializeSeed<'de> for Parameters<'_, '_> {
    type Value = Vec<Val>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Vec<Val>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Parameters<'_, '_> {
    type Value = Vec<Val>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("arguments")
    }

    fn visit_unit<E: Error>(self) -> Result<Vec<Val>, E> {
        let values = self.signature.params.iter().map(|_| None).collect();
        complete(&self.signature.params, values, self.reading)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<Val>, A::Error> {
        fields(map, &self.signature.params, self.reading)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Val>, A::Error> {
        let params = &self.signature.params;
        let mut values = Vec::with_capacity(params.len());
        for (index, (_, shape)) in params.iter().enumerate() {
            values.push(element(&mut seq, index, shape, self.reading)?);
        }
        if seq.next_element::<IgnoredAny>()?.is_some() {
            let expected = format!("at most {} arguments", params.len());
            return Err(stop_expecting(self.reading, expected, "more"));
        }
        complete(params, values, self.reading)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Vec<Val>, E> {
        self.refuse(format!("`{value}`"))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Vec<Val>, E> {
        self.refuse(format!("the number {number}"))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Vec<Val>, E> {
        self.refuse(format!("the number {number}"))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Vec<Val>, E> {
        self.refuse(format!("the number {number}"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<Val>, E> {
        self.refuse(format!("the string \"{}\"", shown(text)))
    }
}
