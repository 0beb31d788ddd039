//! JSON Schema of functions.

use serde_json::json;

use super::*;

struct Words;

impl Docs for Words {
    fn parameter(&self, name: &str) -> Option<&str> {
        (name == "x").then_some("What to count.")
    }

    fn ty(&self, shape: &Shape) -> Option<&str> {
        matches!(shape, Shape::Record(_)).then_some("A row.")
    }

    fn member(&self, _: &Shape, name: &str) -> Option<&str> {
        (name == "fast").then_some("Quick and rough.")
    }
}

#[test]
fn parameters_are_an_object_by_name() {
    let function = Signature::new(
        Named::new([
            ("name", Shape::String),
            ("count", U32),
            ("note", option(Shape::String)),
            ("csv", Shape::Handle(HandleKind::Reader)),
        ]),
        None,
    );
    assert_eq!(
        function.parameters_schema(&NoDocs),
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "count": {"type": "integer", "minimum": 0, "maximum": 4294967295u32},
                "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "csv": {"type": "string", "description": "Path of a file to read, relative to the policy's root"},
            },
            "required": ["name", "count", "csv"],
            "additionalProperties": false,
        })
    );
    assert_eq!(function.answer_schema(&NoDocs), json!({"type": "null"}));
    assert_eq!(function.error_schema(&NoDocs), None);
}

#[test]
fn the_authors_words_are_descriptions() {
    let how = Shape::Enum(names(&["fast", "exact"]));
    let schema = function_of(&record(&[("how", how)])).parameters_schema(&Words);
    assert_eq!(
        schema["properties"]["x"]["description"],
        "What to count.\n\nA row."
    );
    assert_eq!(
        schema["properties"]["x"]["properties"]["how"],
        json!({"oneOf": [{"const": "fast", "description": "Quick and rough."}, {"const": "exact"}]})
    );
}

#[test]
fn words_that_are_repeated_everywhere_stop_at_the_limit() {
    struct Long(String);
    impl Docs for Long {
        fn ty(&self, _: &Shape) -> Option<&str> {
            Some(&self.0)
        }
    }
    let fields: Vec<(String, Shape)> = (0..1_000)
        .map(|index| (format!("field-{index}"), U8))
        .collect();
    let function = function_of(&Shape::Record(Named::new(fields)));
    let schema = function
        .parameters_schema(&Long("x".repeat(10_000)))
        .to_string();
    assert!(schema.len() < 200_000, "{}", schema.len());
}

#[test]
fn the_answer_is_what_ok_carries_and_the_error_what_err_carries() {
    let function = Signature::new(
        Named::new::<&str>([]),
        Some(result(
            Some(Shape::Bytes),
            Some(Shape::Enum(names(&["no"]))),
        )),
    );
    let answer = function.answer_schema(&NoDocs);
    assert_eq!(answer["contentEncoding"], "base64");
    assert_eq!(answer["type"], "string");
    assert_eq!(
        function.error_schema(&NoDocs),
        Some(json!({"type": "string", "enum": ["no"]}))
    );
}

#[test]
fn every_schema_is_a_valid_schema() {
    let shape = record(&[
        (
            "a",
            Shape::Tuple([U64, S64, F32, F64, Shape::Char, Shape::Bytes].into()),
        ),
        (
            "b",
            variant(&[("c", None), ("d", Some(option(option(U8))))]),
        ),
        ("e", Shape::Flags(names(&["f"]))),
        (
            "g",
            result(
                None,
                Some(Shape::Map(
                    Box::new(U8),
                    Box::new(Shape::FixedList(Box::new(U8), 3)),
                )),
            ),
        ),
    ]);
    let function = function_of(&shape);
    for schema in [
        function.parameters_schema(&Words),
        function.answer_schema(&Words),
    ] {
        jsonschema::draft202012::meta::validate(&schema).unwrap();
    }
}
