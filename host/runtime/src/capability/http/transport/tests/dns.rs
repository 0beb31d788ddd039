//! A DNS server on loopback that answers as its script says.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinHandle;

pub(crate) const A: u16 = 1;
pub(crate) const AAAA: u16 = 28;
const CNAME: u16 = 5;

const NO_ERROR: u8 = 0;
const NAME_ERROR: u8 = 3;

/// What a message over UDP may have.
const UDP_BYTES_MAX: usize = 512;

/// A name, in lower case and without the final dot, and a type.
pub(crate) type Question = (String, u16);

/// What the server says to one question.
pub(crate) enum Says {
    /// These addresses, of which only those of the type that was asked for are sent.
    Addresses(Vec<IpAddr>),
    /// Another name, and its addresses.
    Alias(&'static str, Vec<IpAddr>),
    /// There is no such name.
    NoSuchName,
}

impl Says {
    pub(crate) fn addresses(texts: &[&str]) -> Self {
        Self::Addresses(texts.iter().map(|text| text.parse().unwrap()).collect())
    }
}

/// A DNS server and the questions that it got. It ends with the test.
pub(crate) struct Dns {
    pub(crate) address: SocketAddr,
    questions: Arc<Mutex<Vec<Question>>>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Dns {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Dns {
    /// Answers with what the script says to a name, the how-manieth time it is asked for with this type counted from 0.
    pub(crate) async fn saying(
        script: impl Fn(&str, usize) -> Says + Send + Sync + 'static,
    ) -> Self {
        let (udp, tcp) = sockets().await;
        let questions = Arc::default();
        let zone = Arc::new(Zone {
            script: Box::new(script),
            questions: Arc::clone(&questions),
        });
        let address = udp.local_addr().unwrap();
        let tasks = [
            tokio::spawn(serve_udp(udp, Arc::clone(&zone))),
            tokio::spawn(serve_tcp(tcp, zone)),
        ];
        Self {
            address,
            questions,
            tasks,
        }
    }

    /// Every name has this address.
    pub(crate) async fn everywhere(address: &'static str) -> Self {
        Self::saying(move |_, _| Says::addresses(&[address])).await
    }

    /// All questions up to now, sorted; one that was cut over UDP and asked again over TCP counts once.
    pub(crate) fn questions(&self) -> Vec<Question> {
        let mut questions = self.questions.lock().unwrap().clone();
        questions.sort();
        questions
    }
}

type Script = Box<dyn Fn(&str, usize) -> Says + Send + Sync>;

struct Zone {
    script: Script,
    questions: Arc<Mutex<Vec<Question>>>,
}

/// UDP and TCP on the same port, as a resolver has it.
async fn sockets() -> (UdpSocket, TcpListener) {
    for _ in 0..100 {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
    panic!("no port is free for both protocols");
}

async fn serve_udp(socket: UdpSocket, zone: Arc<Zone>) {
    let mut buffer = [0; 4096];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let query = &buffer[..length];
        let mut answer = zone.answer(query, Count::Yes);
        if answer.len() > UDP_BYTES_MAX {
            answer = cut(query);
        }
        socket.send_to(&answer, from).await.unwrap();
    }
}

async fn serve_tcp(listener: TcpListener, zone: Arc<Zone>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        while let Ok(length) = stream.read_u16().await {
            let mut query = vec![0; length.into()];
            stream.read_exact(&mut query).await.unwrap();
            let answer = zone.answer(&query, Count::No);
            stream
                .write_u16(answer.len().try_into().unwrap())
                .await
                .unwrap();
            stream.write_all(&answer).await.unwrap();
        }
    }
}

#[derive(PartialEq)]
enum Count {
    Yes,
    No,
}

impl Zone {
    fn answer(&self, query: &[u8], count: Count) -> Vec<u8> {
        let (question, end) = parse_question(query);
        let before = self.before(&question, count);
        match (self.script)(&question.0, before) {
            Says::NoSuchName => message(query, end, NAME_ERROR, &[]),
            Says::Addresses(addresses) => {
                let records = address_records(&question.0, question.1, &addresses);
                message(query, end, NO_ERROR, &records)
            }
            Says::Alias(alias, addresses) => {
                let mut records = vec![record(&question.0, CNAME, &encode_name(alias))];
                records.extend(address_records(alias, question.1, &addresses));
                message(query, end, NO_ERROR, &records)
            }
        }
    }

    fn before(&self, question: &Question, count: Count) -> usize {
        let mut questions = self.questions.lock().unwrap();
        let before = questions.iter().filter(|asked| *asked == question).count();
        if count == Count::Yes {
            questions.push(question.clone());
            return before;
        }
        before.saturating_sub(1)
    }
}

fn parse_question(query: &[u8]) -> (Question, usize) {
    let mut at = 12;
    let mut labels = Vec::new();
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(String::from_utf8(query[at + 1..end].to_vec()).unwrap());
        at = end;
    }
    let kind = u16::from_be_bytes([query[at + 1], query[at + 2]]);
    ((labels.join(".").to_lowercase(), kind), at + 5)
}

fn message(query: &[u8], question_end: usize, code: u8, records: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = query[..2].to_vec();
    bytes.extend([0x81, 0x80 | code, 0, 1]);
    bytes.extend(u16::try_from(records.len()).unwrap().to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(&query[12..question_end]);
    bytes.extend(records.concat());
    bytes
}

/// The answer that says: ask again over TCP.
fn cut(query: &[u8]) -> Vec<u8> {
    let (_, end) = parse_question(query);
    let mut bytes = message(query, end, NO_ERROR, &[]);
    bytes[2] |= 0x02;
    bytes
}

fn address_records(name: &str, kind: u16, addresses: &[IpAddr]) -> Vec<Vec<u8>> {
    let of_kind = addresses
        .iter()
        .filter_map(|address| match (address, kind) {
            (IpAddr::V4(v4), A) => Some(v4.octets().to_vec()),
            (IpAddr::V6(v6), AAAA) => Some(v6.octets().to_vec()),
            _ => None,
        });
    of_kind.map(|data| record(name, kind, &data)).collect()
}

/// A record of class IN that must not be kept: its time to live is 0.
fn record(name: &str, kind: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = encode_name(name);
    bytes.extend(kind.to_be_bytes());
    bytes.extend([0, 1, 0, 0, 0, 0]);
    bytes.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    bytes.extend(data);
    bytes
}

fn encode_name(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.') {
        bytes.push(label.len().try_into().unwrap());
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes
}
