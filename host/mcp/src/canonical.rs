//! The one spelling of a JSON value: keys sorted, numbers as they are shortest.

use bailiwick::audit::Digest;
use serde_json::{Map, Number, Value};

/// Levels of a definition. The schemas of the deepest WIT types that the runtime takes have fewer; serde_json reads 127.
const LEVELS_MAX: usize = 100;

/// Numbers from here on are not all whole numbers' own in 64 bits of floating point.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// The value with all keys sorted by their code points, and with one spelling for each number. Nothing where it is deeper
/// than a definition can be.
pub(crate) fn canonical(value: &Value) -> Option<Value> {
    at_level(value, LEVELS_MAX)
}

fn at_level(value: &Value, left: usize) -> Option<Value> {
    let left = left.checked_sub(1)?;
    Some(match value {
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
        Value::Number(number) => Value::Number(shortest(number)),
        Value::Array(values) => {
            let values: Option<Vec<Value>> =
                values.iter().map(|value| at_level(value, left)).collect();
            Value::Array(values?)
        }
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            let members: Option<Map<String, Value>> = sorted
                .into_iter()
                .map(|(key, value)| Some((key.clone(), at_level(value, left)?)))
                .collect();
            Value::Object(members?)
        }
    })
}

/// In JSON Schema `1.0` and `1` are one number. All others have one shortest spelling already.
fn shortest(number: &Number) -> Number {
    if number.is_i64() || number.is_u64() {
        return number.clone();
    }
    match number.as_f64() {
        Some(float) if float.fract() == 0.0 && float.abs() < WHOLE_MAX => {
            Number::from(float as i64)
        }
        Some(_) | None => number.clone(),
    }
}

/// The SHA-256 of a canonical value in its compact form.
pub(crate) fn digest(canonical: &Value) -> Digest {
    Digest::of(canonical.to_string().as_bytes())
}

/// A canonical value in lines, as the lock file and the differences have it.
pub(crate) fn lines(canonical: &Value) -> String {
    format!("{canonical:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_keys_and_spelling_of_numbers_do_not_matter() {
        let one: Value =
            serde_json::from_str(r#"{"b":[1.0,-0.0,2.5,1e3],"a":{"z":null,"y":true}}"#).unwrap();
        let two: Value =
            serde_json::from_str(r#"{"a":{"y":true,"z":null},"b":[1,0,2.50,1000]}"#).unwrap();
        let (one, two) = (canonical(&one).unwrap(), canonical(&two).unwrap());
        assert_eq!(one.to_string(), two.to_string());
        assert_eq!(
            one.to_string(),
            r#"{"a":{"y":true,"z":null},"b":[1,0,2.5,1000]}"#
        );
        assert_eq!(digest(&one), digest(&two));
    }

    #[test]
    fn numbers_that_differ_stay_different() {
        for (one, two) in [
            ("9007199254740993", "9007199254740992"),
            ("18446744073709551615", "18446744073709551614"),
            ("0.1", "0.10000000000000002"),
            ("1e300", "1e301"),
            ("-1", "1"),
        ] {
            let value = |text: &str| canonical(&serde_json::from_str(text).unwrap()).unwrap();
            assert_ne!(digest(&value(one)), digest(&value(two)), "{one} {two}");
        }
    }

    #[test]
    fn order_in_a_list_matters() {
        let value = |text: &str| canonical(&serde_json::from_str(text).unwrap()).unwrap();
        assert_ne!(digest(&value("[1,2]")), digest(&value("[2,1]")));
    }

    #[test]
    fn what_can_be_written_can_be_read() {
        let nested = |levels: usize| {
            (1..levels).fold(Value::Array(Vec::new()), |inner, _| {
                Value::Array(vec![inner])
            })
        };
        let deepest = canonical(&nested(LEVELS_MAX)).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&lines(&deepest)).unwrap(),
            deepest
        );
        assert_eq!(canonical(&nested(LEVELS_MAX + 1)), None);
    }
}
