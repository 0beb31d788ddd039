//! HTTP servers on loopback that say exactly the bytes that they are told to.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde::Deserialize;

/// What a server says, by path; `*` stands for every other path.
pub type Script = BTreeMap<String, Says>;

/// What a server says to one request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Says {
    /// The bytes of the answer, head and all. Lines end as they are written; `\n` alone becomes `\r\n` in the head.
    pub say: String,
    /// Then this, as often as `times` says.
    #[serde(default)]
    pub again: String,
    /// How often; without a number as long as somebody listens.
    #[serde(default)]
    pub times: Option<u32>,
    /// Then the connection stays open, without a word.
    #[serde(default)]
    pub hold: bool,
}

/// A server, and what it was asked. It ends with this value.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// A listener on a free port of 127.0.0.1, to be known before there is a script.
    ///
    /// # Panics
    /// When there is none.
    pub fn bind(address: Ipv4Addr, port: u16) -> TcpListener {
        TcpListener::bind((address, port)).unwrap()
    }

    /// Serves a script.
    ///
    /// # Panics
    /// When the listener has no address.
    pub fn serve(listener: TcpListener, script: Script) -> Self {
        let address = listener.local_addr().unwrap();
        let (heads, ended) = (Arc::default(), Arc::default());
        let accepting = Accepting {
            script: Arc::new(script),
            heads: Arc::clone(&heads),
            ended: Arc::clone(&ended),
        };
        let thread = std::thread::spawn(move || accepting.run(&listener));
        Self {
            address,
            heads,
            ended,
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The heads of the requests that it got, one empty for a connection without a request.
    ///
    /// # Panics
    /// When a connection's thread panicked.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// The first lines of the requests (`GET /x HTTP/1.1`), without the version.
    pub fn requests(&self) -> Vec<String> {
        let line = |head: &String| head.lines().next().unwrap_or_default().to_owned();
        let heads = self.heads();
        heads
            .iter()
            .map(line)
            .map(|line| line.trim_end_matches(" HTTP/1.1").to_owned())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for the next connection.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

struct Accepting {
    script: Arc<Script>,
    heads: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
}

impl Accepting {
    fn run(self, listener: &TcpListener) {
        while let Ok((stream, _)) = listener.accept() {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            let (script, heads) = (Arc::clone(&self.script), Arc::clone(&self.heads));
            // It ends when the other side has gone.
            std::thread::spawn(move || converse(stream, &script, &heads));
        }
    }
}

fn converse(mut stream: TcpStream, script: &Script, heads: &Mutex<Vec<String>>) {
    let head = read_head(&mut stream);
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let in_pieces = head.to_lowercase().contains("transfer-encoding: chunked");
    let length = length(&head);
    heads.lock().unwrap().push(head);
    let path = path.split('?').next().unwrap_or_default();
    if in_pieces {
        // An answer in the middle of a body would end it there.
        read_until(&mut stream, b"0\r\n\r\n");
    } else {
        drop(std::io::copy(
            &mut (&stream).take(length),
            &mut std::io::sink(),
        ));
    }
    if let Some(says) = script.get(path).or_else(|| script.get("*")) {
        // Who does not want to listen any more closes the connection.
        drop(say(&mut stream, says));
    }
    // What is still being sent is taken before the connection ends: an end without that would reach the other side as an
    // error, and sooner than the answer.
    drop(stream.shutdown(Shutdown::Write));
    let mut rest = [0; 1024];
    while matches!(stream.read(&mut rest), Ok(1..)) {}
}

fn say(stream: &mut TcpStream, says: &Says) -> std::io::Result<()> {
    stream.write_all(crlf(&says.say).as_bytes())?;
    let again = if says.again.is_empty() { 0 } else { u32::MAX };
    for _ in 0..says.times.unwrap_or(again) {
        stream.write_all(says.again.as_bytes())?;
    }
    if says.hold {
        let mut rest = [0; 1024];
        while stream.read(&mut rest)? > 0 {}
    }
    Ok(())
}

/// A head's lines end with `\r\n`, however they were written in a file.
fn crlf(text: &str) -> String {
    match text.split_once("\n\n") {
        Some((head, body)) if !head.contains('\r') => {
            format!("{}\r\n\r\n{body}", head.replace('\n', "\r\n"))
        }
        _ => text.to_owned(),
    }
}

/// The length that a head announces for what follows it.
fn length(head: &str) -> u64 {
    let lower = head.to_lowercase();
    let named = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    named
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or(0)
}

fn read_head(stream: &mut TcpStream) -> String {
    String::from_utf8_lossy(&read_until(stream, b"\r\n\r\n")).into_owned()
}

fn read_until(stream: &mut TcpStream, end: &[u8]) -> Vec<u8> {
    let mut read = Vec::new();
    let mut byte = [0];
    while !read.ends_with(end) && matches!(stream.read(&mut byte), Ok(1)) {
        read.push(byte[0]);
    }
    read
}

/// Whether an address is one of this machine's own.
pub fn is_loopback(address: SocketAddr) -> bool {
    matches!(address.ip(), IpAddr::V4(address) if address.is_loopback())
}
