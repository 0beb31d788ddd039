//! JSON to arguments: one pass over the text, driven by the shapes, without a tree in between.
//!
//! The text is an agent's and hostile. Its length is bounded first; then `serde_json` checks its syntax as it goes (unpaired
//! surrogates, numbers that no float holds, depth), and the shapes decide what may come next, so that nothing is kept that no parameter
//! takes. What is made is counted against a budget. Unknown and repeated fields are refused, not skipped: a caller who believes to have
//! set something has set it.

use std::collections::HashSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use wasmtime::component::Val;

use super::arguments::{Arguments, Reading, TEXT_BYTES_MAX};
use super::error::{ArgumentError, Step, expectation, listed, shown};
use super::names::Named;
use super::shape::{Integer, Shape};
use super::signature::Signature;

/// The largest number up to which floats hold every whole number (2^53 - 1): beyond it `1e16` may have been another number.
const WHOLE_MAX: f64 = 9_007_199_254_740_991.0;

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
fn stop<E: Error>(reading: &mut Reading<'_>, error: ArgumentError) -> E {
    reading.failure = Some(error);
    E::custom("refused")
}

fn stop_expecting<E: Error>(
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

fn charge<E: Error>(reading: &mut Reading<'_>, count: usize, bytes: usize) -> Result<(), E> {
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

/// A value of a shape.
struct Value<'r, 's> {
    shape: &'s Shape,
    reading: &'r mut Reading<'s>,
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
    fn refuse<T, E: Error>(self, found: impl Into<String>) -> Result<T, E> {
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

/// The `null` of a side of a result that carries nothing.
struct Nothing<'r, 's>(&'r mut Reading<'s>);

impl<'de> DeserializeSeed<'de> for Nothing<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Nothing<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("null")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(stop_expecting(self.0, "`null`".into(), "a value"))
    }
}

/// A key of an object or a name in an array, looked at without a copy.
struct Name<F>(F);

impl<'de, T, F: FnOnce(&str) -> T> DeserializeSeed<'de> for Name<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<T, D::Error> {
        json.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Name<F> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        Ok((self.0)(name))
    }
}

/// One value a name, in declared order.
fn fields<'de, 's, A: MapAccess<'de>>(
    mut map: A,
    fields: &'s Named<Shape>,
    reading: &mut Reading<'s>,
) -> Result<Vec<Val>, A::Error> {
    let mut values: Vec<Option<Val>> = fields.iter().map(|_| None).collect();
    let mut next = 0;
    while let Some(found) = map.next_key_seed(Name(|name: &str| {
        fields.find(name, next).ok_or_else(|| shown(name))
    }))? {
        let (index, name, shape) = found
            .map_err(|name| stop(reading, unknown_field(name, fields, reading_path(reading))))?;
        reading.path.push(Step::Name(name));
        let value = map.next_value_seed(Value { shape, reading })?;
        reading.path.pop();
        let before = values.get_mut(index).and_then(|slot| slot.replace(value));
        if before.is_some() {
            let (path, name) = (reading_path(reading), name.to_owned());
            return Err(stop(reading, ArgumentError::Duplicate { path, name }));
        }
        next = index + 1;
    }
    complete(fields, values, reading)
}

fn reading_path(reading: &Reading<'_>) -> String {
    reading.path.to_string()
}

fn unknown_field(name: String, fields: &Named<Shape>, path: String) -> ArgumentError {
    let expected = match fields.is_empty() {
        true => "no fields".to_owned(),
        false => listed("the fields", fields.names()),
    };
    ArgumentError::UnknownField {
        path,
        name,
        expected,
    }
}

/// Options that did not come are none; everything else has to come.
fn complete<E: Error>(
    fields: &Named<Shape>,
    values: Vec<Option<Val>>,
    reading: &mut Reading<'_>,
) -> Result<Vec<Val>, E> {
    charge(reading, values.len(), 0)?;
    let mut complete = Vec::with_capacity(values.len());
    for (value, (name, shape)) in values.into_iter().zip(fields.iter()) {
        match value {
            Some(value) => complete.push(value),
            None if shape.is_option() => complete.push(Val::Option(None)),
            None => {
                let (path, name, expected) =
                    (reading_path(reading), name.to_owned(), expectation(shape));
                return Err(stop(
                    reading,
                    ArgumentError::MissingField {
                        path,
                        name,
                        expected,
                    },
                ));
            }
        }
    }
    Ok(complete)
}

fn record<'de, 's, A: MapAccess<'de>>(
    map: A,
    names: &'s Named<Shape>,
    reading: &mut Reading<'s>,
) -> Result<Vec<(String, Val)>, A::Error> {
    charge(
        reading,
        0,
        names
            .names()
            .map(|name| size_of::<String>() + name.len())
            .sum(),
    )?;
    let values = fields(map, names, reading)?;
    Ok(names.names().map(str::to_owned).zip(values).collect())
}

/// An object of exactly one field, whose name says what its value is. `pick` gives the name out of the shape, the shape of the value
/// and what the caller wants to know.
fn tagged<'de, 's, A: MapAccess<'de>, T>(
    mut map: A,
    value: Value<'_, 's>,
    pick: impl FnOnce(&str) -> Option<(&'s str, Option<&'s Shape>, T)>,
) -> Result<(T, Option<Box<Val>>), A::Error> {
    let (name, shape, tag) =
        match map.next_key_seed(Name(|name: &str| pick(name).ok_or_else(|| shown(name))))? {
            Some(Ok(picked)) => picked,
            Some(Err(name)) => return value.refuse(format!("an object with the field `{name}`")),
            None => return value.refuse("an empty object"),
        };
    value.reading.path.push(Step::Name(name));
    let payload = match shape {
        Some(shape) => Some(Box::new(map.next_value_seed(Value {
            shape,
            reading: value.reading,
        })?)),
        None => map.next_value_seed(Nothing(value.reading)).map(|()| None)?,
    };
    value.reading.path.pop();
    match map.next_key_seed(Name(|_: &str| ()))? {
        None => Ok((tag, payload)),
        Some(()) => value.refuse("an object of several fields"),
    }
}

/// The value at `index`, or nothing where the array has ended.
fn element<'de, 's, A: SeqAccess<'de>>(
    seq: &mut A,
    index: usize,
    shape: &'s Shape,
    reading: &mut Reading<'s>,
) -> Result<Option<Val>, A::Error> {
    reading.path.push(Step::Index(index));
    let value = seq.next_element_seed(Value { shape, reading })?;
    reading.path.pop();
    Ok(value)
}

fn list<'de, 's, A: SeqAccess<'de>>(
    mut seq: A,
    shape: &'s Shape,
    reading: &mut Reading<'s>,
) -> Result<Vec<Val>, A::Error> {
    let mut values = Vec::new();
    while let Some(value) = element(&mut seq, values.len(), shape, reading)? {
        values.push(value);
    }
    Ok(values)
}

/// The flags that are named, in declared order.
fn flags<'de, A: SeqAccess<'de>>(
    mut seq: A,
    names: &Named<()>,
    value: Value<'_, '_>,
) -> Result<Vec<String>, A::Error> {
    let mut set = vec![false; names.len()];
    for position in 0.. {
        value.reading.path.push(Step::Index(position));
        let flag = Name(|name: &str| names.find(name, 0).ok_or_else(|| shown(name)));
        let (index, name) = match seq.next_element_seed(flag)? {
            Some(Ok((index, name, ()))) => (index, name),
            Some(Err(name)) => return value.refuse(format!("the string \"{name}\"")),
            None => break,
        };
        value.reading.path.pop();
        if set
            .get_mut(index)
            .is_some_and(|set| std::mem::replace(set, true))
        {
            let (path, name) = (reading_path(value.reading), name.to_owned());
            return Err(stop(value.reading, ArgumentError::Duplicate { path, name }));
        }
    }
    value.reading.path.pop();
    let names: Vec<String> = names
        .names()
        .zip(set)
        .filter(|(_, set)| *set)
        .map(|(name, _)| name.to_owned())
        .collect();
    charge(
        value.reading,
        0,
        names
            .iter()
            .map(|name| size_of::<String>() + name.len())
            .sum(),
    )?;
    Ok(names)
}

/// A map with string keys.
fn object<'de, 's, A: MapAccess<'de>>(
    mut map: A,
    shape: &'s Shape,
    reading: &mut Reading<'s>,
) -> Result<Vec<(Val, Val)>, A::Error> {
    let mut keys = HashSet::new();
    let mut entries = Vec::new();
    while let Some(key) = map.next_key::<String>()? {
        charge(reading, 1, key.len().saturating_mul(2))?;
        if !keys.insert(key.clone()) {
            let (path, name) = (reading_path(reading), shown(&key));
            return Err(stop(reading, ArgumentError::Duplicate { path, name }));
        }
        reading.path.push(Step::Key(key.clone()));
        let value = map.next_value_seed(Value { shape, reading })?;
        reading.path.pop();
        entries.push((Val::String(key), value));
    }
    Ok(entries)
}

/// A map with other keys: an array of pairs.
fn pairs<'de, 's, A: SeqAccess<'de>>(
    mut seq: A,
    key: &'s Shape,
    value: &'s Shape,
    reading: &mut Reading<'s>,
) -> Result<Vec<(Val, Val)>, A::Error> {
    let mut keys = HashSet::new();
    let mut entries = Vec::new();
    while let Some((key, value)) = {
        reading.path.push(Step::Index(entries.len()));
        let pair = seq.next_element_seed(Pair {
            key,
            value,
            reading,
        })?;
        reading.path.pop();
        pair
    } {
        // Keys of maps are scalars: what they print as tells them apart.
        let printed = format!("{key:?}");
        charge(reading, 1, printed.len())?;
        if let Some(name) = keys.replace(printed) {
            let path = reading_path(reading);
            return Err(stop(
                reading,
                ArgumentError::Duplicate {
                    path,
                    name: shown(&name),
                },
            ));
        }
        entries.push((key, value));
    }
    Ok(entries)
}

struct Pair<'r, 's> {
    key: &'s Shape,
    value: &'s Shape,
    reading: &'r mut Reading<'s>,
}

impl<'de> DeserializeSeed<'de> for Pair<'_, '_> {
    type Value = (Val, Val);

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(Val, Val), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Pair<'_, '_> {
    type Value = (Val, Val);

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a pair")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(Val, Val), A::Error> {
        let key = element(&mut seq, 0, self.key, self.reading)?;
        let value = element(&mut seq, 1, self.value, self.reading)?;
        match (key, value, seq.next_element::<IgnoredAny>()?) {
            (Some(key), Some(value), None) => Ok((key, value)),
            _ => Err(stop_expecting(
                self.reading,
                "an array of key and value".into(),
                "another array",
            )),
        }
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
