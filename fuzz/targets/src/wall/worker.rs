//! The other ends of a broker's sockets: what starts workers, and the workers, as threads of this process.

use std::collections::HashMap;
use std::io::{IoSliceMut, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SocketFlags, SocketType,
    recvmsg, socketpair,
};

use super::script::{Act, Script, counted};

/// What is told of a call, once every worker has ended.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The names of the operations that were asked for, in their order.
    pub(super) asked: Vec<Vec<u8>>,
    /// What the broker replied, in its order.
    pub(super) replies: Vec<Vec<u8>>,
}

/// What all workers share.
#[derive(Debug, Default)]
struct Shared {
    script: Script,
    heard: Heard,
}

/// Starts workers that do what a script says.
#[derive(Debug)]
pub(super) struct Starter {
    shared: Arc<Mutex<Shared>>,
    workers: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Starter {
    /// Something that takes orders, and the broker's end of its socket.
    pub(super) fn new() -> (Self, OwnedFd) {
        let (theirs, ours) = socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )
        .expect("a pair of sockets");
        let starter = Self {
            shared: Arc::default(),
            workers: Arc::default(),
        };
        let (shared, workers) = (Arc::clone(&starter.shared), Arc::clone(&starter.workers));
        std::thread::spawn(move || take_orders(&ours, &shared, &workers));
        (starter, theirs)
    }

    /// What the workers do from here on.
    pub(super) fn plays(&self, script: Script) {
        *lock(&self.shared) = Shared {
            script,
            heard: Heard::default(),
        };
    }

    /// Waits until the broker has killed all workers, and tells what they heard.
    pub(super) fn heard(&self) -> Heard {
        loop {
            let worker = lock(&self.workers).pop();
            match worker {
                Some(worker) => worker.join().expect("a worker that stands"),
                None => return std::mem::take(&mut lock(&self.shared).heard),
            }
        }
    }
}

fn take_orders(
    orders: &OwnedFd,
    shared: &Arc<Mutex<Shared>>,
    workers: &Mutex<Vec<JoinHandle<()>>>,
) {
    let mut sockets = HashMap::new();
    while let Some((is_start, worker, descriptors)) = next_order(orders) {
        if !is_start {
            let killed: Option<UnixStream> = sockets.remove(&worker);
            // It may have hung up itself.
            let _ = killed.map(|socket| socket.shutdown(Shutdown::Both));
            continue;
        }
        let socket = descriptors.into_iter().nth(1).map(UnixStream::from);
        let socket = socket.expect("an order to start brings a socket along");
        sockets.insert(worker, socket.try_clone().expect("a descriptor"));
        let shared = Arc::clone(shared);
        let serving = std::thread::spawn(move || drop(serve(socket, &shared)));
        lock(workers).push(serving);
    }
}

fn next_order(socket: &OwnedFd) -> Option<(bool, u32, Vec<OwnedFd>)> {
    let mut bytes = [0; 5];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut into = [IoSliceMut::new(&mut bytes)];
    let received = recvmsg(socket, &mut into, &mut control, RecvFlags::CMSG_CLOEXEC);
    if received.ok()?.bytes != bytes.len() {
        return None;
    }
    let descriptors = control.drain().flat_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => descriptors.collect::<Vec<OwnedFd>>(),
        _ => Vec::new(),
    });
    let descriptors = descriptors.collect();
    let [kind, a, b, c, d] = bytes;
    Some((kind == 0, u32::from_le_bytes([a, b, c, d]), descriptors))
}

/// One worker, until its socket ends: as it should be until it gets a call, and then as the script has it.
fn serve(mut socket: UnixStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let hello = receive(&mut socket)?;
    // The version, the nonce, no pieces to do without, the job.
    let (nonce, job) = (&hello[1..17], hello[18]);
    if job == 0 {
        send(&mut socket, &[&[0], nonce, &[0]].concat())?;
        send(&mut socket, &[2])?;
        return send(&mut socket, b"code");
    }
    let is_asked = hello.last() == Some(&1);
    let ready = match is_asked {
        true => {
            let signature = lock(shared).script.signature.clone();
            // One function `run`, of these types; a minimum of nothing.
            let described = [&[0, 3], &b"run"[..], &[0], &signature, &[0, 0]].concat();
            [&[0], nonce, &[1, 1], &described].concat()
        }
        false => [&[0], nonce, &[0]].concat(),
    };
    send(&mut socket, &ready)?;
    let begin = receive(&mut socket)?;
    let call = &begin[1..];
    let length = call.iter().position(|byte| byte & 0x80 == 0);
    let call = &call[..=length.expect("a number ends")];
    let acts = lock(shared).script.acts.clone();
    // What the broker replies is taken at once, or it would wait for that.
    let listening = socket.try_clone()?;
    let listening = std::thread::spawn(move || listen(listening));
    for act in &acts {
        if let Act::Ask { name, .. } = act {
            lock(shared).heard.asked.push(name.clone());
        }
        // The broker may have had enough.
        if socket.write_all(&bytes(act, call)).is_err() {
            break;
        }
    }
    let _ = socket.shutdown(Shutdown::Write);
    let replies = listening.join().expect("a listener that stands");
    lock(shared).heard.replies.extend(replies);
    Ok(())
}

fn listen(mut socket: UnixStream) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| receive(&mut socket).ok()).collect()
}

/// What is sent.
fn bytes(act: &Act, call: &[u8]) -> Vec<u8> {
    match act {
        Act::Ask { name, operation } => {
            // The engine has nothing left of anything.
            let left = &[0, 0, 0];
            framed(&[&[0], call, &counted(name), &counted(operation), left].concat())
        }
        Act::End {
            ending,
            text,
            claim,
        } => {
            // Nothing used, no lines printed, none dropped.
            let claim = if claim.is_empty() {
                &[0, 0, 1, 0, 0]
            } else {
                &claim[..]
            };
            framed(&[&[1], call, &[*ending], &counted(text), claim].concat())
        }
        Act::Frame(bytes) => framed(bytes),
        Act::Bytes(bytes) => bytes.clone(),
    }
}

fn framed(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short payload");
    [&length.to_le_bytes(), payload].concat()
}

fn send(socket: &mut UnixStream, payload: &[u8]) -> std::io::Result<()> {
    socket.write_all(&framed(payload))
}

fn receive(socket: &mut UnixStream) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    socket.read_exact(&mut length)?;
    let mut payload = vec![0; u32::from_le_bytes(length) as usize];
    socket.read_exact(&mut payload)?;
    Ok(payload)
}
