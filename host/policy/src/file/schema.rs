//! The JSON Schema of the policy file, made from the table of keys that the reader uses.

use super::keys::{FILE, Key, SECRET, Shape, TOOL};
use crate::limits::{LimitRow, Limits, Unit};

/// The JSON Schema (draft 2020-12) of `bailiwick.toml`, for editors. What a pattern may be is said in words only: the reader's word counts.
#[must_use]
pub fn policy_schema() -> String {
    let file = object(FILE);
    let head = [
        (
            "$schema",
            text("https://json-schema.org/draft/2020-12/schema"),
        ),
        ("title", text("bailiwick policy")),
        (
            "description",
            text("What each tool may do. What is not here is denied."),
        ),
    ];
    let pairs = head.into_iter().chain(file).collect::<Vec<_>>();
    format!("{}\n", json_object(pairs))
}

fn object(keys: &[Key]) -> Vec<(&'static str, String)> {
    let properties = keys
        .iter()
        .map(|key| (key.name, described(key.shape, key.about)))
        .collect::<Vec<_>>();
    let required: Vec<String> = keys
        .iter()
        .filter(|key| key.required)
        .map(|key| text(key.name))
        .collect();
    let mut pairs = vec![
        ("type", text("object")),
        ("properties", json_object(properties)),
    ];
    if !required.is_empty() {
        pairs.push(("required", format!("[{}]", required.join(", "))));
    }
    pairs.push(("additionalProperties", "false".to_owned()));
    pairs
}

fn described(shape: Shape, about: &str) -> String {
    let pairs = [("description", text(about))]
        .into_iter()
        .chain(schema(shape));
    json_object(pairs.collect::<Vec<_>>())
}

fn schema(shape: Shape) -> Vec<(&'static str, String)> {
    match shape {
        Shape::Tools => vec![
            ("type", text("object")),
            (
                "propertyNames",
                json_object([("pattern", text("^[A-Za-z0-9_-]{1,64}$"))]),
            ),
            ("additionalProperties", tool()),
        ],
        Shape::Secrets => vec![
            ("type", text("object")),
            (
                "propertyNames",
                json_object([("pattern", text("^[A-Za-z0-9_-]{1,64}$"))]),
            ),
            ("additionalProperties", json_object(object(SECRET))),
        ],
        Shape::Table(keys) => object(keys),
        Shape::Limits => vec![
            ("type", text("object")),
            ("properties", limits()),
            ("additionalProperties", "false".to_owned()),
        ],
        Shape::Rules(keys) => vec![("type", text("array")), ("items", rule(keys))],
        Shape::Text => vec![("type", text("string")), ("minLength", "1".to_owned())],
        Shape::Digest => pattern("^[0-9A-Fa-f]{64}$"),
        Shape::Word(words) => {
            let words: Vec<String> = words.iter().map(|word| text(word)).collect();
            vec![("enum", format!("[{}]", words.join(", ")))]
        }
        Shape::Proxy => pattern("^http://[^/@]+/?$"),
        Shape::Resolver => pattern("^[0-9A-Fa-f.:\\[\\]]+$"),
        Shape::Size => pattern("^[0-9][0-9_]* ?(B|[KMGT]iB|kB|MB|GB)$"),
        Shape::Duration => pattern("^[0-9][0-9_]* ?(ms|s|min|h)$"),
        Shape::TrueOr(keys) => {
            let truth = json_object(schema(Shape::True));
            let table = json_object(object(keys));
            vec![("anyOf", format!("[{truth}, {table}]"))]
        }
        Shape::Count => vec![("type", text("integer")), ("minimum", "1".to_owned())],
        Shape::True => vec![("const", "true".to_owned())],
        Shape::Calls => vec![
            ("type", text("array")),
            (
                "items",
                json_object(pattern(
                    "^!?[A-Za-z0-9_-]{1,64}(\\.[A-Za-z][A-Za-z0-9-]{0,127})?$",
                )),
            ),
        ],
        Shape::SecretNames => vec![
            ("type", text("array")),
            ("items", json_object(pattern("^!?[A-Za-z0-9_-]{1,64}$"))),
        ],
        Shape::Urls => vec![
            ("type", text("array")),
            ("items", json_object(schema(Shape::Text))),
            ("minItems", "1".to_owned()),
        ],
        Shape::Names => vec![
            ("type", text("array")),
            ("items", json_object([("type", text("string"))])),
        ],
    }
}

/// A tool's keys, and the keys with a colon that extensions add.
fn tool() -> String {
    let mut pairs = object(TOOL);
    let list = json_object([("type", text("array"))]);
    pairs.push((
        "patternProperties",
        json_object([("^[a-z][a-z0-9./-]*:[a-z][a-z0-9./-]*$", list)]),
    ));
    json_object(pairs)
}

/// A string alone, or a table.
fn rule(keys: &'static [Key]) -> String {
    let short = json_object(schema(Shape::Text));
    json_object([("anyOf", format!("[{short}, {}]", json_object(object(keys))))])
}

fn limits() -> String {
    let rows = Limits::TABLE.iter().filter(|row| !row.fixed);
    json_object(rows.map(|row| (row.key, limit(row))).collect::<Vec<_>>())
}

fn limit(row: &LimitRow) -> String {
    let about = format!(
        "Default {}, at most {}: {}.",
        row.format(row.default),
        row.format(row.maximum),
        row.why
    );
    let mut pairs = vec![("description", text(&about))];
    match row.unit {
        Unit::Bytes => pairs.extend(schema(Shape::Size)),
        Unit::Milliseconds => pairs.extend(schema(Shape::Duration)),
        Unit::Count => pairs.extend([
            ("type", text("integer")),
            ("minimum", row.minimum.to_string()),
            ("maximum", row.maximum.to_string()),
        ]),
    }
    json_object(pairs)
}

fn pattern(expression: &str) -> Vec<(&'static str, String)> {
    vec![("type", text("string")), ("pattern", text(expression))]
}

fn json_object<K: AsRef<str>>(pairs: impl IntoIterator<Item = (K, String)>) -> String {
    let pairs = pairs
        .into_iter()
        .map(|(key, value)| format!("{}: {value}", text(key.as_ref())));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

/// A JSON string. Our own texts have no control characters.
fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
