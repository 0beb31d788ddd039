//! JSON to one value, driven by its shape.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use wasmtime::component::Val;

use super::arguments::Reading;
use super::error::{expectation, shown};
use super::json_parts::{element, flags, list, object, pairs, record, tagged};
use super::json_reader::{charge, stop_expecting};
use super::names::Named;
use super::shape::{Integer, Shape};

/// The largest number up to which floats hold every whole number (2^53 - 1): beyond it `1e16` may have been another number.
const WHOLE_MAX: f64 = 9_007_199_254_740_991.0;

/// A value of a shape.
pub(super) struct Value<'r, 's> {
    pub(super) shape: &'s Shape,
    pub(super) reading: &'r mut Reading<'s>,
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = Val;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Val, D::Error> {
        charge(self.reading, 1, 0)?;
        if let Shape::Option(some) = self.shape {
            return json.deserialize_option(Optional {
                whole: self.shape,
                some,
                reading: self.reading,
            });
        }
        json.deserialize_any(self)
    }
}

impl Value<'_, '_> {
    pub(super) fn refuse<T, E: Error>(self, found: impl Into<String>) -> Result<T, E> {
        Err(stop_expecting(self.reading, expectation(self.shape), found))
    }

    /// `shown_as` is the number as it came.
    fn number<E: Error>(
        self,
        whole: Option<i128>,
        float: f64,
        shown_as: impl fmt::Display,
    ) -> Result<Val, E> {
        let value = if let Shape::Integer(kind) = self.shape {
            whole.and_then(|number| kind.value(number))
        } else if let Shape::Float(kind) = self.shape {
            kind.finite(float)
        } else {
            None
        };
        match value {
            Some(value) => Ok(value),
            None => self.refuse(format!("the number {shown_as}")),
        }
    }
}

impl<'de, 's> Visitor<'de> for Value<'_, 's> {
    type Value = Val;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.shape)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Val, E> {
        if *self.shape == Shape::Bool {
            return Ok(Val::Bool(value));
        }
        self.refuse(format!("`{value}`"))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Val, E> {
        self.number(Some(number.into()), number as f64, number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Val, E> {
        self.number(Some(number.into()), number as f64, number)
    }

    /// A number with a fraction or an exponent. `1.0` is an integer, as JSON Schema has it.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Val, E> {
        let whole = (number.fract() == 0.0 && number.abs() <= WHOLE_MAX).then_some(number as i128);
        self.number(whole, number, number)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Val, E> {
        charge(self.reading, 0, text.len())?;
        let value = match self.shape {
            Shape::String => Some(Val::String(text.to_owned())),
            Shape::Char => one_char(text).map(Val::Char),
            Shape::Integer(integer) => decimal(*integer, text),
            Shape::Float(kind) => special(text).map(|number| kind.special(number)),
            Shape::Bytes => {
                charge(self.reading, text.len() / 4 * 3, 0)?;
                STANDARD.decode(text).ok().map(|bytes| list_of(&bytes))
            }
            Shape::Enum(names) => names.find(text, 0).map(|_| Val::Enum(text.to_owned())),
            Shape::Variant(cases) => bare_case(cases, text),
            Shape::Handle(kind) => Some(self.reading.request(*kind, text)),
            Shape::Bool
            | Shape::List(_)
            | Shape::FixedList(..)
            | Shape::Map(..)
            | Shape::Record(_) => None,
            Shape::Tuple(_) | Shape::Option(_) | Shape::Result(..) | Shape::Flags(_) => None,
        };
        match value {
            Some(value) => Ok(value),
            None => self.refuse(format!("the string \"{}\"", shown(text))),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Val, E> {
        self.refuse("`null`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Val, A::Error> {
        match self.shape {
            Shape::List(part) => list(seq, part, self.reading).map(Val::List),
            Shape::FixedList(part, length) => {
                let values = list(seq, part, self.reading)?;
                match u32::try_from(values.len()) {
                    Ok(found) if found == *length => Ok(Val::FixedLengthList(values)),
                    _ => self.refuse(format!("an array of {} elements", values.len())),
                }
            }
            Shape::Tuple(parts) => self.tuple(seq, parts).map(Val::Tuple),
            Shape::Flags(names) => flags(seq, names, self).map(Val::Flags),
            Shape::Map(key, value) if **key != Shape::String => {
                pairs(seq, key, value, self.reading).map(Val::Map)
            }
            Shape::Map(..) | Shape::Bytes | Shape::Record(_) | Shape::Variant(_) => {
                self.refuse("an array")
            }
            Shape::Bool | Shape::Integer(_) | Shape::Float(_) | Shape::Char | Shape::String => {
                self.refuse("an array")
            }
            Shape::Enum(_) | Shape::Option(_) | Shape::Result(..) | Shape::Handle(_) => {
                self.refuse("an array")
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Val, A::Error> {
        match self.shape {
            Shape::Record(names) => record(map, names, self.reading).map(Val::Record),
            Shape::Variant(cases) => {
                let (name, payload) = tagged(map, self, |name| {
                    let (_, name, payload) = cases.find(name, 0)?;
                    Some((name, Some(payload.as_ref()?), name))
                })?;
                Ok(Val::Variant(name.to_owned(), payload))
            }
            Shape::Result(ok, err) => {
                let (is_ok, payload) = tagged(map, self, |name| match name {
                    "ok" => Some(("ok", ok.as_deref(), true)),
                    "err" => Some(("err", err.as_deref(), false)),
                    _ => None,
                })?;
                Ok(Val::Result(if is_ok { Ok(payload) } else { Err(payload) }))
            }
            Shape::Option(some) => {
                let ((), some) = tagged(map, self, |name| {
                    (name == "some").then_some(("some", Some(&**some), ()))
                })?;
                Ok(Val::Option(some))
            }
            Shape::Bytes => self.text_as_bytes(map),
            Shape::Map(key, value) if **key == Shape::String => {
                object(map, value, self.reading).map(Val::Map)
            }
            Shape::Map(..) | Shape::List(_) | Shape::FixedList(..) | Shape::Tuple(_) => {
                self.refuse("an object")
            }
            Shape::Bool | Shape::Integer(_) | Shape::Float(_) | Shape::Char => {
                self.refuse("an object")
            }
            Shape::String | Shape::Enum(_) | Shape::Flags(_) | Shape::Handle(_) => {
                self.refuse("an object")
            }
        }
    }
}

impl<'s> Value<'_, 's> {
    /// `{"text": "…"}` for those who cannot count in base64.
    fn text_as_bytes<'de, A: MapAccess<'de>>(self, map: A) -> Result<Val, A::Error> {
        let Value { shape, reading } = self;
        let field = |name: &str| (name == "text").then_some(("text", Some(&Shape::String), ()));
        let ((), text) = tagged(
            map,
            Value {
                shape,
                reading: &mut *reading,
            },
            field,
        )?;
        let text = match text.map(|text| *text) {
            Some(Val::String(text)) => text,
            _ => String::new(),
        };
        charge(reading, text.len(), 0)?;
        Ok(list_of(text.as_bytes()))
    }

    fn tuple<'de, A: SeqAccess<'de>>(
        self,
        mut seq: A,
        parts: &'s [Shape],
    ) -> Result<Vec<Val>, A::Error> {
        let mut values = Vec::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            match element(&mut seq, index, part, self.reading)? {
                Some(value) => values.push(value),
                None => return self.refuse(format!("an array of {index} elements")),
            }
        }
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(values),
            Some(IgnoredAny) => self.refuse("a longer array"),
        }
    }
}
/// What an option holds, or `null`.
struct Optional<'r, 's> {
    whole: &'s Shape,
    some: &'s Shape,
    reading: &'r mut Reading<'s>,
}

impl<'de> Visitor<'de> for Optional<'_, '_> {
    type Value = Val;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.whole)
    }

    fn visit_unit<E: Error>(self) -> Result<Val, E> {
        Ok(Val::Option(None))
    }

    fn visit_none<E: Error>(self) -> Result<Val, E> {
        Ok(Val::Option(None))
    }

    /// An option in an option is spelled `{"some": …}`, because the outer one takes `null` for itself.
    fn visit_some<D: Deserializer<'de>>(self, json: D) -> Result<Val, D::Error> {
        if self.some.is_option() {
            return json.deserialize_any(Value {
                shape: self.whole,
                reading: self.reading,
            });
        }
        let some = Value {
            shape: self.some,
            reading: self.reading,
        }
        .deserialize(json)?;
        Ok(Val::Option(Some(Box::new(some))))
    }
}

fn one_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// A 64-bit integer in a string: digits as we write them ourselves, without sign, zeros or spaces that mean nothing.
fn decimal(kind: Integer, text: &str) -> Option<Val> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical =
        digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0') || text == "0";
    (kind.is_wide() && canonical)
        .then(|| text.parse().ok())
        .flatten()
        .and_then(|number| kind.value(number))
}

/// The numbers that JSON has no digits for.
fn special(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// A case that carries nothing.
fn bare_case(cases: &Named<Option<Shape>>, name: &str) -> Option<Val> {
    match cases.find(name, 0)? {
        (_, name, None) => Some(Val::Variant(name.to_owned(), None)),
        (_, _, Some(_)) => None,
    }
}

fn list_of(bytes: &[u8]) -> Val {
    Val::List(bytes.iter().copied().map(Val::U8).collect())
}
