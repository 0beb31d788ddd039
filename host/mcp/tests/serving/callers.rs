//! Who may call what: tokens, narrowed lists, sessions that are nobody else's, sites.

use bailiwick_mcp::access::Token;
use serde_json::json;

use crate::served::{Client, Options, Served};

const POLICY: &str = "
[tools.double]
component = 'double.wasm'

[tools.more]
component = 'several.wasm'
";

struct Two {
    alice: String,
    bob: String,
    served: Served,
}

fn two() -> Two {
    let alice = Token::generate().unwrap();
    let bob = Token::generate().unwrap();
    let access = format!(
        "[principals.alice]\ntoken-sha256 = ['{}']\ntools = ['double', 'more.triple']\n\n[principals.bob]\ntoken-sha256 = ['{}']\ntools = ['more']\n",
        alice.hash().to_hex(),
        bob.hash().to_hex(),
    );
    let served = Served::with(
        POLICY,
        Options {
            access: Some(&access),
            ..Options::default()
        },
    );
    Two {
        alice: alice.expose().to_owned(),
        bob: bob.expose().to_owned(),
        served,
    }
}

#[test]
fn each_principal_sees_and_calls_its_own_tools() {
    let two = two();
    let alice = two.served.modern_as(&two.alice);
    let bob = two.served.modern_as(&two.bob);
    assert_eq!(alice.names(), ["double", "more.triple"]);
    assert_eq!(bob.names(), ["more.break", "more.spin", "more.triple"]);
    assert_eq!(
        alice.call("double", json!({ "n": 1 })).result()["isError"],
        false
    );
    let refused = bob.call("double", json!({ "n": 1 }));
    let unknown = bob.call("no-such-tool", json!({ "n": 1 }));
    assert_eq!(refused.last()["error"]["code"], -32602);
    assert_eq!(
        refused.last()["error"]["message"]
            .as_str()
            .unwrap()
            .replace("double", ""),
        unknown.last()["error"]["message"]
            .as_str()
            .unwrap()
            .replace("no-such-tool", ""),
        "what bob may not call looks like what there is not"
    );
}

/// The operator sees which of the two it was; what clients make up is one series.
#[test]
fn what_nobody_is_told_about_a_name_is_counted() {
    let two = two();
    let bob = two.served.modern_as(&two.bob);
    bob.call("double", json!({ "n": 1 }));
    bob.call("no-such-tool", json!({}));
    bob.call("nor-this", json!({}));
    let (_, metrics) = two.served.get("/metrics", Some(&two.bob));
    for (code, count) in [("not-permitted", 1), ("unknown-tool", 2), ("held-back", 0)] {
        let line = format!(
            r#"bailiwick_calls_total{{tool="other",function="other",code="{code}"}} {count}"#
        );
        assert!(metrics.lines().any(|known| known == line), "{metrics}");
    }
    assert!(!metrics.contains("no-such-tool"), "{metrics}");
}

#[test]
fn nobody_comes_in_without_a_token() {
    let two = two();
    for client in [two.served.modern(), two.served.modern_as("bwk_wrong")] {
        let reply = client.ask("tools/list", json!({}));
        assert_eq!(reply.status, 401, "{reply:?}");
    }
    assert_eq!(two.served.get("/metrics", None).0, 401);
    assert_eq!(two.served.get("/metrics", Some(&two.bob)).0, 200);
    assert_eq!(two.served.get("/healthz", None).0, 200);
}

#[test]
fn a_session_answers_nobody_but_who_began_it() {
    let two = two();
    let mut alice = two.served.modern_as(&two.alice);
    alice.initialize();
    let list = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {} });
    assert_eq!(alice.in_session(&list).status, 200);

    let mut bob = two.served.modern_as(&two.bob);
    bob.session.clone_from(&alice.session);
    assert_eq!(bob.in_session(&list).status, 404);
    bob.session = Some("made-up".to_owned());
    assert_eq!(bob.in_session(&list).status, 404);
    assert_eq!(alice.in_session(&list).status, 200, "and alice's goes on");
}

#[test]
fn a_principal_has_only_so_many_sessions() {
    let two = two();
    let begin = |client: &Client| {
        let body = json!({
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": {
                "protocolVersion": "2025-11-25", "capabilities": {},
                "clientInfo": { "name": "test", "version": "1" },
            },
        });
        client.post(&body, &[]).status
    };
    let alice = two.served.modern_as(&two.alice);
    for _ in 0..64 {
        assert_eq!(begin(&alice), 200);
    }
    assert_eq!(begin(&alice), 503);
    assert_eq!(begin(&two.served.modern_as(&two.bob)), 200);
}

#[test]
fn foreign_sites_are_refused_before_anything_else() {
    let served = Served::new(POLICY);
    let client = served.modern();
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("host", "evil.example"),
        ("host", "127.0.0.1.evil.example"),
    ] {
        let reply = client.post(&body, &[(name, value.to_owned())]);
        assert_eq!(reply.status, 403, "{name}: {value}");
    }
}
