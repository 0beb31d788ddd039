//! JSON as answers are compared: by meaning, not by spelling.

use serde_json::{Map, Number, Value};

/// Numbers beyond this are strings in JSON: 2^53 − 1, the last up to which every JSON reader is exact.
const EXACT_MAX: u64 = (1 << 53) - 1;

/// Differences of one value that are shown; where there are more, the first ones say what is wrong.
const SHOWN_MAX: usize = 20;

/// One place at which two values differ.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference {
    /// Where, as `.items[2].name`; empty for the whole.
    pub(crate) path: String,
    /// What was expected; nothing, where nothing was expected.
    pub(crate) expected: Option<Value>,
    /// What came; nothing, where nothing came.
    pub(crate) got: Option<Value>,
}

/// The JSON of a TOML value: numbers that JSON does not have are the strings that the host writes for them.
pub(crate) fn of_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => of_float(number),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(of_toml).collect(),
        toml::Value::Table(table) => {
            let pairs = table.into_iter().map(|(key, value)| (key, of_toml(value)));
            Value::Object(pairs.collect())
        }
    }
}

fn of_float(number: f64) -> Value {
    match Number::from_f64(number) {
        Some(number) => number.into(),
        None if number.is_nan() => "NaN".into(),
        None if number > 0.0 => "Infinity".into(),
        None => "-Infinity".into(),
    }
}

/// Where two values differ. What is equal: numbers of the same value, a whole number and its decimal digits where it is
/// beyond what JSON numbers hold, and a field that is `null` and one that is left out, since TOML has no `null`.
pub(crate) fn differences(expected: &Value, got: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(expected), Some(got), &mut found);
    found
}

fn compare(path: &str, expected: Option<&Value>, got: Option<&Value>, found: &mut Vec<Difference>) {
    if found.len() >= SHOWN_MAX {
        return;
    }
    match (expected, got) {
        (Some(Value::Object(expected)), Some(Value::Object(got))) => {
            compare_objects(path, expected, got, found);
        }
        (Some(Value::Array(expected)), Some(Value::Array(got))) => {
            for place in 0..expected.len().max(got.len()) {
                let path = format!("{path}[{place}]");
                compare(&path, expected.get(place), got.get(place), found);
            }
        }
        (expected, got) if same(expected, got) => {}
        (expected, got) => found.push(Difference {
            path: path.to_owned(),
            expected: expected.cloned(),
            got: got.cloned(),
        }),
    }
}

fn compare_objects(
    path: &str,
    expected: &Map<String, Value>,
    got: &Map<String, Value>,
    found: &mut Vec<Difference>,
) {
    let more = got.keys().filter(|key| !expected.contains_key(*key));
    for key in expected.keys().chain(more) {
        let path = format!("{path}.{key}");
        let values = (expected.get(key), got.get(key));
        match values {
            (None, Some(Value::Null)) | (Some(Value::Null), None) => {}
            (expected, got) => compare(&path, expected, got, found),
        }
    }
}

/// Whether two values that are not both objects or both arrays are the same.
fn same(expected: Option<&Value>, got: Option<&Value>) -> bool {
    match (expected, got) {
        (Some(Value::Number(expected)), Some(Value::Number(got))) => same_number(expected, got),
        (Some(Value::Number(number)), Some(Value::String(text)))
        | (Some(Value::String(text)), Some(Value::Number(number))) => is_spelled(number, text),
        (expected, got) => expected == got,
    }
}

fn same_number(one: &Number, other: &Number) -> bool {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one == other,
        (Some(_), None) | (None, Some(_)) | (None, None) => one.as_f64() == other.as_f64(),
    }
}

fn whole(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

/// Whether a text is how the host spells a whole number that is too large for JSON.
fn is_spelled(number: &Number, text: &str) -> bool {
    whole(number).is_some_and(|number| {
        number.unsigned_abs() > u128::from(EXACT_MAX) && number.to_string() == text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(expected: &Value, got: &Value) -> Vec<String> {
        let differences = differences(expected, got);
        differences
            .into_iter()
            .map(|difference| difference.path)
            .collect()
    }

    #[test]
    fn what_means_the_same_is_the_same() {
        for (expected, got) in [
            (json!(2), json!(2.0)),
            (json!(9_007_199_254_740_993_u64), json!("9007199254740993")),
            (
                json!(-9_007_199_254_740_993_i64),
                json!("-9007199254740993"),
            ),
            (json!({"a": 1}), json!({"b": null, "a": 1})),
            (json!({"a": null, "b": 1}), json!({"b": 1})),
            (json!([{"b": 1, "a": 2}]), json!([{"a": 2, "b": 1}])),
            (json!(null), json!(null)),
            (json!("NaN"), of_float(f64::NAN)),
            (json!("-Infinity"), of_float(f64::NEG_INFINITY)),
        ] {
            assert_eq!(differences(&expected, &got), [], "{expected} {got}");
        }
    }

    #[test]
    fn what_differs_is_named_by_its_place() {
        for (expected, got, places) in [
            (json!(1), json!(2), vec![""]),
            (json!(1), json!("1"), vec![""]),
            (
                json!(9_007_199_254_740_991_u64),
                json!("9007199254740991"),
                vec![""],
            ),
            (
                json!(9_007_199_254_740_993_u64),
                json!(9_007_199_254_740_992_u64),
                vec![""],
            ),
            (json!(0), json!(null), vec![""]),
            (json!([null]), json!([]), vec!["[0]"]),
            (
                json!({"a": [1, {"b": 2}]}),
                json!({"a": [1, {"b": 3}, 4]}),
                vec![".a[1].b", ".a[2]"],
            ),
            (json!({"a": 1}), json!({"b": 1}), vec![".a", ".b"]),
            (json!({"a": 1}), json!([1]), vec![""]),
        ] {
            assert_eq!(paths(&expected, &got), places, "{expected} {got}");
        }
    }

    #[test]
    fn shows_no_more_places_than_anybody_reads() {
        let numbers = |from: u32| Value::from((from..from + 1000).collect::<Vec<_>>());
        assert_eq!(paths(&numbers(0), &numbers(1)).len(), SHOWN_MAX);
    }
}
