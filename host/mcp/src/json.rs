//! JSON in one form only: members in the order of their names, no white space.

use serde_json::{Map, Value};

/// The same text for the same value, in whatever order its members came.
pub(crate) fn canonical(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            let members: Map<String, Value> = names
                .into_iter()
                .filter_map(|name| Some((name.clone(), sorted(members.get(name)?))))
                .collect();
            Value::Object(members)
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_members_makes_no_difference_and_that_of_items_does() {
        let one = json!({ "b": [1, { "d": null, "c": "é" }], "a": 1.5 });
        let other = json!({ "a": 1.5, "b": [1, { "c": "é", "d": null }] });
        assert_eq!(canonical(&one), canonical(&other));
        assert_eq!(canonical(&one), r#"{"a":1.5,"b":[1,{"c":"é","d":null}]}"#);
        assert_ne!(canonical(&json!([1, 2])), canonical(&json!([2, 1])));
    }
}
