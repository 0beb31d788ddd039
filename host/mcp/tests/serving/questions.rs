//! A person's yes, in today's form: the answer comes with a second request.

use bailiwick_mcp::access::Token;
use serde_json::{Value, json};

use crate::served::{Client, Options, Reply, Served};

const POLICY: &str = "
[tools.double]
component = 'double.wasm'
ask = true

[tools.more]
component = 'several.wasm'
ask = { holds = '10 min' }
";

/// The question of a first request: its words, and the state that the second brings along.
fn question(reply: &Reply) -> (String, String) {
    let result = reply.result();
    assert_eq!(result["resultType"], "input_required", "{result}");
    let request = &result["inputRequests"]["approve"];
    assert_eq!(request["method"], "elicitation/create");
    let words = request["params"]["message"].as_str().unwrap().to_owned();
    let state = result["requestState"].as_str().unwrap().to_owned();
    (words, state)
}

fn again(client: &Client, name: &str, arguments: Value, state: &str, answer: Value) -> Reply {
    client.ask(
        "tools/call",
        json!({
            "name": name, "arguments": arguments,
            "requestState": state, "inputResponses": { "approve": answer },
        }),
    )
}

fn yes() -> Value {
    json!({ "action": "accept", "content": { "approve": true } })
}

#[test]
fn a_yes_is_for_the_call_that_was_shown_and_for_once() {
    let served = Served::new(POLICY);
    let client = served.modern().asking();
    let (words, state) = question(&client.call("double", json!({ "n": 21 })));
    assert!(
        words.contains("Allow a call of the tool double?"),
        "{words}"
    );
    assert!(words.contains("n = 21"), "{words}");

    let other = again(&client, "double", json!({ "n": 22 }), &state, yes());
    assert_eq!(other.last()["error"]["code"], -32602, "{other:?}");
    let answer = again(&client, "double", json!({ "n": 21 }), &state, yes());
    assert_eq!(answer.result()["structuredContent"]["result"], 42);
    let used = again(&client, "double", json!({ "n": 21 }), &state, yes());
    assert_eq!(used.code(), "denied");
}

#[test]
fn whatever_is_not_a_yes_is_a_no() {
    let served = Served::new(POLICY);
    let client = served.modern().asking();
    for answer in [
        json!({ "action": "decline" }),
        json!({ "action": "cancel" }),
        json!({ "action": "accept" }),
        json!({ "action": "accept", "content": {} }),
        json!({ "action": "accept", "content": { "approve": false } }),
        json!({ "action": "accept", "content": { "approve": "true" } }),
        json!("yes"),
        Value::Null,
    ] {
        let (_, state) = question(&client.call("double", json!({ "n": 1 })));
        let reply = again(&client, "double", json!({ "n": 1 }), &state, answer.clone());
        assert_eq!(reply.code(), "denied", "{answer}");
        assert!(reply.failure().contains("person"), "{reply:?}");
    }
}

#[test]
fn a_call_without_a_yes_is_in_the_trail() {
    let served = Served::new(POLICY);
    let client = served.modern().asking();
    let (_, state) = question(&client.call("double", json!({ "n": 1 })));
    let declined = json!({ "action": "decline" });
    again(&client, "double", json!({ "n": 1 }), &state, declined);
    served.modern().call("double", json!({ "n": 2 }));
    let trail = served.trail();
    let calls: Vec<Value> = trail
        .lines()
        .filter(|line| line.contains(r#""kind":"call""#))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(calls.len(), 2, "{trail}");
    for (call, arguments) in calls.iter().zip([r#"{"n":1}"#, r#"{"n":2}"#]) {
        assert_eq!(call["outcome"], "denied", "{call}");
        assert_eq!(call["principal"], "local", "{call}");
        assert_eq!(call["arguments"], arguments, "{call}");
        assert_eq!(call["fuel"], 0, "{call}");
        assert!(call.get("approved_by").is_none(), "{call}");
    }
}

#[test]
fn calls_without_a_yes_count_towards_the_rate_and_fill_no_trail() {
    let token = Token::generate().unwrap();
    let access = format!(
        "[principals.alice]\ntoken-sha256 = ['{}']\ntools = ['double']\nrate = '2/min'\n",
        token.hash().to_hex(),
    );
    let options = Options {
        access: Some(&access),
        ..Options::default()
    };
    let served = Served::with(POLICY, options);
    let alice = served.modern_as(token.expose()).asking();
    let made_up = || again(&alice, "double", json!({ "n": 1 }), "rs1.AAAA.AAAA", yes());
    for _ in 0..2 {
        let reply = made_up();
        assert_eq!(reply.last()["error"]["code"], -32602, "{reply:?}");
    }
    for _ in 0..2 {
        assert_eq!(made_up().code(), "rate-limited");
    }
    let trail = served.trail();
    let calls = trail
        .lines()
        .filter(|line| line.contains(r#""kind":"call""#));
    assert_eq!(calls.count(), 2, "{trail}");
}

#[test]
fn a_state_that_somebody_made_up_is_a_no() {
    let served = Served::new(POLICY);
    let client = served.modern().asking();
    let reply = again(&client, "double", json!({ "n": 1 }), "rs1.AAAA.AAAA", yes());
    assert_eq!(reply.last()["error"]["code"], -32602, "{reply:?}");
}

#[test]
fn a_client_that_cannot_ask_is_told_what_it_lacks() {
    let served = Served::new(POLICY);
    let reply = served.modern().call("double", json!({ "n": 1 }));
    assert_eq!(reply.last()["error"]["code"], -32021, "{reply:?}");
}

#[test]
fn wrong_arguments_are_not_shown_to_anybody() {
    let served = Served::new(POLICY);
    let reply = served.modern().asking().call("double", json!({ "n": "x" }));
    assert_eq!(reply.code(), "invalid-arguments");
}

#[test]
fn a_yes_that_holds_is_for_one_function_and_one_principal() {
    let tokens = [Token::generate().unwrap(), Token::generate().unwrap()];
    let access = format!(
        "[principals.alice]\ntoken-sha256 = ['{}']\ntools = ['more']\n[principals.bob]\ntoken-sha256 = ['{}']\ntools = ['more']\n",
        tokens[0].hash().to_hex(),
        tokens[1].hash().to_hex(),
    );
    let served = Served::with(
        POLICY,
        Options {
            access: Some(&access),
            ..Options::default()
        },
    );
    let alice = served.modern_as(tokens[0].expose()).asking();
    let bob = served.modern_as(tokens[1].expose()).asking();

    let (words, state) = question(&alice.call("more.triple", json!({ "n": 1 })));
    assert!(words.contains("within 10 min"), "{words}");
    again(&alice, "more.triple", json!({ "n": 1 }), &state, yes()).result();

    let held = alice.call("more.triple", json!({ "n": 5 }));
    assert_eq!(held.result()["structuredContent"]["result"], 15);
    question(&alice.call("more.break", json!({})));
    question(&bob.call("more.triple", json!({ "n": 5 })));
}

#[test]
fn who_said_yes_is_in_the_trail() {
    let served = Served::new(POLICY);
    let client = served.modern().asking();
    let (_, state) = question(&client.call("double", json!({ "n": 2 })));
    again(&client, "double", json!({ "n": 2 }), &state, yes()).result();
    let trail = served.trail();
    let call = trail
        .lines()
        .find(|line| line.contains(r#""kind":"call""#))
        .unwrap();
    assert!(call.contains(r#""principal":"local""#), "{call}");
    assert!(
        call.contains(r#""approved_by":"local through test 1""#),
        "{call}"
    );
}
