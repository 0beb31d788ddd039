//! JSON Schema (2020-12) of what a function takes and answers.

use serde_json::{Map, Value, json};

use super::names::Named;
use super::shape::{Float, HandleKind, Integer, Shape};
use super::signature::Signature;

/// What all descriptions of one schema may weigh, in bytes. An author's words about a type are repeated wherever the type stands, and an
/// agent pays for every word of a schema in every conversation.
const DESCRIPTIONS_BYTES_MAX: usize = 64 << 10;

/// The numbers from here on round to infinity in 32 bits (the middle between the largest `f32` and 2^128).
const F32_OVERFLOW: f64 = 3.402_823_567_797_336_6e38;

/// Base64 with padding and without stray bits: what the reader takes, no more.
const BASE64_PATTERN: &str =
    "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

/// Where the descriptions in a schema come from.
///
/// A component's types have no names at run time; an implementation recognises a type by its shape.
pub trait Docs {
    /// What is said about a parameter.
    fn parameter(&self, name: &str) -> Option<&str> {
        let _ = name;
        None
    }

    /// What is said about a type.
    fn ty(&self, shape: &Shape) -> Option<&str> {
        let _ = shape;
        None
    }

    /// What is said about a record's field, a variant's or enum's case or a flag of the type `shape`.
    fn member(&self, shape: &Shape, name: &str) -> Option<&str> {
        let _ = (shape, name);
        None
    }
}

/// No descriptions.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDocs;

impl Docs for NoDocs {}

impl Signature {
    /// The schema of the arguments as an object by parameter name, as MCP and the tool calls of models want it.
    ///
    /// It accepts what [`Signature::arguments_from_json`] accepts in that form, with two differences that JSON Schema cannot express:
    /// it does not see a repeated field, nor how far the digits of a 64-bit integer in a string reach.
    pub fn parameters_schema(&self, docs: &dyn Docs) -> Value {
        let mut writer = Writer::new(docs, Direction::In);
        let properties: Map<String, Value> = self
            .params
            .iter()
            .map(|(name, shape)| {
                (
                    name.to_owned(),
                    writer.described(shape, docs.parameter(name)),
                )
            })
            .collect();
        let mut schema = object(properties, required(&self.params));
        schema.shift_insert(
            0,
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        Value::Object(schema)
    }

    /// The schema of the answer: of the result, or of what its `ok` carries.
    pub fn answer_schema(&self, docs: &dyn Docs) -> Value {
        let shape = match &self.result {
            Some(Shape::Result(ok, _)) => ok.as_deref(),
            other => other.as_ref(),
        };
        Writer::new(docs, Direction::Out).side(shape)
    }

    /// The schema of the tool's error: of what the `err` of its result carries. Nothing where the function cannot fail.
    pub fn error_schema(&self, docs: &dyn Docs) -> Option<Value> {
        let Some(Shape::Result(_, err)) = &self.result else {
            return None;
        };
        Some(Writer::new(docs, Direction::Out).side(err.as_deref()))
    }
}

/// Readers take more forms than writers give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    In,
    Out,
}

struct Writer<'d> {
    docs: &'d dyn Docs,
    direction: Direction,
    description_bytes_left: usize,
}

impl<'d> Writer<'d> {
    fn new(docs: &'d dyn Docs, direction: Direction) -> Self {
        Self {
            docs,
            direction,
            description_bytes_left: DESCRIPTIONS_BYTES_MAX,
        }
    }

    /// The schema of a shape that stands somewhere about which something is said.
    fn described(&mut self, shape: &Shape, words: Option<&str>) -> Value {
        let mut schema = self.schema(shape);
        self.describe(&mut schema, self.docs.ty(shape));
        self.describe(&mut schema, words);
        Value::Object(schema)
    }

    /// Puts `words` before what the description says already.
    fn describe(&mut self, schema: &mut Map<String, Value>, words: Option<&str>) {
        let Some(words) = words else { return };
        let Some(left) = self.description_bytes_left.checked_sub(words.len()) else {
            return;
        };
        self.description_bytes_left = left;
        let description = match schema.remove("description") {
            Some(Value::String(rest)) => format!("{words}\n\n{rest}"),
            Some(_) | None => words.to_owned(),
        };
        schema.insert("description".to_owned(), Value::String(description));
    }

    fn part(&mut self, shape: &Shape) -> Value {
        self.described(shape, None)
    }

    fn side(&mut self, shape: Option<&Shape>) -> Value {
        shape.map_or_else(|| json!({"type": "null"}), |shape| self.part(shape))
    }

    fn schema(&mut self, shape: &Shape) -> Map<String, Value> {
        let schema = match shape {
            Shape::Bool => json!({"type": "boolean"}),
            Shape::Integer(kind) => integer(*kind),
            Shape::Float(kind) => float(*kind),
            Shape::Char => json!({"type": "string", "minLength": 1, "maxLength": 1}),
            Shape::String => json!({"type": "string"}),
            Shape::Bytes => self.bytes(),
            Shape::List(element) => json!({"type": "array", "items": self.part(element)}),
            Shape::FixedList(element, length) => {
                json!({"type": "array", "items": self.part(element), "minItems": length, "maxItems": length})
            }
            Shape::Tuple(parts) => self.tuple(parts.iter()),
            Shape::Map(key, value) if **key == Shape::String => {
                json!({"type": "object", "additionalProperties": self.part(value)})
            }
            Shape::Map(key, value) => {
                json!({"type": "array", "items": self.tuple([&**key, &**value].into_iter())})
            }
            Shape::Record(fields) => return self.record(shape, fields),
            Shape::Variant(cases) => self.variant(shape, cases),
            Shape::Enum(names) => self.names(shape, names),
            Shape::Flags(names) => {
                json!({"type": "array", "items": self.names(shape, names), "uniqueItems": true})
            }
            Shape::Option(some) if some.is_option() => {
                json!({"anyOf": [{"type": "null"}, tagged("some", self.part(some))]})
            }
            Shape::Option(some) => json!({"anyOf": [self.part(some), {"type": "null"}]}),
            Shape::Result(ok, err) => {
                json!({"oneOf": [tagged("ok", self.side(ok.as_deref())), tagged("err", self.side(err.as_deref()))]})
            }
            Shape::Handle(kind) => handle(*kind),
        };
        match schema {
            Value::Object(schema) => schema,
            _ => Map::new(),
        }
    }

    fn bytes(&self) -> Value {
        let base64 =
            json!({"type": "string", "contentEncoding": "base64", "pattern": BASE64_PATTERN});
        match self.direction {
            Direction::In => json!({"anyOf": [base64, tagged("text", json!({"type": "string"}))]}),
            Direction::Out => base64,
        }
    }

    fn tuple<'s>(&mut self, parts: impl ExactSizeIterator<Item = &'s Shape>) -> Value {
        let count = parts.len();
        let parts: Vec<Value> = parts.map(|part| self.part(part)).collect();
        json!({"type": "array", "prefixItems": parts, "items": false, "minItems": count, "maxItems": count})
    }

    fn record(&mut self, shape: &Shape, fields: &Named<Shape>) -> Map<String, Value> {
        let docs = self.docs;
        let properties = fields
            .iter()
            .map(|(name, field)| {
                (
                    name.to_owned(),
                    self.described(field, docs.member(shape, name)),
                )
            })
            .collect();
        let required = match self.direction {
            Direction::In => required(fields),
            Direction::Out => fields.names().map(Value::from).collect(),
        };
        object(properties, required)
    }

    fn variant(&mut self, shape: &Shape, cases: &Named<Option<Shape>>) -> Value {
        let docs = self.docs;
        let cases = cases.iter().map(|(name, payload)| {
            let case = match payload {
                Some(payload) => tagged(name, self.part(payload)),
                None => json!({"const": name}),
            };
            self.case(case, docs.member(shape, name))
        });
        json!({"oneOf": cases.collect::<Vec<_>>()})
    }

    fn names(&mut self, shape: &Shape, names: &Named<()>) -> Value {
        let docs = self.docs;
        if names.names().all(|name| docs.member(shape, name).is_none()) {
            return json!({"type": "string", "enum": names.names().collect::<Vec<_>>()});
        }
        let names = names
            .names()
            .map(|name| self.case(json!({"const": name}), docs.member(shape, name)));
        json!({"oneOf": names.collect::<Vec<_>>()})
    }

    fn case(&mut self, mut schema: Value, words: Option<&str>) -> Value {
        if let Value::Object(schema) = &mut schema {
            self.describe(schema, words);
        }
        schema
    }
}

fn integer(kind: Integer) -> Value {
    let (least, most) = kind.range();
    // Both ends of every range fit into one of the two kinds of integers that JSON numbers are kept in.
    let least = i64::try_from(least).unwrap_or(i64::MIN);
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    let number = json!({"type": "integer", "minimum": least, "maximum": most});
    let pattern = match kind {
        Integer::S64 => "^(0|-?[1-9][0-9]{0,18})$",
        Integer::U64 => "^(0|[1-9][0-9]{0,19})$",
        Integer::S8 | Integer::U8 | Integer::S16 | Integer::U16 | Integer::S32 | Integer::U32 => {
            return number;
        }
    };
    json!({"anyOf": [number, {"type": "string", "pattern": pattern}]})
}

fn float(kind: Float) -> Value {
    let number = match kind {
        Float::F32 => {
            json!({"type": "number", "exclusiveMinimum": -F32_OVERFLOW, "exclusiveMaximum": F32_OVERFLOW})
        }
        Float::F64 => json!({"type": "number"}),
    };
    json!({"anyOf": [number, {"enum": ["NaN", "Infinity", "-Infinity"]}]})
}

fn handle(kind: HandleKind) -> Value {
    let description = match kind {
        HandleKind::Reader => "Path of a file to read, relative to the policy's root",
        HandleKind::Writer => "Path of a file to write, relative to the policy's root",
    };
    json!({"type": "string", "description": description})
}

fn required(fields: &Named<Shape>) -> Vec<Value> {
    fields
        .iter()
        .filter(|(_, shape)| !shape.is_option())
        .map(|(name, _)| name.into())
        .collect()
}

/// An object of exactly the field `name`.
fn tagged(name: &str, schema: Value) -> Value {
    let properties = Map::from_iter([(name.to_owned(), schema)]);
    Value::Object(object(properties, vec![name.into()]))
}

fn object(properties: Map<String, Value>, required: Vec<Value>) -> Map<String, Value> {
    Map::from_iter([
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), Value::Object(properties)),
        ("required".to_owned(), Value::Array(required)),
        ("additionalProperties".to_owned(), json!(false)),
    ])
}
