//! The probe of URLs: each function makes the calls that its WIT names, and nothing else.

use std::mem::forget;

use bailiwick::http::types::{Header, Incoming, Outgoing, Request};
use bailiwick::http::{http_get, http_request};
use exports::probe::web::driver::{Error, Guest, Repeated, Response, Tally};

wit_bindgen::generate!({
    path: ["../../../wit/http", "wit"],
    world: "probe:web/probe",
    generate_all,
});

/// As much as one read asks for where the caller says nothing.
const PIECE: u32 = 64 * 1024;

struct Probe;

export!(Probe);

impl Guest for Probe {
    fn get(url: String) -> Result<Response, Error> {
        http_get::get(&url)
    }

    fn get_pieces(url: String, piece: u32) -> Result<Tally, Error> {
        tally(&http_get::open(&url)?, piece)
    }

    fn get_beginning(url: String, piece: u32, times: u32) -> Result<Vec<u8>, Error> {
        let incoming = http_get::open(&url)?;
        let mut beginning = Vec::new();
        for _ in 0..times {
            beginning.extend(incoming.read(piece)?);
        }
        Ok(beginning)
    }

    fn get_repeatedly(url: String, times: u32) -> Repeated {
        repeat(times, || http_get::get(&url).map(drop))
    }

    fn get_each(urls: Vec<String>) -> Vec<Result<u16, Error>> {
        urls.iter()
            .map(|url| http_get::get(url).map(|response| response.status))
            .collect()
    }

    fn open_many(url: String, count: u32) -> Repeated {
        repeat(count, || http_get::open(&url).map(forget))
    }

    fn request(
        method: String,
        url: String,
        headers: Vec<Header>,
        body: Option<Vec<u8>>,
    ) -> Result<Response, Error> {
        http_request::send(described(&method, &url, &headers, body)?)
    }

    fn request_pieces(
        method: String,
        url: String,
        headers: Vec<Header>,
        body: Option<Vec<u8>>,
        piece: u32,
    ) -> Result<Tally, Error> {
        tally(
            &http_request::open(described(&method, &url, &headers, body)?)?,
            piece,
        )
    }

    fn upload(
        method: String,
        url: String,
        headers: Vec<Header>,
        length: Option<u64>,
        piece: Vec<u8>,
        times: u32,
    ) -> Result<Tally, Error> {
        let request = described(&method, &url, &headers, None)?;
        let outgoing = uploaded(request, length, &piece, times)?;
        tally(&Outgoing::finish(outgoing)?, PIECE)
    }

    fn upload_and_drop(
        method: String,
        url: String,
        length: Option<u64>,
        piece: Vec<u8>,
        times: u32,
    ) -> Result<(), Error> {
        uploaded(Request::new(&method, &url), length, &piece, times).map(drop)
    }

    fn upload_with_body(method: String, url: String, body: Vec<u8>) -> Result<(), Error> {
        http_request::upload(described(&method, &url, &[], Some(body))?, None).map(drop)
    }

    fn add_headers(header: Header, times: u32) -> Repeated {
        let request = Request::new("GET", "https://host.example/");
        repeat(times, || request.add_header(&header.name, &header.value))
    }

    fn describe_many(count: u32) -> u32 {
        for _ in 0..count {
            forget(Request::new("GET", "https://host.example/"));
        }
        count
    }

    fn set_body(length: u32) -> Result<(), Error> {
        Request::new("POST", "https://host.example/").set_body(&vec![0; length as usize])
    }
}

fn described(
    method: &str,
    url: &str,
    headers: &[Header],
    body: Option<Vec<u8>>,
) -> Result<Request, Error> {
    let request = Request::new(method, url);
    for header in headers {
        request.add_header(&header.name, &header.value)?;
    }
    if let Some(body) = body {
        request.set_body(&body)?;
    }
    Ok(request)
}

fn uploaded(
    request: Request,
    length: Option<u64>,
    piece: &[u8],
    times: u32,
) -> Result<Outgoing, Error> {
    let outgoing = http_request::upload(request, length)?;
    for _ in 0..times {
        outgoing.write(piece)?;
    }
    Ok(outgoing)
}

fn tally(incoming: &Incoming, piece: u32) -> Result<Tally, Error> {
    let (mut bytes, mut pieces, mut hash) = (0, 0, 0xcbf2_9ce4_8422_2325);
    loop {
        let read = incoming.read(piece)?;
        if read.is_empty() {
            let (status, url, headers) = (incoming.status(), incoming.url(), incoming.headers());
            return Ok(Tally {
                status,
                url,
                headers,
                bytes,
                pieces,
                hash,
            });
        }
        bytes += read.len() as u64;
        pieces += 1;
        hash = fnv(hash, &read);
    }
}

fn repeat(times: u32, mut act: impl FnMut() -> Result<(), Error>) -> Repeated {
    for done in 0..times {
        if let Err(error) = act() {
            return Repeated {
                count: done,
                stopped_by: Some(error),
            };
        }
    }
    Repeated {
        count: times,
        stopped_by: None,
    }
}

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}
