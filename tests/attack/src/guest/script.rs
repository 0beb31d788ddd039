//! A script made into a component: each operation is one call of the host, with what comes back appended to the answer.
//!
//! The guest is as simple as an attacker's can be. Nothing in it decides anything, so that what a case does stands in its
//! data and nowhere else.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::op::Op;

/// Where results are put that are no number.
const RESULT: u32 = 64;

/// Where the answer is gathered, and its end.
const ANSWER: (u32, u32) = (0x1000, 0x4_1000);

/// Where texts begin.
const TEXTS: u32 = 0x4_1000;

const INTERFACES: &str = include_str!("interfaces.wat");

/// The functions that a script can call: the part of the interfaces, the instance, the function's name, the name in the
/// code, and its core type.
const FUNCTIONS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "read-file",
        "read-file",
        "read",
        "read",
        "(param i32 i32 i32)",
    ),
    (
        "read-file",
        "read-file",
        "read-range",
        "read-range",
        "(param i32 i32 i64 i32 i32)",
    ),
    (
        "read-file",
        "read-file",
        "open",
        "open",
        "(param i32 i32 i32)",
    ),
    (
        "read-file",
        "files",
        "[method]reader.read",
        "reader-read",
        "(param i32 i32 i32)",
    ),
    (
        "read-file",
        "files",
        "[method]reader.seek",
        "reader-seek",
        "(param i32 i64)",
    ),
    (
        "write-file",
        "write-file",
        "write",
        "write",
        "(param i32 i32 i32 i32 i32)",
    ),
    (
        "write-file",
        "write-file",
        "create",
        "create",
        "(param i32 i32 i32)",
    ),
    (
        "write-file",
        "files",
        "[method]writer.write",
        "writer-write",
        "(param i32 i32 i32 i32)",
    ),
    (
        "write-file",
        "files",
        "[method]writer.commit",
        "writer-commit",
        "(param i32 i32)",
    ),
    (
        "list-files",
        "list-files",
        "list",
        "list",
        "(param i32 i32 i32)",
    ),
    ("http-get", "http-get", "get", "get", "(param i32 i32 i32)"),
    (
        "http-get",
        "http-get",
        "open",
        "get-open",
        "(param i32 i32 i32)",
    ),
    (
        "http-get",
        "http",
        "[method]incoming.read",
        "incoming-read",
        "(param i32 i32 i32)",
    ),
    (
        "http-request",
        "http",
        "[constructor]request",
        "request",
        "(param i32 i32 i32 i32) (result i32)",
    ),
    (
        "http-request",
        "http",
        "[method]request.add-header",
        "add-header",
        "(param i32 i32 i32 i32 i32 i32)",
    ),
    (
        "http-request",
        "http",
        "[method]request.set-body",
        "set-body",
        "(param i32 i32 i32 i32)",
    ),
    (
        "http-request",
        "http-request",
        "send",
        "send",
        "(param i32 i32)",
    ),
    (
        "http-request",
        "http-request",
        "upload",
        "upload",
        "(param i32 i32 i64 i32)",
    ),
    (
        "http-request",
        "http",
        "[method]outgoing.write",
        "outgoing-write",
        "(param i32 i32 i32 i32)",
    ),
    (
        "http-request",
        "http",
        "[static]outgoing.finish",
        "outgoing-finish",
        "(param i32 i32)",
    ),
    ("log", "log", "log", "log", "(param i32 i32 i32)"),
    ("random", "random", "bytes", "random", "(param i32 i32)"),
    ("clock", "clock", "elapsed", "elapsed", "(param i32)"),
];

/// The text of a component that does what a script says.
pub(crate) fn compile(script: &[Op]) -> String {
    let mut writing = Writing::default();
    for op in script {
        writing.op(op);
    }
    writing.component()
}

/// What is done with a list of bytes that came back.
const PUT: &str = "(call $put (i32.load (i32.const 68)) (i32.load (i32.const 72)))";

/// What is done with a handle that came back.
const HANDLE: &str = "(local.set $handle (i32.load (i32.const 68)))";

#[derive(Default)]
struct Writing {
    parts: BTreeSet<&'static str>,
    texts: Vec<u8>,
    code: String,
    loops: u32,
}

impl Writing {
    /// Puts a text into memory: its address and length, as two constants.
    fn text(&mut self, text: &str) -> String {
        let at = TEXTS as usize + self.texts.len();
        self.texts.extend_from_slice(text.as_bytes());
        format!("(i32.const {at}) (i32.const {})", text.len())
    }

    fn add(&mut self, code: impl AsRef<str>) {
        self.code.push_str("    ");
        self.code.push_str(code.as_ref());
        self.code.push('\n');
    }

    /// A call whose result is put at [`RESULT`], and what is done with it when it is no error.
    fn call(&mut self, part: &'static str, function: &str, arguments: &str, then: &str) {
        self.parts.insert(part);
        self.add(format!(
            "(call ${function} {arguments} (i32.const {RESULT})) (if (i32.eqz (i32.load8_u (i32.const {RESULT}))) (then {then}) (else (call $failed)))"
        ));
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Read(path) => {
                let path = self.text(path);
                self.call("read-file", "read", &path, PUT);
            }
            Op::ReadRange(path, offset, length) => {
                let path = self.text(path);
                let arguments = format!("{path} (i64.const {offset}) (i32.const {length})");
                self.call("read-file", "read-range", &arguments, PUT);
            }
            Op::Open(path, offset, times) => {
                let path = self.text(path);
                let seek = format!("(call $reader-seek (local.get $handle) (i64.const {offset}))");
                let then = format!("{HANDLE} {seek} (call $read-on (i32.const {times}))");
                self.call("read-file", "open", &path, &then);
            }
            Op::Keep(path) => {
                let path = self.text(path);
                self.call("read-file", "open", &path, "");
            }
            Op::Write(path, bytes) => {
                let arguments = format!("{} {}", self.text(path), self.text(bytes));
                self.call("write-file", "write", &arguments, "");
            }
            Op::Create(path, bytes, end) => self.create(path, bytes, end),
            Op::List(path) => {
                let path = self.text(path);
                self.call("list-files", "list", &path, "(call $names)");
            }
            Op::Repeat(times, script) => self.repeat(*times, script),
            Op::Core(code) => self.add(code),
            other => self.op_without_files(other),
        }
    }

    fn op_without_files(&mut self, op: &Op) {
        match op {
            Op::Get(url) => {
                let url = self.text(url);
                self.call("http-get", "get", &url, "(call $body)");
            }
            Op::Stream(url, times) => {
                let url = self.text(url);
                let then = format!("{HANDLE} (call $stream-on (i32.const {times}))");
                self.call("http-get", "get-open", &url, &then);
            }
            Op::Send {
                method,
                url,
                headers,
                body,
            } => {
                self.describe(method, url, headers, body.as_deref());
                self.call(
                    "http-request",
                    "send",
                    "(local.get $request)",
                    "(call $body)",
                );
            }
            Op::Upload(url, length, piece, times) => self.upload(url, *length, piece, *times),
            Op::Log(message) => {
                self.parts.insert("log");
                let message = self.text(message);
                self.add(format!("(call $log (i32.const 1) {message})"));
            }
            Op::Random(length) => {
                self.call("random", "random", &format!("(i32.const {length})"), PUT);
            }
            Op::Elapsed => {
                self.parts.insert("clock");
                self.add("(call $elapsed (i32.const 64))");
            }
            _ => {}
        }
    }

    fn create(&mut self, path: &str, bytes: &str, end: &str) {
        let (path, bytes) = (self.text(path), self.text(bytes));
        let end = match end {
            "commit" => "(call $writer-commit (local.get $handle) (i32.const 64))",
            "drop" => "(call $drop-writer (local.get $handle))",
            "trap" => "unreachable",
            "spin" => "(loop $for-ever (br $for-ever))",
            _ => "",
        };
        let write = format!("(call $writer-write (local.get $handle) {bytes} (i32.const 64))");
        self.call(
            "write-file",
            "create",
            &path,
            &format!("{HANDLE} {write} {end}"),
        );
    }

    fn upload(&mut self, url: &str, length: Option<u64>, piece: &str, times: u32) {
        self.describe("POST", url, &[], None);
        let announced = match length {
            Some(length) => format!("(i32.const 1) (i64.const {length})"),
            None => "(i32.const 0) (i64.const 0)".to_owned(),
        };
        let piece = self.text(piece);
        let write = format!("(call $outgoing-write (local.get $handle) {piece} (i32.const 64))");
        let writes = write.repeat(times as usize);
        let finish = "(call $outgoing-finish (local.get $handle) (i32.const 64))";
        let arguments = format!("(local.get $request) {announced}");
        self.call(
            "http-request",
            "upload",
            &arguments,
            &format!("{HANDLE} {writes} {finish}"),
        );
    }

    fn repeat(&mut self, times: u32, script: &[Op]) {
        let name = self.loops;
        self.loops += 1;
        self.add(format!(
            "(local.set $times{name} (i32.const {times})) (loop $again{name}"
        ));
        for op in script {
            self.op(op);
        }
        self.add(format!(
            "(local.set $times{name} (i32.sub (local.get $times{name}) (i32.const 1))) (br_if $again{name} (local.get $times{name})))"
        ));
    }

    fn describe(
        &mut self,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        body: Option<&str>,
    ) {
        self.parts.insert("http-request");
        let (method, url) = (self.text(method), self.text(url));
        self.add(format!(
            "(local.set $request (call $request {method} {url}))"
        ));
        for (name, value) in headers {
            let (name, value) = (self.text(name), self.text(value));
            self.add(format!(
                "(call $add-header (local.get $request) {name} {value} (i32.const 64))"
            ));
        }
        if let Some(body) = body {
            let body = self.text(body);
            self.add(format!(
                "(call $set-body (local.get $request) {body} (i32.const 64))"
            ));
        }
    }

    fn component(mut self) -> String {
        if ["read-file", "write-file", "list-files"]
            .iter()
            .any(|part| self.parts.contains(part))
        {
            self.parts.insert("files");
        }
        if ["http-get", "http-request"]
            .iter()
            .any(|part| self.parts.contains(part))
        {
            self.parts.insert("http");
        }
        let functions: Vec<_> = FUNCTIONS
            .iter()
            .filter(|(part, ..)| self.parts.contains(part))
            .collect();
        let mut text = "(component\n".to_owned();
        for part in INTERFACES.split("\n;;; ").skip(1) {
            let (name, body) = part.split_once('\n').unwrap_or((part, ""));
            if self.parts.contains(name) {
                text += body;
                text.push('\n');
            }
        }
        text += HEAP_BEGIN;
        // Writing to a string does not fail.
        let _ = write!(text, "{}", TEXTS as usize + self.texts.len() + 16);
        text += HEAP_END;
        for (_, instance, function, name, _) in &functions {
            let _ = writeln!(
                text,
                "  (core func ${name} (canon lower (func ${instance} \"{function}\") (memory $memory) (realloc $realloc)))"
            );
        }
        if self.parts.contains("write-file") {
            text += "  (core func $drop-writer (canon resource.drop $writer))\n";
        }
        text += "  (core module $code\n    (import \"heap\" \"memory\" (memory 1))\n";
        for (_, _, _, name, core) in &functions {
            let _ = writeln!(
                text,
                "    (import \"host\" \"{name}\" (func ${name} {core}))"
            );
        }
        if self.parts.contains("write-file") {
            text += "    (import \"host\" \"drop-writer\" (func $drop-writer (param i32)))\n";
        }
        self.body(&mut text);
        text += "  (core instance $code (instantiate $code\n    (with \"heap\" (instance (export \"memory\" (memory $memory))))\n    (with \"host\" (instance";
        for (_, _, _, name, _) in &functions {
            let _ = write!(text, " (export \"{name}\" (func ${name}))");
        }
        if self.parts.contains("write-file") {
            text += " (export \"drop-writer\" (func $drop-writer))";
        }
        text += "))))\n  (func (export \"attack\") (result (list u8)) (canon lift (core func $code \"attack\") (memory $memory))))\n";
        text
    }

    fn body(&self, text: &mut String) {
        let has = |part| self.parts.contains(part);
        let _ = write!(text, "    (data (i32.const {TEXTS}) \"");
        for byte in &self.texts {
            match byte {
                b'"' | b'\\' | 0..=31 | 127.. => {
                    let _ = write!(text, "\\{byte:02x}");
                }
                plain => text.push(char::from(*plain)),
            }
        }
        text.push_str("\")\n");
        text.push_str(HELPERS);
        if has("read-file") {
            text.push_str(&reading("read-on", "reader-read"));
        }
        if has("http-get") {
            text.push_str(&reading("stream-on", "incoming-read"));
        }
        text.push_str(
            "    (func (export \"attack\") (result i32) (local $request i32) (local $handle i32)",
        );
        for number in 0..self.loops {
            let _ = write!(text, " (local $times{number} i32)");
        }
        let (begin, _) = ANSWER;
        let _ = write!(
            text,
            "\n{}    (i32.store (i32.const 16) (i32.const {begin})) (i32.store (i32.const 20) (i32.sub (global.get $end) (i32.const {begin}))) (i32.const 16)))\n",
            self.code
                .replace("(call $read-on ", "(call $read-on (local.get $handle) ")
                .replace("(call $stream-on ", "(call $stream-on (local.get $handle) ")
        );
    }
}

const HEAP_BEGIN: &str = r#"  (core module $heap
    (memory (export "memory") 160)
    (global $next (mut i32) (i32.const "#;

/// Gives out memory and never takes it back: a call is short.
const HEAP_END: &str = r#"))
    (func (export "realloc") (param i32 i32 i32) (param $size i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get $size)))
      (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))
        (then (drop (memory.grow (i32.add (i32.const 1) (i32.div_u (local.get $size) (i32.const 65536)))))))
      (local.get $at)))
  (core instance $heap (instantiate $heap))
  (alias core export $heap "memory" (core memory $memory))
  (alias core export $heap "realloc" (core func $realloc))
"#;

/// Appends to the answer: bytes, a mark and the number of an error, the names of a listing, a body.
const HELPERS: &str = r#"    (global $end (mut i32) (i32.const 0x1000))
    (func $put (param $from i32) (param $length i32)
      (if (i32.gt_u (local.get $length) (i32.sub (i32.const 0x41000) (global.get $end)))
        (then (local.set $length (i32.sub (i32.const 0x41000) (global.get $end)))))
      (memory.copy (global.get $end) (local.get $from) (local.get $length))
      (global.set $end (i32.add (global.get $end) (local.get $length))))
    (func $failed
      (i32.store16 (i32.const 32) (i32.add (i32.const 0x3021) (i32.shl (i32.load8_u (i32.const 68)) (i32.const 8))))
      (call $put (i32.const 32) (i32.const 2)))
    (func $names (local $at i32) (local $left i32)
      (local.set $at (i32.load (i32.const 68)))
      (local.set $left (i32.load (i32.const 72)))
      (block $done (loop $again
        (br_if $done (i32.eqz (local.get $left)))
        (call $put (i32.load (local.get $at)) (i32.load offset=4 (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 24)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $again))))
    (func $body (call $put (i32.load (i32.const 88)) (i32.load (i32.const 92))))
"#;

/// Reads from a handle so often, unless there is an error or an end.
fn reading(name: &str, function: &str) -> String {
    format!(
        r#"    (func ${name} (param $handle i32) (param $times i32)
      (block $done (loop $again
        (br_if $done (i32.eqz (local.get $times)))
        (call ${function} (local.get $handle) (i32.const 65536) (i32.const 64))
        (if (i32.load8_u (i32.const 64)) (then (call $failed) (br $done)))
        (br_if $done (i32.eqz (i32.load (i32.const 72))))
        (call $put (i32.load (i32.const 68)) (i32.load (i32.const 72)))
        (local.set $times (i32.sub (local.get $times) (i32.const 1)))
        (br $again))))
"#
    )
}
