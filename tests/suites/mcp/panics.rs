//! A fault of the host's own: a native function that panics, or never answers, in a server that is embedded here.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use bailiwick::audit::{Trail, TrailOptions};
use bailiwick_mcp::set::Setup;
use bailiwick_mcp::{Bound, HttpOptions, NativeAnswer, NativeFunction, Server};
use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::session::{Session, code, text};
use bailiwick_tests::mcp::site::Site;
use serde_json::{Map, Value, json};

/// How long a server may take that is told to end while a function does not answer.
const ENDING: Duration = Duration::from_secs(10);

/// What a fault is answered within, once in a few times on a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(1);

#[test]
fn a_panic_of_the_host_is_answered_and_disturbs_nobody() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let site = Site::new(&[("say", "mcp-text", "")]);
        let (server, address) = embed(&site).await;
        for era in Era::BOTH {
            let mut session = Session::open(address, era).await.unwrap();
            let mut soonest = Duration::MAX;
            for _ in 0..3 {
                let begin = Instant::now();
                let answer = session.call("panics", json!({})).await.unwrap();
                soonest = soonest.min(begin.elapsed());
                assert_eq!(answer["result"]["isError"], true, "{answer}");
                assert_eq!(code(&answer), "host-fault", "{answer}");
                // What broke in the host is for the operator, not for an agent.
                assert!(!answer.to_string().contains("the reason"), "{answer}");
                let answer = session.call("say", json!({})).await.unwrap();
                assert!(text(&answer).contains("simple text"), "{answer}");
            }
            assert!(soonest < SOON, "{soonest:?}");
        }
        server.end().await;
    });
}

#[test]
fn a_function_of_the_host_that_never_answers_does_not_hold_the_end() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let site = Site::new(&[("say", "mcp-text", "")]);
        let (server, address) = embed(&site).await;
        let mut session = Session::open(address, Era::Modern).await.unwrap();
        let params = json!({ "name": "waits", "arguments": {} });
        session.begin_request("tools/call", params).await.unwrap();
        let mut other = Session::open(address, Era::Modern).await.unwrap();
        let answer = other.call("say", json!({})).await.unwrap();
        assert!(text(&answer).contains("simple text"), "{answer}");
        let begin = Instant::now();
        server.end().await;
        let left = ENDING.saturating_sub(begin.elapsed());
        // An answer that says so, or a connection that is closed.
        let ended = tokio::time::timeout(left, session.reply()).await;
        if let Ok(reply) = ended.expect("neither an answer nor an end") {
            assert_eq!(reply.answer()["result"]["isError"], true, "{reply:?}");
        }
    });
}

async fn embed(site: &Site) -> (Server, SocketAddr) {
    let setup = Setup {
        policy: site.path("bailiwick.toml"),
        root: None,
        cache: Some(bailiwick_tests::hold::compiled()),
        trail: Trail::open(&site.path("trail.jsonl"), TrailOptions::default()).unwrap(),
        secrets: None,
        store: None,
        access: None,
        lock: None,
        protect: Vec::new(),
        slots: 8,
        natives: vec![panics(), waits()],
        isolation: None,
        confined: None,
    };
    let server = Server::new(setup, Duration::from_secs(1)).unwrap();
    server.load().await.unwrap();
    let options = HttpOptions {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        authenticated: false,
        allow_unauthenticated: false,
        connections: 64,
    };
    let bound = Bound::new(&options).await.unwrap();
    let address = bound.address();
    let serving = server.clone();
    tokio::spawn(async move { serving.serve_http(bound).await });
    (server, address)
}

fn panics() -> NativeFunction {
    NativeFunction::new("panics", "Panics", Map::new(), break_down)
}

async fn break_down(_arguments: Map<String, Value>) -> NativeAnswer {
    panic!("the reason of the panic")
}

fn waits() -> NativeFunction {
    NativeFunction::new("waits", "Never answers", Map::new(), |_| {
        std::future::pending()
    })
}
