//! A person's yes in the older protocol's form: the server asks in the middle of the call, and waits.

use std::time::Duration;

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::piped::Piped;
use bailiwick_tests::mcp::session::{code, text};
use bailiwick_tests::mcp::site::Site;
use serde_json::{Value, json};

const TOOLS: [(&str, &str, &str); 1] = [("say", "mcp-text", "ask = true")];

/// How long an answer may take on a machine that is busy with other tests, the tool's compilation included.
const SOON: Duration = Duration::from_secs(60);

/// A client that says that it can ask a person.
fn asking(site: &Site) -> Piped {
    let mut piped = Piped::silent(site, Era::Legacy, &[]);
    let begun = piped.ask(
        "initialize",
        json!({
            "protocolVersion": Era::Legacy.version(),
            "capabilities": { "elicitation": {} },
            "clientInfo": { "name": "suite", "version": "0" },
        }),
    );
    assert!(begun["result"]["capabilities"].is_object(), "{begun}");
    piped.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string());
    piped
}

/// Begins a call, and gives its id and the server's question.
fn question(piped: &mut Piped) -> (u64, Value) {
    let id = piped.send("tools/call", json!({ "name": "say", "arguments": {} }));
    let question = piped.next(SOON).unwrap();
    assert_eq!(question["method"], "elicitation/create", "{question}");
    let words = question["params"]["message"].as_str().unwrap();
    assert!(words.contains("Allow a call of the tool say?"), "{words}");
    (id, question["id"].clone())
}

fn calls(site: &Site) -> Vec<Value> {
    let trail = site.read("trail.jsonl");
    let calls = trail
        .lines()
        .filter(|line| line.contains(r#""kind":"call""#));
    calls
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn whatever_is_not_a_yes_is_a_no() {
    let site = Site::new(&TOOLS);
    let mut piped = asking(&site);
    let said = |result: Value| ("result", result);
    let answers = [
        said(json!({ "action": "decline" })),
        said(json!({ "action": "cancel" })),
        said(json!({ "action": "accept" })),
        said(json!({ "action": "accept", "content": {} })),
        said(json!({ "action": "accept", "content": { "approve": false } })),
        said(json!({ "action": "accept", "content": { "approve": "true" } })),
        said(json!({ "action": "accept", "content": { "approve": 1 } })),
        said(json!({ "content": { "approve": true } })),
        said(json!("yes")),
        ("error", json!({ "code": -32601, "message": "yes" })),
    ];
    for (number, (member, answer)) in answers.iter().enumerate() {
        let (id, asked) = question(&mut piped);
        let reply = json!({ "jsonrpc": "2.0", "id": asked, *member: answer });
        piped.say(&reply.to_string());
        let ended = piped.answer_to(id, SOON);
        assert_eq!(code(&ended), "denied", "{answer}: {ended}");
        assert!(text(&ended).contains("person"), "{answer}: {ended}");
        let calls = calls(&site);
        assert_eq!(calls.len(), number + 1, "{answer}");
        let call = calls.last().unwrap();
        assert_eq!(call["outcome"], "denied", "{answer}: {call}");
        assert!(call.get("approved_by").is_none(), "{answer}: {call}");
    }
    let (id, asked) = question(&mut piped);
    let yes = json!({ "action": "accept", "content": { "approve": true } });
    piped.say(&json!({ "jsonrpc": "2.0", "id": asked, "result": yes }).to_string());
    let ended = piped.answer_to(id, SOON);
    assert!(text(&ended).contains("simple text"), "{ended}");
    let last = calls(&site).pop().unwrap();
    assert!(last["approved_by"].is_string(), "{last}");
    // It was for one call.
    question(&mut piped);
    piped.close(SOON);
}

#[test]
fn a_client_that_cannot_ask_a_person_is_a_no() {
    let site = Site::new(&TOOLS);
    let mut piped = Piped::start(&site, Era::Legacy);
    let ended = piped.call("say", json!({}));
    assert_eq!(code(&ended), "denied", "{ended}");
    let call = calls(&site).pop().unwrap();
    assert_eq!(call["outcome"], "denied", "{call}");
    piped.close(SOON);
}

#[test]
fn a_client_that_goes_while_it_is_asked_is_a_no() {
    let site = Site::new(&TOOLS);
    let mut piped = asking(&site);
    question(&mut piped);
    assert!(piped.close(SOON).success());
    let call = calls(&site).pop().unwrap();
    assert_ne!(call["outcome"], "ok", "{call}");
    assert!(call.get("approved_by").is_none(), "{call}");
}
