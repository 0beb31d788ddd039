//! Who calls: tokens that are wrong, expired or somebody else's, sessions that are guessed or taken over.

use std::io::Result;
use std::time::{SystemTime, UNIX_EPOCH};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::http::Connection;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::{Session, code, text, with_meta};
use bailiwick_tests::mcp::site::Site;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::runtime;

const ISSUER: &str = "https://issuer.example";
const RESOURCE: &str = "https://tools.example/mcp";

/// Two principals with tokens of the server's own, one of whom has tokens of an issuer too.
struct Guarded {
    site: Site,
    served: Served,
    issuer: SigningKey,
    alice: String,
    bob: String,
}

impl Guarded {
    fn new() -> Self {
        let tools = [
            ("say", "mcp-text", ""),
            ("limits", "probe-limits", ""),
            (
                "files",
                "probe-files",
                "read-file = [\"data/**\"]\nwrite-file = []\nlist-files = []",
            ),
        ];
        let site = Site::new(&tools);
        site.write("data/a", "of everybody");
        site.write("data/b", "not of bob");
        let issuer = SigningKey::from_bytes(&[7; 32]);
        let key = URL_SAFE_NO_PAD.encode(issuer.verifying_key().as_bytes());
        let keys = json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "one", "x": key,
        }] });
        site.write("keys.json", &keys.to_string());
        let (alice, bob) = (own_token(1), own_token(2));
        site.write("access.toml", &access(&alice, &bob));
        let access = site.path("access.toml").display().to_string();
        let served = Served::with(&site, &["--access", &access]);
        Self {
            site,
            served,
            issuer,
            alice,
            bob,
        }
    }

    /// A token of the issuer's, whose claims are these but for what stands in `changed`.
    fn issued(&self, header: &Value, changed: &Value) -> String {
        let now = now();
        let mut claims = json!({
            "iss": ISSUER, "aud": RESOURCE, "sub": "alice@example", "scope": "call read",
            "iat": now, "exp": now + 600,
        });
        for (name, value) in changed.as_object().unwrap() {
            claims[name] = value.clone();
        }
        signed(&self.issuer, header, &claims)
    }

    /// The status of a request with these headers.
    async fn status(&self, headers: &[(&str, &str)]) -> Result<(u16, String)> {
        let params = with_meta(json!({ "name": "say", "arguments": {} }));
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let usual = [
            ("mcp-method", "tools/call"),
            ("mcp-name", "say"),
            ("mcp-protocol-version", Era::Modern.version()),
        ];
        let headers = [headers, &usual].concat();
        let mut connection = Connection::open(self.served.address()).await?;
        let reply = connection
            .post(&headers, body.to_string().as_bytes())
            .await?;
        Ok((reply.status, reply.text()))
    }

    /// Both principals are served as before.
    async fn still_serves(&self) {
        for token in [&self.alice, &self.bob] {
            for era in Era::BOTH {
                let session = Session::with_token(self.served.address(), era, token).await;
                let mut session = session.unwrap();
                let answer = session.call("say", json!({})).await.unwrap();
                session.end().await.unwrap();
                assert!(text(&answer).contains("simple text"), "{answer}");
            }
        }
    }

    fn stop(self) {
        let log = self.served.log();
        for secret in [&self.alice, &self.bob] {
            assert!(!log.contains(&**secret), "a token is in the log");
        }
        self.served.stop();
        drop(self.site);
    }
}

fn access(alice: &str, bob: &str) -> String {
    let hash = |token: &str| {
        let digest = Sha256::digest(token.as_bytes());
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    format!(
        "[principals.alice]\ntoken-sha256 = [\"{}\"]\nsubject = \"alice@example\"\ntools = [\"say\", \"files\", \"limits\"]\n\
         [principals.bob]\ntoken-sha256 = [\"{}\"]\ntools = [\"say\", \"files.read\"]\n\
         [principals.bob.narrow.files]\nread-file = [\"data/a\"]\n\
         [oauth]\nissuer = \"{ISSUER}\"\naudience = \"{RESOURCE}\"\nresource = \"{RESOURCE}\"\njwks-file = \"keys.json\"\nscopes = [\"call\"]\n",
        hash(alice),
        hash(bob)
    )
}

fn own_token(number: u8) -> String {
    format!("bwk_{}", URL_SAFE_NO_PAD.encode([number; 32]))
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

fn signed(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", encode(header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).to_bytes());
    format!("{text}.{signature}")
}

/// RFC 9728: the document is where the resource's identifier says, and that is what a refusal points to.
#[test]
fn the_document_of_the_resource_is_where_its_identifier_says() {
    runtime().block_on(async {
        let guarded = Guarded::new();
        let with_path = guarded.site.read("access.toml").replace(
            &format!("resource = \"{RESOURCE}\""),
            "resource = \"https://tools.example/team/mcp\"",
        );
        guarded.site.write("access.toml", &with_path);
        guarded.served.signal(rustix::process::Signal::HUP);
        let well_known = "/.well-known/oauth-protected-resource";
        let status = async |path: &str| {
            let mut connection = Connection::open(guarded.served.address()).await.unwrap();
            let path = format!("{well_known}{path}");
            connection.bare("GET", &path, &[]).await.unwrap().status
        };
        let begin = std::time::Instant::now();
        while status("/team/mcp").await != 200 {
            let log = guarded.served.log();
            assert!(begin.elapsed().as_secs() < 30, "{log}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        for (path, expected) in [
            ("", 200),
            ("/mcp", 200),
            ("/team", 404),
            ("/team/mcp/more", 404),
            ("/other", 404),
        ] {
            assert_eq!(status(path).await, expected, "{path}");
        }
        guarded.stop();
    });
}

#[test]
fn a_token_that_is_wrong_lets_nobody_in() {
    runtime().block_on(async {
        let guarded = Guarded::new();
        let bearer = |token: &str| format!("Bearer {token}");
        let right = bearer(&guarded.alice);
        assert_eq!(
            guarded
                .status(&[("authorization", &right)])
                .await
                .unwrap()
                .0,
            200
        );
        let mut almost = guarded.alice.clone();
        almost.pop();
        let wrong = [
            String::new(),
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            bearer(&own_token(3)),
            bearer(&almost),
            bearer(&format!("{}A", guarded.alice)),
            bearer(&guarded.alice.to_uppercase()),
            bearer(&"x".repeat(20_000)),
            format!("Basic {}", guarded.alice),
            format!("Bearer {},{}", guarded.alice, guarded.bob),
        ];
        for value in &wrong {
            let (status, body) = guarded.status(&[("authorization", value)]).await.unwrap();
            assert!(matches!(status, 400 | 401), "{value}: {status} {body}");
        }
        let other_ways: [&[(&str, &str)]; 4] = [
            &[],
            &[("authorization", &right), ("authorization", &right)],
            &[("proxy-authorization", &right)],
            &[("cookie", &right)],
        ];
        for headers in other_ways {
            let (status, body) = guarded.status(headers).await.unwrap();
            assert!(matches!(status, 400 | 401), "{headers:?}: {status} {body}");
        }
        guarded.still_serves().await;
        guarded.stop();
    });
}

#[test]
fn a_token_of_an_issuer_counts_only_as_it_was_meant() {
    runtime().block_on(async {
        let guarded = Guarded::new();
        let header = json!({ "alg": "EdDSA", "kid": "one", "typ": "at+jwt" });
        let now = now();
        let issued = |changed: Value| guarded.issued(&header, &changed);
        let right = format!("Bearer {}", issued(json!({})));
        let (status, body) = guarded.status(&[("authorization", &right)]).await.unwrap();
        assert_eq!(status, 200, "{body}");
        let stranger = SigningKey::from_bytes(&[8; 32]);
        let claims = json!({ "iss": ISSUER, "aud": RESOURCE, "sub": "alice@example", "scope": "call", "exp": now + 600 });
        let none = json!({ "alg": "none" });
        let hmac = json!({ "alg": "HS256", "kid": "one" });
        let with_key = json!({ "alg": "EdDSA", "jwk": { "kty": "OKP", "crv": "Ed25519",
            "x": URL_SAFE_NO_PAD.encode(stranger.verifying_key().as_bytes()) } });
        let mut unsigned = signed(&stranger, &none, &claims);
        unsigned.truncate(unsigned.rfind('.').unwrap() + 1);
        let wrong = [
            ("expired", issued(json!({ "iat": now - 7200, "exp": now - 3600 }))),
            ("not valid yet", issued(json!({ "nbf": now + 3600 }))),
            ("without an end", issued(json!({ "exp": null }))),
            ("another's issuer", issued(json!({ "iss": "https://evil.example" }))),
            ("meant for another", issued(json!({ "aud": "https://other.example/mcp" }))),
            ("without scopes", issued(json!({ "scope": "" }))),
            ("nobody's", issued(json!({ "sub": "mallory@example" }))),
            ("without a signature", unsigned),
            ("another kind of signature", guarded.issued(&hmac, &json!({}))),
            ("signed by another", signed(&stranger, &header, &claims)),
            ("with its own key", signed(&stranger, &with_key, &claims)),
            ("cut off", issued(json!({}))[..60].to_owned()),
        ];
        for (what, token) in &wrong {
            let value = format!("Bearer {token}");
            let (status, body) = guarded.status(&[("authorization", &value)]).await.unwrap();
            assert!(matches!(status, 400 | 401 | 403), "{what}: {status} {body}");
        }
        guarded.still_serves().await;
        guarded.stop();
    });
}

#[test]
fn a_session_is_nobody_elses() {
    runtime().block_on(async {
        let guarded = Guarded::new();
        let address = guarded.served.address();
        let mut alice = Session::with_token(address, Era::Legacy, &guarded.alice)
            .await
            .unwrap();
        let id = alice.id().unwrap().to_owned();
        let bob = format!("Bearer {}", guarded.bob);
        let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
        let version = ("mcp-protocol-version", Era::Legacy.version());
        let headers = [("authorization", &*bob), ("mcp-session-id", &*id), version];
        let mut connection = Connection::open(address).await.unwrap();
        assert_eq!(
            connection
                .post(&headers, list.as_bytes())
                .await
                .unwrap()
                .status,
            404
        );
        for method in ["GET", "DELETE"] {
            let mut connection = Connection::open(address).await.unwrap();
            let reply = connection.bare(method, "/mcp", &headers).await.unwrap();
            assert_eq!(reply.status, 404, "{method}");
        }
        // Without a token the session does not help, and with one it has to be one that there is.
        let mut connection = Connection::open(address).await.unwrap();
        let reply = connection
            .post(&[("mcp-session-id", &*id), version], list.as_bytes())
            .await;
        assert_eq!(reply.unwrap().status, 401);
        for number in 0..200 {
            let guess = guess(&id, number);
            let headers = [
                ("authorization", &*bob),
                ("mcp-session-id", &*guess),
                version,
            ];
            let mut connection = Connection::open(address).await.unwrap();
            let reply = connection.post(&headers, list.as_bytes()).await.unwrap();
            assert_eq!(reply.status, 404, "{guess}");
        }
        // Whoever began it still has it.
        let answer = alice.call("say", json!({})).await.unwrap();
        assert!(text(&answer).contains("simple text"), "{answer}");
        guarded.still_serves().await;
        guarded.stop();
    });
}

/// Ids like the real one, and some that are like none.
fn guess(id: &str, number: usize) -> String {
    match number {
        0 => String::new(),
        1 => "x".repeat(10_000),
        2 => "../../etc/passwd".to_owned(),
        _ => {
            let at = number % id.len();
            let old = id.as_bytes()[at];
            let new = if old == b'0' { '1' } else { '0' };
            format!("{}{new}{}", &id[..at], &id[at + 1..])
        }
    }
}

#[test]
fn a_principal_sees_and_calls_only_its_own_tools() {
    runtime().block_on(async {
        let guarded = Guarded::new();
        let address = guarded.served.address();
        for era in Era::BOTH {
            let mut bob = Session::with_token(address, era, &guarded.bob)
                .await
                .unwrap();
            let listed = bob.ask("tools/list", json!({})).await.unwrap();
            let names: Vec<&str> = listed["result"]["tools"]
                .as_array()
                .unwrap()
                .iter()
                .map(|tool| tool["name"].as_str().unwrap())
                .collect();
            assert_eq!(names, ["files.read", "say"]);
            let answer = bob
                .call("files.read", json!({ "path": "data/a" }))
                .await
                .unwrap();
            assert_ne!(answer["result"]["isError"], true, "{answer}");
            let answer = bob
                .call("files.read", json!({ "path": "data/b" }))
                .await
                .unwrap();
            assert_eq!(answer["result"]["isError"], true, "{answer}");
            // What it may not call is to it as if it were not there.
            let unknown = bob.call("no-such-tool", json!({})).await.unwrap();
            for name in ["files.write", "limits.spin"] {
                let answer = bob.call(name, json!({})).await.unwrap();
                assert_eq!(
                    answer["error"]["code"], unknown["error"]["code"],
                    "{answer}"
                );
                assert_eq!(code(&answer), "");
            }
            let mut alice = Session::with_token(address, era, &guarded.alice)
                .await
                .unwrap();
            let answer = alice
                .call("files.read", json!({ "path": "data/b" }))
                .await
                .unwrap();
            assert_ne!(answer["result"]["isError"], true, "{answer}");
        }
        guarded.still_serves().await;
        guarded.stop();
    });
}
