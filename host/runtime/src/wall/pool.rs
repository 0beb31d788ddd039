//! The worker processes of one tool: one is always started ahead, one that answered serves the same principal again, and every other is
//! thrown away.
//!
//! A worker that was taken over keeps what it was told. So it never serves two principals: whose calls it served is what it is kept
//! under. A worker that ended a call with anything but an answer, that sent a byte more than it was asked for, or that has
//! served its number of calls is killed.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::frame;
use super::message::{FromWorker, Hello, Job, Nonce, Refusal, Serve, VERSION};
use super::starter::{Process, WorkerStarter};
use super::{Piece, Wall, WallError, describe::DESCRIPTION_BYTES_MAX};
use crate::capability::random;
use crate::waist::Operations;

/// Bytes of what a worker is told first: the names of interfaces and exports. They wait in its socket until it is up, so that nobody waits for it.
pub(super) const HELLO_BYTES_MAX: usize = 128 << 10;

/// Workers that wait for a call, of one tool. What one takes is its pool's touched pages and a process.
const IDLE_MAX: usize = 8;

/// Workers that wait and have served nobody.
const AHEAD: usize = 1;

/// The workers of one tool.
#[derive(Clone, Debug)]
pub(crate) struct Workers {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    starter: WorkerStarter,
    code: OwnedFd,
    serve: Serve,
    operations: Operations,
    idle: Mutex<Vec<Idle>>,
}

/// A worker that was taken for a call.
#[derive(Debug)]
pub(super) enum Taken {
    /// It waited.
    Waiting(Worker),
    /// It was started for this call.
    Started(Worker),
}

/// A worker that waits.
#[derive(Debug)]
struct Idle {
    worker: Worker,
    /// Whose calls it served: none yet, or a principal's, or nobody's.
    served: Option<Principal>,
}

/// On whose behalf calls are made, where the host knows.
pub(super) type Principal = Option<Arc<str>>;

/// A worker that is begun: told what it is for.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) process: Process,
    /// What it has to say to be believed ready; none once it has.
    waited_for: Option<Nonce>,
    calls: u32,
}

impl Worker {
    /// Tells a process what it is for. The little that is said waits in its socket until it is up.
    pub(super) fn begin(process: Process, without: &[Piece], job: Job) -> Result<Self, WallError> {
        let mut nonce = Nonce::default();
        random::fill(&mut nonce).map_err(|failure| WallError::Refused(failure.to_string()))?;
        let hello = frame::encode(&Hello {
            version: VERSION,
            nonce,
            without: without
                .iter()
                .map(|piece| piece.word().to_owned())
                .collect(),
            job,
        });
        let hello = hello.map_err(WallError::Gone)?;
        if hello.len() > HELLO_BYTES_MAX {
            return Err(WallError::Refused(
                "its exports have too many names".to_owned(),
            ));
        }
        match frame::send(&process.socket, &hello) {
            // What is wrong with it was said on the socket, and is read when it is asked whether it is ready.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                return Err(process.gone(error));
            }
            Ok(()) | Err(_) => {}
        }
        Ok(Self {
            process,
            waited_for: Some(nonce),
            calls: 0,
        })
    }

    /// Whether it is the one that was begun, from what it said first.
    pub(super) fn greeted(&mut self, nonce: Nonce) -> Result<(), WallError> {
        match self.waited_for.take() {
            Some(expected) if expected == nonce => Ok(()),
            Some(_) | None => Err(WallError::Protocol("it is not the one that was started")),
        }
    }

    /// Reads what it said first, if that was not read yet.
    pub(super) async fn ready(
        &mut self,
        socket: &mut tokio::net::UnixStream,
    ) -> Result<(), WallError> {
        if self.waited_for.is_none() {
            return Ok(());
        }
        let said = frame::receive_async(socket, DESCRIPTION_BYTES_MAX).await;
        self.said_first(&said.map_err(|error| self.process.gone(error))?)
    }

    /// The same, blocking, for so long at most.
    pub(super) fn ready_now(&mut self, most: Duration) -> Result<(), WallError> {
        let deadline = Instant::now() + most;
        let socket = &self.process.socket;
        let said = frame::receive_until(socket, DESCRIPTION_BYTES_MAX, deadline);
        self.said_first(&said.map_err(|error| self.process.gone(error))?)
    }

    fn said_first(&mut self, said: &[u8]) -> Result<(), WallError> {
        match frame::decode(said).map_err(WallError::Gone)? {
            FromWorker::Ready {
                nonce,
                description: None,
            } => self.greeted(nonce),
            FromWorker::Refused(refusal) => Err(refused(&refusal)),
            FromWorker::Ready { .. } | FromWorker::Compiled => {
                Err(WallError::Protocol("it said what nobody asked for"))
            }
        }
    }
}

/// A worker's refusal in words.
pub(super) fn refused(refusal: &Refusal) -> WallError {
    let (Refusal::Compile(text) | Refusal::Mismatch(text) | Refusal::Other(text)) = refusal;
    WallError::Refused(super::describe::plain(text))
}

impl Workers {
    /// Workers of this code. `first` has described it, and is ready.
    pub(super) fn new(
        wall: &Wall,
        code: OwnedFd,
        serve: Serve,
        operations: Operations,
        first: Worker,
    ) -> Self {
        let idle = Mutex::new(vec![Idle {
            worker: first,
            served: None,
        }]);
        Self {
            inner: Arc::new(Inner {
                starter: wall.starter.clone(),
                code,
                serve: Serve {
                    describe: false,
                    ..serve
                },
                operations,
                idle,
            }),
        }
    }

    /// The operations that the component's imports lead to.
    pub(super) fn operations(&self) -> &Operations {
        &self.inner.operations
    }

    /// A worker for a call on this principal's behalf: one that served nobody else.
    pub(super) fn take(&self, principal: &Principal) -> Result<Taken, WallError> {
        let mut useless = Vec::new();
        let (waiting, ahead) = {
            let mut idle = self.inner.idle();
            let waiting = loop {
                match next(&mut idle, principal) {
                    Some(one) if one.is_usable() => {
                        if one.served.is_some() {
                            one.worker.process.resume();
                        }
                        break Some(one.worker);
                    }
                    Some(other) => useless.push(other),
                    None => break None,
                }
            };
            (waiting, fresh(&idle))
        };
        // Killing is no business of whoever waits for the list.
        drop(useless);
        if ahead < AHEAD {
            self.inner.start_ahead();
        }
        match waiting {
            Some(worker) => Ok(Taken::Waiting(worker)),
            None => self.start().map(Taken::Started),
        }
    }

    /// A worker that is started for one call.
    pub(super) fn start(&self) -> Result<Worker, WallError> {
        self.inner.start()
    }

    /// Takes back a worker that answered a call on this principal's behalf, or was not used.
    pub(super) fn give_back(&self, mut worker: Worker, principal: &Principal) {
        worker.calls = worker.calls.saturating_add(1);
        if worker.calls >= self.inner.starter.calls_max() || peek(&worker.process) != Peek::Nothing
        {
            return;
        }
        worker.process.hold();
        let mut idle = self.inner.idle();
        let too_many = (idle.len() >= IDLE_MAX)
            .then(|| idle.iter().position(|idle| idle.served.is_some()))
            .flatten()
            .map(|at| idle.remove(at));
        idle.push(Idle {
            worker,
            served: Some(principal.clone()),
        });
        drop(idle);
        // Killing is no business of whoever waits for the list.
        drop(too_many);
    }
}

fn fresh(idle: &[Idle]) -> usize {
    idle.iter().filter(|idle| idle.served.is_none()).count()
}

/// The one that a call on this principal's behalf takes first.
fn next(idle: &mut Vec<Idle>, principal: &Principal) -> Option<Idle> {
    let own = idle
        .iter()
        .position(|idle| idle.served.as_ref() == Some(principal));
    let at = own.or_else(|| idle.iter().position(|idle| idle.served.is_none()))?;
    Some(idle.remove(at))
}

impl Idle {
    /// Whether it can still serve, as far as it shows: something else than this host may have ended it meanwhile.
    fn is_usable(&self) -> bool {
        match (peek(&self.worker.process), &self.served) {
            (Peek::Ended, _) | (Peek::Something, Some(_)) => false,
            // What one says first waits until it is asked for: that it is ready, or why it is not.
            (Peek::Something, None) | (Peek::Nothing, _) => true,
        }
    }
}

/// What waits to be read from a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peek {
    Nothing,
    Something,
    Ended,
}

fn peek(process: &Process) -> Peek {
    let mut byte = [0];
    let flags = rustix::net::RecvFlags::PEEK | rustix::net::RecvFlags::DONTWAIT;
    match rustix::net::recv(&process.socket, &mut byte, flags) {
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Peek::Nothing,
        Ok((1.., _)) => Peek::Something,
        Ok((0, _)) | Err(_) => Peek::Ended,
    }
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        // The list is whole at every moment.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a worker. It says itself when it is ready, or why it is not.
    fn start(&self) -> Result<Worker, WallError> {
        let process = self.starter.start(self.code.as_fd())?;
        let job = Job::Serve(self.serve.clone());
        Worker::begin(process, self.starter.without(), job)
    }

    /// Starts one for the next call that needs one. Without it that call starts its own, and says what is wrong.
    fn start_ahead(&self) {
        if let Ok(worker) = self.start() {
            let mut idle = self.idle();
            if fresh(&idle) < AHEAD {
                let served = None;
                idle.push(Idle { worker, served });
            }
        }
    }
}
