//! HTTP/1.1 by hand: a client that sends the bytes that it is told to, and takes what comes as it is.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};

/// A connection to a server.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
}

/// A whole answer.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// As the system says.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self::over(stream, address))
    }

    /// Connects with room for so few bytes that come before they are read.
    ///
    /// # Errors
    /// As the system says.
    pub async fn with_little_room(address: SocketAddr, bytes: u32) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(bytes)?;
        let stream = socket.connect(address).await?;
        Ok(Self::over(stream, address))
    }

    fn over(stream: TcpStream, address: SocketAddr) -> Self {
        Self {
            stream: BufReader::new(stream),
            host: address.to_string(),
        }
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// As the system says.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Sends a request for `/mcp` with the usual headers and these, and waits for the whole answer.
    ///
    /// # Errors
    /// As the system says, or where the answer is none.
    pub async fn post(&mut self, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
        self.begin_post(headers, body).await?;
        self.reply().await
    }

    /// As [`Self::post`], without waiting.
    ///
    /// # Errors
    /// As the system says.
    pub async fn begin_post(&mut self, headers: &[(&str, &str)], body: &[u8]) -> Result<()> {
        let has = |wanted: &str| {
            headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
        };
        let mut head = "POST /mcp HTTP/1.1\r\n".to_owned();
        let usual = [
            ("host", self.host.as_str()),
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
        ];
        let usual = usual.iter().filter(|(name, _)| !has(name));
        for (name, value) in usual.chain(headers) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        self.send(&request).await
    }

    /// A request without a body.
    ///
    /// # Errors
    /// As the system says, or where the answer is none.
    pub async fn bare(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Reply> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.host);
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.send(head.as_bytes()).await?;
        self.reply().await
    }

    /// The next whole answer.
    ///
    /// # Errors
    /// As the system says, or where what comes is no answer; [`ErrorKind::UnexpectedEof`] where the connection was closed.
    pub async fn reply(&mut self) -> Result<Reply> {
        let mut reply = self.head().await?;
        if reply.header("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = self.chunk().await? {
                reply.body.extend(chunk);
            }
        } else if let Some(length) = reply.header("content-length") {
            let length = length.parse().map_err(|_| malformed("a length"))?;
            reply.body = vec![0; length];
            self.stream.read_exact(&mut reply.body).await?;
        }
        Ok(reply)
    }

    /// The head of an answer.
    ///
    /// # Errors
    /// As for [`Self::reply`].
    pub async fn head(&mut self) -> Result<Reply> {
        let line = self.line().await?;
        let mut words = line.split(' ');
        let status = words.nth(1).and_then(|status| status.parse().ok());
        let mut reply = Reply {
            status: status.ok_or_else(|| malformed(&line))?,
            ..Reply::default()
        };
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Ok(reply);
            }
            let (name, value) = line.split_once(':').ok_or_else(|| malformed(&line))?;
            let header = (name.to_ascii_lowercase(), value.trim().to_owned());
            reply.headers.push(header);
        }
    }

    /// The next chunk of a body in chunks; none at its end.
    ///
    /// # Errors
    /// As for [`Self::reply`].
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        let line = self.line().await?;
        let size = usize::from_str_radix(&line, 16).map_err(|_| malformed(&line))?;
        let mut chunk = vec![0; size + 2];
        self.stream.read_exact(&mut chunk).await?;
        chunk.truncate(size);
        Ok((size > 0).then_some(chunk))
    }

    /// Everything until the server closes.
    ///
    /// # Errors
    /// As the system says.
    pub async fn rest(&mut self) -> Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).await?;
        Ok(rest)
    }

    /// Says that nothing more will be sent.
    ///
    /// # Errors
    /// As the system says.
    pub async fn half_close(&mut self) -> Result<()> {
        self.stream.shutdown().await
    }

    async fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

impl Reply {
    /// A header's value.
    pub fn header(&self, wanted: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The messages of the body: those of a stream of events, or the one that it is.
    ///
    /// # Panics
    /// When one of them is not JSON.
    pub fn messages(&self) -> Vec<Value> {
        let text = self.text();
        let is_stream = self
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/event-stream"));
        let parse = |text: &str| -> Value {
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
        };
        match (is_stream, text.is_empty()) {
            (true, _) => events(&text).map(parse).collect(),
            (false, true) => Vec::new(),
            (false, false) => vec![parse(&text)],
        }
    }

    /// The answer among the messages.
    ///
    /// # Panics
    /// When there is none, or more than one.
    pub fn answer(&self) -> Value {
        let mut answers = self.messages();
        answers.retain(|message| message.get("method").is_none());
        assert_eq!(answers.len(), 1, "{self:?}");
        answers.remove(0)
    }
}

/// What stands in the lines `data: …`; an empty one only says that the stream is there.
fn events(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .map(str::trim)
        .filter(|data| !data.is_empty())
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("malformed: {what}"))
}
