//! A server: people's yeses, and tokens.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bailiwick::audit::{Trail, TrailOptions};
use bailiwick_mcp::set::Setup;
use bailiwick_mcp::{Bound, HttpOptions, Server};
use bailiwick_tests::hold::compiled;
use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::session::{Session, code};
use bailiwick_tests::mcp::site::Site;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

use crate::jumps::{Clocks, DAY};

const MINUTE: i64 = 60;

const ISSUER: &str = "https://issuer.example";
const RESOURCE: &str = "https://tools.example/mcp";

/// A server within this process, so that its clock is the one that jumps.
struct Serving {
    runtime: tokio::runtime::Runtime,
    server: Server,
    address: std::net::SocketAddr,
    site: Site,
}

impl Serving {
    fn new(tool: (&str, &str, &str), access: Option<&str>, issuer: &SigningKey) -> Self {
        let site = Site::new(&[tool]);
        let key = URL_SAFE_NO_PAD.encode(issuer.verifying_key().as_bytes());
        let keys = json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "one", "x": key,
        }] });
        site.write("keys.json", &keys.to_string());
        if let Some(access) = access {
            site.write("access.toml", access);
        }
        let setup = Setup {
            policy: site.path("bailiwick.toml"),
            root: None,
            cache: Some(compiled()),
            trail: Trail::open(&site.path("trail.jsonl"), TrailOptions::default()).unwrap(),
            secrets: None,
            store: None,
            access: access.map(|_| site.path("access.toml")),
            lock: None,
            protect: Vec::new(),
            slots: 8,
            natives: Vec::new(),
            isolation: None,
            confined: None,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let server = Server::new(setup, Duration::from_secs(1)).unwrap();
        let bound = runtime.block_on(Bound::new(&HttpOptions {
            address: "127.0.0.1:0".parse().unwrap(),
            authenticated: access.is_some(),
            allow_unauthenticated: false,
            connections: 64,
        }));
        let bound = bound.unwrap();
        let address = bound.address();
        runtime.block_on(server.load()).unwrap();
        let serving = server.clone();
        runtime.spawn(async move { serving.serve_http(bound).await.unwrap() });
        Self {
            runtime,
            server,
            address,
            site,
        }
    }

    /// An answer to a call, over a connection of its own: one that was idle while hours passed is closed.
    fn call(&self, params: Value) -> Value {
        self.runtime.block_on(async {
            let mut session = Session::open(self.address, Era::Modern).await.unwrap();
            session.ask("tools/call", params).await.unwrap()
        })
    }

    /// The status of a call with a token.
    fn status(&self, token: &str) -> u16 {
        self.runtime.block_on(async {
            let session = Session::with_token(self.address, Era::Modern, token).await;
            let params = json!({ "name": "say", "arguments": {} });
            let reply = session.unwrap().request("tools/call", params).await;
            reply.unwrap().status
        })
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.runtime.block_on(self.server.end());
        assert!(!self.site.read("trail.jsonl").is_empty());
    }
}

/// A call of a client that can ask a person.
fn asking(rounds: u32) -> Value {
    json!({
        "name": "limits.compute", "arguments": { "rounds": rounds },
        "_meta": { "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} } },
    })
}

/// The same with a person's yes to the question with this state.
fn answering(rounds: u32, state: &str) -> Value {
    let mut params = asking(rounds);
    params["requestState"] = json!(state);
    params["inputResponses"] =
        json!({ "approve": { "action": "accept", "content": { "approve": true } } });
    params
}

/// The state of a question.
fn question(answer: &Value) -> String {
    let state = answer["result"]["requestState"].as_str();
    state
        .unwrap_or_else(|| panic!("nobody was asked: {answer}"))
        .to_owned()
}

fn was_called(answer: &Value) -> bool {
    !answer["result"]["structuredContent"]["result"].is_null()
}

fn asks(holds: &str) -> Serving {
    let table = format!("ask = {holds}\n");
    let issuer = SigningKey::from_bytes(&[7; 32]);
    Serving::new(("limits", "probe-limits", &table), None, &issuer)
}

#[test]
fn a_yes_holds_for_the_time_that_passes_and_no_longer_by_a_jump_back() {
    let clocks = Clocks::own();
    let serving = asks("{ holds = \"10 min\" }");
    let state = question(&serving.call(asking(1)));
    assert!(was_called(&serving.call(answering(1, &state))));
    for jump in [-DAY, 3 * DAY, -DAY] {
        clocks.jump(jump);
        assert!(was_called(&serving.call(asking(2))), "it holds");
    }
    clocks.pass(9 * MINUTE);
    assert!(was_called(&serving.call(asking(2))), "it holds");
    clocks.jump(-DAY);
    clocks.pass(2 * MINUTE);
    question(&serving.call(asking(2)));
}

#[test]
fn a_yes_that_was_used_is_not_good_again_after_a_jump_back() {
    let clocks = Clocks::own();
    let serving = asks("true");
    let state = question(&serving.call(asking(1)));
    assert!(was_called(&serving.call(answering(1, &state))));
    clocks.jump(-DAY);
    assert_eq!(code(&serving.call(answering(1, &state))), "denied");
    // Whoever remembers what was used forgets it when it has ended.
    clocks.pass(6 * MINUTE);
    let other = question(&serving.call(asking(3)));
    assert!(was_called(&serving.call(answering(3, &other))));
    assert_eq!(code(&serving.call(answering(1, &state))), "denied");
}

#[test]
fn a_question_ends_with_the_time_that_passes_whatever_the_wall_clock_says() {
    let clocks = Clocks::own();
    let serving = asks("true");
    let state = question(&serving.call(asking(1)));
    clocks.pass(6 * MINUTE);
    clocks.jump(-DAY);
    assert_eq!(code(&serving.call(answering(1, &state))), "denied");
    let state = question(&serving.call(asking(1)));
    clocks.jump(-DAY);
    assert!(was_called(&serving.call(answering(1, &state))));
}

#[test]
fn a_token_ends_by_the_wall_clock() {
    let clocks = Clocks::own();
    let issuer = SigningKey::from_bytes(&[7; 32]);
    let access = format!(
        "[principals.alice]\nsubject = \"alice@example\"\ntools = [\"say\"]\n\
         [oauth]\nissuer = \"{ISSUER}\"\naudience = \"{RESOURCE}\"\nresource = \"{RESOURCE}\"\njwks-file = \"keys.json\"\nscopes = [\"call\"]\n"
    );
    let serving = Serving::new(("say", "mcp-text", ""), Some(&access), &issuer);
    let token = issued(&issuer);
    assert_eq!(serving.status(&token), 200);
    clocks.jump(DAY);
    assert_eq!(serving.status(&token), 401, "it has expired");
    clocks.jump(-DAY);
    assert_eq!(serving.status(&token), 200, "it has not");
    clocks.pass(20 * MINUTE);
    assert_eq!(serving.status(&token), 401, "it has expired");
}

/// A token of ten minutes.
fn issued(issuer: &SigningKey) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let header = json!({ "alg": "EdDSA", "kid": "one", "typ": "at+jwt" });
    let claims = json!({
        "iss": ISSUER, "aud": RESOURCE, "sub": "alice@example", "scope": "call read",
        "iat": now, "exp": now + 600,
    });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", encode(&header), encode(&claims));
    let signature = URL_SAFE_NO_PAD.encode(issuer.sign(text.as_bytes()).to_bytes());
    format!("{text}.{signature}")
}
