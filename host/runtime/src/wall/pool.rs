//! The worker processes of one tool: one is always started ahead, one that answered serves the same principal again, and every other is
//! thrown away.
//!
//! Those that wait are held by the [`keeper`](super::keeper), which ends those that waited long for whom they served.
//!
//! A worker that was taken over keeps what it was told. So it never serves two principals: whose calls it served is what it is kept
//! under. A worker that ended a call with anything but an answer, that sent a byte more than it was asked for, or that has
//! served its number of calls is killed.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::frame::{self, Waits};
use super::keeper::{AGE_MAX, HOLD_AFTER};
use super::message::{FromWorker, Hello, Job, Nonce, Refusal, Serve, VERSION};
use super::starter::{Process, UnderWay, WorkerStarter};
use super::{Piece, Wall, WallError, describe::DESCRIPTION_BYTES_MAX};
use crate::capability::random;
use crate::waist::Operations;

/// Bytes of what a worker is told first: the names of interfaces and exports. They wait in its socket until it is up, so that nobody waits for it.
pub(super) const HELLO_BYTES_MAX: usize = 128 << 10;

/// Workers that wait for a call, of one tool. What one takes is its pool's touched pages and a process.
const IDLE_MAX: usize = 8;

/// Workers that wait and have served nobody.
const AHEAD: usize = 1;

/// How long a worker may take until it is ready. It is no part of a call's time.
pub(super) const READY_MAX: Duration = Duration::from_secs(30);

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
    waiting: Arc<Waiting>,
    /// Whether somebody keeps those that wait; not asked yet before the first call.
    is_kept: OnceLock<bool>,
}

/// The workers of one tool that wait for a call.
///
/// Whoever keeps them has this alone and nothing that a host consists of. It is empty when the host is gone.
#[derive(Debug)]
pub(super) struct Waiting {
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
    /// Since when it waits.
    since: Instant,
    is_held: bool,
}

/// What is to be done with a worker that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// Now: it is of no more use.
    End,
    /// Now: hold it.
    Hold,
    /// Look again in this time.
    In(Duration),
    Nothing,
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
    pub(super) async fn ready(&mut self, waits: &mut Waits) -> Result<(), WallError> {
        if self.waited_for.is_none() {
            return Ok(());
        }
        let socket = &self.process.socket;
        socket.set_nonblocking(true).map_err(WallError::Start)?;
        let said = waits.receive(socket, DESCRIPTION_BYTES_MAX, false).await;
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
        // It is ready, and nobody keeps it before the first call.
        let mut first = Idle::new(first, None);
        first.hold();
        let idle = Mutex::new(vec![first]);
        Self {
            inner: Arc::new(Inner {
                starter: wall.starter.clone(),
                code,
                serve: Serve {
                    describe: false,
                    ..serve
                },
                operations,
                waiting: Arc::new(Waiting { idle }),
                is_kept: OnceLock::new(),
            }),
        }
    }

    /// The operations that the component's imports lead to.
    pub(super) fn operations(&self) -> &Operations {
        &self.inner.operations
    }

    /// A worker for a call on this principal's behalf: one that served nobody else.
    pub(super) fn take(&self, principal: &Principal) -> Result<Taken, WallError> {
        // From the first call on: before, no thread may be begun.
        self.inner.is_kept();
        let mut useless = Vec::new();
        let (waiting, ahead) = {
            let mut idle = self.inner.waiting.idle();
            let waiting = loop {
                match next(&mut idle, principal) {
                    Some(one) if one.is_usable() => {
                        if one.is_held {
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
        } else if self.inner.starter.owes_orders() {
            self.inner.starter.keeper().wake();
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
        let mut one = Idle::new(worker, Some(principal.clone()));
        if !self.inner.is_kept() {
            one.hold();
        }
        let mut idle = self.inner.waiting.idle();
        let too_many = (idle.len() >= IDLE_MAX)
            .then(|| idle.iter().position(|idle| idle.served.is_some()))
            .flatten()
            .map(|at| idle.remove(at));
        idle.push(one);
        drop(idle);
        // Killing is no business of whoever waits for the list.
        drop(too_many);
        self.inner.starter.keeper().wake();
    }

    /// Is told that a call is under way, which ends when this is dropped.
    pub(super) fn under_way(&self) -> UnderWay {
        self.inner.starter.under_way()
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

impl Waiting {
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        // The list is whole at every moment.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds and ends what is to be held and ended by now, and says in what time there is something to do.
    pub(super) fn look(&self, now: Instant) -> Option<Duration> {
        let mut next = None;
        // Killing is done under the lock: once a host's own thread has emptied the list, nothing of it is anywhere else.
        self.idle().retain_mut(|idle| {
            let due = match idle.due(now) {
                Due::End => return false,
                Due::Hold => {
                    idle.hold();
                    idle.due(now)
                }
                due => due,
            };
            if let Due::In(time) = due {
                next = next.map_or(Some(time), |next: Duration| Some(next.min(time)));
            }
            true
        });
        next
    }
}

impl Idle {
    fn new(worker: Worker, served: Option<Principal>) -> Self {
        Self {
            worker,
            served,
            since: Instant::now(),
            is_held: false,
        }
    }

    fn hold(&mut self) {
        self.worker.process.hold();
        self.is_held = true;
    }

    fn due(&self, now: Instant) -> Due {
        let age = now.saturating_duration_since(self.since);
        let left = |most: Duration| Due::In(most.saturating_sub(age));
        match (&self.served, self.is_held) {
            (Some(_), _) if age >= AGE_MAX => Due::End,
            (Some(_), true) => left(AGE_MAX),
            (Some(_), false) if age >= HOLD_AFTER => Due::Hold,
            (Some(_), false) => left(HOLD_AFTER),
            (None, true) => Due::Nothing,
            // What it says first waits in its socket.
            (None, false) => match (self.worker.waited_for, peek(&self.worker.process)) {
                (None, _) | (Some(_), Peek::Something) => Due::Hold,
                (Some(_), Peek::Nothing) if age < READY_MAX => Due::In(HOLD_AFTER),
                (Some(_), Peek::Nothing | Peek::Ended) => Due::End,
            },
        }
    }

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
    /// Whether somebody keeps the workers that wait.
    fn is_kept(&self) -> bool {
        let keep = || self.starter.keeper().keep(&self.waiting);
        *self.is_kept.get_or_init(keep)
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
            let mut idle = self.waiting.idle();
            if fresh(&idle) < AHEAD {
                idle.push(Idle::new(worker, None));
            }
            drop(idle);
            self.starter.keeper().wake();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Here, and not where they are kept: whoever drops a host finds its workers gone.
        let all = std::mem::take(&mut *self.waiting.idle());
        drop(all);
    }
}

#[cfg(test)]
mod tests {
    //! What becomes of workers that wait, seen from where the orders arrive.

    use std::io::Write as _;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, recv, socketpair};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What would start workers, and does nothing but tell.
    struct Told {
        starter: WorkerStarter,
        orders: OwnedFd,
    }

    impl Told {
        fn new() -> Self {
            let kind = SocketType::SEQPACKET;
            let pair = socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None);
            let (ours, orders) = pair.unwrap();
            let starter = WorkerStarter::at(ours);
            Self { starter, orders }
        }

        /// A worker, with the other end of its socket.
        fn worker(&self, is_ready: bool) -> (Worker, UnixStream) {
            let (socket, theirs) = UnixStream::pair().unwrap();
            let process = self.starter.start(socket.as_fd()).unwrap();
            let mut worker = Worker {
                process,
                waited_for: None,
                calls: 0,
            };
            worker.process.socket = socket;
            if !is_ready {
                worker.waited_for = Some(Nonce::default());
            }
            assert_eq!(self.order(), "start");
            (worker, theirs)
        }

        /// The next order, waited for.
        fn order(&self) -> &'static str {
            self.next(RecvFlags::empty())
        }

        fn next(&self, flags: RecvFlags) -> &'static str {
            let mut order = [0; 5];
            match recv(&self.orders, &mut order, flags) {
                Ok(_) => ["start", "kill", "hold", "resume"][usize::from(order[0])],
                Err(rustix::io::Errno::AGAIN) => "nothing",
                Err(error) => panic!("{error}"),
            }
        }

        fn nothing_more(&self) -> bool {
            self.next(RecvFlags::DONTWAIT) == "nothing"
        }
    }

    fn waiting(idle: Idle) -> Arc<Waiting> {
        let idle = Mutex::new(vec![idle]);
        Arc::new(Waiting { idle })
    }

    #[test]
    fn one_that_served_is_held_after_some_moments_and_ended_after_minutes() {
        let told = Told::new();
        let (worker, _socket) = told.worker(true);
        let idle = Idle::new(worker, Some(None));
        let began = idle.since;
        let waiting = waiting(idle);
        assert_eq!(waiting.look(began), Some(HOLD_AFTER));
        let nearly = HOLD_AFTER - Duration::from_millis(1);
        assert_eq!(waiting.look(began + nearly), Some(Duration::from_millis(1)));
        assert!(told.nothing_more());
        assert_eq!(waiting.look(began + HOLD_AFTER), Some(AGE_MAX - HOLD_AFTER));
        assert_eq!(told.order(), "hold");
        assert_eq!(waiting.look(began + SECOND), Some(AGE_MAX - SECOND));
        assert!(told.nothing_more());
        assert_eq!(waiting.look(began + AGE_MAX), None);
        assert_eq!(told.order(), "kill");
        assert!(waiting.idle().is_empty());
    }

    #[test]
    fn one_that_was_started_ahead_is_held_when_it_is_ready_and_kept() {
        let told = Told::new();
        let (worker, mut socket) = told.worker(false);
        let idle = Idle::new(worker, None);
        let began = idle.since;
        let waiting = waiting(idle);
        assert_eq!(waiting.look(began + SECOND), Some(HOLD_AFTER));
        assert!(told.nothing_more());
        socket.write_all(b"ready").unwrap();
        // Also where nobody looked for long.
        assert_eq!(waiting.look(began + READY_MAX * 2), None);
        assert_eq!(told.order(), "hold");
        assert_eq!(waiting.look(began + AGE_MAX * 2), None);
        assert!(told.nothing_more());
        assert_eq!(waiting.idle().len(), 1);
    }

    #[test]
    fn one_that_does_not_become_ready_is_ended() {
        for has_gone in [false, true] {
            let told = Told::new();
            let (worker, socket) = told.worker(false);
            let socket = Some(socket).filter(|_| !has_gone);
            let idle = Idle::new(worker, None);
            let began = idle.since;
            let waiting = waiting(idle);
            let when = if has_gone { SECOND } else { READY_MAX };
            assert_eq!(waiting.look(began + when), None);
            assert_eq!(told.order(), "kill");
            drop(socket);
        }
    }

    #[test]
    fn orders_that_found_no_room_are_given_when_there_is_some() {
        let told = Told::new();
        let (worker, _socket) = told.worker(true);
        let waiting = waiting(Idle::new(worker, Some(None)));
        assert!(told.starter.keeper().keep(&waiting));
        // What nobody takes fills the room, the last of all being owed.
        let (others, _sockets): (Vec<_>, Vec<_>) = (0..2).map(|_| told.worker(true)).unzip();
        let mut given = 0;
        while !told.starter.owes_orders() {
            others[given % 2].process.hold();
            given += 1;
        }
        told.starter.keeper().wake();
        for _ in 0..given {
            assert!(["hold", "kill"].contains(&told.order()));
        }
        wait_until_nothing_is_owed(&told.starter);
    }

    /// Nobody gives an order any more: what looks at those that wait does.
    fn wait_until_nothing_is_owed(starter: &WorkerStarter) {
        let until = Instant::now() + Duration::from_secs(60);
        while starter.owes_orders() {
            assert!(Instant::now() < until, "orders are owed");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_thread_looks_at_those_that_come_to_wait_at_any_time() {
        let told = Told::new();
        let waiting = Arc::new(Waiting {
            idle: Mutex::default(),
        });
        assert!(told.starter.keeper().keep(&waiting));
        for _ in 0..3 {
            let (worker, _socket) = told.worker(true);
            waiting.idle().push(Idle::new(worker, Some(None)));
            told.starter.keeper().wake();
            assert_eq!(told.order(), "hold");
            drop(waiting.idle().pop());
            assert_eq!(told.order(), "kill");
        }
    }
}
