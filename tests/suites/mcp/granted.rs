//! No more than the files say: what a reload took away is gone for requests that had begun, for the client that started the server, and for
//! tools that call others; and what nobody approved runs for nobody.

use std::process::Command;
use std::time::{Duration, Instant};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::http::Connection;
use bailiwick_tests::mcp::piped::Piped;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::{Session, code, text, with_meta};
use bailiwick_tests::mcp::site::{Site, bailiwick, policy};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::runtime;

const FILES: &str = "read-file = [\"data/**\"]\nwrite-file = []\nlist-files = []";
const CALLS: &str = "call-tool = [\"files\"]\nread-file = [\"data/**\"]\nkey-value = true";

const TOOLS: [(&str, &str, &str); 3] = [
    ("files", "probe-files", FILES),
    ("limits", "probe-limits", ""),
    ("outer", "probe-tools", CALLS),
];

const TOKEN: &str = "bwk_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

/// What one principal may.
fn access(tools: &str, more: &str) -> String {
    let digest = Sha256::digest(TOKEN.as_bytes());
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("[principals.alice]\ntoken-sha256 = [\"{hash}\"]\ntools = [{tools}]\n{more}")
}

fn site() -> Site {
    let site = Site::new(&TOOLS);
    site.write("data/a", "one");
    site.write("data/b", "another");
    site
}

fn until(log: &dyn Fn() -> String, words: &str) {
    let begin = Instant::now();
    while !log().contains(words) {
        assert!(begin.elapsed() < Duration::from_secs(60), "{}", log());
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn is_unknown(answer: &Value) -> bool {
    answer["error"]["code"] == -32602
}

/// A request whose body comes when the reload is over came in under the old file. It leaves nothing behind for those that come later.
#[test]
fn a_request_that_waited_over_a_reload_keeps_no_rights_for_later_ones() {
    runtime().block_on(async {
        let site = site();
        let all = "\"files\", \"limits\"";
        site.write("access.toml", &access(all, ""));
        let path = site.path("access.toml").display().to_string();
        let served = Served::with(&site, &["--access", &path]);
        let address = served.address();
        let mut session = Session::with_token(address, Era::Modern, TOKEN)
            .await
            .unwrap();
        let before = session.call("limits.count", json!({})).await.unwrap();
        assert!(before["result"].is_object(), "{before}");

        let params = json!({ "name": "limits.count", "arguments": {} });
        let body = json!({
            "jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": with_meta(params),
        });
        let body = body.to_string();
        let mut waiting = Connection::open(address).await.unwrap();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             accept: application/json, text/event-stream\r\nauthorization: Bearer {TOKEN}\r\n\
             mcp-protocol-version: {}\r\nmcp-method: tools/call\r\nmcp-name: limits.count\r\n\
             content-length: {}\r\n\r\n{}",
            Era::Modern.version(),
            body.len(),
            &body[..10]
        );
        waiting.send(head.as_bytes()).await.unwrap();
        // An answer on another connection says that the first one's head was taken.
        session.call("limits.count", json!({})).await.unwrap();

        let narrow = "[principals.alice.narrow.files]\nread-file = [\"data/a\"]\n";
        site.write("access.toml", &access("\"files\"", narrow));
        until(&|| served.log(), "loaded again");
        waiting.send(&body.as_bytes()[10..]).await.unwrap();
        let late = waiting.reply().await.unwrap().answer();
        assert!(is_unknown(&late), "{late}");

        let mut later = Session::with_token(address, Era::Modern, TOKEN)
            .await
            .unwrap();
        let answer = later.call("limits.count", json!({})).await.unwrap();
        assert!(is_unknown(&answer), "{answer}");
        let read = |path: &str| json!({ "path": path });
        let answer = later.call("files.read", read("data/a")).await.unwrap();
        assert_eq!(answer["result"]["isError"], false, "{answer}");
        let answer = later.call("files.read", read("data/b")).await.unwrap();
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        served.stop();
    });
}

/// The principal that the operator named at the start is the one of that name in the file of now.
#[test]
fn the_client_on_standard_input_follows_the_access_file() {
    for era in Era::BOTH {
        let site = site();
        site.write("access.toml", &access("\"files\", \"limits\"", ""));
        let path = site.path("access.toml").display().to_string();
        let mut piped = Piped::starting(&site, era, &["--access", &path, "--as", "alice"]);
        let answer = piped.call("limits.count", json!({}));
        assert!(answer["result"].is_object(), "{answer}");

        let narrow = "[principals.alice.narrow.files]\nread-file = [\"data/a\"]\n";
        site.write("access.toml", &access("\"files\"", narrow));
        until(&|| piped.log(), "generation=2");
        let answer = piped.call("limits.count", json!({}));
        assert!(is_unknown(&answer), "{answer}");
        let answer = piped.call("files.read", json!({ "path": "data/b" }));
        assert_eq!(answer["result"]["isError"], true, "{answer}");

        site.write(
            "access.toml",
            &access("\"files\"", "").replace("alice", "bob"),
        );
        until(&|| piped.log(), "generation=3");
        let answer = piped.call("files.read", json!({ "path": "data/a" }));
        assert!(answer["error"].is_object(), "{answer}");
        assert!(piped.close(Duration::from_secs(10)).success());
    }
}

/// What a principal is held to in a tool holds for the calls that another tool makes of it on the principal's behalf.
#[test]
fn a_tool_that_calls_another_is_held_to_what_its_principal_is() {
    runtime().block_on(async {
        let site = site();
        let narrow = "[principals.alice.narrow.files]\nread-file = [\"data/a\"]\n";
        site.write("access.toml", &access("\"files\", \"outer\"", narrow));
        let path = site.path("access.toml").display().to_string();
        let served = Served::with(&site, &["--access", &path]);
        let mut session = Session::with_token(served.address(), Era::Modern, TOKEN)
            .await
            .unwrap();
        for (path, is_error) in [("data/a", false), ("data/b", true)] {
            let arguments = json!({ "path": path });
            let direct = session.call("files.read", arguments.clone()).await.unwrap();
            assert_eq!(direct["result"]["isError"], is_error, "{direct}");
            let arguments = json!({ "tool": "files.read", "arguments": arguments.to_string() });
            let through = session.call("outer.call", arguments).await.unwrap();
            assert_eq!(through["result"]["isError"], is_error, "{path}: {through}");
        }
        served.stop();
    });
}

/// What is held back since it is not what was approved is not there for other tools either.
#[test]
fn what_is_not_approved_is_not_there_for_other_tools() {
    runtime().block_on(async {
        let site = site();
        let approve = Command::new(bailiwick())
            .args(["approve", "--yes", "--policy"])
            .arg(site.path("bailiwick.toml"))
            .env("BAILIWICK_CACHE_DIR", site.path("compiled"))
            .output()
            .unwrap();
        assert!(approve.status.success(), "{approve:?}");
        let arguments = json!({ "tool": "files.read", "arguments": "{\"path\":\"data/b\"}" });
        let served = Served::with(&site, &["--locked"]);
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        let answer = session.call("outer.call", arguments.clone()).await.unwrap();
        assert_eq!(answer["result"]["isError"], false, "{answer}");

        let wider = FILES.replace("\"data/**\"", "\"data/**\", \"more/**\"");
        let mut tools = TOOLS;
        tools[0].2 = &wider;
        site.write("bailiwick.toml", &policy(&tools));
        until(&|| served.log(), "loaded again");
        assert!(served.log().contains("not served"), "{}", served.log());
        let answer = session.call("outer.call", arguments).await.unwrap();
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        assert_eq!(code(&answer), "tool-error", "{answer}");
        assert!(!text(&answer).contains("another"), "{answer}");
        served.stop();
    });
}

/// Bodies that never end, of a principal that may call nothing: they fill its share, and nobody else's.
#[test]
fn bodies_take_no_more_room_than_their_principals_share() {
    const BODY: usize = 4 << 20;
    const SHARE: usize = 32 << 20;
    runtime().block_on(async {
        let site = site();
        site.write("access.toml", &access("", ""));
        let path = site.path("access.toml").display().to_string();
        let served = Served::with(&site, &["--access", &path]);
        let address = served.address();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             authorization: Bearer {TOKEN}\r\ncontent-length: {BODY}\r\n\r\n"
        );
        let most = vec![b' '; BODY - 1];
        let mut open = Vec::new();
        let mut refused = 0;
        for _ in 0..SHARE / BODY + 4 {
            let mut connection = Connection::open(address).await.unwrap();
            connection.send(head.as_bytes()).await.unwrap();
            // One that is refused is closed while it sends.
            let sent = connection.send(&most).await;
            let answer = tokio::time::timeout(Duration::from_millis(500), connection.reply());
            match (sent, answer.await) {
                (_, Ok(Ok(reply))) => {
                    assert_eq!(reply.status, 503, "{reply:?}");
                    refused += 1;
                }
                (Err(_), _) | (_, Ok(Err(_))) => refused += 1,
                (Ok(()), Err(_)) => open.push(connection),
            }
        }
        assert_eq!((open.len(), refused), (SHARE / BODY, 4), "{}", served.log());
        assert!(
            served.log().contains("hold as many bytes"),
            "{}",
            served.log()
        );
        drop(open);
        // As soon as the server has seen that they are gone.
        let begin = Instant::now();
        let list = loop {
            let session = Session::with_token(address, Era::Modern, TOKEN).await;
            let reply = session.unwrap().request("tools/list", json!({})).await;
            let reply = reply.unwrap();
            if reply.status == 200 {
                break reply.answer();
            }
            assert!(begin.elapsed() < Duration::from_secs(10), "{reply:?}");
        };
        assert_eq!(list["result"]["tools"], json!([]), "{list}");
        served.stop();
    });
}
