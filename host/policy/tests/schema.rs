//! The JSON Schema says what the reader knows: every key, both ways.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use bailiwick_policy::{Extensions, Limits, Policy, policy_schema};
use serde_json::Value;

/// Every key of the file, each with a value that the reader takes.
const FULL: &str = r#"
isolation = "process"
isolation-without = ["landlock-scopes"]
[tools.a]
component = "a.wasm"
sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
ask = { holds = "10 min" }
read-file = [{ path = "**", allow-hard-links = true, max-size = "1 MiB", private = true, everything = true }]
write-file = [{ path = "a", allow-hard-links = true, max-size = "1 MiB" }]
list-files = [{ path = "**", private = true, everything = true }]
http-get = [{ url = "https://**/**", max-response = "1 MiB", max-egress = "1 MiB", for-private-data = true, allow-private = true, everything = true }]
http-request = [{ url = "https://**/**", methods = ["GET"], headers = [], max-response = "1 MiB", max-egress = "1 MiB", for-private-data = true, allow-private = true, everything = true }]
clock = true
random = true
key-value = true
call-tool = ["b", "b.f", "!b.g"]
secret = ["k", "!l"]
limits = { memory = "1 MiB" }
[network]
ca-file = "ca.pem"
proxy = "http://proxy.example.com:3128"
resolver = "192.0.2.53"
[audit]
file = "audit.jsonl"
sync = "always"
checkpoint-every = 10
key-file = "../seed"
[key-value]
file = "../state.db"
[secrets.k]
env = "K"
to = ["https://api.example.com/**"]
header = "x-api-key"
prefix = "Key "
leak = "redact"
[secrets.l]
file = "../l"
to = ["https://api.example.com/**"]
aws-sigv4 = { service = "s3", region = "eu-central-1", access-key-id = "AKID", session-token = "k" }
[secrets.m]
keyring = { service = "s", user = "u" }
to = ["https://api.example.com/**"]
basic = "u"
[secrets.n]
command = ["/usr/bin/pass", "show", "n"]
to = ["https://api.example.com/**"]
query = "key"
[secrets.o]
env = "O"
to = ["https://api.example.com/**"]
bearer = true
[private]
scope = "principal"
"#;

fn schema() -> Value {
    serde_json::from_str(&policy_schema()).unwrap()
}

fn at<'s>(schema: &'s Value, path: &str) -> &'s Value {
    schema.pointer(path).unwrap_or_else(|| panic!("no {path}"))
}

fn keys(schema: &Value, path: &str) -> Vec<String> {
    at(schema, path)
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

fn sorted(mut keys: Vec<String>) -> Vec<String> {
    keys.sort();
    keys
}

const TOOL: &str = "/properties/tools/additionalProperties/properties";

#[test]
fn every_key_of_a_full_file_is_in_the_schema_and_the_other_way_round() {
    let other = format!("{FULL}[tools.b]\ncomponent = \"b.wasm\"\n");
    Policy::parse("p.toml", &other, &Extensions::new()).unwrap();
    let document: toml_edit::DocumentMut = FULL.parse().unwrap();
    let written = |table: &dyn toml_edit::TableLike| {
        sorted(table.iter().map(|(key, _)| key.to_owned()).collect())
    };
    let schema = schema();
    let tool = document["tools"]["a"].as_table_like().unwrap();
    assert_eq!(
        written(document.as_table()),
        sorted(keys(&schema, "/properties"))
    );
    assert_eq!(written(tool), sorted(keys(&schema, TOOL)));
    for section in ["network", "audit", "key-value", "private"] {
        let table = document[section].as_table_like().unwrap();
        assert_eq!(
            written(table),
            sorted(keys(&schema, &format!("/properties/{section}/properties")))
        );
    }
    // No secret may have all keys: together they have.
    let secrets = document["secrets"].as_table_like().unwrap();
    let mut together: Vec<String> = secrets
        .iter()
        .flat_map(|(_, secret)| secret.as_table_like().unwrap().iter())
        .map(|(key, _)| key.to_owned())
        .collect();
    together.sort();
    together.dedup();
    let secret = "/properties/secrets/additionalProperties/properties";
    assert_eq!(together, sorted(keys(&schema, secret)));
    for (name, key) in [("m", "keyring"), ("l", "aws-sigv4")] {
        let table = document["secrets"][name][key].as_table_like().unwrap();
        let path = format!("{secret}/{key}/properties");
        assert_eq!(written(table), sorted(keys(&schema, &path)));
    }
    let ask = tool.get("ask").unwrap().as_inline_table().unwrap();
    let asked = format!("{TOOL}/ask/anyOf/1/properties");
    assert_eq!(written(ask), sorted(keys(&schema, &asked)));
    for capability in ["read-file", "list-files", "http-get", "http-request"] {
        let rule = tool
            .get(capability)
            .unwrap()
            .as_array()
            .unwrap()
            .get(0)
            .unwrap()
            .as_inline_table()
            .unwrap();
        let path = format!("{TOOL}/{capability}/items/anyOf/1/properties");
        assert_eq!(written(rule), sorted(keys(&schema, &path)), "{capability}");
    }
}

#[test]
fn every_key_of_the_schema_is_read_and_no_other() {
    for place in [
        "[tools.a]\ncomponent = \"a.wasm\"\n",
        "[network]\n",
        "[audit]\n",
        "[key-value]\n",
        "[secrets.k]\nenv = \"K\"\nto = [\"https://a.example/**\"]\nbearer = true\n",
        "[private]\n",
        "[tools.a]\ncomponent = \"a.wasm\"\n[tools.a.ask]\nholds = \"1 s\"\n",
        "[tools.a]\ncomponent = \"a.wasm\"\n[tools.a.limits]\n",
        "",
    ] {
        let text = format!("{place}unheard-of = 1\n");
        let diagnostics = Policy::parse("p.toml", &text, &Extensions::new()).unwrap_err();
        assert!(
            diagnostics
                .list()
                .iter()
                .any(|diagnostic| diagnostic.code == "unknown-key"),
            "{text}"
        );
    }
}

#[test]
fn every_limit_that_can_be_set_is_in_the_schema_and_read() {
    let settable: Vec<String> = Limits::TABLE
        .iter()
        .filter(|row| !row.fixed)
        .map(|row| row.key.to_owned())
        .collect();
    assert_eq!(
        keys(&schema(), &format!("{TOOL}/limits/properties")),
        settable
    );
    for row in Limits::TABLE.iter().filter(|row| !row.fixed) {
        let number = row.format(row.maximum);
        for value in [format!("\"{number}\""), number].iter().take(
            if row.unit == bailiwick_policy::Unit::Count {
                2
            } else {
                1
            },
        ) {
            let text = format!(
                "[tools.a]\ncomponent = \"a.wasm\"\n[tools.a.limits]\n{} = {value}\n",
                row.key
            );
            let policy = Policy::parse("p.toml", &text, &Extensions::new())
                .unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(
                policy.tool("a").unwrap().limits().get(row.limit),
                row.maximum
            );
        }
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let schema = schema();
    for path in [
        "",
        "/properties/tools/additionalProperties",
        "/properties/network",
        "/properties/audit",
        "/properties/key-value",
        "/properties/secrets/additionalProperties",
    ] {
        assert_eq!(
            at(&schema, path)["additionalProperties"],
            Value::Bool(false),
            "{path}"
        );
    }
    assert_eq!(
        at(&schema, "/properties/tools/additionalProperties/required"),
        &serde_json::json!(["component"])
    );
    assert_eq!(
        at(&schema, &format!("{TOOL}/clock/const")),
        &Value::Bool(true)
    );
    for place in ["ask/anyOf/0/const", "key-value/const"] {
        assert_eq!(at(&schema, &format!("{TOOL}/{place}")), &Value::Bool(true));
    }
}
