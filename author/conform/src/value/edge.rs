//! The edges of every type: empty, huge, extreme, and every case of what has cases.

use bailiwick::value::{HandleKind, Named, Shape};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{number, text};
use crate::stage::{READERS, WRITERS};

/// Bytes of a large `list<u8>`: as many as a large text has.
const LARGE_BYTES: usize = 1 << 20;

/// Bytes of one that stands in another value: more than a page of linear memory.
const MANY_BYTES: usize = 100_000;

/// Elements of a large list: more than fit on a stack, few enough that a caller's JSON of them is read in a moment.
const LARGE_ELEMENTS: usize = 10_000;

/// What one value of a list may take as JSON for the list to be made large.
const LARGE_ELEMENT_BYTES: usize = 64;

/// The value of a shape that has the least in it.
pub(crate) fn simplest(shape: &Shape) -> Value {
    match shape {
        Shape::Bool => false.into(),
        Shape::Integer(_) => 0.into(),
        Shape::Float(_) => 0.0.into(),
        Shape::Char => "a".into(),
        Shape::String | Shape::Bytes => "".into(),
        Shape::List(_) | Shape::Flags(_) => json!([]),
        Shape::FixedList(element, length) => {
            vec![simplest(element); usize::try_from(*length).unwrap_or(0)].into()
        }
        Shape::Map(key, _) => no_entries(key),
        Shape::Record(fields) => record(fields, |_, shape| simplest(shape)),
        Shape::Tuple(parts) => parts.iter().map(simplest).collect::<Vec<_>>().into(),
        Shape::Variant(cases) => simplest_case(cases),
        Shape::Enum(names) => names.names().next().into(),
        Shape::Option(_) => Value::Null,
        Shape::Result(ok, _) => json!({ "ok": side(ok.as_deref(), simplest) }),
        Shape::Handle(kind) => paths(*kind).first().copied().into(),
    }
}

/// The case that carries the least: one without a payload, else the first.
fn simplest_case(cases: &Named<Option<Shape>>) -> Value {
    let bare = cases.iter().find(|(_, payload)| payload.is_none());
    let (name, payload) = match bare.or_else(|| cases.get(0)) {
        Some((name, payload)) => (name, payload.as_ref()),
        None => return Value::Null,
    };
    case(name, payload.map(simplest))
}

/// The edges of a shape, [`simplest`] among them, as the first.
pub(crate) fn edges(shape: &Shape) -> Vec<Value> {
    edges_of(shape, Place::Parameter)
}

/// Where a value stands. Inside of another one it is not made as large: there is more than one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Parameter,
    Part,
}

fn edges_of(shape: &Shape, place: Place) -> Vec<Value> {
    let mut edges = vec![simplest(shape)];
    edges.extend(beside_simplest(shape, place));
    let mut seen = std::collections::HashSet::new();
    edges.retain(|edge| !is_modest(edge) || seen.insert(edge.to_string()));
    edges
}

fn part_edges(shape: &Shape) -> Vec<Value> {
    edges_of(shape, Place::Part)
}

fn beside_simplest(shape: &Shape, place: Place) -> Vec<Value> {
    match shape {
        Shape::Bool => vec![true.into()],
        Shape::Integer(kind) => number::integer_edges(*kind),
        Shape::Float(kind) => number::float_edges(*kind),
        Shape::Char => text::characters().map(|one| one.to_string().into()).into(),
        Shape::String => strings(place),
        Shape::Bytes => bytes(place),
        Shape::List(element) => lists(element),
        Shape::FixedList(element, length) => fixed_lists(element, *length),
        Shape::Map(key, value) => maps(key, value),
        Shape::Record(fields) => parts_in_turn(fields.iter().map(|(_, shape)| shape), |parts| {
            let mut parts = parts.into_iter();
            record(fields, |_, _| parts.next().unwrap_or(Value::Null))
        }),
        Shape::Tuple(shapes) => parts_in_turn(shapes.iter(), Value::from),
        Shape::Variant(cases) => variants(cases),
        Shape::Enum(names) => names.names().map(Value::from).collect(),
        Shape::Option(some) => edges_of(some, place)
            .into_iter()
            .map(|value| self::some(some, value))
            .collect(),
        Shape::Result(ok, err) => {
            let side = |name: &str, shape: &Option<Box<Shape>>| -> Vec<Value> {
                let values = shape
                    .as_deref()
                    .map_or_else(|| vec![Value::Null], part_edges);
                values
                    .into_iter()
                    .map(|value| json!({ name: value }))
                    .collect()
            };
            [side("ok", ok), side("err", err)].concat()
        }
        Shape::Flags(names) => flags(names),
        Shape::Handle(kind) => paths(*kind).into_iter().map(Value::from).collect(),
    }
}

/// The files that arguments name.
pub(super) fn paths(kind: HandleKind) -> Vec<&'static str> {
    match kind {
        HandleKind::Reader => READERS.map(|file| file.path).into(),
        HandleKind::Writer => WRITERS.into(),
    }
}

fn strings(place: Place) -> Vec<Value> {
    let small = text::edges(&READERS.map(|file| file.path));
    let large = match place {
        Place::Parameter => text::large(),
        Place::Part => vec![text::long()],
    };
    small.into_iter().chain(large).map(Value::from).collect()
}

/// Every byte there is, bytes that are not UTF-8, and many.
fn bytes(place: Place) -> Vec<Value> {
    let every: Vec<u8> = (0..=u8::MAX).collect();
    let lists: [&[u8]; 6] = [&[0], &[0xff], &[0xc3], &[0xed, 0xa0, 0x80], b"a\nb", &every];
    let many = match place {
        Place::Parameter => LARGE_BYTES,
        Place::Part => MANY_BYTES,
    };
    let large = vec![0xa5; many];
    lists
        .into_iter()
        .chain([large.as_slice()])
        .map(base64)
        .collect()
}

pub(super) fn base64(bytes: &[u8]) -> Value {
    STANDARD.encode(bytes).into()
}

/// One element for each edge; all edges together; the same many times over.
fn lists(element: &Shape) -> Vec<Value> {
    let elements = part_edges(element);
    let (small, _): (Vec<Value>, Vec<Value>) = elements.iter().cloned().partition(is_small);
    let mut lists: Vec<Value> = elements.into_iter().map(|one| json!([one])).collect();
    let most = small.iter().find(|value| weight(value) > 2);
    if let Some(one) = most.or(small.first()) {
        lists.push(vec![one.clone(); LARGE_ELEMENTS].into());
    }
    lists.push(small.into());
    lists
}

/// Whether a value can be repeated without the whole becoming huge.
fn is_small(value: &Value) -> bool {
    weight(value) <= LARGE_ELEMENT_BYTES
}

fn fixed_lists(element: &Shape, length: u32) -> Vec<Value> {
    let length = usize::try_from(length).unwrap_or(0);
    let each = part_edges(element)
        .into_iter()
        .filter(|value| length <= LARGE_ELEMENTS || is_small(value));
    each.map(|value| vec![value; length].into()).collect()
}

fn no_entries(key: &Shape) -> Value {
    if *key == Shape::String {
        json!({})
    } else {
        json!([])
    }
}

/// All small edges of the key, each with an edge of the value.
fn maps(key: &Shape, value: &Shape) -> Vec<Value> {
    let keys: Vec<Value> = part_edges(key).into_iter().filter(is_small).collect();
    let values: Vec<Value> = part_edges(value).into_iter().filter(is_small).collect();
    let with = |keys: &[Value]| {
        let pairs = keys.iter().cloned().zip(values.iter().cycle().cloned());
        map(key, pairs.collect())
    };
    vec![with(keys.get(..1).unwrap_or_default()), with(&keys)]
}

/// Entries as JSON has them.
pub(super) fn map(key: &Shape, pairs: Vec<(Value, Value)>) -> Value {
    if *key != Shape::String {
        let pairs = pairs.into_iter().map(|(key, value)| json!([key, value]));
        return pairs.collect::<Vec<_>>().into();
    }
    let entries = pairs.into_iter().map(|(key, value)| {
        let key = key.as_str().unwrap_or_default().to_owned();
        (key, value)
    });
    Value::Object(entries.collect())
}

pub(super) fn record(fields: &Named<Shape>, mut value: impl FnMut(&str, &Shape) -> Value) -> Value {
    let fields = fields
        .iter()
        .map(|(name, shape)| (name.to_owned(), value(name, shape)));
    Value::Object(fields.collect::<Map<_, _>>())
}

/// Each part at each of its edges while the others are at their simplest, then all at their n-th edge.
fn parts_in_turn<'s>(
    shapes: impl Iterator<Item = &'s Shape>,
    whole: impl Fn(Vec<Value>) -> Value,
) -> Vec<Value> {
    let edges: Vec<Vec<Value>> = shapes.map(part_edges).collect();
    in_turn(&edges).into_iter().map(whole).collect()
}

/// See [`parts_in_turn`]. Large values never meet: two of them could be more than a caller may give.
pub(super) fn in_turn(edges: &[Vec<Value>]) -> Vec<Vec<Value>> {
    let simplest: Vec<Value> = edges
        .iter()
        .filter_map(|edges| edges.first().cloned())
        .collect();
    let mut wholes = Vec::new();
    for (at, edges) in edges.iter().enumerate() {
        for edge in edges.iter().skip(1) {
            let mut parts = simplest.clone();
            if let Some(part) = parts.get_mut(at) {
                *part = edge.clone();
            }
            wholes.push(parts);
        }
    }
    let longest = edges.iter().map(Vec::len).max().unwrap_or(0);
    if edges.len() > 1 {
        let together = (1..longest).map(|nth| nth_edges(edges, nth));
        wholes.extend(
            together.filter(|parts| parts.iter().filter(|part| !is_modest(part)).count() <= 1),
        );
    }
    wholes
}

fn nth_edges(edges: &[Vec<Value>], nth: usize) -> Vec<Value> {
    let nth = edges
        .iter()
        .filter_map(|edges| edges.get(nth % edges.len().max(1)));
    nth.cloned().collect()
}

/// About the bytes that a value takes as JSON.
fn weight(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 4,
        Value::String(text) => text.len() + 2,
        Value::Array(values) => values.iter().map(weight).sum::<usize>() + 2,
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| name.len() + 4 + weight(value));
            fields.sum::<usize>() + 2
        }
    }
}

/// Whether several of its kind can stand side by side.
fn is_modest(value: &Value) -> bool {
    const MODEST_BYTES: usize = 4 << 10;
    weight(value) <= MODEST_BYTES
}

fn variants(cases: &Named<Option<Shape>>) -> Vec<Value> {
    let each = cases.iter().flat_map(|(name, payload)| match payload {
        Some(shape) => part_edges(shape)
            .into_iter()
            .map(|value| case(name, Some(value)))
            .collect(),
        None => vec![case(name, None)],
    });
    each.collect()
}

pub(super) fn case(name: &str, payload: Option<Value>) -> Value {
    match payload {
        Some(payload) => json!({ name: payload }),
        None => name.into(),
    }
}

/// A value in an option, which is spelled out only in another option.
pub(super) fn some(shape: &Shape, value: Value) -> Value {
    if shape.is_option() {
        json!({ "some": value })
    } else {
        value
    }
}

pub(super) fn side(shape: Option<&Shape>, value: impl FnOnce(&Shape) -> Value) -> Value {
    shape.map_or(Value::Null, value)
}

/// Each alone, and all.
fn flags(names: &Named<()>) -> Vec<Value> {
    let mut flags: Vec<Value> = names.names().map(|name| json!([name])).collect();
    flags.push(names.names().map(Value::from).collect::<Vec<_>>().into());
    flags
}
