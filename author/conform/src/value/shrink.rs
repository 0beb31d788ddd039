//! Smaller values: of those that show a fault, the one with the least in it.
//!
//! Greedy: the first smaller value that still shows the fault takes the place of the one before, until none does. The
//! order of candidates is what makes it quick: nothing at all first, then halves, then single parts.

use bailiwick::value::{Named, Shape};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{edge, number, text};

/// The smallest arguments found that still show the fault, trying at most so often.
pub(crate) fn shrink(
    shapes: &[&Shape],
    arguments: &[Value],
    tries_max: usize,
    mut shows: impl FnMut(&[Value]) -> bool,
) -> Vec<Value> {
    let mut smallest = arguments.to_vec();
    let mut tries = tries_max;
    while let Some(smaller) = smaller_arguments(shapes, &smallest)
        .into_iter()
        .take_while(|_| {
            tries = tries.saturating_sub(1);
            tries > 0
        })
        .find(|candidate| shows(candidate))
    {
        smallest = smaller;
    }
    smallest
}

/// All at their simplest, then each parameter smaller.
fn smaller_arguments(shapes: &[&Shape], arguments: &[Value]) -> Vec<Vec<Value>> {
    let simplest: Vec<Value> = shapes.iter().map(|shape| edge::simplest(shape)).collect();
    let mut smaller = Vec::new();
    if simplest != arguments {
        smaller.push(simplest);
    }
    for (at, (shape, argument)) in shapes.iter().zip(arguments).enumerate() {
        smaller.extend(
            smaller_values(shape, argument)
                .into_iter()
                .map(|value| replaced(arguments, at, value)),
        );
    }
    smaller
}

fn replaced(parts: &[Value], at: usize, value: Value) -> Vec<Value> {
    let mut parts = parts.to_vec();
    if let Some(part) = parts.get_mut(at) {
        *part = value;
    }
    parts
}

/// Values of the same shape with less in them, the least first.
fn smaller_values(shape: &Shape, value: &Value) -> Vec<Value> {
    let simplest = edge::simplest(shape);
    if *value == simplest {
        return Vec::new();
    }
    let mut smaller = vec![simplest];
    smaller.extend(beside_simplest(shape, value));
    smaller.retain(|candidate| candidate != value);
    smaller
}

fn beside_simplest(shape: &Shape, value: &Value) -> Vec<Value> {
    match (shape, value) {
        (Shape::Integer(kind), value) => number::smaller_integers(*kind, value),
        (Shape::Float(_), value) => number::smaller_floats(value),
        (Shape::String, Value::String(value)) => {
            text::smaller(value).into_iter().map(Value::from).collect()
        }
        (Shape::Bytes, Value::String(value)) => smaller_bytes(value),
        (Shape::List(element), Value::Array(values)) => {
            let mut smaller: Vec<Value> =
                without_parts(values).into_iter().map(Value::from).collect();
            smaller.extend(
                one_smaller(values, |_| Some(element))
                    .into_iter()
                    .map(Value::from),
            );
            smaller
        }
        (Shape::FixedList(element, _), Value::Array(values)) => {
            one_smaller(values, |_| Some(element))
                .into_iter()
                .map(Value::from)
                .collect()
        }
        (Shape::Tuple(shapes), Value::Array(values)) => one_smaller(values, |at| shapes.get(at))
            .into_iter()
            .map(Value::from)
            .collect(),
        (Shape::Flags(_), Value::Array(values)) => {
            without_parts(values).into_iter().map(Value::from).collect()
        }
        (Shape::Map(key, part), value) => smaller_maps(key, part, value),
        (Shape::Record(fields), Value::Object(values)) => smaller_records(fields, values),
        (Shape::Variant(cases), Value::Object(_)) => smaller_payloads(cases, value),
        (Shape::Option(some), value) => smaller_options(some, value),
        (Shape::Result(ok, err), Value::Object(values)) => {
            let sides = [("ok", ok), ("err", err)];
            let given = sides
                .into_iter()
                .find_map(|(name, shape)| Some((name, shape.as_deref()?, values.get(name)?)));
            given.map_or_else(Vec::new, |(name, shape, value)| {
                let smaller = smaller_values(shape, value).into_iter();
                smaller.map(|value| edge::case(name, Some(value))).collect()
            })
        }
        _ => Vec::new(),
    }
}

/// Without halves, quarters … down to single parts. For long lists only as many parts as can be tried.
pub(super) fn without_parts<T: Clone>(parts: &[T]) -> Vec<Vec<T>> {
    const PIECES_MAX: usize = 32;
    let mut shorter = Vec::new();
    let mut piece = parts.len().div_ceil(2);
    while piece > 0 {
        for start in (0..parts.len()).step_by(piece).take(PIECES_MAX) {
            let end = start.saturating_add(piece).min(parts.len());
            let kept = parts.iter().take(start).chain(parts.iter().skip(end));
            shorter.push(kept.cloned().collect());
        }
        piece = if piece == 1 { 0 } else { piece.div_ceil(2) };
    }
    shorter
}

/// One element smaller and the others as they are, where there are few.
fn one_smaller<'s>(
    values: &[Value],
    shape: impl Fn(usize) -> Option<&'s Shape>,
) -> Vec<Vec<Value>> {
    const ELEMENTS_MAX: usize = 32;
    let few = values.iter().enumerate().take(ELEMENTS_MAX);
    let each = few.flat_map(|(at, value)| {
        let smaller = shape(at).map_or_else(Vec::new, |shape| smaller_values(shape, value));
        smaller
            .into_iter()
            .map(move |value| replaced(values, at, value))
    });
    each.collect()
}

fn smaller_bytes(value: &str) -> Vec<Value> {
    let Ok(bytes) = STANDARD.decode(value) else {
        return Vec::new();
    };
    let shorter = without_parts(&bytes);
    let zero = vec![0; bytes.len()];
    shorter
        .into_iter()
        .chain([zero])
        .map(|bytes| edge::base64(&bytes))
        .collect()
}

fn smaller_maps(key: &Shape, part: &Shape, value: &Value) -> Vec<Value> {
    let pairs: Vec<(Value, Value)> = match value {
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| (key.as_str().into(), value.clone()))
            .collect(),
        Value::Array(entries) => entries.iter().filter_map(pair).collect(),
        _ => return Vec::new(),
    };
    let mut smaller = without_parts(&pairs);
    for (at, (key, value)) in pairs.iter().enumerate() {
        smaller.extend(smaller_values(part, value).into_iter().map(|value| {
            let mut pairs = pairs.clone();
            if let Some(pair) = pairs.get_mut(at) {
                *pair = (key.clone(), value);
            }
            pairs
        }));
    }
    smaller
        .into_iter()
        .map(|pairs| edge::map(key, pairs))
        .collect()
}

fn pair(entry: &Value) -> Option<(Value, Value)> {
    match entry.as_array()?.as_slice() {
        [key, value] => Some((key.clone(), value.clone())),
        _ => None,
    }
}

fn smaller_records(fields: &Named<Shape>, values: &serde_json::Map<String, Value>) -> Vec<Value> {
    let mut smaller = Vec::new();
    for (name, shape) in fields.iter() {
        let value = values.get(name).unwrap_or(&Value::Null);
        for candidate in smaller_values(shape, value) {
            let mut values = values.clone();
            values.insert(name.to_owned(), candidate);
            smaller.push(Value::Object(values));
        }
    }
    smaller
}

fn smaller_payloads(cases: &Named<Option<Shape>>, value: &Value) -> Vec<Value> {
    let Some((name, payload)) = value.as_object().and_then(|values| values.iter().next()) else {
        return Vec::new();
    };
    let shape = cases.find(name, 0).and_then(|(_, _, shape)| shape.as_ref());
    let smaller = shape.map_or_else(Vec::new, |shape| smaller_values(shape, payload));
    smaller
        .into_iter()
        .map(|payload| edge::case(name, Some(payload)))
        .collect()
}

fn smaller_options(some: &Shape, value: &Value) -> Vec<Value> {
    let inner = if some.is_option() {
        value.get("some")
    } else {
        Some(value)
    };
    let smaller = inner.map_or_else(Vec::new, |value| smaller_values(some, value));
    smaller
        .into_iter()
        .map(|value| edge::some(some, value))
        .collect()
}
