//! What an operator reads in the log of what an agent was refused: each thing with its reason, a great many counted, and no request
//! that left no trace.

use std::time::{Duration, Instant};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::http::Connection;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::Session;
use bailiwick_tests::mcp::site::Site;
use serde_json::{Value, json};

use crate::runtime;

/// Lines for what one call was refused.
const DENIED_LINES: usize = 16;

/// The events whose message begins like this, when there are so many.
fn events(served: &Served, message: &str, count: usize) -> Vec<Value> {
    let begun = |event: &Value| {
        let text = event["message"].as_str();
        text.is_some_and(|text| text.starts_with(message))
    };
    let begin = Instant::now();
    loop {
        let log = served.log();
        let lines = log
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let events: Vec<Value> = lines.filter(begun).collect();
        if events.len() >= count {
            return events;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "{log}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

#[test]
fn whatever_is_refused_is_in_the_log_with_its_reason() {
    runtime().block_on(async {
        let site = Site::new(&[
            (
                "files",
                "probe-files",
                "read-file = []\nwrite-file = []\nlist-files = []",
            ),
            ("asks", "mcp-text", "ask = true"),
        ]);
        let served = Served::with(&site, &["--log", "json"]);
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        let paths: Vec<String> = (0..DENIED_LINES + 4)
            .map(|at| format!("secret-{at}"))
            .collect();
        session
            .call("files.read-each", json!({ "paths": paths }))
            .await
            .unwrap();
        session.call("asks", json!({})).await.unwrap();
        session.call("made-up\"{}", json!({})).await.unwrap();
        // A header of the newer protocol cannot have that name.
        let older = Session::open(served.address(), Era::Legacy).await;
        let turned = "\u{202e}pu-edam";
        older.unwrap().call(turned, json!({})).await.unwrap();
        session.call("made-up", json!({})).await.unwrap();

        let denied = events(&served, "denied", DENIED_LINES + 1);
        let (each, rest) = denied.split_at(DENIED_LINES);
        for (event, path) in each.iter().zip(&paths) {
            assert_eq!(event["reason"], "no-rule", "{event}");
            let arguments = event["arguments"].as_str().unwrap();
            assert!(arguments.contains(&**path), "{event}");
            assert!(
                event["remedy"].as_str().unwrap().contains(&**path),
                "{event}"
            );
        }
        assert_eq!(rest.len(), 1, "{rest:?}");
        assert_eq!(rest[0]["more"], 4, "{rest:?}");
        assert_eq!(rest[0]["call"], each[0]["call"]);

        let calls = events(&served, "call", 5);
        assert!(!served.log().contains('\u{202e}'), "{}", served.log());
        let of = |tool: &str| calls.iter().find(|event| event["tool"] == tool);
        let asks = of("asks").unwrap();
        assert_eq!(asks["outcome"], "not-approved", "{asks}");
        assert_eq!(asks["reason"], "the client cannot ask a person", "{asks}");
        let unknown = of("made-up").unwrap();
        assert_eq!(unknown["outcome"], "unknown-tool", "{unknown}");
        assert!(calls.iter().all(|event| event["ms"].is_u64()), "{calls:?}");
        served.stop();
    });
}

/// What a called tool was refused is found in the trail under its own call.
#[test]
fn what_a_called_tool_was_refused_has_its_name_and_call() {
    runtime().block_on(async {
        let nothing = "read-file = []\nwrite-file = []\nlist-files = []";
        let site = Site::new(&[
            ("files", "probe-files", nothing),
            (
                "outer",
                "probe-tools",
                "call-tool = [\"files\"]\nkey-value = true\nread-file = []",
            ),
        ]);
        let served = Served::with(&site, &["--log", "json"]);
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        let arguments = json!({ "tool": "files.read", "arguments": "{\"path\":\"a\"}" });
        session.call("outer.call", arguments).await.unwrap();
        let denied = events(&served, "denied", 1);
        let [event] = &*denied else {
            panic!("{denied:?}");
        };
        assert_eq!(event["tool"], "outer.call", "{event}");
        assert_eq!(event["callee"], "files", "{event}");
        let calls = events(&served, "call", 1);
        assert_ne!(event["call"], calls[0]["call"], "{event}");
        let trail = site.read("trail.jsonl");
        let refused = trail.lines().find(|line| line.contains("no-rule")).unwrap();
        let refused: Value = serde_json::from_str(refused).unwrap();
        assert_eq!(event["call"], refused["call"], "{event} {refused}");
        served.stop();
    });
}

#[test]
fn what_a_tool_could_not_reach_is_in_the_log_with_why() {
    runtime().block_on(async {
        // A port that was free a moment ago.
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = nobody.local_addr().unwrap().port();
        drop(nobody);
        let url = format!("http://127.0.0.1:{port}/rates");
        let grant =
            format!("http-get = [{{ url = \"{url}\", allow-private = true }}]\nhttp-request = []");
        let site = Site::new(&[("web", "probe-web", &grant)]);
        let served = Served::with(&site, &["--log", "json"]);
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        let answer = session.call("web.get", json!({ "url": url })).await;
        // The agent learns no more than the kind.
        let answer = answer.unwrap().to_string();
        assert!(answer.contains("unavailable"), "{answer}");
        assert!(!answer.contains("refused"), "{answer}");
        let failed = events(&served, "unavailable", 1);
        let [event] = &*failed else {
            panic!("{failed:?}");
        };
        assert_eq!(event["capability"], "http-get", "{event}");
        assert!(event["arguments"].as_str().unwrap().contains(&url));
        let why = event["why"].as_str().unwrap();
        assert!(why.contains("refused"), "{event}");
        let calls = events(&served, "call", 1);
        assert_eq!(event["call"], calls[0]["call"], "{event}");
        served.stop();
    });
}

#[test]
fn a_request_that_is_turned_away_is_in_the_log_with_where_it_came_from() {
    runtime().block_on(async {
        let site = Site::new(&[("say", "mcp-text", "")]);
        let served = Served::with(&site, &["--log", "json"]);
        let mut connection = Connection::open(served.address()).await.unwrap();
        let foreign = [("host", "evil.example")];
        let reply = connection.post(&foreign, b"{}").await.unwrap();
        assert_eq!(reply.status, 403);
        let refused = events(&served, "a request was refused", 1);
        let [event] = &*refused else {
            panic!("{refused:?}");
        };
        let message = event["message"].as_str().unwrap();
        assert!(message.contains("`evil.example`"), "{event}");
        assert!(message.contains("`--access FILE`"), "{event}");
        let peer = event["peer"].as_str().unwrap();
        assert!(peer.starts_with("127.0.0.1:"), "{event}");
        served.stop();
    });
}
