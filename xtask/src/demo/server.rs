//! A small HTTP server on loopback that publishes the exchange rates, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// The path at which the European Central Bank publishes the rates of the day.
const PATH: &str = "/stats/eurofxref/eurofxref-daily.xml";

/// More than any request of the example, and a bound for whatever else finds the port.
const HEAD_BYTES_MAX: u64 = 8 * 1024;

/// Long enough for a loaded machine; a peer that says nothing must not hold the server.
const PATIENCE: Duration = Duration::from_secs(5);

/// The running server. It ends with the process.
pub(super) struct RatesServer {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl RatesServer {
    /// Listens on the port, or on any other if that is taken.
    pub(super) fn start(port: u16, rates: Vec<u8>) -> Result<Self> {
        let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        let listener = bind(port)
            .or_else(|_| bind(0))
            .context("cannot listen on loopback")?;
        let server = Self {
            port: listener.local_addr()?.port(),
            requests: Arc::default(),
        };
        let requests = Arc::clone(&server.requests);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A peer that goes away takes only its own answer with it.
                let _ = answer(connection, &rates, &requests);
            }
        });
        Ok(server)
    }

    /// The port that it listens on.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Where the rates are.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// The first lines of the requests so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn answer(
    connection: TcpStream,
    rates: &[u8],
    requests: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut head = BufReader::new((&connection).take(HEAD_BYTES_MAX)).lines();
    let request = head.next().transpose()?.unwrap_or_default();
    while head
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}

    let is_for_rates = request == format!("GET {PATH} HTTP/1.1");
    requests
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request);
    let (status, body) = if is_for_rates {
        ("200 OK", rates)
    } else {
        ("404 Not Found", b"".as_slice())
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    (&connection).write_all(head.as_bytes())?;
    (&connection).write_all(body)
}

#[cfg(test)]
mod tests {
    //! What the server gives, and remembers.

    use super::*;

    fn ask(server: &RatesServer, request: &str) -> String {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn serves_the_rates_and_nothing_else() {
        let server = RatesServer::start(0, b"<rates/>".to_vec()).unwrap();
        let rates = ask(&server, &format!("GET {PATH} HTTP/1.1\r\nhost: x\r\n\r\n"));
        assert!(
            rates.starts_with("HTTP/1.1 200 OK\r\n") && rates.ends_with("\r\n\r\n<rates/>"),
            "{rates}"
        );
        let other = ask(&server, "GET / HTTP/1.1\r\n\r\n");
        assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
        assert_eq!(
            server.requests(),
            [format!("GET {PATH} HTTP/1.1"), "GET / HTTP/1.1".to_owned()]
        );
    }

    #[test]
    fn takes_another_port_if_its_own_is_taken() {
        let first = RatesServer::start(0, Vec::new()).unwrap();
        let second = RatesServer::start(first.port(), Vec::new()).unwrap();
        assert_ne!(first.port(), second.port());
    }
}
