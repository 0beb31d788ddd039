//! The wall of processes: components are compiled and run in worker processes that own one socket and nothing else.
//!
//! The attacker is a component that broke out of the engine, or out of its compiler: from there on every instruction of the worker process
//! is its own. What it finds is a process without a file, a directory, a network, a variable or a right, whose one descriptor that leads
//! anywhere is a socket. At the other end is the *broker*, the process that holds the authority, which treats every byte from
//! there as the attacker's:
//!
//! 1. A frame has a length, which is held against the most that the call's limits can need before more of it is kept than came with it.
//! 2. It carries the number of the call that it belongs to, drawn at random for each call. Any other number ends the worker.
//! 3. An operation is one that the component's imports lead to, read whole into its own type; then it takes the way of every
//!    operation: meter, decision, record, permit. Handles in it are numbers of this call's scene and of no other's.
//! 4. An answer is read as the type of the function's result, and written anew.
//! 5. What the worker says it used is bounded by the limits and believed for nothing but the report; time is the broker's.
//!
//! What is none of this ends the worker, by a kill, and the call, with `host-fault`. A worker serves one component, one call at a time, and
//! never two principals; after anything but an answer it is not used again, and where no call comes it is stopped. Descriptors never
//! travel: a worker is born with the sealed memory of its code and its socket, and what is sent along with bytes from a worker is closed by
//! the kernel.
//!
//! Compiled code comes from a worker, too, and is therefore the component's word: it is never mapped in the broker, and the compile cache keeps
//! it apart from code that this process compiled itself. Even a component's types are what a worker says, checked as
//! [`Description`] has it: a tool that lies about its types has the types that it lies about.
//!
//! Deliberately absent: a fallback into the broker's own process; a way for a worker to begin anything but an operation.

mod broker;
mod code;
mod compile;
mod describe;
mod end;
mod far;
mod frame;
mod keeper;
mod message;
mod pool;
mod starter;
pub mod worker;

use std::path::PathBuf;

pub use bailiwick_confine::Piece;
use bailiwick_confine::{ConfineError, Support, Worker as Profile};

pub(crate) use broker::Beyond;
pub(crate) use far::Far;
pub(crate) use pool::Workers;
pub use starter::WorkerStarter;

use crate::cache::Cache;

/// Calls that a worker serves before another takes its place.
const CALLS_MAX: u32 = 1_000;

/// Bytes of address space of a worker that compiles. The largest components that language toolchains make, 17 MiB of Python, take a
/// fifth of it on two processors.
const COMPILER_MEMORY_BYTES: u64 = 4 << 30;

/// Bytes besides for each processor: a thread of the compiler there has a stack, and reserves an arena of the allocator, most of which
/// it never touches.
const COMPILER_THREAD_BYTES: u64 = 136 << 20;

/// How tools are compiled and run in worker processes.
#[must_use = "nothing is isolated before a host is built with what it starts"]
#[derive(Clone, Debug)]
pub struct Isolation {
    program: PathBuf,
    calls_max: u32,
    compiler_memory: u64,
    without: Vec<Piece>,
}

impl Isolation {
    /// In processes of this program, whose `main` begins with [`worker::main`].
    pub fn processes() -> Self {
        Self {
            // Not a path that somebody could put another program at: what runs now.
            program: PathBuf::from("/proc/self/exe"),
            calls_max: CALLS_MAX,
            compiler_memory: COMPILER_MEMORY_BYTES,
            without: Vec::new(),
        }
    }

    /// In processes of another program, whose `main` begins with [`worker::main`]: built from the same version of this crate.
    ///
    /// # Authority
    /// Whoever can change that program decides what the wall is made of.
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        self
    }

    /// Does without a piece of confinement that the kernel lacks. Where the kernel has it, it is used all the same.
    ///
    /// # Authority
    /// Who breaks out of the engine has what this piece would have taken.
    pub fn without(mut self, piece: Piece) -> Self {
        self.without.push(piece);
        self
    }

    /// How many calls a worker serves before another takes its place; at least one.
    pub fn calls_max(mut self, calls: u32) -> Self {
        self.calls_max = calls.max(1);
        self
    }

    /// Bytes of address space that a worker may take to compile a component, besides 136 MiB for each processor: 4 GiB, unless this says
    /// otherwise. It takes no more time either than the component's `compile-time` on each processor.
    pub fn compiler_memory(mut self, bytes: u64) -> Self {
        self.compiler_memory = bytes;
        self
    }

    /// Starts the process that starts the workers, for [`HostBuilder::isolation`](crate::HostBuilder::isolation). The calls of that host are made on a
    /// tokio runtime with I/O and time.
    ///
    /// A process that is going to confine itself does this before, since it can start none afterwards; one that holds secrets does it before
    /// it reads them.
    ///
    /// # Errors
    /// [`WallError`], when the kernel lacks what confines a worker, or there can be no other process.
    pub fn start(self) -> Result<WorkerStarter, WallError> {
        Support::probe()
            .need(Profile::needed(), &self.without)
            .map_err(WallError::Confine)?;
        WorkerStarter::new(self)
    }
}

/// Why a worker process is of no use.
#[derive(Debug, thiserror::Error)]
pub enum WallError {
    /// The kernel lacks what confines it.
    #[error("worker processes cannot be confined")]
    Confine(#[source] ConfineError),
    /// It could not be started.
    #[error("it could not be started")]
    Start(#[source] std::io::Error),
    /// What starts workers ended, and takes them along. A host cannot start it again, since it may be confined by now.
    #[error(
        "the process that starts worker processes has ended, and every worker with it: the host has to be started again"
    )]
    StarterGone,
    /// It ended, or did not answer in time.
    #[error("it ended, or did not answer in time")]
    Gone(#[source] std::io::Error),
    /// It could not do what it was to do.
    #[error("it refused: {0}")]
    Refused(String),
    /// It did not keep to the protocol.
    #[error("it broke the protocol: {0}")]
    Protocol(&'static str),
}

impl WallError {
    /// The pieces of confinement that the kernel lacks, where it is that.
    pub fn missing(&self) -> &[Piece] {
        match self {
            Self::Confine(ConfineError::Missing(pieces)) => pieces,
            Self::Confine(_)
            | Self::Start(_)
            | Self::StarterGone
            | Self::Gone(_)
            | Self::Refused(_)
            | Self::Protocol(_) => &[],
        }
    }
}

/// What all tools of a host behind the wall share.
pub(crate) struct Wall {
    starter: WorkerStarter,
    cache: Option<Cache>,
}

impl Wall {
    /// Puts the wall up. `cache` is for code that workers compiled, and nothing else.
    pub(crate) fn new(starter: WorkerStarter, cache: Option<Cache>) -> Self {
        Self { starter, cache }
    }
}
