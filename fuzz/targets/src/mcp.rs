//! What a client sends over standard input: every line of what the server answers is a message, no request is answered twice or
//! for nothing, and it ends when the client has gone.
//!
//! An input whose first byte is even begins with the handshake of the version with sessions.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use bailiwick::audit::{Trail, TrailOptions};
use bailiwick_mcp::access::Access;
use bailiwick_mcp::set::Setup;
use bailiwick_mcp::{NativeFunction, Server};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::runtime::Runtime;

const HANDSHAKE: &str = concat!(
    r#"{"jsonrpc":"2.0","id":"begin","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"fuzz","version":"1"}}}"#,
    "\n",
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
    "\n",
);

/// How long a client's going may take: calls get a second, and then one to be cancelled in.
const GOING: Duration = Duration::from_secs(10);

struct Stage {
    runtime: Runtime,
    folder: TempDir,
    trail: Trail,
}

fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("bailiwick.toml"), "").expect("a policy");
        Stage {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
            folder,
            trail: Trail::memory(TrailOptions::default()).expect("a trail"),
        }
    })
}

pub(crate) fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let mut sent = Vec::new();
    if first % 2 == 0 {
        sent.extend_from_slice(HANDSHAKE.as_bytes());
    }
    sent.extend_from_slice(rest);
    let stage = stage();
    let answers = stage.runtime.block_on(exchange(stage, &sent));
    are_answers(&sent, &answers);
}

async fn exchange(stage: &Stage, sent: &[u8]) -> String {
    let echo = NativeFunction::new(
        "echo",
        "Gives back.",
        serde_json::Map::new(),
        |arguments| async { Ok(Value::Object(arguments)) },
    );
    let server = Server::new(
        Setup {
            policy: stage.folder.path().join("bailiwick.toml"),
            root: None,
            cache: None,
            trail: stage.trail.clone(),
            secrets: None,
            store: None,
            access: None,
            lock: None,
            protect: Vec::new(),
            slots: 2,
            natives: vec![echo],
            isolation: None,
            confined: None,
        },
        Duration::from_secs(1),
    );
    let server = server.expect("a server");
    server.load().await.expect("a set");
    let access = Access::local();
    let principal = access.principals().next().expect("one").clone();
    let (client, served) = tokio::io::duplex(1 << 20);
    let (input, output) = tokio::io::split(served);
    let serving = tokio::spawn(async move { server.serve_pipes(principal, input, output).await });
    let (mut from_server, mut to_server) = tokio::io::split(client);
    // A server that has gone takes nothing more: that is one of its ways to answer.
    let _ = to_server.write_all(sent).await;
    let _ = to_server.shutdown().await;
    let mut answers = Vec::new();
    let ended = tokio::time::timeout(GOING, async {
        let _ = from_server.read_to_end(&mut answers).await;
        serving.await
    });
    let ended = ended.await.expect("the server goes on without a client");
    let _ = ended.expect("the server panicked");
    String::from_utf8(answers).expect("the server answered in UTF-8")
}

fn are_answers(sent: &[u8], answers: &str) {
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for line in sent.split(|byte| *byte == b'\n') {
        // RFC 8259, 8.1: a parser may ignore a byte order mark.
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let message: Value = serde_json::from_slice(line).unwrap_or_default();
        if let Some(id) = message.get("id") {
            *asked.entry(id.to_string()).or_default() += 1;
        }
    }
    for line in answers.lines() {
        let message: Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("{line:?} is no message: {error}"));
        assert_eq!(message["jsonrpc"], json!("2.0"), "{line}");
        let is_answer = message.get("result").is_some() || message.get("error").is_some();
        let id = message.get("id").filter(|id| !id.is_null());
        if let (true, Some(id)) = (is_answer, id) {
            let left = asked.get_mut(&id.to_string());
            let left = left.unwrap_or_else(|| panic!("nobody asked: {line}"));
            assert_ne!(*left, 0, "answered twice: {line}");
            *left -= 1;
        }
    }
}
