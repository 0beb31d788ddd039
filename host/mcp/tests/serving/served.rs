//! A server in a folder of its own, and a client that speaks either era of the protocol.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bailiwick::audit::{Trail, TrailOptions};
use bailiwick_mcp::lock::{Current, Lock};
use bailiwick_mcp::set::{Setup, definitions};
use bailiwick_mcp::{Bound, HttpOptions, NativeFunction, Server};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A tool with one function that doubles a number, and the same with two functions more: one that traps, one without end.
pub(crate) const DOUBLE: &str = r#"
(component
  (core module $m
    (func (export "double") (param i32) (result i32) local.get 0 i32.const 2 i32.mul))
  (core instance $i (instantiate $m))
  (func (export "double") (param "n" u32) (result u32)
    (canon lift (core func $i "double"))))
"#;

pub(crate) const SEVERAL: &str = r#"
(component
  (core module $m
    (func (export "triple") (param i32) (result i32) local.get 0 i32.const 3 i32.mul)
    (func (export "trap") unreachable)
    (func (export "spin") (loop br 0)))
  (core instance $i (instantiate $m))
  (func (export "triple") (param "n" u32) (result u32) (canon lift (core func $i "triple")))
  (func (export "break") (canon lift (core func $i "trap")))
  (func (export "spin") (canon lift (core func $i "spin"))))
"#;

pub(crate) const MODERN: &str = "2026-07-28";

pub(crate) struct Served {
    pub(crate) folder: TempDir,
    pub(crate) server: Server,
    url: String,
    trail: Trail,
    runtime: Option<tokio::runtime::Runtime>,
    serving: Option<tokio::task::JoinHandle<()>>,
}

/// What a server is made from, where a test says otherwise than nothing.
#[derive(Default)]
pub(crate) struct Options<'a> {
    pub(crate) access: Option<&'a str>,
    /// The tools that an operator approved, where only those are served.
    pub(crate) approved: Option<&'a [&'a str]>,
    pub(crate) natives: Vec<NativeFunction>,
    pub(crate) drain: Duration,
}

impl Served {
    pub(crate) fn new(policy: &str) -> Self {
        Self::with(policy, Options::default())
    }

    pub(crate) fn with(policy: &str, options: Options<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::write(path.join("double.wasm"), wat::parse_str(DOUBLE).unwrap()).unwrap();
        fs::write(path.join("several.wasm"), wat::parse_str(SEVERAL).unwrap()).unwrap();
        fs::write(path.join("bailiwick.toml"), policy).unwrap();
        let access = options.access.map(|text| {
            let file = path.join("access.toml");
            fs::write(&file, text).unwrap();
            private(&file);
            file
        });
        let authenticated = access.is_some();
        let trail = Trail::memory(TrailOptions::default()).unwrap();
        let mut setup = Setup {
            root: None,
            cache: Some(path.join("cache")),
            trail: trail.clone(),
            secrets: None,
            store: None,
            access,
            lock: None,
            protect: Vec::new(),
            slots: 8,
            natives: options.natives,
            isolation: None,
            confined: None,
            policy: path.join("bailiwick.toml"),
        };
        setup.lock = options.approved.map(|names| approve(&setup, names));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let server = Server::new(setup, options.drain).unwrap();
        let bound = runtime
            .block_on(Bound::new(&HttpOptions {
                address: "127.0.0.1:0".parse().unwrap(),
                authenticated,
                allow_unauthenticated: false,
                connections: 64,
            }))
            .unwrap();
        let url = format!("http://{}", bound.address());
        runtime.block_on(server.load()).unwrap();
        let serving = server.clone();
        let serving = runtime.spawn(async move { serving.serve_http(bound).await.unwrap() });
        Self {
            folder,
            server,
            url,
            trail,
            runtime: Some(runtime),
            serving: Some(serving),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.as_ref().unwrap().block_on(future)
    }

    pub(crate) fn begin(
        &self,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> tokio::task::JoinHandle<()> {
        self.runtime.as_ref().unwrap().spawn(future)
    }

    /// The lines of the audit trail.
    pub(crate) fn trail(&self) -> String {
        self.trail.lines().join("\n")
    }

    /// One GET.
    pub(crate) fn get(&self, path: &str, token: Option<&str>) -> (u16, String) {
        let agent = agent();
        let mut request = agent.get(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.call().unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), text)
    }

    /// Waits until a call is under way.
    pub(crate) fn until_one_is_under_way(&self) {
        until(|| {
            self.get("/metrics", None)
                .1
                .contains("bailiwick_calls_running 1\n")
        });
    }

    /// A client of today's protocol.
    pub(crate) fn modern(&self) -> Client {
        Client::new(self, None)
    }

    pub(crate) fn modern_as(&self, token: &str) -> Client {
        Client::new(self, Some(token))
    }

    /// Ends the server, and waits until it has.
    pub(crate) fn end(mut self) {
        self.finish();
    }

    fn finish(&mut self) {
        if let (Some(runtime), Some(serving)) = (self.runtime.take(), self.serving.take()) {
            runtime.block_on(self.server.end());
            let ended = runtime
                .block_on(async { tokio::time::timeout(Duration::from_secs(10), serving).await });
            runtime.shutdown_background();
            ended.expect("the server ends").unwrap();
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.finish();
        }
    }
}

/// Waits until something holds that another thread or the server brings about.
pub(crate) fn until(holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "it did not come about"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Writes the lock file with these tools approved as they are.
fn approve(setup: &Setup, names: &[&str]) -> PathBuf {
    let (policy, tools) = bailiwick_mcp::set::load(setup).unwrap();
    let mut lock = Lock::default();
    for tool in tools.iter().filter(|tool| names.contains(&tool.name())) {
        let definitions = definitions(tool, tool.grant());
        let rules = policy.tool(tool.name()).unwrap();
        lock.approve(Current::of(&policy, rules, tool, &definitions).unwrap());
    }
    let file = Lock::beside(&setup.policy);
    lock.write(&file).unwrap();
    file
}

#[cfg(unix)]
fn private(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn private(_file: &Path) {}

fn agent() -> ureq::Agent {
    agent_for(Duration::from_secs(60))
}

fn agent_for(patience: Duration) -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(patience))
        .build()
        .new_agent()
}

/// A client of today's protocol, or of yesterday's once it has a session.
pub(crate) struct Client {
    agent: ureq::Agent,
    url: String,
    token: Option<String>,
    pub(crate) capabilities: Value,
    pub(crate) session: Option<String>,
}

/// What came back: the status, every message of the stream, and the session if one began.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) messages: Vec<Value>,
    session: Option<String>,
}

impl Reply {
    /// The last message, which is the response.
    pub(crate) fn last(&self) -> &Value {
        self.messages.last().unwrap_or(&Value::Null)
    }

    pub(crate) fn result(&self) -> &Value {
        let last = self.last();
        assert!(last.get("result").is_some(), "{self:?}");
        &last["result"]
    }

    /// The result of a call that the host or the tool calls a failure, as its text.
    pub(crate) fn failure(&self) -> String {
        let result = self.result();
        assert_eq!(result["isError"], json!(true), "{result}");
        let blocks = result["content"].as_array().unwrap();
        let texts: Vec<&str> = blocks
            .iter()
            .map(|block| block["text"].as_str().unwrap())
            .collect();
        texts.join("\n")
    }

    pub(crate) fn code(&self) -> &str {
        self.result()["_meta"]["bailiwick/code"].as_str().unwrap()
    }
}

impl Client {
    fn new(served: &Served, token: Option<&str>) -> Self {
        Self {
            agent: agent(),
            url: format!("{}/mcp", served.url),
            token: token.map(ToOwned::to_owned),
            capabilities: json!({}),
            session: None,
        }
    }

    /// The same with a form for questions.
    pub(crate) fn asking(mut self) -> Self {
        self.capabilities = json!({ "elicitation": { "form": {} } });
        self
    }

    /// The same, which waits only so long.
    pub(crate) fn impatient(mut self, patience: Duration) -> Self {
        self.agent = agent_for(patience);
        self
    }

    /// One call that may not be answered.
    pub(crate) fn try_call(&self, name: &str, arguments: Value) -> Result<Reply, ureq::Error> {
        self.try_ask(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        )
    }

    /// One request of today's protocol.
    pub(crate) fn ask(&self, method: &str, params: Value) -> Reply {
        self.try_ask(method, params).unwrap()
    }

    fn try_ask(&self, method: &str, mut params: Value) -> Result<Reply, ureq::Error> {
        params["_meta"] = self.meta();
        let name = params["name"].as_str().map(ToOwned::to_owned);
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut headers = vec![
            ("mcp-protocol-version", MODERN.to_owned()),
            ("mcp-method", method.to_owned()),
        ];
        headers.extend(name.map(|name| ("mcp-name", name)));
        self.try_post(&body, &headers)
    }

    /// One call of today's protocol.
    pub(crate) fn call(&self, name: &str, arguments: Value) -> Reply {
        self.ask(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        )
    }

    /// The names of the list.
    pub(crate) fn names(&self) -> Vec<String> {
        let reply = self.ask("tools/list", json!({}));
        let tools = reply.result()["tools"].as_array().unwrap();
        tools
            .iter()
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Begins a session of yesterday's protocol.
    pub(crate) fn initialize(&mut self) -> Value {
        self.initialize_in("2025-11-25")
    }

    /// Begins a session of an older protocol.
    pub(crate) fn initialize_in(&mut self, version: &str) -> Value {
        let body = json!({
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": {
                "protocolVersion": version,
                "capabilities": self.capabilities,
                "clientInfo": { "name": "test", "version": "1" },
            },
        });
        let reply = self.post(&body, &[]);
        self.session.clone_from(&reply.session);
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let headers = [
            ("mcp-session-id", self.session.clone().unwrap_or_default()),
            ("mcp-protocol-version", version.to_owned()),
        ];
        assert_eq!(self.post(&initialized, &headers).status, 202);
        reply.result().clone()
    }

    /// One message within the session.
    pub(crate) fn in_session(&self, body: &Value) -> Reply {
        let session = self.session.clone().unwrap_or_default();
        self.post(
            body,
            &[
                ("mcp-session-id", session),
                ("mcp-protocol-version", "2025-11-25".to_owned()),
            ],
        )
    }

    /// The same, with each message of the stream shown as it comes.
    pub(crate) fn in_session_as_it_comes(&self, body: &Value, seen: impl Fn(&Value)) -> Vec<Value> {
        let session = self.session.as_deref().unwrap_or_default();
        let request = self
            .agent
            .post(&self.url)
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .header("mcp-session-id", session)
            .header("mcp-protocol-version", "2025-11-25");
        let response = request.send(body.to_string()).unwrap();
        as_they_come(response, seen)
    }

    /// What the server says by itself to a session of yesterday's protocol, until `enough` of it.
    pub(crate) fn listen_in_session(&self, enough: impl Fn(&Value) -> bool) -> bool {
        let session = self.session.as_deref().unwrap_or_default();
        let request = self
            .agent
            .get(&self.url)
            .header("accept", "text/event-stream")
            .header("mcp-session-id", session)
            .header("mcp-protocol-version", "2025-11-25");
        comes(request.call().unwrap(), enough)
    }

    /// What the server says to a subscription of today's protocol, until `enough` of it.
    pub(crate) fn listen(&self, enough: impl Fn(&Value) -> bool) -> bool {
        let method = "subscriptions/listen";
        let params = json!({
            "notifications": { "toolsListChanged": true },
            "_meta": self.meta(),
        });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut request = self
            .agent
            .post(&self.url)
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", MODERN)
            .header("mcp-method", method);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        comes(request.send(body.to_string()).unwrap(), enough)
    }

    /// Ends the session.
    pub(crate) fn leave(&self) -> u16 {
        let session = self.session.as_deref().unwrap_or_default();
        let request = self
            .agent
            .delete(&self.url)
            .header("mcp-session-id", session)
            .header("mcp-protocol-version", "2025-11-25");
        request.call().unwrap().status().as_u16()
    }

    fn meta(&self) -> Value {
        json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": self.capabilities,
            "progressToken": "p",
        })
    }

    pub(crate) fn post(&self, body: &Value, headers: &[(&str, String)]) -> Reply {
        self.try_post(body, headers).unwrap()
    }

    fn try_post(&self, body: &Value, headers: &[(&str, String)]) -> Result<Reply, ureq::Error> {
        let mut request = self
            .agent
            .post(&self.url)
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut response = request.send(body.to_string())?;
        let session = response
            .headers()
            .get("mcp-session-id")
            .map(|id| id.to_str().unwrap().to_owned());
        let text = response.body_mut().read_to_string()?;
        Ok(Reply {
            status: response.status().as_u16(),
            messages: messages(&text),
            session,
        })
    }
}

/// All messages of a stream, each shown as it comes.
fn as_they_come(response: http::Response<ureq::Body>, seen: impl Fn(&Value)) -> Vec<Value> {
    let lines = BufReader::new(response.into_body().into_reader()).lines();
    let messages = lines.map_while(Result::ok).filter_map(|line| {
        let data = line.strip_prefix("data:")?;
        serde_json::from_str(data.trim()).ok()
    });
    messages.inspect(|message| seen(message)).collect()
}

/// Whether such a message comes before the stream ends.
fn comes(response: http::Response<ureq::Body>, enough: impl Fn(&Value) -> bool) -> bool {
    let lines = BufReader::new(response.into_body().into_reader()).lines();
    lines.map_while(Result::ok).any(|line| {
        let data = line.strip_prefix("data:").unwrap_or_default();
        serde_json::from_str(data.trim()).is_ok_and(|message| enough(&message))
    })
}

/// The messages of an answer, whether it is one or a stream of events.
pub(crate) fn messages(text: &str) -> Vec<Value> {
    let events = text.lines().filter_map(|line| line.strip_prefix("data:"));
    let events: Vec<Value> = events
        .filter_map(|data| serde_json::from_str(data.trim()).ok())
        .collect();
    if events.is_empty() {
        serde_json::from_str(text).into_iter().collect()
    } else {
        events
    }
}
