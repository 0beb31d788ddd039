//! What an input says that a worker does.
//!
//! Whole messages are put together from the input's parts, with the number of the call that is under way, so that what stands behind
//! the first check is reached; and bytes are sent as they are.

/// Types that a worker describes: parts, parameters and result of one function, as they travel.
const SIGNATURES: [&[u8]; 7] = [
    // -> string
    &[1, 4, 0, 1, 0],
    // -> list<record { a: bool, b: option<string> }>
    &[5, 0, 4, 13, 1, 9, 2, 1, b'a', 0, 1, b'b', 2, 6, 3, 0, 1, 4],
    // -> result<tuple<char, f64>, enum { x, y }>
    &[
        5, 3, 2, 1, 10, 2, 0, 1, 12, 2, 1, b'x', 1, b'y', 14, 1, 2, 1, 3, 0, 1, 4,
    ],
    // (x: borrow<reader>)
    &[1, 16, 0, 1, 1, b'x', 0, 0],
    // (x: borrow<reader>, y: borrow<writer>)
    &[2, 16, 0, 16, 1, 2, 1, b'x', 0, 1, b'y', 1, 0],
    // -> tuple<map<string, u8>, variant { c(flags { f, g }), d }>
    &[
        6, 4, 1, 0, 8, 0, 1, 15, 2, 1, b'f', 1, b'g', 11, 2, 1, b'c', 1, 3, 1, b'd', 0, 10, 2, 2,
        4, 0, 1, 5,
    ],
    // -> nothing
    &[0, 0, 0],
];

/// The text of the arguments.
const ARGUMENTS: [&str; 6] = [
    "[]",
    r#"["in/a.txt"]"#,
    r#"["in/a.txt", "out/b"]"#,
    r#"["../outside/flag"]"#,
    r#"["in/a.txt", "in/a.txt"]"#,
    "{}",
];

/// Operations by name: all those that the imports lead to, and two that they do not.
pub(super) const OPERATIONS: [&str; 36] = [
    "waist.count",
    "read-file.read",
    "read-file.read-range",
    "read-file.open",
    "write-file.write",
    "write-file.create",
    "list-files.list",
    "reader.read",
    "reader.size",
    "reader.seek",
    "writer.write",
    "writer.commit",
    "files.close",
    "key-value.get",
    "key-value.set",
    "key-value.compare-and-set",
    "key-value.delete",
    "key-value.list",
    "clock.now",
    "clock.elapsed",
    "random.bytes",
    "log.log",
    "progress.report",
    "http-get.get",
    "http-get.open",
    "http-request.send",
    "request.new",
    "request.set-header",
    "request.set-body",
    "incoming.read",
    "incoming.body",
    "outgoing.write",
    "http.close",
    "floor.inert",
    "secret.get",
    "call-tool.call",
];

/// Times that a message may be sent once more: more than the call may make host calls.
const TIMES_MAX: u8 = 64;

/// One thing that a worker does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Asks for an operation.
    Ask { name: Vec<u8>, operation: Vec<u8> },
    /// Ends the call, with an answer or whatever the number stands for.
    End {
        ending: u8,
        text: Vec<u8>,
        claim: Vec<u8>,
    },
    /// A frame of these bytes.
    Frame(Vec<u8>),
    /// These bytes.
    Bytes(Vec<u8>),
}

/// What a worker says of its function, and what it does in a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Script {
    pub(super) signature: Vec<u8>,
    pub(super) arguments: &'static str,
    pub(super) acts: Vec<Act>,
}

impl Script {
    pub(super) fn of(data: &[u8]) -> Self {
        let mut rest = Rest(data);
        let signature = match usize::from(rest.byte()) {
            known if known < 128 => SIGNATURES[known % SIGNATURES.len()].to_vec(),
            _ => rest.bytes(),
        };
        let arguments = ARGUMENTS[usize::from(rest.byte()) % ARGUMENTS.len()];
        let mut acts: Vec<Act> = Vec::new();
        while !rest.0.is_empty() {
            match rest.byte() % 8 {
                0 | 1 => {
                    let name = OPERATIONS[usize::from(rest.byte()) % OPERATIONS.len()];
                    let name = name.as_bytes().to_vec();
                    let operation = rest.bytes();
                    acts.push(Act::Ask { name, operation });
                }
                2 => {
                    let (name, operation) = (rest.bytes(), rest.bytes());
                    acts.push(Act::Ask { name, operation });
                }
                3 => acts.push(Act::End {
                    ending: 0,
                    text: rest.bytes(),
                    claim: Vec::new(),
                }),
                4 => acts.push(Act::End {
                    ending: rest.byte(),
                    text: rest.bytes(),
                    claim: rest.bytes(),
                }),
                5 => acts.push(Act::Frame(rest.bytes())),
                6 => acts.push(Act::Bytes(rest.bytes())),
                _ => {
                    let times = rest.byte().min(TIMES_MAX);
                    let last = acts.last().cloned();
                    acts.extend(last.iter().cycle().take(usize::from(times)).cloned());
                }
            }
        }
        Self {
            signature,
            arguments,
            acts,
        }
    }
}

/// What is left of an input.
struct Rest<'d>(&'d [u8]);

impl Rest<'_> {
    /// The next byte; zeros behind the end.
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// A length, and so many bytes, as far as there are.
    fn bytes(&mut self) -> Vec<u8> {
        let length = usize::from(self.byte()).min(self.0.len());
        let (bytes, rest) = self.0.split_at(length);
        self.0 = rest;
        bytes.to_vec()
    }
}

/// A number as the protocol writes it: seven bits a byte, the lowest first.
fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).expect("seven bits");
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// Bytes with their length before them.
pub(super) fn counted(bytes: &[u8]) -> Vec<u8> {
    [&number(bytes.len() as u64), bytes].concat()
}
