//! The probe of secrets: each function makes the calls that its WIT names, and passes on, typed, what comes back.

use bailiwick::files::write_file;
use bailiwick::http::types::{Incoming, Outgoing, Request};
use bailiwick::http::{http_get, http_request};
use bailiwick::key_value::key_value;
use bailiwick::log::log;
use bailiwick::progress::progress;
use bailiwick::secret::secret;
use exports::probe::secret::driver::{
    Described, Error, Failure, FileError, Guest, Response, SecretError, StoreError, Way,
};

wit_bindgen::generate!({
    path: [
        "../../../wit/http", "../../../wit/secret", "../../../wit/key-value", "../../../wit/files", "../../../wit/log",
        "../../../wit/progress", "wit",
    ],
    world: "probe:secret/probe",
    generate_all,
});

struct Probe;

export!(Probe);

impl Guest for Probe {
    fn name(names: Vec<String>) -> Vec<Result<(), SecretError>> {
        names
            .iter()
            .map(|name| secret::get(name).map(drop))
            .collect()
    }

    fn request(name: String, described: Described) -> Result<Response, Failure> {
        let request = request(&described).map_err(Failure::Send)?;
        // It is dropped at once: what is attached stays attached.
        let secret = secret::get(&name).map_err(Failure::Get)?;
        secret.attach(&request).map_err(Failure::Attach)?;
        drop(secret);
        send(request, &described).map_err(Failure::Send)
    }

    fn bare(described: Described) -> Result<Response, Error> {
        send(request(&described)?, &described)
    }

    fn get(url: String) -> Result<Response, Error> {
        http_get::get(&url)
    }

    fn quiet(name: String, described: Described) -> Result<(u16, u64), Failure> {
        let response = Self::request(name, described)?;
        Ok((response.status, response.body.len() as u64))
    }

    fn attach(names: Vec<String>, url: String) -> Result<(), SecretError> {
        let request = Request::new("GET", &url);
        for name in &names {
            secret::get(name)?.attach(&request)?;
        }
        Ok(())
    }

    fn say(text: String) -> String {
        text
    }

    fn fail(text: String) -> Result<(), String> {
        Err(text)
    }

    #[expect(clippy::panic, reason = "it is what the function is for")]
    fn break_with(text: String) {
        panic!("{text}");
    }

    fn tell(text: String) {
        log::log(log::Level::Info, &text);
        progress::report(1, Some(2), Some(&text));
    }

    fn keep(key: String, value: Vec<u8>) -> Result<(), StoreError> {
        key_value::set(&key, &value)
    }

    fn write(path: String, bytes: Vec<u8>) -> Result<(), FileError> {
        write_file::write(&path, &bytes)
    }

    fn write_pieces(path: String, bytes: Vec<u8>, piece: u32) -> Result<(), FileError> {
        let writer = write_file::create(&path)?;
        for piece in bytes.chunks(piece as usize) {
            let _ = writer.write(piece);
        }
        writer.commit()
    }
}

fn request(described: &Described) -> Result<Request, Error> {
    let request = Request::new(&described.method, &described.url);
    for header in &described.headers {
        request.add_header(&header.name, &header.value)?;
    }
    match (&described.body, described.way) {
        (Some(body), Way::Send | Way::Open) => request.set_body(body)?,
        (Some(_), Way::Upload) | (None, _) => {}
    }
    Ok(request)
}

fn send(request: Request, described: &Described) -> Result<Response, Error> {
    match described.way {
        Way::Send => http_request::send(request),
        Way::Open => whole(&http_request::open(request)?, described.piece),
        Way::Upload => {
            let outgoing = http_request::upload(request, None)?;
            let body = described.body.as_deref().unwrap_or_default();
            for piece in body.chunks(described.piece as usize) {
                outgoing.write(piece)?;
            }
            whole(&Outgoing::finish(outgoing)?, described.piece)
        }
    }
}

fn whole(incoming: &Incoming, piece: u32) -> Result<Response, Error> {
    let mut body = Vec::new();
    loop {
        let read = incoming.read(piece)?;
        if read.is_empty() {
            return Ok(Response {
                status: incoming.status(),
                url: incoming.url(),
                headers: incoming.headers(),
                body,
            });
        }
        body.extend(read);
    }
}
