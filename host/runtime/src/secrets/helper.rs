//! A process that asks programs and the keyring again, for a host that has confined itself and can start nothing.
//!
//! It is begun before that, with the sources of the policy as it is then, and answers one kind of question: what is the value of source N now? A host
//! that was taken over learns by it what it holds already, and can have nothing else run. The answer has a length that is bounded, and the bytes are overwritten on
//! both sides when they were used.

use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bailiwick_policy::{Policy, SecretSource};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::process::keep_out_of_dumps;
use super::source::{PROGRAM_TIME_MAX, program};
use super::value::{VALUE_BYTES_MAX, Value};
use super::{SecretError, keyring};

/// The argument that makes such a process of a program.
const MARKER: &str = "bailiwick-secrets-helper";

/// Bytes of the sources: programs with their arguments.
const SOURCES_BYTES_MAX: usize = 16 << 20;

/// Bytes of an answer: a value, or why there is none.
const ANSWER_BYTES_MAX: usize = VALUE_BYTES_MAX;

/// How much longer than a program may take its answer is waited for.
const GRACE: Duration = Duration::from_secs(5);

const VALUE: u8 = 0;
const REASON: u8 = 1;

/// Asks the programs and the keyring entries of a policy again: a handle of the process that does it. It ends when the last clone is gone.
#[derive(Clone, Debug)]
pub struct SecretsHelper {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    socket: Mutex<UnixStream>,
    process: Child,
    sources: Vec<SecretSource>,
}

/// A source, as it is told to the process.
#[derive(Debug, Serialize, Deserialize)]
enum Asked {
    Program(Vec<String>),
    Keyring { service: String, user: String },
}

impl SecretsHelper {
    /// Starts the process, in which this program's `main` begins with [`worker::main`](crate::worker::main); none where the policy has no program and no keyring entry.
    ///
    /// # Errors
    /// Why there can be no other process.
    pub fn start(policy: &Policy) -> io::Result<Option<Self>> {
        // Not a path that somebody could put another program at: what runs now.
        Self::start_as(policy, Path::new("/proc/self/exe"))
    }

    /// The same with another program.
    ///
    /// # Errors
    /// As for [`SecretsHelper::start`].
    ///
    /// # Authority
    /// Whoever can change that program has these secrets.
    pub fn start_as(policy: &Policy, path: &Path) -> io::Result<Option<Self>> {
        let sources = policy.secrets().iter().map(|secret| secret.source());
        let sources = sources.filter(|source| asked(source).is_some());
        let sources: Vec<SecretSource> = sources.cloned().collect();
        if sources.is_empty() {
            return Ok(None);
        }
        let (mut socket, theirs) = UnixStream::pair()?;
        let process = begin(path, theirs.into())?;
        let told: Vec<Asked> = sources.iter().filter_map(asked).collect();
        let told = postcard::to_allocvec(&told).map_err(io::Error::other)?;
        socket.write_all(&(told.len() as u64).to_le_bytes())?;
        socket.write_all(&told)?;
        socket.set_read_timeout(Some(PROGRAM_TIME_MAX + GRACE))?;
        let inner = Inner {
            socket: Mutex::new(socket),
            process,
            sources,
        };
        Ok(Some(Self {
            inner: Arc::new(inner),
        }))
    }

    /// What a source holds now; none where it was not among those of the start.
    pub(super) fn read(&self, source: &SecretSource) -> Option<Result<Value, SecretError>> {
        let place = self.inner.sources.iter().position(|known| known == source);
        let place = u32::try_from(place?).ok()?;
        // A question that failed half-way leaves an answer that is nobody's: the next one must not take it.
        let mut socket = match self.inner.socket.lock() {
            Ok(socket) => socket,
            Err(poisoned) => PoisonError::into_inner(poisoned),
        };
        Some(ask(&mut socket, place))
    }
}

fn asked(source: &SecretSource) -> Option<Asked> {
    match source {
        SecretSource::Command(words) => Some(Asked::Program(words.to_vec())),
        SecretSource::Keyring { service, user } => Some(Asked::Keyring {
            service: service.clone(),
            user: user.clone(),
        }),
        SecretSource::Env(_) | SecretSource::File(_) => None,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "programs that the policy names are started by another process than the one that holds authority over tools"
)]
fn begin(path: &Path, socket: OwnedFd) -> io::Result<Child> {
    let mut command = Command::new(path);
    command
        .arg(MARKER)
        .env_clear()
        // What somebody types at a terminal is for the host, and the folder is the host's: a program finds what it found at the start.
        .process_group(0)
        .stdin(Stdio::from(socket))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(home) = std::env::var_os("HOME") {
        command.env("HOME", home);
    }
    command.spawn()
}

fn ask(socket: &mut UnixStream, place: u32) -> Result<Value, SecretError> {
    let gone = |error: io::Error| {
        SecretError::Again(format!("the process that asks for it is gone: {error}"))
    };
    let answered = exchange(socket, place);
    if answered.is_err() {
        // What might still come belongs to this question.
        let _ = socket.shutdown(std::net::Shutdown::Both);
    }
    let (kind, bytes) = answered.map_err(gone)?;
    match kind {
        VALUE => Value::exactly(bytes),
        _ => Err(SecretError::Again(
            String::from_utf8_lossy(&bytes).into_owned(),
        )),
    }
}

fn exchange(socket: &mut UnixStream, place: u32) -> io::Result<(u8, Zeroizing<Vec<u8>>)> {
    socket.write_all(&place.to_le_bytes())?;
    let mut head = [0; 5];
    socket.read_exact(&mut head)?;
    let [kind, a, b, c, d] = head;
    let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    if length > ANSWER_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Zeroizing::new(vec![0; length]);
    socket.read_exact(&mut bytes)?;
    Ok((kind, bytes))
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Ok(socket) = self.socket.get_mut() {
            // The end of its socket ends it.
            let _ = socket.shutdown(std::net::Shutdown::Both);
        }
        let _ = self.process.wait();
    }
}

/// Answers questions for as long as there are any, where this process was started for that; returns at once otherwise.
pub(crate) fn serve() -> Option<io::Result<()>> {
    let mut arguments = std::env::args_os().skip(1);
    let is_helper = arguments.next().is_some_and(|argument| argument == MARKER);
    (is_helper && arguments.next().is_none()).then(answer_all)
}

fn answer_all() -> io::Result<()> {
    bailiwick_confine::close_inherited().map_err(io::Error::other)?;
    let _ = rustix::process::setsid();
    keep_out_of_dumps();
    let mut questions = io::stdin();
    let socket = std::os::fd::AsFd::as_fd(&questions).try_clone_to_owned()?;
    let mut answers = UnixStream::from(socket);
    let mut length = [0; 8];
    questions.read_exact(&mut length)?;
    let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > SOURCES_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut told = vec![0; length];
    questions.read_exact(&mut told)?;
    let sources: Vec<Asked> = postcard::from_bytes(&told).map_err(io::Error::other)?;
    loop {
        let mut place = [0; 4];
        // The end of the questions is the end of this process.
        questions.read_exact(&mut place)?;
        let source = usize::try_from(u32::from_le_bytes(place))
            .ok()
            .and_then(|place| sources.get(place));
        let source = source.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        let value = match source {
            Asked::Program(words) => program(words, PROGRAM_TIME_MAX),
            Asked::Keyring { service, user } => keyring::read(service, user),
        };
        match value {
            Ok(value) => answer(&mut answers, VALUE, value.expose())?,
            Err(error) => answer(&mut answers, REASON, reason(&error).as_bytes())?,
        }
    }
}

fn answer(answers: &mut UnixStream, kind: u8, bytes: &[u8]) -> io::Result<()> {
    let bytes = bytes.get(..ANSWER_BYTES_MAX).unwrap_or(bytes);
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    answers.write_all(&[kind])?;
    answers.write_all(&length.to_le_bytes())?;
    answers.write_all(bytes)
}

/// The error and what is behind it, in one line.
fn reason(error: &SecretError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(behind) = source {
        text = format!("{text}: {behind}");
        source = behind.source();
    }
    text
}
