//! A well-behaved client over HTTP, of either era.

use std::io::Result;
use std::net::SocketAddr;

use serde_json::{Value, json};

use super::Era;
use super::http::{Connection, Reply};

/// A client with a connection, and a session where the era has them.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    era: Era,
    id: Option<String>,
    token: Option<String>,
    asked: u64,
}

impl Session {
    /// Connects without a token.
    ///
    /// # Errors
    /// As the system says.
    ///
    /// # Panics
    /// When the server refuses to begin.
    pub async fn open(address: SocketAddr, era: Era) -> Result<Self> {
        Self::begin(address, era, None).await
    }

    /// Connects as whom the token stands for.
    ///
    /// # Errors
    /// As the system says.
    ///
    /// # Panics
    /// When the server refuses to begin.
    pub async fn with_token(address: SocketAddr, era: Era, token: &str) -> Result<Self> {
        Self::begin(address, era, Some(token.to_owned())).await
    }

    async fn begin(address: SocketAddr, era: Era, token: Option<String>) -> Result<Self> {
        let mut session = Self {
            connection: Connection::open(address).await?,
            era,
            id: None,
            token,
            asked: 0,
        };
        if era == Era::Legacy {
            session.initialize().await?;
        }
        Ok(session)
    }

    async fn initialize(&mut self) -> Result<()> {
        let params = json!({
            "protocolVersion": self.era.version(),
            "capabilities": {},
            "clientInfo": { "name": "suite", "version": "0" },
        });
        let reply = self.request("initialize", params).await?;
        assert_eq!(reply.status, 200, "{}", reply.text());
        self.id = reply.header("mcp-session-id").map(str::to_owned);
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let reply = self
            .post("notifications/initialized", &[], &initialized)
            .await?;
        assert_eq!(reply.status, 202, "{}", reply.text());
        Ok(())
    }

    /// The session's id.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Sends a request and waits for its whole answer.
    ///
    /// # Errors
    /// As the system says.
    pub async fn request(&mut self, method: &str, params: Value) -> Result<Reply> {
        let (name, body) = self.body(method, params);
        let name: Vec<(&str, &str)> = name.iter().map(|name| ("mcp-name", &**name)).collect();
        self.post(method, &name, &body).await
    }

    /// Sends a request without waiting.
    ///
    /// # Errors
    /// As the system says.
    pub async fn begin_request(&mut self, method: &str, params: Value) -> Result<()> {
        let (name, body) = self.body(method, params);
        let name: Vec<(&str, &str)> = name.iter().map(|name| ("mcp-name", &**name)).collect();
        let headers = self.headers(method);
        let headers: Vec<(&str, &str)> = borrowed(&headers).chain(name).collect();
        self.connection
            .begin_post(&headers, body.to_string().as_bytes())
            .await
    }

    /// The answer to what was sent with [`Self::begin_request`].
    ///
    /// # Errors
    /// As the system says.
    pub async fn reply(&mut self) -> Result<Reply> {
        self.connection.reply().await
    }

    /// The answer to a request.
    ///
    /// # Errors
    /// As the system says.
    ///
    /// # Panics
    /// When there is none, or one that is not to this request.
    pub async fn ask(&mut self, method: &str, params: Value) -> Result<Value> {
        let reply = self.request(method, params).await?;
        let answer = reply.answer();
        assert_eq!(answer["id"], self.asked, "{answer}");
        Ok(answer)
    }

    /// Calls a tool.
    ///
    /// # Errors
    /// As the system says.
    ///
    /// # Panics
    /// When there is no answer, or one that is not to this request.
    pub async fn call(&mut self, name: &str, arguments: Value) -> Result<Value> {
        let params = json!({ "name": name, "arguments": arguments });
        self.ask("tools/call", params).await
    }

    /// Ends the session as a client does that is done with it: there is room for so many of one principal.
    ///
    /// # Errors
    /// As the system says.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn end(mut self) -> Result<()> {
        if self.id.is_some() {
            let headers = self.headers("");
            let headers: Vec<(&str, &str)> = borrowed(&headers).collect();
            let reply = self.connection.bare("DELETE", "/mcp", &headers).await?;
            assert!((200..300).contains(&reply.status), "{reply:?}");
        }
        Ok(())
    }

    /// The connection, for whatever else is to be sent.
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The headers that every request of this session has.
    pub fn headers(&self, method: &str) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if let Some(token) = &self.token {
            headers.push(("authorization", format!("Bearer {token}")));
        }
        if let Some(id) = &self.id {
            headers.push(("mcp-session-id", id.clone()));
        }
        let begins = self.era == Era::Legacy && self.id.is_none();
        if !begins {
            headers.push(("mcp-protocol-version", self.era.version().to_owned()));
        }
        if self.era == Era::Modern {
            headers.push(("mcp-method", method.to_owned()));
        }
        headers
    }

    fn body(&mut self, method: &str, params: Value) -> (Option<String>, Value) {
        self.asked += 1;
        let name = params["name"].as_str().map(str::to_owned);
        let (name, params) = match self.era {
            Era::Legacy => (None, params),
            Era::Modern => (name, with_meta(params)),
        };
        let body =
            json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params });
        (name, body)
    }

    async fn post(&mut self, method: &str, more: &[(&str, &str)], body: &Value) -> Result<Reply> {
        let headers = self.headers(method);
        let headers: Vec<(&str, &str)> = borrowed(&headers).chain(more.iter().copied()).collect();
        self.connection
            .post(&headers, body.to_string().as_bytes())
            .await
    }
}

fn borrowed<'h>(headers: &'h [(&'static str, String)]) -> impl Iterator<Item = (&'h str, &'h str)> {
    headers.iter().map(|(name, value)| (*name, value.as_str()))
}

/// What every request of the modern era says about its client, beside what `params` has already.
pub fn with_meta(mut params: Value) -> Value {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": Era::Modern.version(),
        "io.modelcontextprotocol/clientInfo": { "name": "suite", "version": "0" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let Some(object) = params.as_object_mut() else {
        return params;
    };
    let own = object.entry("_meta").or_insert_with(|| json!({}));
    if let (Some(own), Value::Object(meta)) = (own.as_object_mut(), meta) {
        for (name, value) in meta {
            own.entry(name).or_insert(value);
        }
    }
    params
}

/// The text of an answer's first part.
pub fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_default()
}

/// The stable code of a failure.
pub fn code(answer: &Value) -> &str {
    answer["result"]["_meta"]["bailiwick/code"]
        .as_str()
        .unwrap_or_default()
}
