//! The process that starts worker processes, and kills them.
//!
//! A process that confined itself can start no other. So this one is started before that, by [`Isolation::start`](super::Isolation::start), and has one socket to the broker.
//! Over it come orders of five bytes: start a worker, with the descriptors of its input and of its socket beside them; kill one. It
//! closes what else it inherited, which may be anything that whoever started the program left open, and starts one program and no other, with
//! nothing but these two descriptors, so that the orders of a broker that was taken over make workers, and nothing else. When
//! the broker's end closes, however it ended, all workers are killed and waited for.
//!
//! It answers nothing: what keeps a worker from being started is said in the worker's place, on the worker's socket.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::num::NonZero;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bailiwick_confine::close_inherited;
use rustix::io::{Errno, retry_on_intr};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, Shutdown, SocketFlags, SocketType, recv, recvmsg, sendmsg,
    shutdown, socketpair,
};
use rustix::process::{Pid, Signal, kill_process};

use super::frame;
use super::keeper::Keeper;
use super::message::{FromWorker, Refusal};
use super::{Isolation, Piece, WallError, worker};

/// The argument that makes a starter of a program. The one behind it is the program whose processes are the workers.
pub(super) const MARKER: &str = "bailiwick-worker-starter";

/// Workers at once, of all hosts that share a starter: far above what calls under way and their tools need, and far below what a
/// system has room for.
const WORKERS_MAX: usize = 4_096;

/// Starts worker processes for hosts: a handle of the process that does it.
///
/// Clones share that process. It ends, with every worker, when the last of them and of the hosts that were built with them is gone.
#[derive(Clone, Debug)]
pub struct WorkerStarter {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    orders: Arc<Orders>,
    /// The process that starts the workers; none where something in this process takes its place.
    process: Option<Child>,
    /// The number of the worker that is started next.
    next: AtomicU32,
    keeper: Keeper,
    under_way: AtomicUsize,
    /// Processors that this process may use.
    processors: usize,
    calls_max: u32,
    compiler_memory: u64,
    without: Vec<Piece>,
}

/// The way that orders take.
#[derive(Debug)]
pub(super) struct Orders {
    socket: OwnedFd,
    /// Those for which there was no room.
    owed: Mutex<Vec<Order>>,
}

impl WorkerStarter {
    pub(super) fn new(isolation: Isolation) -> Result<Self, WallError> {
        let (socket, process) = begin(&isolation.program).map_err(WallError::Start)?;
        Ok(Self::of(socket, Some(process), isolation))
    }

    /// What takes a starter's place has the other end of this socket: it gets the orders, each with the input and the socket of a worker beside it.
    ///
    /// The fuzzer plays hostile workers by it, against all of the broker's side and without a process.
    #[cfg(any(feature = "hostile-workers", test))]
    #[doc(hidden)]
    pub fn at(socket: OwnedFd) -> Self {
        Self::of(socket, None, Isolation::processes())
    }

    fn of(socket: OwnedFd, process: Option<Child>, isolation: Isolation) -> Self {
        let orders = Orders::new(socket);
        Self {
            inner: Arc::new(Inner {
                keeper: Keeper::new(&orders),
                orders,
                process,
                next: AtomicU32::new(0),
                under_way: AtomicUsize::new(0),
                processors: processors(),
                calls_max: isolation.calls_max,
                compiler_memory: isolation.compiler_memory,
                without: isolation.without,
            }),
        }
    }

    /// The number of the process that starts the workers, for whoever watches processes: they are its children.
    pub fn process_id(&self) -> u32 {
        let process = self.inner.process.as_ref();
        process.map_or_else(std::process::id, Child::id)
    }

    pub(super) fn calls_max(&self) -> u32 {
        self.inner.calls_max
    }

    pub(super) fn compiler_memory(&self) -> u64 {
        self.inner.compiler_memory
    }

    pub(super) fn without(&self) -> &[Piece] {
        &self.inner.without
    }

    /// Who keeps the workers that wait.
    pub(super) fn keeper(&self) -> &Keeper {
        &self.inner.keeper
    }

    /// Whether there are orders for which there was no room.
    pub(super) fn owes_orders(&self) -> bool {
        !self.inner.orders.owed().is_empty()
    }

    /// Is told that a call is under way, which ends when this is dropped.
    pub(super) fn under_way(&self) -> UnderWay {
        let calls = self.inner.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        UnderWay {
            has_processors: calls.saturating_mul(2) <= self.inner.processors,
            starter: Arc::clone(&self.inner),
        }
    }

    /// Has a process started with this input.
    pub(super) fn start(&self, input: BorrowedFd<'_>) -> Result<Process, WallError> {
        let (socket, theirs) = UnixStream::pair().map_err(WallError::Start)?;
        let number = self.inner.next.fetch_add(1, Ordering::Relaxed);
        self.inner
            .orders
            .send(Order::Start(number), &[input, theirs.as_fd()])
            .map_err(|error| self.inner.instead_of(WallError::Start(error)))?;
        Ok(Process {
            number,
            socket,
            starter: self.inner.clone(),
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "workers are other processes: of this program, which reads nothing but its orders"
)]
fn begin(program: &Path) -> io::Result<(OwnedFd, Child)> {
    // Whole messages, one after the other: an order is never half there.
    let (ours, theirs) = socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?;
    let process = Command::new(program)
        .arg(MARKER)
        .arg(program)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(theirs))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok((ours, process))
}

impl Orders {
    fn new(socket: OwnedFd) -> Arc<Self> {
        let owed = Mutex::default();
        Arc::new(Self { socket, owed })
    }

    fn owed(&self) -> MutexGuard<'_, Vec<Order>> {
        // What is owed is whole at every moment.
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives an order and waits for nobody: threads that serve calls come through here. Where the starter is behind, what would start a worker is
    /// refused, and anything else is owed and given later.
    fn send(&self, order: Order, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let mut owed = self.owed();
        self.give_owed(&mut owed)?;
        let given = match owed.is_empty() {
            true => self.give(order, descriptors),
            false => Err(io::ErrorKind::WouldBlock.into()),
        };
        match given {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && !order.starts() => {
                // Only the last word about a worker counts.
                owed.retain(|earlier| earlier.number() != order.number());
                owed.push(order);
                Ok(())
            }
            given => given,
        }
    }

    /// Gives what is owed, and says whether something still is.
    pub(super) fn are_owed(&self) -> bool {
        let mut owed = self.owed();
        // Where it cannot be given any more, all workers have ended.
        self.give_owed(&mut owed).is_ok() && !owed.is_empty()
    }

    fn give_owed(&self, owed: &mut Vec<Order>) -> io::Result<()> {
        while let Some(oldest) = owed.first().copied() {
            match self.give(oldest, &[]) {
                Ok(()) => drop(owed.remove(0)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn give(&self, order: Order, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let bytes = order.bytes();
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        let bytes = [IoSlice::new(&bytes)];
        retry_on_intr(|| sendmsg(&self.socket, &bytes, &mut control, flags))?;
        Ok(())
    }
}

impl Inner {
    /// Why something went wrong with a worker: this, or that there is nobody any more who starts them.
    fn instead_of(&self, error: WallError) -> WallError {
        // It never says anything: whatever there is to read is its end.
        let mut byte = [0];
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        match recv(&self.orders.socket, &mut byte, flags) {
            Err(Errno::AGAIN | Errno::INTR) => error,
            Ok(_) | Err(_) => WallError::StarterGone,
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Its end of the socket ends it; one that is gone already is waited for all the same, so that no zombie is left.
        let _ = shutdown(&self.orders.socket, Shutdown::Write);
        if let Some(process) = &mut self.process {
            let _ = process.wait();
        }
    }
}

/// A call that is under way.
#[derive(Debug)]
pub(super) struct UnderWay {
    /// Whether there was a processor for each side of every call when it began, so that one side can look for what the other says.
    pub(super) has_processors: bool,
    starter: Arc<Inner>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.starter.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Asked before anything is confined, which may take the answer away.
fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// A worker process. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Process {
    number: u32,
    pub(super) socket: UnixStream,
    starter: Arc<Inner>,
}

impl Process {
    /// Stops it where it is. What was taken over would otherwise compute on with no call's clock running.
    pub(super) fn hold(&self) {
        // Where the order does not arrive the workers have ended.
        let _ = self.starter.orders.send(Order::Hold(self.number), &[]);
    }

    /// Lets it go on.
    pub(super) fn resume(&self) {
        let _ = self.starter.orders.send(Order::Resume(self.number), &[]);
    }

    /// What is wrong with a worker whose socket failed so.
    pub(super) fn gone(&self, error: io::Error) -> WallError {
        self.starter.instead_of(WallError::Gone(error))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A starter that is gone has taken its workers along.
        let _ = self.starter.orders.send(Order::Kill(self.number), &[]);
    }
}

/// What a starter is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Start(u32),
    Kill(u32),
    /// Stop it where it is: nobody asks anything of it.
    Hold(u32),
    /// Let it go on.
    Resume(u32),
}

const ORDER_BYTES: usize = 5;

impl Order {
    fn number(self) -> u32 {
        let (Self::Start(number) | Self::Kill(number) | Self::Hold(number) | Self::Resume(number)) =
            self;
        number
    }

    fn starts(self) -> bool {
        matches!(self, Self::Start(_))
    }

    fn bytes(self) -> [u8; ORDER_BYTES] {
        let (kind, number) = match self {
            Self::Start(number) => (0, number),
            Self::Kill(number) => (1, number),
            Self::Hold(number) => (2, number),
            Self::Resume(number) => (3, number),
        };
        let [a, b, c, d] = number.to_le_bytes();
        [kind, a, b, c, d]
    }

    fn read(bytes: [u8; ORDER_BYTES]) -> Option<Self> {
        let [kind, a, b, c, d] = bytes;
        let number = u32::from_le_bytes([a, b, c, d]);
        match kind {
            0 => Some(Self::Start(number)),
            1 => Some(Self::Kill(number)),
            2 => Some(Self::Hold(number)),
            3 => Some(Self::Resume(number)),
            _ => None,
        }
    }
}

/// Does what the orders say, until nobody gives any.
pub(super) fn work(program: &Path) -> io::Result<()> {
    close_inherited().map_err(io::Error::other)?;
    // A session of its own: what somebody types at a terminal is for the broker, which may have calls to end first.
    rustix::process::setsid()?;
    rustix::thread::set_no_new_privs(true)?;
    let mut workers = Workers::default();
    let ended = obey(program, &mut workers);
    // Also when an order could not be received: nobody can give one any more.
    workers.all.values_mut().for_each(kill);
    workers.all.values_mut().for_each(bury);
    workers.dying.iter_mut().for_each(bury);
    ended
}

/// How often a worker that was killed is asked whether it has ended. One with much memory takes its time, and others are started meanwhile.
const BURY_EVERY: Duration = Duration::from_millis(10);

#[derive(Default)]
struct Workers {
    all: HashMap<u32, Child>,
    /// Killed, and not ended yet.
    dying: Vec<Child>,
}

impl Workers {
    fn end(&mut self, worker: Option<Child>) {
        if let Some(mut worker) = worker {
            kill(&mut worker);
            self.dying.push(worker);
        }
    }

    /// Waits for those that have ended, and says whether others are still to.
    fn are_dying(&mut self) -> bool {
        self.dying
            .retain_mut(|worker| matches!(worker.try_wait(), Ok(None)));
        !self.dying.is_empty()
    }
}

fn obey(program: &Path, workers: &mut Workers) -> io::Result<()> {
    loop {
        let wait = workers.are_dying().then_some(BURY_EVERY);
        let (order, descriptors) = match next_order(wait)? {
            Next::Order(order, descriptors) => (order, descriptors),
            Next::Nothing => continue,
            Next::End => return Ok(()),
        };
        match (order, descriptors) {
            (Order::Start(number), Some((input, socket))) if workers.all.len() < WORKERS_MAX => {
                let started = start(program, input, socket);
                // A number is given once. Whoever gives it again does not get rid of a process that way.
                let replaced = started.and_then(|child| workers.all.insert(number, child));
                workers.end(replaced);
            }
            (Order::Start(_), _) => {}
            (Order::Kill(number), _) => {
                let killed = workers.all.remove(&number);
                workers.end(killed);
            }
            (Order::Hold(number), _) => signal(workers.all.get(&number), Signal::STOP),
            (Order::Resume(number), _) => signal(workers.all.get(&number), Signal::CONT),
        }
    }
}

/// Signals a worker. It was not waited for, so that nobody else has its number.
fn signal(worker: Option<&Child>, signal: Signal) {
    if let Some(worker) = worker {
        // It may have ended by itself.
        let _ = kill_process(Pid::from_child(worker), signal);
    }
}

/// The input and the socket of a worker, which come beside the order to start it.
type Beside = Option<(OwnedFd, OwnedFd)>;

enum Next {
    /// An order, and what came beside it.
    Order(Order, Beside),
    /// None in that time.
    Nothing,
    /// Nobody gives any more.
    End,
}

/// Waits for the next order, for so long at most.
fn next_order(most: Option<Duration>) -> io::Result<Next> {
    let socket = io::stdin();
    set_socket_timeout(&socket, Timeout::Recv, most)?;
    let mut bytes = [0; ORDER_BYTES];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let mut into = [IoSliceMut::new(&mut bytes)];
        match recvmsg(&socket, &mut into, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(Next::Nothing),
            received => break received?.bytes,
        }
    };
    let mut descriptors = control.drain().flat_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => descriptors.collect::<Vec<OwnedFd>>(),
        _ => Vec::new(),
    });
    let both = descriptors.next().zip(descriptors.next());
    let order = Order::read(bytes).filter(|_| received == ORDER_BYTES);
    Ok(order.map_or(Next::End, |order| Next::Order(order, both)))
}

/// Starts a worker, or says on its socket why there is none.
#[expect(
    clippy::disallowed_methods,
    reason = "a worker is another process: of this program, confined before it reads anything of a tool's"
)]
fn start(program: &Path, input: OwnedFd, socket: OwnedFd) -> Option<Child> {
    let theirs = socket.try_clone().ok()?;
    let spawned = reopened(&input).and_then(|input| {
        Command::new(program)
            .arg(worker::MARKER)
            // By which it sees whether this process ended before it could ask to be ended with it.
            .arg(std::process::id().to_string())
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(input))
            .stdout(Stdio::from(theirs))
            .stderr(Stdio::null())
            .spawn()
    });
    match spawned {
        Ok(child) => Some(child),
        Err(error) => {
            let refusal = Refusal::Other(format!("it could not be started: {error}"));
            let said = frame::encode(&FromWorker::Refused(refusal));
            // Without a word the broker sees the end of the socket.
            let _ = said.and_then(|said| frame::send(&UnixStream::from(socket), &said));
            None
        }
    }
}

/// The same memory, opened anew and to be read only. Workers of one component that serve different principals get the same input: had they
/// one descriptor of it in common, where one of them reads would be a number that the other sees.
#[expect(
    clippy::disallowed_methods,
    reason = "memory that has a descriptor and no name, which this process was handed"
)]
fn reopened(input: &OwnedFd) -> io::Result<File> {
    File::open(format!("/proc/self/fd/{}", input.as_raw_fd()))
}

fn kill(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
}

fn bury(child: &mut Child) {
    // It was killed: there is nobody to wait for long, and nothing to do about a failure.
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_was_given_and_nothing_else_is_one() {
        for order in [
            Order::Start(0),
            Order::Start(u32::MAX),
            Order::Kill(7),
            Order::Hold(7),
            Order::Resume(7),
        ] {
            assert_eq!(Order::read(order.bytes()), Some(order));
        }
        assert_eq!(Order::read([4, 0, 0, 0, 0]), None);
    }
}
