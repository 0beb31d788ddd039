//! Whole sets of arguments for a function: edges first, then random ones.

use bailiwick::value::{HandleKind, Shape, Signature};
use serde_json::Value;

use super::{Random, edge, sample};

/// The arguments that a function is called with, in order.
#[derive(Debug)]
pub(crate) struct Cases {
    edges: std::vec::IntoIter<Vec<Value>>,
    shapes: Vec<Shape>,
    random: Random,
    left: usize,
}

impl Cases {
    /// All edges, then so many random ones of this seed.
    pub(crate) fn new(name: &str, signature: &Signature, seed: u64, random_cases: usize) -> Self {
        let shapes: Vec<Shape> = signature
            .params()
            .iter()
            .map(|(_, shape)| shape.clone())
            .collect();
        let edges: Vec<Vec<Value>> = shapes.iter().map(edge::edges).collect();
        let simplest: Vec<Value> = shapes.iter().map(edge::simplest).collect();
        let mut all = vec![simplest];
        all.extend(edge::in_turn(&edges));
        Self {
            edges: all.into_iter(),
            // Without parameters there is one case, and chance adds nothing.
            left: if shapes.is_empty() { 0 } else { random_cases },
            shapes,
            random: Random::new(seed, name),
        }
    }
}

impl Iterator for Cases {
    type Item = Vec<Value>;

    fn next(&mut self) -> Option<Vec<Value>> {
        if let Some(edge) = self.edges.next() {
            return Some(edge);
        }
        self.left = self.left.checked_sub(1)?;
        let random = &mut self.random;
        Some(
            self.shapes
                .iter()
                .map(|shape| sample::sample(shape, random))
                .collect(),
        )
    }
}

/// The files that arguments name as handles, in the order in which a host opens them.
pub(crate) fn lent(signature: &Signature, arguments: &[Value]) -> Vec<(HandleKind, String)> {
    let mut found = Vec::new();
    for ((_, shape), value) in signature.params().iter().zip(arguments) {
        collect(shape, value, &mut found);
    }
    found
}

fn collect(shape: &Shape, value: &Value, found: &mut Vec<(HandleKind, String)>) {
    match (shape, value) {
        (Shape::Handle(kind), Value::String(path)) => found.push((*kind, path.clone())),
        (Shape::List(element) | Shape::FixedList(element, _), Value::Array(values)) => {
            values
                .iter()
                .for_each(|value| collect(element, value, found));
        }
        (Shape::Tuple(shapes), Value::Array(values)) => {
            shapes
                .iter()
                .zip(values)
                .for_each(|(shape, value)| collect(shape, value, found));
        }
        (Shape::Record(fields), Value::Object(values)) => {
            for (name, shape) in fields.iter() {
                collect(shape, values.get(name).unwrap_or(&Value::Null), found);
            }
        }
        (Shape::Map(_, part), Value::Object(values)) => {
            values
                .values()
                .for_each(|value| collect(part, value, found));
        }
        (Shape::Map(_, part), Value::Array(entries)) => {
            let values = entries.iter().filter_map(|entry| entry.get(1));
            values.for_each(|value| collect(part, value, found));
        }
        (Shape::Variant(cases), Value::Object(values)) => {
            for (name, value) in values {
                if let Some((_, _, Some(shape))) = cases.find(name, 0) {
                    collect(shape, value, found);
                }
            }
        }
        (Shape::Option(some), value) if some.is_option() => {
            collect(some, value.get("some").unwrap_or(&Value::Null), found);
        }
        (Shape::Option(some), value) => collect(some, value, found),
        (Shape::Result(ok, err), value) => {
            for (name, shape) in [("ok", ok), ("err", err)] {
                if let (Some(shape), Some(value)) = (shape, value.get(name)) {
                    collect(shape, value, found);
                }
            }
        }
        _ => {}
    }
}
