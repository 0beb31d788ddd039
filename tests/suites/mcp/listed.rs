//! What an agent is told of the tools: the same to everybody who may see it, each time, in both eras; schemas that are schemas, and
//! that answers keep to.

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::Session;
use bailiwick_tests::mcp::site::Site;
use serde_json::{Map, Value, json};

use crate::runtime;

const TOOLS: [(&str, &str, &str); 7] = [
    ("add", "probe-load", "read-file = []"),
    (
        "files",
        "probe-files",
        "read-file = [\"a\"]\nwrite-file = [\"b\"]\nlist-files = []",
    ),
    (
        "look",
        "probe-files",
        "read-file = [\"a\"]\nwrite-file = []\nlist-files = []",
    ),
    ("register", "mcp-schema", ""),
    ("say", "mcp-text", ""),
    ("values", "probe-values", ""),
    ("limits", "probe-limits", ""),
];

/// What it asks for in JSON Schema's own words.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

async fn tools(served: &Served, era: Era) -> Vec<Value> {
    let mut session = Session::open(served.address(), era).await.unwrap();
    let mut tools = Vec::new();
    let mut params = json!({});
    loop {
        let list = session.ask("tools/list", params).await.unwrap();
        tools.extend(list["result"]["tools"].as_array().unwrap().iter().cloned());
        match list["result"]["nextCursor"].as_str() {
            Some(cursor) => params = json!({ "cursor": cursor }),
            None => return tools,
        }
    }
}

#[test]
fn a_list_is_the_same_each_time_and_its_schemas_are_schemas() {
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        let served = Served::start(&site);
        let first = tools(&served, Era::Modern).await;
        assert!(first.len() > 20, "{} tools", first.len());
        for era in Era::BOTH {
            assert_eq!(tools(&served, era).await, first);
        }
        served.stop();
        let again = Served::start(&site);
        assert_eq!(tools(&again, Era::Modern).await, first, "after a restart");
        again.stop();
        for tool in &first {
            check_definition(tool);
        }
    });
}

fn check_definition(tool: &Value) {
    let name = tool["name"].as_str().unwrap();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    assert!(
        name.bytes().all(plain) && (1..=128).contains(&name.len()),
        "{name}"
    );
    let input = &tool["inputSchema"];
    assert_eq!(input["$schema"], DIALECT, "{tool}");
    assert_eq!(input["type"], "object", "{tool}");
    assert_eq!(input["additionalProperties"], false, "{tool}");
    for schema in [input, &tool["outputSchema"]] {
        if !schema.is_null() {
            assert_eq!(schema["type"], "object", "{tool}");
            assert!(jsonschema::draft202012::meta::is_valid(schema), "{schema}");
            assert!(!schema.to_string().contains("http://"), "{schema}");
        }
    }
    let annotations = tool["annotations"].as_object().unwrap();
    let hints = [
        "readOnlyHint",
        "destructiveHint",
        "idempotentHint",
        "openWorldHint",
    ];
    for hint in hints {
        assert!(annotations[hint].is_boolean(), "{tool}");
    }
}

/// The hints are those of the grant, and not of the component: the same one has others under another policy.
#[test]
fn hints_are_those_of_the_grant_and_true() {
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        site.write("a", "text");
        let served = Served::start(&site);
        let listed = tools(&served, Era::Modern).await;
        let hint = |name: &str, hint: &str| {
            let tool = listed.iter().find(|tool| tool["name"] == name).unwrap();
            tool["annotations"][hint].as_bool().unwrap()
        };
        for (name, read_only) in [
            ("files.write", false),
            ("files.read", false),
            ("look.write", true),
            ("look.read", true),
            ("say", true),
        ] {
            assert_eq!(hint(name, "readOnlyHint"), read_only, "{name}");
            assert!(!hint(name, "openWorldHint"), "{name}");
        }
        // What is said to be read-only cannot write, whatever it is asked for.
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        for path in ["a", "b", "c"] {
            let arguments = json!({ "path": path, "bytes": { "text": "changed" } });
            let answer = session.call("look.write", arguments).await.unwrap();
            assert_eq!(answer["result"]["isError"], true, "{answer}");
        }
        assert_eq!(site.read("a"), "text");
        assert!(!site.path("b").exists() && !site.path("c").exists());
        served.stop();
    });
}

#[test]
fn answers_keep_to_the_schema_and_are_there_as_text_too() {
    let calls = [
        ("add.add", json!({ "a": 20, "b": 22 })),
        ("add.orbit", json!({ "steps": 3 })),
        ("look.read", json!({ "path": "a" })),
        (
            "register",
            json!({ "name": "Ada", "address": { "street": "1 Road" }, "contact": { "phone": "1" } }),
        ),
        ("values.answer", json!({ "value": "yes" })),
        ("values.strings", json!({ "count": 3, "length": 2 })),
        ("values.matrix", json!({ "count": 2, "length": 2 })),
        ("limits.count", json!({})),
    ];
    runtime().block_on(async {
        let site = Site::new(&TOOLS);
        site.write("a", "text");
        let served = Served::start(&site);
        let listed = tools(&served, Era::Modern).await;
        let schemas: Map<String, Value> = listed
            .iter()
            .map(|tool| (tool["name"].as_str().unwrap().to_owned(), tool.clone()))
            .collect();
        for era in Era::BOTH {
            let mut session = Session::open(served.address(), era).await.unwrap();
            for (name, arguments) in &calls {
                let tool = &schemas[*name];
                assert!(
                    jsonschema::is_valid(&tool["inputSchema"], arguments),
                    "{name}"
                );
                let answer = session.call(name, arguments.clone()).await.unwrap();
                let structured = &answer["result"]["structuredContent"];
                assert!(
                    jsonschema::is_valid(&tool["outputSchema"], structured),
                    "{name}: {answer}"
                );
                let text = answer["result"]["content"][0]["text"].as_str().unwrap();
                let text: Value = serde_json::from_str(text).unwrap();
                assert_eq!(&text, structured, "{name}");
            }
        }
        served.stop();
    });
}

/// Bytes whose type the author declares are what they are, and no schema says that they are a text. Others stay a text in base64.
#[test]
fn bytes_of_a_declared_type_are_a_picture_a_sound_or_a_document() {
    runtime().block_on(async {
        let site = Site::new(&[("media", "mcp-media", "")]);
        let served = Served::start(&site);
        let listed = tools(&served, Era::Modern).await;
        for era in Era::BOTH {
            let mut session = Session::open(served.address(), era).await.unwrap();
            for (name, expected) in [
                (
                    "picture",
                    json!({ "type": "image", "mimeType": "image/png", "data": "iVBORw0KGgo=" }),
                ),
                (
                    "sound",
                    json!({ "type": "audio", "mimeType": "audio/wav", "data": "UklGRgQAAABXQVZF" }),
                ),
                (
                    "table",
                    json!({ "type": "resource", "resource": {
                        "uri": "bailiwick:answer", "mimeType": "text/csv", "blob": "YSxiCjEsMgo=",
                    } }),
                ),
            ] {
                let name = format!("media.{name}");
                let tool = listed.iter().find(|tool| tool["name"] == *name).unwrap();
                assert!(tool["outputSchema"].is_null(), "{tool}");
                let answer = session.call(&name, json!({})).await.unwrap();
                assert_eq!(answer["result"]["content"], json!([expected]), "{name}");
                assert!(answer["result"]["structuredContent"].is_null(), "{answer}");
            }
            let answer = session.call("media.bytes", json!({})).await.unwrap();
            let structured = &answer["result"]["structuredContent"];
            assert_eq!(structured, &json!({ "result": "AP8=" }), "{answer}");
        }
        served.stop();
    });
}
