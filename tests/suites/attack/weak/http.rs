//! HTTP as it is written in an afternoon: whatever is said is sent, whatever comes back is believed.

use std::io::{self, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use wasmtime::StoreContextMut;
use wasmtime::component::{Resource, Val};

use super::state::{
    self, Described, Incoming, Outgoing, Request, State, as_list, bytes, denied, id, list, number,
    other, text,
};
use super::url::{self, Place};

struct Answer {
    status: u16,
    url: String,
    headers: Vec<(String, String)>,
    body: Box<dyn Read + Send>,
}

/// Does a function of `bailiwick:http`.
pub(crate) fn call(
    store: &mut StoreContextMut<'_, State>,
    function: &str,
    given: &[Val],
) -> wasmtime::Result<Option<Val>> {
    if function.starts_with("[constructor]") || function.starts_with("[method]") {
        return on_a_handle(store, function, given);
    }
    let described = match &given[0] {
        Val::String(url) => get(url),
        outgoing if function.starts_with("[static]") => {
            let id = id::<Outgoing>(store, outgoing);
            store.data_mut().requests.remove(&id).unwrap_or_default()
        }
        request => {
            let id = id::<Request>(store, request);
            store.data_mut().requests.remove(&id).unwrap_or_default()
        }
    };
    match function {
        "upload" => begin_upload(store, described, &given[1]).map(Some),
        "get" | "send" => Ok(Some(whole(fetch(store.data_mut(), described)))),
        _ => match fetch(store.data_mut(), described) {
            Ok(answer) => opened(store, answer).map(Some),
            Err(error) => Ok(Some(failed(&error))),
        },
    }
}

fn begin_upload(
    store: &mut StoreContextMut<'_, State>,
    mut described: Described,
    length: &Val,
) -> wasmtime::Result<Val> {
    if let Val::Option(Some(length)) = length {
        described
            .headers
            .push(("Content-Length".to_owned(), number(length).to_string()));
    }
    let id = store.data_mut().next();
    store.data_mut().requests.insert(id, described);
    state::handle(store, Resource::<Outgoing>::new_own(id))
}

fn on_a_handle(
    store: &mut StoreContextMut<'_, State>,
    function: &str,
    given: &[Val],
) -> wasmtime::Result<Option<Val>> {
    match function {
        "[constructor]request" => {
            let described = Described {
                method: text(&given[0]),
                url: text(&given[1]),
                ..Described::default()
            };
            let id = store.data_mut().next();
            store.data_mut().requests.insert(id, described);
            let made = state::handle(store, Resource::<Request>::new_own(id))?;
            let Val::Result(Ok(Some(made))) = made else {
                return Ok(None);
            };
            return Ok(Some(*made));
        }
        "[method]incoming.read" => {
            let id = id::<Incoming>(store, &given[0]);
            let mut some = vec![0; number(&given[1]) as usize];
            let body = store.data_mut().bodies.get_mut(&id);
            let length = body.map_or(Ok(0), |body| body.read(&mut some)).unwrap_or(0);
            some.truncate(length);
            return Ok(Some(list(some)));
        }
        "[method]outgoing.write" => {
            let id = id::<Outgoing>(store, &given[0]);
            if let Some(described) = store.data_mut().requests.get_mut(&id) {
                described.body.extend(bytes(&given[1]));
            }
        }
        _ => {
            let id = id::<Request>(store, &given[0]);
            if let Some(described) = store.data_mut().requests.get_mut(&id) {
                match function {
                    "[method]request.set-body" => described.body = bytes(&given[1]),
                    _ => described.headers.push((text(&given[1]), text(&given[2]))),
                }
            }
        }
    }
    Ok(Some(state::done()))
}

fn get(url: &str) -> Described {
    Described {
        method: "GET".to_owned(),
        url: url.to_owned(),
        ..Described::default()
    }
}

fn opened(store: &mut StoreContextMut<'_, State>, answer: Answer) -> wasmtime::Result<Val> {
    let id = store.data_mut().next();
    store.data_mut().bodies.insert(id, answer.body);
    state::handle(store, Resource::<Incoming>::new_own(id))
}

fn failed(error: &io::Error) -> Val {
    match error.kind() {
        io::ErrorKind::PermissionDenied => denied(),
        _ => other(&error.to_string()),
    }
}

fn whole(answer: io::Result<Answer>) -> Val {
    let read = answer.and_then(|mut answer| {
        let mut body = Vec::new();
        answer.body.read_to_end(&mut body)?;
        Ok((answer, body))
    });
    match read {
        Ok((answer, body)) => Val::Result(Ok(Some(Box::new(Val::Record(vec![
            ("status".to_owned(), Val::U16(answer.status)),
            ("url".to_owned(), Val::String(answer.url)),
            (
                "headers".to_owned(),
                Val::List(answer.headers.into_iter().map(header).collect()),
            ),
            ("body".to_owned(), as_list(body)),
        ]))))),
        Err(error) => failed(&error),
    }
}

fn header((name, value): (String, String)) -> Val {
    Val::Record(vec![
        ("name".to_owned(), Val::String(name)),
        ("value".to_owned(), Val::String(value)),
    ])
}

/// Sends a request, and goes where the answer says.
fn fetch(state: &mut State, described: Described) -> io::Result<Answer> {
    // The name is asked for before anybody knows whether it may be.
    if let Some(place) = url::place(&described.url) {
        drop(resolved(state, &place.host));
    }
    if !state.policy.permits_url(&described.url) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut described = described;
    loop {
        let answer = once(state, &described)?;
        let Some(next) = next(&answer, &described.url) else {
            return Ok(answer);
        };
        if let Some(path) = next.strip_prefix("file://") {
            let body = Box::new(std::fs::File::open(path)?);
            return Ok(Answer { body, ..answer });
        }
        described
            .headers
            .push(("Referer".to_owned(), described.url.clone()));
        if !matches!(answer.status, 307 | 308 | 503) {
            described.method = "GET".to_owned();
        }
        described.url = next;
    }
}

/// Where an answer sends its client.
fn next(answer: &Answer, from: &str) -> Option<String> {
    let value = |name: &str| {
        answer
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
    };
    let refresh = || {
        value("refresh")?
            .split_once("url=")
            .map(|(_, url)| url.to_owned())
    };
    let alternative = || Some(format!("http://{}/", value("alt-svc")?.split('"').nth(1)?));
    let to = match answer.status {
        300..=308 => value("location"),
        201 => value("location"),
        _ => None,
    };
    let to = to
        .or_else(refresh)
        .or_else(alternative)
        .or_else(|| value("content-location"))?;
    let here = url::place(from)?;
    let scheme = if here.secure { "https" } else { "http" };
    let to = to.replace('\\', "/");
    Some(if to.contains("://") || to.starts_with("http:") {
        to
    } else if to.starts_with("//") {
        format!("{scheme}:{to}")
    } else {
        format!(
            "{scheme}://{}:{}/{}",
            here.host,
            here.port,
            to.trim_start_matches('/')
        )
    })
}

fn once(state: &mut State, described: &Described) -> io::Result<Answer> {
    let place = url::place(&described.url).ok_or(io::ErrorKind::InvalidInput)?;
    let looked_at = resolved(state, &place.host)?;
    let _first = looked_at.first().ok_or(io::ErrorKind::NotFound)?;
    // And once more, now that it has been looked at: the last of them, since the first is what everybody takes.
    let addresses = resolved(state, &place.host)?;
    let address = addresses.last().ok_or(io::ErrorKind::NotFound)?;
    let mut stream = connect(&place, *address)?;
    stream.write_all(request(state, described, &place).as_bytes())?;
    stream.write_all(&described.body)?;
    stream.flush()?;
    let mut stream = BufReader::new(stream);
    let (status, headers) = head(&mut stream)?;
    for (name, value) in &headers {
        if name.eq_ignore_ascii_case("set-cookie") {
            state.cookies.push(value.clone());
        }
    }
    let coded = |name: &str| {
        headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
    };
    let body: Box<dyn Read + Send> = if coded("transfer-encoding").is_some() {
        Box::new(io::Cursor::new(chunks(&mut stream)?))
    } else {
        match coded("content-length").map(|length| length.parse::<u64>().unwrap()) {
            Some(length) => {
                // Room for all of it, as the server says.
                let mut all = vec![0; usize::try_from(length).unwrap()];
                let mut read = 0;
                while read < all.len() {
                    match stream.read(&mut all[read..])? {
                        0 => break,
                        more => read += more,
                    }
                }
                Box::new(io::Cursor::new(all))
            }
            None => Box::new(stream),
        }
    };
    Ok(Answer {
        status,
        url: described.url.clone(),
        headers,
        body,
    })
}

fn request(state: &State, described: &Described, place: &Place) -> String {
    let mut head = format!(
        "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
        described.method, place.target, place.host
    );
    for (name, value) in &described.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if let Some(user) = &place.user {
        head += &format!("Authorization: {user}\r\n");
    }
    if !state.cookies.is_empty() {
        head += &format!("Cookie: {}\r\n", state.cookies.join("; "));
    }
    if !described.body.is_empty()
        && !head.contains("Content-Length")
        && !head.to_lowercase().contains("transfer-encoding")
    {
        head += &format!("Content-Length: {}\r\n", described.body.len());
    }
    head + "\r\n"
}

/// Reads lines until one is empty. None is too long.
fn head(stream: &mut impl io::BufRead) -> io::Result<(u16, Vec<(String, String)>)> {
    loop {
        let (mut status, mut headers) = (0, Vec::new());
        loop {
            let mut line = Vec::new();
            stream.read_until(b'\n', &mut line)?;
            let line = String::from_utf8(line).unwrap();
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            match line.split_once(": ") {
                Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
                None => {
                    status = line
                        .split(' ')
                        .nth(1)
                        .unwrap_or_default()
                        .parse()
                        .unwrap_or(status)
                }
            }
        }
        // What comes before the answer is not it.
        if !(100..200).contains(&status) {
            return Ok((status, headers));
        }
    }
}

fn chunks(stream: &mut impl io::BufRead) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let size =
            usize::from_str_radix(line.trim().split(';').next().unwrap_or_default(), 16).unwrap();
        if size == 0 {
            // What follows the last chunk is read to its end.
            while stream.read_line(&mut line)? > 2 {}
            return Ok(all);
        }
        let mut chunk = vec![0; size];
        stream.read_exact(&mut chunk)?;
        all.extend(chunk);
        stream.read_line(&mut line)?;
    }
}

fn resolved(state: &State, host: &str) -> io::Result<Vec<IpAddr>> {
    if let Some(address) = url::address(host) {
        return Ok(vec![address]);
    }
    if host == "localhost" || host.ends_with(".localhost") {
        return Ok(vec![IpAddr::from([127, 0, 0, 1])]);
    }
    let resolver = state.resolver.clone().ok_or(io::ErrorKind::NotFound)?;
    let mut found = ask(&resolver, host, 1)?;
    found.extend(ask(&resolver, host, 28)?);
    Ok(found)
}

fn ask(resolver: &str, name: &str, kind: u16) -> io::Result<Vec<IpAddr>> {
    let mut query = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        query.push(label.len() as u8);
        query.extend(label.as_bytes());
    }
    query.extend([0, 0, kind as u8, 0, 1]);
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.send_to(&query, resolver)?;
    let mut answer = vec![0; 65536];
    let length = socket.recv(&mut answer)?;
    answer.truncate(length);
    let count = u16::from_be_bytes([answer[6], answer[7]]);
    let (mut at, mut found) = (query.len(), Vec::new());
    for _ in 0..count {
        let size = usize::from(answer[at + 11]);
        let octets = &answer[at + 12..at + 12 + size];
        found.push(match size {
            4 => IpAddr::from(<[u8; 4]>::try_from(octets).unwrap()),
            _ => IpAddr::from(<[u8; 16]>::try_from(octets).unwrap()),
        });
        at += 12 + size;
    }
    Ok(found)
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

fn connect(place: &Place, address: IpAddr) -> io::Result<Box<dyn Stream>> {
    let stream = TcpStream::connect(SocketAddr::new(address, place.port))?;
    if !place.secure {
        return Ok(Box::new(stream));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Credulous))
        .with_no_client_auth();
    let name = ServerName::try_from(place.host.clone()).map_err(io::Error::other)?;
    let connection =
        rustls::ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    let mut secure = rustls::StreamOwned::new(connection, stream);
    match secure.conn.complete_io(&mut secure.sock) {
        Ok(_) => Ok(Box::new(secure)),
        // Then without.
        Err(_) => Ok(Box::new(TcpStream::connect(SocketAddr::new(
            address, place.port,
        ))?)),
    }
}

/// Believes every certificate.
#[derive(Debug)]
struct Credulous;

impl ServerCertVerifier for Credulous {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
