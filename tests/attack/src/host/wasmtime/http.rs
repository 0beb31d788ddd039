//! A script about the network, as a component of `wasi:http`.
//!
//! It does what a client library in a guest does and no more: a URL is taken apart at its first marks, a header that the host
//! refuses is left out, and an answer that points elsewhere is not followed, since the interface follows none.

use std::fmt::Write as _;

use crate::guest::Op;

/// The component, without what a script puts into it.
const CLIENT: &str = include_str!("http.wat");

/// Where texts begin, and where what the host hands over begins.
const TEXTS: (usize, usize) = (0x10_0000, 0x100_0000);

/// The methods that the interface has a case for, in its order.
const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];

/// So many pieces of an answer that it is its end which ends it.
const WHOLE: u32 = u32::MAX;

/// The text of the component, unless there is an operation that is not about the network.
pub(super) fn component(script: &[Op]) -> Option<String> {
    let mut writing = Writing::default();
    script.iter().try_for_each(|op| writing.op(op))?;
    if TEXTS.0 + writing.texts.len() > TEXTS.1 {
        return None;
    }
    let mut texts = format!("(data (i32.const {}) \"", TEXTS.0);
    for byte in &writing.texts {
        // Writing to a string does not fail.
        let _ = write!(texts, "\\{byte:02x}");
    }
    texts.push_str("\")");
    let counters: String = (0..writing.loops)
        .map(|number| format!("(local $times{number} i32)"))
        .collect();
    let text = CLIENT.replace("(; texts ;)", &texts);
    let text = text.replace("(; counters ;)", &counters);
    Some(text.replace("(; script ;)", &writing.code))
}

/// A request, as a script has it.
struct Request<'a> {
    method: &'a str,
    url: &'a str,
    headers: &'a [(String, String)],
    /// The body, and how often it is written.
    body: (&'a str, u32),
    /// How many pieces of the answer are read.
    pieces: u32,
}

#[derive(Default)]
struct Writing {
    texts: Vec<u8>,
    code: String,
    loops: u32,
}

impl Writing {
    /// Puts a text into memory: its address and length, as two constants.
    fn text(&mut self, text: &str) -> String {
        let at = TEXTS.0 + self.texts.len();
        self.texts.extend_from_slice(text.as_bytes());
        format!("(i32.const {at}) (i32.const {})", text.len())
    }

    fn op(&mut self, op: &Op) -> Option<()> {
        let get = |url, pieces| Request {
            method: "GET",
            url,
            headers: &[],
            body: ("", 0),
            pieces,
        };
        match op {
            Op::Get(url) => self.request(&get(url, WHOLE)),
            Op::Stream(url, pieces) => self.request(&get(url, *pieces)),
            Op::Send {
                method,
                url,
                headers,
                body,
            } => self.request(&Request {
                method,
                url,
                headers,
                body: body.as_deref().map_or(("", 0), |body| (body, 1)),
                pieces: WHOLE,
            }),
            Op::Upload(url, length, piece, times) => {
                let length = length.map(|length| ("content-length".to_owned(), length.to_string()));
                self.request(&Request {
                    method: "POST",
                    url,
                    headers: length.as_slice(),
                    body: (piece, *times),
                    pieces: WHOLE,
                });
            }
            Op::Repeat(times, script) if *times > 0 => {
                let name = self.loops;
                self.loops += 1;
                let _ = writeln!(
                    self.code,
                    "    (local.set $times{name} (i32.const {times})) (loop $again{name}"
                );
                script.iter().try_for_each(|op| self.op(op))?;
                let _ = writeln!(
                    self.code,
                    "    (local.set $times{name} (i32.sub (local.get $times{name}) (i32.const 1))) (br_if $again{name} (local.get $times{name})))"
                );
            }
            _ => return None,
        }
        Some(())
    }

    fn request(&mut self, request: &Request<'_>) {
        let (scheme, rest) = request.url.split_once("://").unwrap_or(("", request.url));
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let path = path.split('#').next().unwrap_or_default();
        let path = match path.strip_prefix('/') {
            Some(_) => path.to_owned(),
            None => format!("/{path}"),
        };
        let method = match METHODS.iter().position(|method| *method == request.method) {
            Some(known) => format!("(i32.const {known}) (i32.const 0) (i32.const 0)"),
            None => format!(
                "(i32.const {}) {}",
                METHODS.len(),
                self.text(request.method)
            ),
        };
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => "(i32.const 0) (i32.const 0) (i32.const 0)".to_owned(),
            "https" => "(i32.const 1) (i32.const 0) (i32.const 0)".to_owned(),
            _ => format!("(i32.const 2) {}", self.text(scheme)),
        };
        let (authority, path) = (self.text(authority), self.text(&path));
        let mut code = "    (local.set $fields (call $fields))\n".to_owned();
        for (name, value) in request.headers {
            let (name, value) = (self.text(name), self.text(value));
            let _ = writeln!(
                code,
                "    (call $append (local.get $fields) {name} {value} (i32.const 64))"
            );
        }
        let (body, times) = request.body;
        let body = self.text(body);
        // A step that the host refuses is the end of the request, with the letter of the step.
        let _ = writeln!(
            code,
            "    (local.set $request (call $request (local.get $fields)))
    (if (call $set-method (local.get $request) {method}) (then (call $failed (i32.const 0x6d)))
    (else (if (call $set-scheme (local.get $request) (i32.const 1) {scheme}) (then (call $failed (i32.const 0x73)))
    (else (if (call $set-authority (local.get $request) (i32.const 1) {authority}) (then (call $failed (i32.const 0x61)))
    (else (if (call $set-path (local.get $request) (i32.const 1) {path}) (then (call $failed (i32.const 0x70)))
    (else (call $send (local.get $request) {body} (i32.const {times}) (i32.const {}))))))))))",
            request.pieces
        );
        self.code.push_str(&code);
    }
}

#[cfg(test)]
mod tests {
    //! What a script becomes.

    use super::*;

    #[test]
    fn every_operation_of_the_network_becomes_a_component() {
        let header = ("accept".to_owned(), "text/plain".to_owned());
        let url = || "http://api.example.com/v1/x".to_owned();
        let script = [
            Op::Get(url()),
            Op::Stream("https://api.example.com?q#part".to_owned(), 3),
            Op::Send {
                method: "BREW".to_owned(),
                url: "gopher://api.example.com".to_owned(),
                headers: vec![header],
                body: Some("{}".to_owned()),
            },
            Op::Upload(url(), Some(4), "ab".to_owned(), 2),
            Op::Repeat(2, vec![Op::Get(url())]),
        ];
        let text = component(&script).unwrap();
        wat::parse_str(&text).unwrap();
        assert_eq!(
            text.matches("(then (call $failed (i32.const 0x6d)))")
                .count(),
            5
        );
        assert!(!text.contains("(;"), "{text}");
    }

    #[test]
    fn a_script_about_files_is_none_of_the_network() {
        assert_eq!(component(&[Op::Read("data/x".to_owned())]), None);
    }
}
