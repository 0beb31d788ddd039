//! Servers on loopback that answer as their script says.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A server and the heads of the requests that it got. It ends with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    heads: Heads,
    task: JoinHandle<()>,
}

/// Heads of requests; one that is empty is a connection on which none came.
pub(crate) type Heads = Arc<Mutex<Vec<String>>>;

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Runs the script for every connection.
    pub(crate) async fn scripted<S>(script: impl Fn(TcpStream, Heads) -> S + Send + 'static) -> Self
    where
        S: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::listening(listener, script)
    }

    /// As [`Server::scripted`], on a listener that is there already.
    pub(crate) fn listening<S>(
        listener: TcpListener,
        script: impl Fn(TcpStream, Heads) -> S + Send + 'static,
    ) -> Self
    where
        S: Future<Output = ()> + Send + 'static,
    {
        let heads = Heads::default();
        let address = listener.local_addr().unwrap();
        let kept = Arc::clone(&heads);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(script(stream, Arc::clone(&kept)));
            }
        });
        Self {
            address,
            heads,
            task,
        }
    }

    /// Answers every request with these bytes and closes the connection.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer: Arc<[u8]> = answer.into().into();
        Self::scripted(move |stream, heads| respond(stream, heads, Arc::clone(&answer))).await
    }

    /// Sends these bytes to everybody who connects, and closes the connection.
    pub(crate) async fn shouting(bytes: &'static str) -> Self {
        Self::scripted(move |mut stream, heads| async move {
            heads.lock().unwrap().push("connected".to_owned());
            let _: Result<(), _> = stream.write_all(bytes.as_bytes()).await;
        })
        .await
    }

    /// As [`Server::answering`], over TLS. The connection is closed without a word in TLS.
    pub(crate) async fn answering_tls(config: ServerConfig, answer: impl Into<Vec<u8>>) -> Self {
        let answer: Arc<[u8]> = answer.into().into();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::scripted(move |stream, heads| {
            let (acceptor, answer) = (acceptor.clone(), Arc::clone(&answer));
            async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    note_head(&mut stream, &heads).await;
                    let _: Result<(), _> = stream.write_all(&answer).await;
                    let _: Result<(), _> = stream.flush().await;
                } else {
                    heads.lock().unwrap().push(String::new());
                }
            }
        })
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The heads of all requests up to now.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn respond(mut stream: impl AsyncRead + AsyncWrite + Unpin, heads: Heads, answer: Arc<[u8]>) {
    note_head(&mut stream, &heads).await;
    // A client that has heard enough goes away in the middle.
    let _: Result<(), _> = stream.write_all(&answer).await;
    let _: Result<(), _> = stream.shutdown().await;
}

/// Reads the head of a request and notes it.
pub(crate) async fn note_head(stream: &mut (impl AsyncRead + Unpin), heads: &Heads) {
    let head = read_head(stream).await;
    heads.lock().unwrap().push(head);
}

/// Everything up to the empty line, or to the end of the connection.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// Everything to the end of the connection.
pub(crate) async fn read_rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut rest = Vec::new();
    // A reset is an end too.
    let _: Result<_, _> = stream.read_to_end(&mut rest).await;
    String::from_utf8(rest).unwrap()
}
