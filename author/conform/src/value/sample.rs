//! Random values of a shape.

use bailiwick::value::{HandleKind, Named, Shape};
use serde_json::{Value, json};

use super::{Random, edge, number, text};

/// Elements of a random list, at most. Large lists are edges; random ones are for what meets what.
const ELEMENTS_MAX: usize = 6;

/// Characters of a random text, at most.
const CHARACTERS_MAX: usize = 24;

/// Bytes of a random `list<u8>`, at most.
const BYTES_MAX: usize = 64;

/// A random value: at every level, one time in four, an edge.
pub(super) fn sample(shape: &Shape, random: &mut Random) -> Value {
    let scalar = matches!(
        shape,
        Shape::Bool | Shape::Integer(_) | Shape::Float(_) | Shape::Char | Shape::Enum(_)
    );
    if scalar && random.once_in(4) {
        let edges = edge::edges(shape);
        return random.pick(&edges).cloned().unwrap_or(Value::Null);
    }
    match shape {
        Shape::Bool => random.once_in(2).into(),
        Shape::Integer(kind) => number::random_integer(*kind, random),
        Shape::Float(kind) => number::random_float(*kind, random),
        Shape::Char => text::character(random).to_string().into(),
        Shape::String => text::random(random, CHARACTERS_MAX).into(),
        Shape::Bytes => {
            let length = random.below(BYTES_MAX + 1);
            let bytes = random.bytes(length);
            edge::base64(&bytes)
        }
        Shape::List(element) => {
            let length = random.below(ELEMENTS_MAX + 1);
            samples(element, length, random)
        }
        Shape::FixedList(element, length) => {
            samples(element, usize::try_from(*length).unwrap_or(0), random)
        }
        Shape::Map(key, value) => entries(key, value, random),
        Shape::Record(fields) => edge::record(fields, |_, shape| sample(shape, random)),
        Shape::Tuple(parts) => parts
            .iter()
            .map(|part| sample(part, random))
            .collect::<Vec<_>>()
            .into(),
        Shape::Variant(cases) => one_case(cases, random),
        Shape::Enum(names) => names
            .get(random.below(names.len()))
            .map(|(name, ())| name)
            .into(),
        Shape::Option(some) if random.once_in(3) => {
            let _ = some;
            Value::Null
        }
        Shape::Option(some) => edge::some(some, sample(some, random)),
        Shape::Result(ok, err) => {
            let (name, shape) = if random.once_in(2) {
                ("err", err)
            } else {
                ("ok", ok)
            };
            json!({ name: edge::side(shape.as_deref(), |shape| sample(shape, random)) })
        }
        Shape::Flags(names) => {
            let set: Vec<Value> = names
                .names()
                .filter(|_| random.once_in(2))
                .map(Value::from)
                .collect();
            set.into()
        }
        Shape::Handle(kind) => {
            let paths = edge::paths(*kind);
            let few = match kind {
                // The last one is large: reading it often would take longer than all the rest.
                HandleKind::Reader => paths.len().saturating_sub(1),
                HandleKind::Writer => paths.len(),
            };
            paths.get(random.below(few)).copied().into()
        }
    }
}

fn samples(element: &Shape, length: usize, random: &mut Random) -> Value {
    (0..length)
        .map(|_| sample(element, random))
        .collect::<Vec<_>>()
        .into()
}

/// Entries with a key each.
fn entries(key: &Shape, value: &Shape, random: &mut Random) -> Value {
    let mut pairs: Vec<(Value, Value)> = Vec::new();
    for _ in 0..random.below(ELEMENTS_MAX + 1) {
        let next = sample(key, random);
        if pairs.iter().all(|(known, _)| *known != next) {
            pairs.push((next, sample(value, random)));
        }
    }
    edge::map(key, pairs)
}

fn one_case(cases: &Named<Option<Shape>>, random: &mut Random) -> Value {
    match cases.get(random.below(cases.len())) {
        Some((name, payload)) => {
            edge::case(name, payload.as_ref().map(|shape| sample(shape, random)))
        }
        None => Value::Null,
    }
}
