//! The broker's side of loading: a worker compiles, another one loads what it made and says which functions there are.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::time::{Duration, Instant};

use super::describe::{Believed, DESCRIPTION_BYTES_MAX, plain};
use super::message::{Compile, FromWorker, Job, Refusal, Serve};
use super::pool::{Worker, Workers, refused};
use super::{Wall, WallError, code, frame};
use crate::audit::Digest;
use crate::component::Outline;
use crate::floor;
use crate::tool::LoadError;
use crate::tool::load::Linked;
use crate::waist::Operations;

/// Bytes of code for each byte of a component, at most: Cranelift makes two to five of one.
const CODE_BYTES_EACH: usize = 16;

/// Bytes of code besides: the smallest component has some tens of thousands.
const CODE_BYTES_LEAST: usize = 16 << 20;

/// How long a worker may take to load what was compiled.
const LOADING_MAX: Duration = Duration::from_secs(30);

impl Wall {
    /// The code that was kept of a component, sealed, if there is any. It may be anything.
    pub(crate) fn kept(&self, component: Digest) -> Result<Option<OwnedFd>, LoadError> {
        let kept = self.cache.as_ref().and_then(|cache| cache.bytes(component));
        let sealed = kept.map(|code| code::sealed(&code).map_err(start));
        sealed.transpose()
    }

    /// The code of a component, sealed, from a worker that is killed when it takes too long. It is kept.
    pub(crate) fn compile(
        &self,
        component: Digest,
        bytes: &[u8],
        most: Duration,
    ) -> Result<OwnedFd, LoadError> {
        let code = self.compiled(bytes, most)?;
        if let Some(cache) = &self.cache {
            // A cache that cannot be written makes the next start slow, and nothing else.
            let _ = cache.keep(component, &code);
        }
        code::sealed(&code).map_err(start)
    }

    fn compiled(&self, bytes: &[u8], most: Duration) -> Result<Vec<u8>, LoadError> {
        let input = code::sealed(bytes).map_err(start)?;
        let process = self.starter.start(input.as_fd());
        let job = Job::Compile(Compile {
            memory_max: self.starter.compiler_memory(),
            seconds_max: most.as_secs().saturating_add(1),
        });
        let begun = process.and_then(|process| Worker::begin(process, self.starter.without(), job));
        let mut worker = begun.map_err(LoadError::Worker)?;
        worker.ready_now(LOADING_MAX).map_err(LoadError::Worker)?;
        // Its own beginning is no part of the time: before it there is nothing of the component's in it.
        let deadline = Instant::now() + most;
        let process = &worker.process;
        let late = |error: io::Error| match error.kind() {
            io::ErrorKind::TimedOut => LoadError::CompileTime(most),
            // It was killed for what it took, or died of what it met: nobody lives to say which.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
                match process.gone(error) {
                    WallError::Gone(_) => LoadError::CompilerEnded {
                        most: self.starter.compiler_memory(),
                    },
                    other => LoadError::Worker(other),
                }
            }
            _ => LoadError::Worker(WallError::Protocol("its code is none, or too much")),
        };
        let socket = &process.socket;
        let said = frame::receive_until(socket, DESCRIPTION_BYTES_MAX, deadline).map_err(late)?;
        match frame::decode(&said).map_err(late)? {
            FromWorker::Compiled => {}
            FromWorker::Refused(refusal) => return Err(load_error(&refusal)),
            FromWorker::Ready { .. } => return Err(LoadError::Worker(unasked())),
        }
        let most_bytes = bytes.len().saturating_mul(CODE_BYTES_EACH);
        let most_bytes = most_bytes.saturating_add(CODE_BYTES_LEAST);
        frame::receive_until(socket, most_bytes, deadline).map_err(late)
    }

    /// The workers of this code, the first of which is up, and what it says about its functions.
    pub(crate) fn workers(
        &self,
        code: OwnedFd,
        linked: &Linked<'_>,
        outline: &Outline,
    ) -> Result<(Workers, Believed), LoadError> {
        let serve = Serve {
            interfaces: linked
                .interfaces
                .iter()
                .map(|interface| interface.name.to_owned())
                .collect(),
            floor: linked.floor,
            declared: declared(outline),
            describe: true,
        };
        let (first, believed) = self.first(&code, &serve, outline)?;
        let workers = Workers::new(self, code, serve, operations(linked), first);
        Ok((workers, believed))
    }

    fn first(
        &self,
        code: &OwnedFd,
        serve: &Serve,
        outline: &Outline,
    ) -> Result<(Worker, Believed), LoadError> {
        let deadline = Instant::now() + LOADING_MAX;
        let process = self.starter.start(code.as_fd());
        let job = Job::Serve(serve.clone());
        let begun = process.and_then(|process| Worker::begin(process, self.starter.without(), job));
        let mut worker = begun.map_err(LoadError::Worker)?;
        let gone = |error| LoadError::Worker(worker.process.gone(error));
        let socket = &worker.process.socket;
        let said = frame::receive_until(socket, DESCRIPTION_BYTES_MAX, deadline).map_err(gone)?;
        match frame::decode(&said).map_err(gone)? {
            FromWorker::Ready {
                nonce,
                description: Some(description),
            } => {
                worker.greeted(nonce).map_err(LoadError::Worker)?;
                let believed = description.believed(outline).map_err(LoadError::Worker)?;
                // From now on tasks wait for it, and no thread.
                let socket = &worker.process.socket;
                socket.set_nonblocking(true).map_err(start)?;
                Ok((worker, believed))
            }
            FromWorker::Refused(refusal) => Err(load_error(&refusal)),
            FromWorker::Ready { .. } | FromWorker::Compiled => Err(LoadError::Worker(unasked())),
        }
    }
}

fn start(error: io::Error) -> LoadError {
    LoadError::Worker(WallError::Start(error))
}

fn unasked() -> WallError {
    WallError::Protocol("it said what nobody asked for")
}

fn load_error(refusal: &Refusal) -> LoadError {
    match refusal {
        Refusal::Compile(text) => LoadError::Compile(plain(text)),
        Refusal::Mismatch(text) => LoadError::Mismatch(plain(text)),
        Refusal::Other(_) => LoadError::Worker(refused(refusal)),
    }
}

fn declared(outline: &Outline) -> Option<Vec<String>> {
    let section = outline.section.as_ref()?;
    let exports = section.exports.iter();
    Some(exports.map(|export| export.as_str().to_owned()).collect())
}

/// The operations that the component's imports lead to.
fn operations(linked: &Linked<'_>) -> Operations {
    let mut operations = Operations::default();
    operations.counted();
    for interface in &linked.interfaces {
        (interface.operations)(&mut operations);
    }
    if linked.floor {
        floor::operations(&mut operations);
    }
    operations
}
