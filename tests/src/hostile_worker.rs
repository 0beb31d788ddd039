//! A worker process that keeps to nothing: what a component becomes that broke out of the engine before it was confined. It speaks the
//! protocol by hand, well enough to be believed ready, and then does what its own name says.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a process of a test's"
)]

use std::io::{IoSlice, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, recv, sendmsg};

fn main() {
    bailiwick::worker::starter();
    let program = std::env::args().next().unwrap();
    let attack = program.rsplit('/').next().unwrap().to_owned();
    let stdout = std::io::stdout();
    let mut socket = UnixStream::from(stdout.as_fd().try_clone_to_owned().unwrap());
    let hello = receive(&mut socket);
    // version, nonce, no pieces to do without, the job.
    let (nonce, job) = (&hello[1..17], hello[18]);
    if job == 0 {
        send(&mut socket, &[&[0], nonce, &[0]].concat());
        return compile(&attack, &mut socket);
    }
    let describe = *hello.last().unwrap() == 1;
    send(&mut socket, &ready(&attack, nonce, describe));
    loop {
        let begin = receive(&mut socket);
        let number = &begin[1..=begin[1..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1];
        act(&attack, &mut socket, number);
    }
}

/// What it does in the place of a compiler.
fn compile(attack: &str, socket: &mut UnixStream) {
    match attack {
        "compiles-for-ever" => std::thread::park(),
        "compiles-and-ends" => {}
        "compiles-half-of-it" => {
            send(socket, &[2]);
            drop(socket.write_all(&[9, 0, 0, 0, 1]));
        }
        "compiles-without-end" => {
            send(socket, &[2]);
            // What it announces is more than any code of such a component.
            drop(socket.write_all(&[0xff, 0xff, 0xff, 0x7f]));
            while socket.write_all(&[0; 65_536]).is_ok() {}
        }
        "compiles-nonsense" => send(socket, &[9; 40]),
        _ => {
            send(socket, &[2]);
            send(socket, b"code");
        }
    }
}

fn receive(socket: &mut UnixStream) -> Vec<u8> {
    let mut length = [0; 4];
    if socket.read_exact(&mut length).is_err() {
        std::process::exit(0);
    }
    let mut payload = vec![0; u32::from_le_bytes(length) as usize];
    socket.read_exact(&mut payload).unwrap();
    payload
}

fn send(socket: &mut UnixStream, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    // The broker may have had enough.
    let _ = socket.write_all(&[&length, payload].concat());
}

fn text(text: &str) -> Vec<u8> {
    [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

/// Says that it is ready, and that its component has one function: `run: func() -> string`.
fn ready(attack: &str, nonce: &[u8], describe: bool) -> Vec<u8> {
    let other = [7; 16];
    let nonce = if attack == "another-nonce" {
        &other
    } else {
        nonce
    };
    if !describe {
        return [&[0], nonce, &[0]].concat();
    }
    let item = match attack {
        "describes-what-is-not-exported" => "walk",
        _ => "run",
    };
    // One part, a string; no parameters; the result is that part.
    let signature: &[u8] = match attack {
        "describes-a-circle" => &[0, 1, 6, 0, 0, 1, 0],
        "describes-an-escape" => &[0, 1, 12, 1, 4, 27, b'[', b'2', b'J', 0, 1, 0],
        _ => &[0, 1, 4, 0, 1, 0],
    };
    let times = if attack == "describes-twice" { 2 } else { 1 };
    let described = [&[0], &text(item)[..], signature].concat();
    let described = described.repeat(usize::from(times));
    [&[0], nonce, &[1, times], &described, &[0, 0]].concat()
}

/// An operation of this name; what the engine has left is nothing.
fn asked(number: &[u8], name: &str, operation: &[u8]) -> Vec<u8> {
    let bytes = [&[u8::try_from(operation.len()).unwrap()], operation].concat();
    [&[0], number, &text(name), &bytes, &[0, 0, 0]].concat()
}

/// An answer, having used nothing and printed nothing.
fn answered(number: &[u8], json: &str) -> Vec<u8> {
    [&[1], number, &[0], &text(json), &[0, 0, 1, 0, 0]].concat()
}

fn act(attack: &str, socket: &mut UnixStream, number: &[u8]) {
    let path = text("../outside/flag");
    match attack {
        "honest" => send(socket, &answered(number, "\"done\"")),
        "computes-on" => {
            let own = format!("\"{}\"", std::process::id());
            // Behind its own answer, with no call's clock running.
            std::thread::spawn(|| {
                loop {
                    std::hint::spin_loop();
                }
            });
            send(socket, &answered(number, &own));
        }
        "says-its-process" => {
            let own = format!("\"{}\"", std::process::id());
            send(socket, &answered(number, &own));
        }
        "leaves-a-number" => {
            let seen = leave_a_number();
            send(socket, &answered(number, &format!("\"{seen}\"")));
        }
        "reads-and-says-its-process" => {
            send(socket, &asked(number, "read-file.read", &text("in/a")));
            receive(socket);
            let own = format!("\"{}\"", std::process::id());
            send(socket, &answered(number, &own));
        }
        "another-call" => send(socket, &answered(&[1], "\"done\"")),
        "another-type" => send(socket, &answered(number, "17")),
        "no-json" => send(socket, &answered(number, "done")),
        "huge-length" => drop(socket.write_all(&[0xff; 8])),
        "half-a-frame" => {
            drop(socket.write_all(&[9, 0, 0, 0, 1]));
            std::process::exit(0);
        }
        "nothing-in-a-frame" => send(socket, &[]),
        "random-frames" => random(socket),
        "ready-again" => send(socket, &[&[0][..], &[7; 16], &[0]].concat()),
        "unknown-operation" => send(socket, &asked(number, "shell.exec", &path)),
        "operation-not-imported" => send(socket, &asked(number, "read-file.read", &path)),
        "reads-the-flag" => {
            send(socket, &asked(number, "read-file.read", &path));
            let reply = receive(socket);
            let told: Vec<String> = reply.iter().map(|byte| format!("{byte:02x}")).collect();
            send(socket, &answered(number, &format!("\"{}\"", told.concat())));
        }
        "handle-never-had" => send(socket, &asked(number, "reader.read", &[9, 1])),
        "broken-operation" => send(socket, &asked(number, "waist.count", &[1, 2, 3])),
        "endings-twice" => {
            send(socket, &answered(number, "\"done\""));
            send(socket, &answered(number, "\"done\""));
        }
        "counts-without-end" => count(socket, number),
        "ends" => std::process::exit(0),
        "says-nothing" => std::thread::park(),
        "sends-descriptors" => descriptors(socket, number),
        other => panic!("no such attack: {other}"),
    }
}

/// Where the input is read next, which it then moves: a number for whoever has the same descriptor.
fn leave_a_number() -> u64 {
    use std::io::Seek as _;
    let mut input = std::fs::File::from(std::io::stdin().as_fd().try_clone_to_owned().unwrap());
    let seen = input.stream_position().unwrap();
    input.seek(std::io::SeekFrom::Start(4_242)).unwrap();
    seen
}

/// Bytes of a generator of numbers, in frames that have lengths.
fn random(socket: &mut UnixStream) {
    let mut state = u64::from(std::process::id());
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        u8::try_from(state >> 56).unwrap()
    };
    for length in 1..64 {
        let frame: Vec<u8> = (0..length).map(|_| next()).collect();
        send(socket, &frame);
    }
}

/// Asks for the same harmless thing until nobody answers.
fn count(socket: &mut UnixStream, number: &[u8]) {
    loop {
        send(socket, &asked(number, "waist.count", &[]));
        // Always there before the other side has looked in vain.
        let mut byte = [0];
        while recv(&*socket, &mut byte, RecvFlags::PEEK | RecvFlags::DONTWAIT) == Err(Errno::AGAIN)
        {
            std::hint::spin_loop();
        }
        receive(socket);
    }
}

/// An answer with a descriptor beside it.
fn descriptors(socket: &UnixStream, number: &[u8]) {
    let answer = answered(number, "\"done\"");
    let length = u32::try_from(answer.len()).unwrap().to_le_bytes();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let own = [socket.as_fd()];
    assert!(control.push(SendAncillaryMessage::ScmRights(&own)));
    let frame = [&length[..], &answer].concat();
    sendmsg(
        socket,
        &[IoSlice::new(&frame)],
        &mut control,
        SendFlags::empty(),
    )
    .unwrap();
}
