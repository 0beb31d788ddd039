//! A script about files, as a module of WASI preview 1.

use std::fmt::Write as _;

use crate::guest::Op;

const IMPORTS: &str = r#"(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (memory (export "memory") 64)
  (func $read (param $fd i32) (param $path i32) (param $length i32)
    (if (call $path_open (local.get $fd) (i32.const 1) (local.get $path) (local.get $length) (i32.const 0)
        (i64.const 0x1fffffff) (i64.const 0x1fffffff) (i32.const 0) (i32.const 16)) (then return))
    (i32.store (i32.const 0) (i32.const 0x100000)) (i32.store (i32.const 4) (i32.const 65536))
    (if (call $fd_read (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 20)) (then return))
    (i32.store (i32.const 4) (i32.load (i32.const 20)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20))))
  (func $write (param $fd i32) (param $path i32) (param $length i32) (param $from i32) (param $size i32)
    (if (call $path_open (local.get $fd) (i32.const 1) (local.get $path) (local.get $length) (i32.const 9)
        (i64.const 0x1fffffff) (i64.const 0x1fffffff) (i32.const 0) (i32.const 16)) (then return))
    (i32.store (i32.const 0) (local.get $from)) (i32.store (i32.const 4) (local.get $size))
    (drop (call $fd_write (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 20))))
  (func $list (param $fd i32) (param $path i32) (param $length i32)
    (if (call $path_open (local.get $fd) (i32.const 1) (local.get $path) (local.get $length) (i32.const 2)
        (i64.const 0x1fffffff) (i64.const 0x1fffffff) (i32.const 0) (i32.const 16)) (then return))
    (if (call $fd_readdir (i32.load (i32.const 16)) (i32.const 0x100000) (i32.const 65536) (i64.const 0) (i32.const 20)) (then return))
    (i32.store (i32.const 0) (i32.const 0x100000)) (i32.store (i32.const 4) (i32.load (i32.const 20)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20))))
  (func (export "_start")
"#;

/// The text of the module, unless there is an operation that is not about files.
pub(super) fn module(script: &[Op], places: &[String]) -> Option<String> {
    let mut writing = Writing {
        places,
        texts: String::new(),
        next: 4096,
        code: String::new(),
    };
    script.iter().try_for_each(|op| writing.op(op))?;
    Some(format!("{IMPORTS}{})\n{})", writing.code, writing.texts))
}

struct Writing<'a> {
    places: &'a [String],
    texts: String,
    next: usize,
    code: String,
}

impl Writing<'_> {
    fn text(&mut self, text: &str) -> String {
        let at = self.next;
        self.next += text.len();
        // Writing to a string does not fail.
        let _ = write!(self.texts, "(data (i32.const {at}) \"");
        text.bytes().for_each(|byte| {
            let _ = write!(self.texts, "\\{byte:02x}");
        });
        self.texts.push_str("\")\n");
        format!("(i32.const {at}) (i32.const {})", text.len())
    }

    /// The descriptor of the directory in which a path begins, and the rest of the path; the first directory and the whole
    /// path where it begins in none.
    fn place(&mut self, path: &str) -> Option<String> {
        if self.next + path.len() > 0x10_0000 {
            return None;
        }
        let found = self.places.iter().enumerate().find_map(|(index, place)| {
            let rest = match place.is_empty() {
                true => path,
                false if path == place => ".",
                false => path.strip_prefix(place.as_str())?.strip_prefix('/')?,
            };
            Some((index, rest))
        });
        let (index, rest) = found.unwrap_or((0, path));
        let rest = rest.to_owned();
        Some(format!("(i32.const {}) {}", index + 3, self.text(&rest)))
    }

    fn op(&mut self, op: &Op) -> Option<()> {
        let call = match op {
            Op::Read(path) | Op::ReadRange(path, ..) | Op::Open(path, ..) => {
                format!("(call $read {})", self.place(path)?)
            }
            Op::Write(path, bytes) | Op::Create(path, bytes, _) => {
                let end = match op {
                    Op::Create(_, _, end) if end == "trap" => "unreachable",
                    _ => "",
                };
                format!(
                    "(call $write {} {}) {end}",
                    self.place(path)?,
                    self.text(bytes)
                )
            }
            Op::List(path) => format!("(call $list {})", self.place(path)?),
            Op::Core(code) if !code.contains("(call ") => code.clone(),
            Op::Repeat(times, script) if *times <= 100 => {
                for _ in 0..*times {
                    script.iter().try_for_each(|op| self.op(op))?;
                }
                return Some(());
            }
            _ => return None,
        };
        self.code.push_str("    ");
        self.code.push_str(&call);
        self.code.push('\n');
        Some(())
    }
}
