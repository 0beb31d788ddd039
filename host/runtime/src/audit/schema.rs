//! The JSON Schema of a line, for those who collect trails.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::hex::Digest;
use super::record::Body;
use super::timestamp::Timestamp;

/// The JSON Schema (draft 2020-12) of one line of a trail.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let envelope = json!({
        "seq": { "type": "integer", "minimum": 1, "description": "Its place in the trail, from 1: the number of its line." },
        "time": generator.subschema_for::<Timestamp>(),
        "prev": generator.subschema_for::<Digest>(),
    });
    let mut schema = generator.into_root_schema_for::<Body<'static>>().to_value();
    if let Some(Value::Array(kinds)) = schema.get_mut("oneOf") {
        for kind in kinds {
            add_envelope(kind, &envelope);
        }
    }
    if let Value::Object(root) = &mut schema {
        root.insert("title".into(), "A record of a bailiwick audit trail".into());
        root.insert(
            "description".into(),
            "One line of the JSON Lines that bailiwick writes.".into(),
        );
    }
    remove_null(&mut schema);
    schema
}

/// The envelope is no part of [`Body`], but stands in the same object.
fn add_envelope(kind: &mut Value, envelope: &Value) {
    let properties = kind.get_mut("properties").and_then(Value::as_object_mut);
    let (Some(properties), Some(envelope)) = (properties, envelope.as_object()) else {
        return;
    };
    properties.extend(envelope.clone());
    if let Some(Value::Array(required)) = kind.get_mut("required") {
        required.extend(envelope.keys().cloned().map(Value::from));
    }
}

/// What is absent in a record is left out, never null; schemars cannot know that.
fn remove_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|name| name != "null");
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| *choice != json!({ "type": "null" }));
            }
            object.values_mut().for_each(remove_null);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jsonschema::Validator;

    use super::super::samples;
    use super::*;

    fn validator() -> Validator {
        jsonschema::draft202012::new(&schema()).unwrap()
    }

    fn records() -> Vec<Value> {
        let fetch = samples::full_trail_with(&[samples::fetch("https://a.example/").into()]);
        let lines = [samples::full_trail().lines(), fetch.lines()].concat();
        lines
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn every_kind_of_record_fits() {
        let validator = validator();
        let records = records();
        for record in &records {
            let errors: Vec<_> = validator
                .iter_errors(record)
                .map(|error| error.to_string())
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{record:#}");
        }
        let kinds: BTreeSet<_> = records
            .iter()
            .filter_map(|record| record["kind"].as_str())
            .collect();
        assert_eq!(
            kinds,
            BTreeSet::from(["attempt", "call", "checkpoint", "load", "opened"])
        );
    }

    #[test]
    fn every_field_of_the_schema_is_written_by_some_record() {
        let records = records();
        let schema = schema();
        for kind in schema["oneOf"].as_array().unwrap() {
            let name = &kind["properties"]["kind"]["const"];
            for field in kind["properties"].as_object().unwrap().keys() {
                let written = records
                    .iter()
                    .any(|record| record["kind"] == *name && record.get(field).is_some());
                assert!(written, "{name}: {field}");
            }
        }
    }

    #[test]
    fn no_record_fits_with_a_field_too_many_or_one_too_few() {
        let validator = validator();
        for record in records() {
            let mut more = record.clone();
            more["surprise"] = true.into();
            assert!(!validator.is_valid(&more), "{more:#}");
            for field in ["seq", "time", "kind", "prev"] {
                let mut fewer = record.clone();
                fewer.as_object_mut().unwrap().remove(field);
                assert!(!validator.is_valid(&fewer), "{fewer:#}");
            }
        }
    }

    #[test]
    fn nothing_in_a_record_may_be_null() {
        assert!(!schema().to_string().contains("null"));
    }
}
