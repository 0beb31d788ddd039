//! A name server on loopback that changes its mind as it is told.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// By name the answers in their order, each a list of addresses; the last is given for ever. A name that is not there
/// does not exist.
pub type Zone = BTreeMap<String, Vec<Vec<IpAddr>>>;

const A: u16 = 1;
const AAAA: u16 = 28;
const NAME_ERROR: u16 = 3;

/// A name server, and what it was asked. It ends with this value.
#[derive(Debug)]
pub struct Dns {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<(String, u16)>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Dns {
    /// Answers from a zone.
    ///
    /// # Panics
    /// When there is no free port on loopback.
    pub fn serve(zone: Zone) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let (asked, ended) = (Arc::default(), Arc::default());
        let answering = Answering {
            zone,
            asked: Arc::clone(&asked),
            ended: Arc::clone(&ended),
        };
        let thread = std::thread::spawn(move || answering.run(&socket));
        Self {
            address,
            asked,
            ended,
            thread: Some(thread),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often it was asked for addresses of this name, questions for both families counted once.
    ///
    /// # Panics
    /// When its thread panicked.
    pub fn asked(&self, name: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .filter(|(asked, kind)| asked == name && *kind == A)
            .count()
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // An empty datagram wakes the thread.
        if let Ok(socket) = UdpSocket::bind("127.0.0.1:0") {
            drop(socket.send_to(&[], self.address));
        }
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

struct Answering {
    zone: Zone,
    asked: Arc<Mutex<Vec<(String, u16)>>>,
    ended: Arc<AtomicBool>,
}

impl Answering {
    fn run(self, socket: &UdpSocket) {
        let mut message = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut message) {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            if let Some(answer) = self.answer(&message[..length]) {
                drop(socket.send_to(&answer, from));
            }
        }
    }

    fn answer(&self, query: &[u8]) -> Option<Vec<u8>> {
        let (name, end) = name(query, 12)?;
        let kind = u16::from_be_bytes([*query.get(end)?, *query.get(end + 1)?]);
        let question = query.get(12..end + 4)?;
        let mut asked = self.asked.lock().unwrap();
        let before = asked
            .iter()
            .filter(|known| **known == (name.clone(), kind))
            .count();
        asked.push((name.clone(), kind));
        let Some(answers) = self.zone.get(&name) else {
            return Some(message(query, question, NAME_ERROR, &[]));
        };
        let addresses = answers.get(before).or(answers.last())?;
        let fitting: Vec<&IpAddr> = addresses
            .iter()
            .filter(|address| matches!((address, kind), (IpAddr::V4(_), A) | (IpAddr::V6(_), AAAA)))
            .collect();
        Some(message(query, question, 0, &fitting))
    }
}

/// RFC 1035, 4.1: header, question, answers that point to the question's name.
fn message(query: &[u8], question: &[u8], code: u16, addresses: &[&IpAddr]) -> Vec<u8> {
    let mut message = query[..2].to_vec();
    message.extend((0x8180 | code).to_be_bytes());
    message.extend([0, 1]);
    message.extend((addresses.len() as u16).to_be_bytes());
    message.extend([0, 0, 0, 0]);
    message.extend(question);
    for address in addresses {
        let (kind, octets) = match address {
            IpAddr::V4(address) => (A, address.octets().to_vec()),
            IpAddr::V6(address) => (AAAA, address.octets().to_vec()),
        };
        message.extend([0xc0, 12]);
        message.extend(kind.to_be_bytes());
        // Class IN, to be forgotten at once.
        message.extend([0, 1, 0, 0, 0, 0]);
        message.extend((octets.len() as u16).to_be_bytes());
        message.extend(octets);
    }
    message
}

fn name(query: &[u8], mut at: usize) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*query.get(at)?);
        if length == 0 {
            return Some((labels.join(".").to_lowercase(), at + 1));
        }
        let label = query.get(at + 1..at + 1 + length)?;
        labels.push(String::from_utf8_lossy(label).into_owned());
        at += 1 + length;
    }
}
