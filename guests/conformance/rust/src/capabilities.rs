//! Every function of every capability, through the SDK, and what comes of it passed back as it came.

use std::io::{Seek, SeekFrom};

use bailiwick_sdk::clock::{self, Instant};
use bailiwick_sdk::files::{self, Entry};
use bailiwick_sdk::http::{self, Header, Incoming, Request, Response};
use bailiwick_sdk::log::{self, Level};
use bailiwick_sdk::random;

use crate::Tool;
use crate::exports::bailiwick::conformance::capabilities::Guest;

/// Bytes of one read of an answer to an upload, so small that there are several.
const UPLOAD_PIECE: u32 = 7;

impl Guest for Tool {
    fn read(path: String) -> Result<Vec<u8>, files::Error> {
        files::read(&path)
    }

    fn read_range(path: String, offset: u64, length: u32) -> Result<Vec<u8>, files::Error> {
        files::read_range(&path, offset, length)
    }

    fn read_in_pieces(
        path: String,
        offset: u64,
        piece: u32,
    ) -> Result<(u64, Vec<u8>), files::Error> {
        let mut reader = files::open(&path)?;
        reader.seek(SeekFrom::Start(offset))?;
        let bytes = all_pieces(|| reader.read_piece(piece))?;
        Ok((reader.size(), bytes))
    }

    fn write(path: String, bytes: Vec<u8>) -> Result<(), files::Error> {
        files::write(&path, bytes)
    }

    fn write_in_pieces(
        path: String,
        pieces: Vec<Vec<u8>>,
        commit: bool,
    ) -> Result<(), files::Error> {
        let writer = files::create(&path)?;
        for piece in pieces {
            writer.write_piece(&piece)?;
        }
        if commit { writer.commit() } else { Ok(()) }
    }

    fn write_after_commit(path: String) -> Result<(), files::Error> {
        let writer = files::create(&path)?;
        writer.commit()?;
        writer.write_piece(b"late")
    }

    fn list(path: String) -> Result<Vec<Entry>, files::Error> {
        files::list(&path)
    }

    fn get(url: String) -> Result<Response, http::Error> {
        http::get(&url)
    }

    fn get_in_pieces(url: String, piece: u32) -> Result<Response, http::Error> {
        whole(&http::open(&url)?, piece)
    }

    fn send(
        method: String,
        url: String,
        headers: Vec<Header>,
        body: Option<Vec<u8>>,
    ) -> Result<Response, http::Error> {
        let mut request = Request::new(&method, &url);
        for header in headers {
            request = request.header(&header.name, &header.value)?;
        }
        if let Some(body) = body {
            request = request.body(body)?;
        }
        request.send()
    }

    fn send_in_pieces(method: String, url: String, piece: u32) -> Result<Response, http::Error> {
        whole(&Request::new(&method, &url).open()?, piece)
    }

    fn upload(
        method: String,
        url: String,
        pieces: Vec<Vec<u8>>,
        announce: bool,
    ) -> Result<Response, http::Error> {
        let length = pieces.iter().map(|piece| piece.len() as u64).sum();
        let outgoing = Request::new(&method, &url).upload(announce.then_some(length))?;
        for piece in pieces {
            outgoing.write_piece(&piece)?;
        }
        whole(&outgoing.finish()?, UPLOAD_PIECE)
    }

    fn log(level: Level, message: String) {
        log::log(level, message);
    }

    fn now() -> Result<Instant, clock::Error> {
        clock::now()
    }

    fn elapsed() -> Result<u64, clock::Error> {
        let nanoseconds = clock::elapsed()?.as_nanos();
        u64::try_from(nanoseconds).map_err(|_| clock::Error::Other("more than 64 bits".into()))
    }

    fn random(length: u32) -> Result<Vec<u8>, random::Error> {
        random::bytes(length)
    }
}

/// The answer with its body, which is read in pieces.
fn whole(incoming: &Incoming, piece: u32) -> Result<Response, http::Error> {
    Ok(Response {
        status: incoming.status(),
        url: incoming.url(),
        headers: incoming.headers(),
        body: all_pieces(|| incoming.read_piece(piece))?,
    })
}

/// The pieces up to the empty one, which is the end.
fn all_pieces<E>(mut read: impl FnMut() -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
    let mut all = Vec::new();
    loop {
        let piece = read()?;
        if piece.is_empty() {
            return Ok(all);
        }
        all.extend(piece);
    }
}
