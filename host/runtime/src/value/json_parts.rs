//! The composite parts of JSON arguments: objects of fields, objects of one field, arrays, maps.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use wasmtime::component::Val;

use super::arguments::Reading;
use super::error::{ArgumentError, Step, expectation, listed, shown};
use super::json_reader::{charge, stop, stop_expecting};
use super::json_value::Value;
use super::names::Named;
use super::shape::Shape;

/// One value a name, in declared order.
pub(super) fn fields<'de, 's, A: MapAccess<'de>>(
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
pub(super) fn complete<E: Error>(
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

pub(super) fn record<'de, 's, A: MapAccess<'de>>(
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
pub(super) fn tagged<'de, 's, A: MapAccess<'de>, T>(
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
pub(super) fn element<'de, 's, A: SeqAccess<'de>>(
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

pub(super) fn list<'de, 's, A: SeqAccess<'de>>(
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
pub(super) fn flags<'de, A: SeqAccess<'de>>(
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
pub(super) fn object<'de, 's, A: MapAccess<'de>>(
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
pub(super) fn pairs<'de, 's, A: SeqAccess<'de>>(
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
