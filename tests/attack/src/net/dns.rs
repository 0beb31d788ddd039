//! A name server that changes its mind as it is told, and remembers what it was asked.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};

use super::RESOLVER;

const A: u16 = 1;
const AAAA: u16 = 28;
const NAME_ERROR: u16 = 3;

/// By name the answers in their order, each a list of addresses.
type Zone = BTreeMap<String, Vec<Vec<IpAddr>>>;

/// A name server. Its thread ends with the process: it waits for what nobody asks any more.
#[derive(Debug, Default)]
pub(crate) struct Dns {
    asked: Arc<Mutex<Vec<(String, u16)>>>,
}

impl Dns {
    pub(crate) fn serve(zone: Zone) -> io::Result<Self> {
        let socket = UdpSocket::bind(RESOLVER)?;
        let dns = Self::default();
        let asked = Arc::clone(&dns.asked);
        std::thread::spawn(move || {
            let mut message = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut message) {
                let query = message.get(..length).unwrap_or_default();
                if let Some(answer) = answer(query, &zone, &asked) {
                    drop(socket.send_to(&answer, from));
                }
            }
        });
        Ok(dns)
    }

    /// The names that it was asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().map(|(name, _)| name.clone()).collect()
    }
}

fn answer(query: &[u8], zone: &Zone, asked: &Mutex<Vec<(String, u16)>>) -> Option<Vec<u8>> {
    let (name, end) = name(query)?;
    let kind = u16::from_be_bytes([*query.get(end)?, *query.get(end + 1)?]);
    let question = query.get(12..end + 4)?;
    let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |known: &&(String, u16)| **known == (name.clone(), kind);
    let before = asked.iter().filter(same).count();
    asked.push((name.clone(), kind));
    let Some(answers) = zone.get(&name) else {
        return Some(message(query, question, NAME_ERROR, &[]));
    };
    let addresses = answers.get(before).or(answers.last())?;
    let fits =
        |address: &&IpAddr| matches!((address, kind), (IpAddr::V4(_), A) | (IpAddr::V6(_), AAAA));
    let fitting: Vec<&IpAddr> = addresses.iter().filter(fits).collect();
    Some(message(query, question, 0, &fitting))
}

/// RFC 1035, 4.1: header, question, answers that point to the question's name.
fn message(query: &[u8], question: &[u8], code: u16, addresses: &[&IpAddr]) -> Vec<u8> {
    let mut message = query.get(..2).unwrap_or_default().to_vec();
    message.extend((0x8180 | code).to_be_bytes());
    message.extend([0, 1]);
    message.extend(
        u16::try_from(addresses.len())
            .unwrap_or(u16::MAX)
            .to_be_bytes(),
    );
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
        message.extend([0, if octets.len() == 4 { 4 } else { 16 }]);
        message.extend(octets);
    }
    message
}

fn name(query: &[u8]) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    let mut at = 12;
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
