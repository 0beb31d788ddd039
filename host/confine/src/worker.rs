//! The profile of a worker: a process that runs components, or compiles them, and owns nothing but sockets.
//!
//! It is entered in steps, because an engine has to do in between what nobody may do afterwards:
//!
//! 1. [`Worker::enter`], the first thing in `main`: checks that there are no variables, begins a session of its own,
//!    closes every descriptor that was not named, sets limits, takes namespaces of its own, drops every capability, and
//!    promises to gain nothing by executing.
//! 2. The worker makes its engine and pool.
//! 3. [`EnteredWorker::narrow`], where the code comes from somebody who is not trusted with the next step: becomes non-dumpable; no path, no
//!    peer, no other program and no other process from here on. Memory can still become executable.
//! 4. The worker maps the code that it was given.
//! 5. [`EnteredWorker::seal`]: looks through its descriptors, becomes non-dumpable where it was not narrowed, and applies Landlock with no
//!    path and the filter of system calls. From here on nothing becomes executable and nothing is opened.
//!
//! Whatever is not in the list of calls ends the process. Calls that honest libraries make and live without fail with an
//! error code instead: whoever only wonders how many processors there are shall not die of it. A kill is chosen for the
//! rest since honest code never comes there, an attacker gets no second try, and the parent sees it (`SIGSYS`).

use std::time::Duration;

use crate::{ConfineError, Piece, system};

/// What a worker cannot be confined without, unless whoever starts it says so.
const NEEDED: [Piece; 4] = [
    Piece::LandlockFiles,
    Piece::Seccomp,
    Piece::NoNewPrivileges,
    Piece::Capabilities,
];

/// The profile of a worker, before it is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    pub(crate) keep: Vec<i32>,
    pub(crate) without: Vec<Piece>,
    pub(crate) descriptors_max: u64,
}

impl Worker {
    /// A worker that keeps no descriptor, not even its standard streams.
    pub fn new() -> Self {
        Self {
            keep: Vec::new(),
            without: Vec::new(),
            // Sockets, an epoll and its eventfd, the pagemap, a memory image for each of a component's memories.
            descriptors_max: 256,
        }
    }

    /// Keeps a descriptor open: a connected stream socket, a sealed memory file, a pipe for messages to the operator.
    #[must_use]
    pub fn keep(mut self, descriptor: i32) -> Self {
        self.keep.push(descriptor);
        self
    }

    /// How many descriptors the worker may have while it loads. After it, it gets no new ones at all.
    #[must_use]
    pub fn descriptors_max(mut self, count: u64) -> Self {
        self.descriptors_max = count;
        self
    }

    /// Does without a piece that the kernel lacks. Where the kernel has it, it is used all the same.
    #[must_use]
    pub fn without(mut self, piece: Piece) -> Self {
        self.without.push(piece);
        self
    }

    /// What it cannot be confined without, unless [`Worker::without`] says so.
    pub fn needed() -> &'static [Piece] {
        &NEEDED
    }

    /// The first step. Call it as the first thing in `main`, in a process that was started with an empty environment.
    ///
    /// # Errors
    /// [`ConfineError`]; the process is to end then.
    pub fn enter(self) -> Result<EnteredWorker, ConfineError> {
        let taken = system::enter_worker(&self)?;
        Ok(EnteredWorker {
            without: self.without,
            taken,
            messages: false,
            memory_max: None,
            compute_max: None,
            narrowed: None,
        })
    }
}

impl Default for Worker {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a sealed worker may begin threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// None: what is sealed has one thread, and keeps it. For a worker that runs components.
    None,
    /// Threads, and no processes: Cranelift compiles on several. For a worker that compiles.
    Some,
}

/// A worker between the two steps. It has no capability and no descriptor that was not kept, and may still open and map.
#[derive(Debug)]
#[must_use = "a worker that is not sealed can still open files"]
pub struct EnteredWorker {
    pub(crate) without: Vec<Piece>,
    pub(crate) taken: Vec<Piece>,
    pub(crate) messages: bool,
    pub(crate) memory_max: Option<u64>,
    pub(crate) compute_max: Option<Duration>,
    pub(crate) narrowed: Option<system::Narrowed>,
}

impl EnteredWorker {
    /// Lets `sendmsg` and `recvmsg` through, for sockets on which messages carry descriptors. What comes in that way is
    /// still neither executable nor writable beyond what its sender opened it for.
    pub fn with_messages(mut self) -> Self {
        self.messages = true;
        self
    }

    /// A step between, before code is mapped that somebody else made: takes everything that [`EnteredWorker::seal`] takes except what
    /// mapping needs. The process has one thread and gets no other.
    ///
    /// # Errors
    /// [`ConfineError`]; the process is to end then.
    pub fn narrow(mut self) -> Result<Self, ConfineError> {
        self.narrowed = Some(system::narrow_worker(&self)?);
        Ok(self)
    }

    /// Bytes of address space that the process may have once it is sealed, with what it has by then. Only for a worker
    /// without a pool, which reserves terabytes and touches little of them.
    pub fn memory_max(mut self, bytes: u64) -> Self {
        self.memory_max = Some(bytes);
        self
    }

    /// How long the process may compute, over all its threads and from its beginning: in whole seconds, of which one
    /// that has begun counts. The kernel ends it then, whoever else forgot to.
    pub fn compute_max(mut self, most: Duration) -> Self {
        self.compute_max = Some(most);
        self
    }

    /// The second step: after it the process can compute, and speak on the sockets that it holds.
    ///
    /// # Errors
    /// [`ConfineError`]; the process is to end then.
    pub fn seal(self, threads: Threads) -> Result<SealedWorker, ConfineError> {
        let mut entered = self;
        let narrowed = entered.narrowed.take();
        let sealed = system::seal_worker(&entered, narrowed, threads)?;
        let system::Sealed { mut taken, pages } = sealed;
        taken.extend(&entered.taken);
        taken.sort_unstable();
        Ok(SealedWorker { taken, pages })
    }
}

/// A worker that can do nothing more than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedWorker {
    taken: Vec<Piece>,
    pages: WrittenPages,
}

/// Whether a sealed process can ask which of its pages were written, which is what makes the reset of a pool's slot cheap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenPages {
    /// It asked after it was sealed, and was answered.
    Told,
    /// The kernel could tell, and does not tell this process: it did not open its pagemap before it was sealed.
    Withheld,
    /// The kernel has no such list.
    Unknown,
}

impl SealedWorker {
    /// What confines it.
    pub fn pieces(&self) -> &[Piece] {
        &self.taken
    }

    /// Whether it can ask which of its pages were written.
    pub fn written_pages(&self) -> WrittenPages {
        self.pages
    }
}
