//! What a function returned, as JSON or WAVE, stopped at the output limit while it is written.
//!
//! A tool chooses the size of its answer. The values are already bounded by the call's limits; what is made of them here is bounded by
//! `limit` before it is made, byte by byte, so that a huge answer never exists a second time.

use std::fmt;
use std::io;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeSeed;
use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};
use wasmtime::component::Val;

use super::arguments::Reading;
use super::json_value::Value;
use super::names::Named;
use super::shape::{Float, Integer, Shape};
use super::signature::Signature;
use super::wave_writer::write_wave;

/// The largest integer that every reader of JSON keeps (2^53 - 1).
const NUMBER_MAX: i128 = 9_007_199_254_740_991;

/// Whether the function answered or returned its error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The answer: the result, or what its `ok` carries.
    Answer,
    /// The tool's own error: what the `err` of its result carries.
    ToolError,
}

/// What a function returned, for those who want a tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The result, or what its `ok` carries; `null` where that is nothing.
    Ok(serde_json::Value),
    /// What the `err` of the result carries; `null` where that is nothing.
    ToolError(serde_json::Value),
}

/// The answer cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// More than the output limit. Nothing was written.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The values are not of the signature's types: a fault of the host.
    #[error("the answer does not have the type of the function's result")]
    Mismatch,
}

impl Signature {
    /// Appends the answer to `out` as JSON, at most `limit` bytes of it; tells whether it is the tool's error.
    ///
    /// The result of the function is the answer, except that a `result` is taken apart: `ok` carries the answer, `err` the tool's error.
    /// Nothing is `null`.
    ///
    /// # Errors
    /// Too large, or not of the function's type; `out` is as it was.
    pub fn write_answer(
        &self,
        values: &[Val],
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<Outcome, AnswerError> {
        let (outcome, part) = self.outcome(values)?;
        write_json(part, out, limit)?;
        Ok(outcome)
    }

    /// The answer as a tree, of at most `limit` bytes of JSON.
    ///
    /// # Errors
    /// As [`Signature::write_answer`].
    pub fn answer(&self, values: &[Val], limit: usize) -> Result<Answer, AnswerError> {
        let mut text = Vec::new();
        let outcome = self.write_answer(values, &mut text, limit)?;
        let value = serde_json::from_slice(&text).map_err(|_| AnswerError::Mismatch)?;
        Ok(match outcome {
            Outcome::Answer => Answer::Ok(value),
            Outcome::ToolError => Answer::ToolError(value),
        })
    }

    /// An answer that somebody else wrote, read as what the function answers with and written anew, at most `limit` bytes of it: the
    /// words of a process that nobody trusts.
    ///
    /// # Errors
    /// Too large, or not of the function's type.
    pub(crate) fn rewritten(
        &self,
        text: &str,
        outcome: Outcome,
        limit: usize,
    ) -> Result<String, AnswerError> {
        if text.len() > limit {
            return Err(AnswerError::TooLarge { limit });
        }
        let shape = match (&self.result, outcome) {
            (Some(Shape::Result(ok, _)), Outcome::Answer) => ok.as_deref(),
            (Some(Shape::Result(_, err)), Outcome::ToolError) => err.as_deref(),
            (shape, Outcome::Answer) => shape.as_ref(),
            (_, Outcome::ToolError) => return Err(AnswerError::Mismatch),
        };
        let value = shape.map(|shape| read(shape, text, limit)).transpose()?;
        if value.is_none() && text != "null" {
            return Err(AnswerError::Mismatch);
        }
        let part = shape.zip(value.as_ref());
        let part = part.map(|(shape, value)| Typed { shape, value });
        let mut out = Vec::new();
        write_json(part, &mut out, limit)?;
        String::from_utf8(out).map_err(|_| AnswerError::Mismatch)
    }

    /// The whole result as WAVE, at most `limit` bytes of it; empty where the function returns nothing.
    ///
    /// # Errors
    /// As [`Signature::write_answer`].
    pub fn result_to_wave(&self, values: &[Val], limit: usize) -> Result<String, AnswerError> {
        let (shape, value) = match (&self.result, values) {
            (None, []) => return Ok(String::new()),
            (Some(shape), [value]) => (shape, value),
            _ => return Err(AnswerError::Mismatch),
        };
        let mut text = Vec::new();
        let mut bounded = Bounded {
            out: &mut text,
            left: limit,
            is_over: false,
        };
        let written = write_wave(shape, value, &mut bounded);
        let is_over = bounded.is_over;
        match written {
            Ok(()) => String::from_utf8(text).map_err(|_| AnswerError::Mismatch),
            Err(fmt::Error) if is_over => Err(AnswerError::TooLarge { limit }),
            Err(fmt::Error) => Err(AnswerError::Mismatch),
        }
    }

    fn outcome<'a>(
        &'a self,
        values: &'a [Val],
    ) -> Result<(Outcome, Option<Typed<'a>>), AnswerError> {
        let typed = |shape: Option<&'a Shape>, value: Option<&'a Val>| match (shape, value) {
            (Some(shape), Some(value)) => Ok(Some(Typed { shape, value })),
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => Err(AnswerError::Mismatch),
        };
        Ok(match (&self.result, values) {
            (Some(Shape::Result(ok, _)), [Val::Result(Ok(part))]) => {
                (Outcome::Answer, typed(ok.as_deref(), part.as_deref())?)
            }
            (Some(Shape::Result(_, err)), [Val::Result(Err(part))]) => {
                (Outcome::ToolError, typed(err.as_deref(), part.as_deref())?)
            }
            (shape, values) if values.len() < 2 => {
                (Outcome::Answer, typed(shape.as_ref(), values.first())?)
            }
            _ => return Err(AnswerError::Mismatch),
        })
    }
}

/// Reads one value of a shape. A value takes what the engine would have taken for it, and no more.
fn read(shape: &Shape, text: &str, limit: usize) -> Result<Val, AnswerError> {
    let mut reading = Reading::within(limit.saturating_mul(size_of::<Val>()));
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Value {
        shape,
        reading: &mut reading,
    }
    .deserialize(&mut json);
    let value = value.map_err(|_| AnswerError::Mismatch)?;
    match json.end() {
        Ok(()) => Ok(value),
        Err(_) => Err(AnswerError::Mismatch),
    }
}

fn write_json(part: Option<Typed<'_>>, out: &mut Vec<u8>, limit: usize) -> Result<(), AnswerError> {
    let before = out.len();
    let mut bounded = Bounded {
        out,
        left: limit,
        is_over: false,
    };
    let written = serde_json::to_writer(&mut bounded, &part);
    let is_over = bounded.is_over;
    if written.is_ok() {
        return Ok(());
    }
    out.truncate(before);
    Err(if is_over {
        AnswerError::TooLarge { limit }
    } else {
        AnswerError::Mismatch
    })
}

/// Writes until `left` is used up.
struct Bounded<'o> {
    out: &'o mut Vec<u8>,
    left: usize,
    is_over: bool,
}

impl Bounded<'_> {
    fn append(&mut self, bytes: &[u8]) -> bool {
        match self.left.checked_sub(bytes.len()) {
            Some(left) => {
                self.left = left;
                self.out.extend_from_slice(bytes);
            }
            None => self.is_over = true,
        }
        !self.is_over
    }
}

impl io::Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.append(bytes) {
            true => Ok(bytes.len()),
            false => Err(io::ErrorKind::FileTooLarge.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Write for Bounded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.append(text.as_bytes()) {
            true => Ok(()),
            false => Err(fmt::Error),
        }
    }
}

/// A value with its shape, which is what says how it is written.
#[derive(Clone, Copy)]
pub(super) struct Typed<'a> {
    pub(super) shape: &'a Shape,
    pub(super) value: &'a Val,
}

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        match (self.shape, self.value) {
            (Shape::Bool, Val::Bool(value)) => json.serialize_bool(*value),
            (Shape::Integer(kind), value) => integer(*kind, value, json),
            (Shape::Float(kind), value) => float(*kind, value, json),
            (Shape::Char, Val::Char(value)) => json.serialize_char(*value),
            (Shape::String, Val::String(text)) => json.serialize_str(text),
            (Shape::Bytes, Val::List(bytes)) => base64(bytes, json),
            (Shape::List(shape), Val::List(values)) => list(shape, values, json),
            (Shape::FixedList(shape, _), Val::FixedLengthList(values)) => list(shape, values, json),
            (Shape::Map(key, shape), Val::Map(entries)) => map(key, shape, entries, json),
            (Shape::Record(fields), Val::Record(values)) => record(fields, values, json),
            (Shape::Tuple(shapes), Val::Tuple(values)) => tuple(shapes, values, json),
            (Shape::Variant(cases), Val::Variant(name, payload)) => {
                case(cases, name, payload.as_deref(), json)
            }
            (Shape::Enum(_), Val::Enum(name)) => json.serialize_str(name),
            (Shape::Option(_), Val::Option(None)) => json.serialize_none(),
            (Shape::Option(shape), Val::Option(Some(value))) if shape.is_option() => {
                tagged("some", Some(Typed { shape, value }), json)
            }
            (Shape::Option(shape), Val::Option(Some(value))) => {
                Typed { shape, value }.serialize(json)
            }
            (Shape::Result(shape, _), Val::Result(Ok(value))) => {
                side("ok", shape.as_deref(), value.as_deref(), json)
            }
            (Shape::Result(_, shape), Val::Result(Err(value))) => {
                side("err", shape.as_deref(), value.as_deref(), json)
            }
            (Shape::Flags(_), Val::Flags(names)) => json.collect_seq(names),
            _ => Err(mismatch()),
        }
    }
}

fn mismatch<E: Error>() -> E {
    E::custom("a value of another type")
}

fn integer<S: Serializer>(kind: Integer, value: &Val, json: S) -> Result<S::Ok, S::Error> {
    let number = kind.number(value).ok_or_else(mismatch)?;
    match i64::try_from(number) {
        Ok(narrow) if number.abs() <= NUMBER_MAX => json.serialize_i64(narrow),
        Ok(_) | Err(_) => json.collect_str(&number),
    }
}

fn float<S: Serializer>(kind: Float, value: &Val, json: S) -> Result<S::Ok, S::Error> {
    match (kind, value) {
        (Float::F32, Val::Float32(number)) if number.is_finite() => json.serialize_f32(*number),
        (Float::F32, Val::Float32(number)) => json.serialize_str(special(f64::from(*number))),
        (Float::F64, Val::Float64(number)) if number.is_finite() => json.serialize_f64(*number),
        (Float::F64, Val::Float64(number)) => json.serialize_str(special(*number)),
        (Float::F32 | Float::F64, _) => Err(mismatch()),
    }
}

fn special(number: f64) -> &'static str {
    match number {
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        _ => "NaN",
    }
}

fn base64<S: Serializer>(values: &[Val], json: S) -> Result<S::Ok, S::Error> {
    let byte = |value: &Val| match value {
        Val::U8(byte) => Some(*byte),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = values.iter().map(byte).collect();
    json.collect_str(&Base64Display::new(&bytes.ok_or_else(mismatch)?, &STANDARD))
}

fn list<S: Serializer>(shape: &Shape, values: &[Val], json: S) -> Result<S::Ok, S::Error> {
    json.collect_seq(values.iter().map(|value| Typed { shape, value }))
}

fn tuple<S: Serializer>(shapes: &[Shape], values: &[Val], json: S) -> Result<S::Ok, S::Error> {
    if shapes.len() != values.len() {
        return Err(mismatch());
    }
    json.collect_seq(
        shapes
            .iter()
            .zip(values)
            .map(|(shape, value)| Typed { shape, value }),
    )
}

fn record<S: Serializer>(
    fields: &Named<Shape>,
    values: &[(String, Val)],
    json: S,
) -> Result<S::Ok, S::Error> {
    if fields.len() != values.len() {
        return Err(mismatch());
    }
    let values = values.iter().map(|(_, value)| value);
    json.collect_map(
        fields
            .iter()
            .zip(values)
            .map(|((name, shape), value)| (name, Typed { shape, value })),
    )
}

fn case<S: Serializer>(
    cases: &Named<Option<Shape>>,
    name: &str,
    payload: Option<&Val>,
    json: S,
) -> Result<S::Ok, S::Error> {
    match (cases.find(name, 0), payload) {
        (Some((_, name, Some(shape))), Some(value)) => {
            tagged(name, Some(Typed { shape, value }), json)
        }
        (Some((_, name, None)), None) => json.serialize_str(name),
        _ => Err(mismatch()),
    }
}

fn side<S: Serializer>(
    name: &'static str,
    shape: Option<&Shape>,
    value: Option<&Val>,
    json: S,
) -> Result<S::Ok, S::Error> {
    match (shape, value) {
        (Some(shape), Some(value)) => tagged(name, Some(Typed { shape, value }), json),
        (None, None) => tagged(name, None, json),
        (Some(_), None) | (None, Some(_)) => Err(mismatch()),
    }
}

fn tagged<S: Serializer>(name: &str, value: Option<Typed<'_>>, json: S) -> Result<S::Ok, S::Error> {
    let mut object = json.serialize_map(Some(1))?;
    object.serialize_entry(name, &value)?;
    object.end()
}

/// A map with string keys is an object, any other an array of pairs. Of a key that a tool gives twice the last counts, as the component
/// model has it: an object that says two things would be read differently by different readers.
fn map<S: Serializer>(
    key: &Shape,
    shape: &Shape,
    entries: &[(Val, Val)],
    json: S,
) -> Result<S::Ok, S::Error> {
    let printed = |key: &Val| format!("{key:?}");
    let last: std::collections::HashMap<String, usize> = entries
        .iter()
        .enumerate()
        .map(|(index, (key, _))| (printed(key), index))
        .collect();
    let entries = entries
        .iter()
        .enumerate()
        .filter(|(index, (key, _))| last.get(&printed(key)) == Some(index))
        .map(|(_, (name, value))| {
            (
                Typed {
                    shape: key,
                    value: name,
                },
                Typed { shape, value },
            )
        });
    if *key == Shape::String {
        return json.collect_map(entries);
    }
    let mut pairs = json.serialize_seq(None)?;
    for pair in entries {
        pairs.serialize_element(&pair)?;
    }
    pairs.end()
}
