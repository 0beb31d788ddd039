//! Servers that say exactly the bytes that they are told to, at every address, and remember who came.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;

use super::tls;
use crate::case::Net;
use crate::world::World;

/// What a server says to one request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Says {
    /// The bytes of the answer, head and all; `\n` alone becomes `\r\n` in the head.
    pub say: String,
    /// Then this, again and again.
    #[serde(default)]
    pub again: String,
    /// How often; without a number as long as somebody listens.
    #[serde(default)]
    pub times: Option<u32>,
    /// Whether there is a quarter of a second between one and the next.
    #[serde(default)]
    pub slowly: bool,
    /// Whether the connection then stays open, without a word.
    #[serde(default)]
    pub hold: bool,
}

/// What one connection brought.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// Where it went.
    pub(crate) to: SocketAddr,
    /// Whether that was served, as opposed to reached by somebody who was not granted it.
    pub(crate) served: bool,
    /// What was said.
    pub(crate) bytes: Vec<u8>,
}

/// The ports on which somebody listens: the usual ones, one that is nobody's, and one of a database.
const PORTS: [u16; 4] = [80, 443, 8080, 6379];

/// As much of one connection is kept.
const KEPT_MAX: usize = 1 << 20;

/// All servers of a case.
#[derive(Debug, Default)]
pub(crate) struct Servers {
    heard: Arc<Mutex<Vec<Heard>>>,
}

struct Serving {
    serve: BTreeMap<SocketAddr, BTreeMap<String, Says>>,
    tls: Option<Arc<rustls::ServerConfig>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Servers {
    /// Listens at every address of this thread's network.
    pub(crate) fn serve(net: &Net, world: &World) -> io::Result<Self> {
        let servers = Self::default();
        let mut serve = BTreeMap::new();
        for (place, script) in &net.serve {
            serve.insert(place_of(place)?, filled(script, world));
        }
        let tls = net
            .certificate
            .as_deref()
            .map(|kind| tls::config(kind, &world.beside("ca.pem")));
        let serving = Arc::new(Serving {
            serve,
            tls: tls.transpose()?,
            heard: Arc::clone(&servers.heard),
        });
        for port in PORTS {
            // With Linux's defaults one listener takes both families.
            let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port))?;
            let serving = Arc::clone(&serving);
            std::thread::spawn(move || accept(&listener, &serving));
        }
        Ok(servers)
    }

    /// What was heard.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn place_of(place: &str) -> io::Result<SocketAddr> {
    if let Ok(address) = place.parse::<SocketAddr>() {
        return Ok(address);
    }
    let address: IpAddr = place.parse().map_err(io::Error::other)?;
    Ok(SocketAddr::new(address, 80))
}

fn filled(script: &BTreeMap<String, Says>, world: &World) -> BTreeMap<String, Says> {
    let fill = |(path, says): (&String, &Says)| {
        let mut says = says.clone();
        says.say = world.fill(&says.say);
        (path.clone(), says)
    };
    script.iter().map(fill).collect()
}

fn accept(listener: &TcpListener, serving: &Arc<Serving>) {
    while let Ok((stream, _)) = listener.accept() {
        let serving = Arc::clone(serving);
        std::thread::spawn(move || drop(serving.meet(stream)));
    }
}

impl Serving {
    fn meet(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut to = stream.local_addr()?;
        to.set_ip(to.ip().to_canonical());
        let served = self.serve.get(&to);
        let index = {
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            let bytes = Vec::new();
            heard.push(Heard {
                to,
                served: served.is_some(),
                bytes,
            });
            heard.len() - 1
        };
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let secured = to.port() == 443;
        match (&self.tls, secured) {
            (Some(config), true) => {
                let connection = rustls::ServerConnection::new(Arc::clone(config));
                let mut connection = connection.map_err(io::Error::other)?;
                let mut secure = rustls::Stream::new(&mut connection, &mut stream);
                self.converse(&mut secure, served, index)
            }
            _ => self.converse(&mut stream, served, index),
        }
    }

    fn converse(
        &self,
        stream: &mut (impl Read + Write),
        script: Option<&BTreeMap<String, Says>>,
        index: usize,
    ) -> io::Result<()> {
        // A server may speak first, without having been asked.
        let first = script.and_then(|script| script.get("first"));
        if let Some(says) = first {
            say(stream, says)?;
        }
        let head = self.read_head(stream, index);
        let path = head.split(' ').nth(1).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let says = script.and_then(|script| script.get(path).or_else(|| script.get("*")));
        let nothing = Says {
            say: "HTTP/1.1 200 OK\nContent-Length: 6\nConnection: close\n\ncanary".to_owned(),
            ..Says::default()
        };
        let said = say(stream, says.unwrap_or(&nothing));
        // What is still sent is heard, until the other side has gone.
        let mut rest = [0; 8192];
        while let Ok(length @ 1..) = stream.read(&mut rest) {
            self.remember(index, rest.get(..length).unwrap_or_default());
        }
        said
    }

    fn read_head(&self, stream: &mut impl Read, index: usize) -> String {
        let mut head = Vec::new();
        let mut piece = [0; 4096];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < KEPT_MAX {
            let Ok(length @ 1..) = stream.read(&mut piece) else {
                break;
            };
            let piece = piece.get(..length).unwrap_or_default();
            head.extend_from_slice(piece);
            self.remember(index, piece);
        }
        String::from_utf8_lossy(&head).into_owned()
    }

    fn remember(&self, index: usize, bytes: &[u8]) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(heard) = heard
            .get_mut(index)
            .filter(|heard| heard.bytes.len() < KEPT_MAX)
        {
            heard.bytes.extend_from_slice(bytes);
        }
    }
}

fn say(stream: &mut impl Write, says: &Says) -> io::Result<()> {
    stream.write_all(crlf(&says.say).as_bytes())?;
    stream.flush()?;
    let again = if says.again.is_empty() { 0 } else { u32::MAX };
    let (_never, pause) = std::sync::mpsc::channel::<()>();
    for _ in 0..says.times.unwrap_or(again) {
        if says.slowly {
            let _ = pause.recv_timeout(Duration::from_millis(250));
        }
        stream.write_all(says.again.as_bytes())?;
        stream.flush()?;
    }
    if says.hold {
        // Nobody answers: the case ends before this does.
        let _ = pause.recv_timeout(Duration::from_secs(30));
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
