//! The probe of flows: it does the steps that a test names in their order, and nothing else.

use std::fmt::Debug;

use bailiwick::files::types::{Reader, Writer};
use bailiwick::files::{list_files, read_file, write_file};
use bailiwick::http::types::{Incoming, Outgoing, Request};
use bailiwick::http::{http_get, http_request};
use bailiwick::key_value::key_value;
use bailiwick::tools::call_tool;
use exports::probe::flow::driver::Guest;

wit_bindgen::generate!({
    path: [
        "../../../wit/files",
        "../../../wit/http",
        "../../../wit/key-value",
        "../../../wit/tools",
        "wit",
    ],
    world: "probe:flow/probe",
    generate_all,
});

struct Probe;

export!(Probe);

/// What is open, by its kind.
#[derive(Default)]
struct Open {
    readers: Vec<Reader>,
    writers: Vec<Writer>,
    answers: Vec<Incoming>,
    uploads: Vec<Option<Outgoing>>,
}

impl Guest for Probe {
    fn run(steps: Vec<Vec<String>>) -> Vec<String> {
        let mut open = Open::default();
        let words = |step: &Vec<String>| {
            let words: Vec<&str> = step.iter().map(String::as_str).collect();
            open.step(&words).unwrap_or_else(|error| error)
        };
        steps.iter().map(words).collect()
    }

    fn copy_into(path: String, output: &Writer) -> String {
        let copied = read_file::read(&path)
            .map_err(word)
            .and_then(|content| output.write(&content).map_err(word));
        copied.map_or_else(|error| error, |()| "ok".to_owned())
    }

    fn fetch_beside(_input: &Reader, url: String) -> String {
        got(&url).unwrap_or_else(|error| error)
    }
}

impl Open {
    fn step(&mut self, words: &[&str]) -> Result<String, String> {
        match *words {
            ["read", path] => value(read_file::read(path), |content| content.len()),
            ["range", path] => value(read_file::read_range(path, 0, 1), |content| content.len()),
            ["open", path] => done(read_file::open(path).map(|reader| self.readers.push(reader))),
            ["size", at] => Ok(self.readers[number(at)].size().to_string()),
            ["list", path] => value(list_files::list(path), |entries| entries.len()),
            ["write", path, text] => done(write_file::write(path, text.as_bytes())),
            ["create", path] => {
                done(write_file::create(path).map(|writer| self.writers.push(writer)))
            }
            ["append", at, text] => done(self.writers[number(at)].write(text.as_bytes())),
            ["commit", at] => done(self.writers[number(at)].commit()),
            ["get", url] => got(url),
            ["fetch", url] => done(http_get::open(url).map(|answer| self.answers.push(answer))),
            ["take", at] => value(self.answers[number(at)].read(8), |piece| piece.len()),
            ["send", method, url, ref more @ ..] => sent(method, url, more),
            ["upload", url] => done(
                http_request::upload(Request::new("POST", url), None)
                    .map(|upload| self.uploads.push(Some(upload))),
            ),
            ["push", at, text] => match &self.uploads[number(at)] {
                Some(upload) => done(upload.write(text.as_bytes())),
                None => Err("finished".to_owned()),
            },
            ["finish", at] => match self.uploads[number(at)].take() {
                Some(upload) => value(Outgoing::finish(upload), |answer| answer.status()),
                None => Err("finished".to_owned()),
            },
            ["set", key, text] => done(key_value::set(key, text.as_bytes())),
            ["swap", key, text] => value(
                key_value::compare_and_set(key, None, text.as_bytes()),
                |set| set,
            ),
            ["unset", key] => done(key_value::delete(key)),
            ["kept", key] => value(key_value::get(key), |kept| {
                kept.map_or(0, |kept| kept.len())
            }),
            ["keys"] => value(key_value::list("", None, 10), |keys| keys.keys.len()),
            ["call", tool, arguments] => call_tool::call(tool, arguments).map_err(word),
            _ => panic!("no such step: {words:?}"),
        }
    }
}

fn got(url: &str) -> Result<String, String> {
    value(http_get::get(url), |answer| answer.status)
}

fn sent(method: &str, url: &str, more: &[&str]) -> Result<String, String> {
    let request = Request::new(method, url);
    if let [name, text, ..] = more {
        request.add_header(name, text).map_err(word)?;
    }
    if let [body] | [_, _, body] = more {
        request.set_body(body.as_bytes()).map_err(word)?;
    }
    value(http_request::send(request), |answer| answer.status)
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn done<E: Debug>(result: Result<(), E>) -> Result<String, String> {
    result.map(|()| "ok".to_owned()).map_err(word)
}

fn value<T, E: Debug, S: ToString>(
    result: Result<T, E>,
    shown: impl FnOnce(T) -> S,
) -> Result<String, String> {
    result.map(|value| shown(value).to_string()).map_err(word)
}

/// The error's case, without its type's name.
fn word(error: impl Debug) -> String {
    let word = format!("{error:?}");
    word.strip_prefix("Error::").unwrap_or(&word).to_owned()
}
