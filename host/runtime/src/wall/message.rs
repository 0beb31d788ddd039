//! What the broker and a worker say to each other.

use bailiwick_policy::{Limit, Limits};
use serde::{Deserialize, Serialize};

use super::describe::Description;
use crate::call::invocation::ArgumentText;
use crate::waist::EngineLeft;

/// The version of the protocol: broker and worker are one program, and this tells when they are not.
pub(super) const VERSION: u32 = 2;

/// Random bytes by which a worker shows that it answers to its own beginning.
pub(super) type Nonce = [u8; 16];

/// What a worker is told first.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    pub(super) version: u32,
    pub(super) nonce: Nonce,
    /// Pieces of the kernel that may be missing.
    pub(super) without: Vec<String>,
    pub(super) job: Job,
}

/// What a worker is for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Job {
    /// Compiling one component, whose bytes are its standard input.
    Compile(Compile),
    /// Serving calls of one component, whose code is its standard input.
    Serve(Serve),
}

/// How far a compilation may go. The broker's clock ends it, too; this holds where nobody looks at one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Compile {
    /// Bytes of address space.
    pub(super) memory_max: u64,
    /// Seconds on each processor.
    pub(super) seconds_max: u64,
}

/// How a component is linked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Serve {
    /// The names of the interfaces.
    pub(super) interfaces: Vec<String>,
    /// Whether the floor is linked.
    pub(super) floor: bool,
    /// The exports that the author declared, where there is a declaration.
    pub(super) declared: Option<Vec<String>>,
    /// Whether the functions are to be described.
    pub(super) describe: bool,
}

/// What a worker is told while it serves.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ToWorker<'a> {
    /// Make a call.
    Begin(Begin),
    /// The reply to the operation that was asked for.
    Reply {
        /// As [`crate::waist::reply_of`] reads it.
        #[serde(borrow, with = "serde_bytes")]
        bytes: &'a [u8],
        /// The fuel that called tools left.
        fuel_left: Option<u64>,
    },
}

/// One call.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Begin {
    /// Drawn at random; every frame of the call carries it.
    pub(super) number: u64,
    pub(super) interface: Option<String>,
    pub(super) item: String,
    pub(super) arguments: ArgumentText,
    /// The handles of the files that the arguments name, in their order.
    pub(super) handles: Vec<u32>,
    pub(super) ceilings: Ceilings,
    /// Whether the floor's clock is the real one, and its random bytes.
    pub(super) clock: bool,
    pub(super) random: bool,
    /// Whether the worker looks for frames before it sleeps: there is a processor for it.
    pub(super) looks: bool,
}

/// The limits that the engine's side enforces.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Ceilings {
    memory: u64,
    table_elements: u64,
    instances: u64,
    handles: u64,
    fuel: u64,
    host_call_bytes: u64,
    output: u64,
    log: u64,
}

impl Ceilings {
    pub(super) fn of(limits: &Limits) -> Self {
        Self {
            memory: limits.memory,
            table_elements: limits.table_elements,
            instances: limits.instances,
            handles: limits.handles,
            fuel: limits.fuel,
            host_call_bytes: limits.host_call_bytes,
            output: limits.output,
            log: limits.log,
        }
    }

    pub(super) fn limits(self) -> Limits {
        Limits {
            memory: self.memory,
            table_elements: self.table_elements,
            instances: self.instances,
            handles: self.handles,
            fuel: self.fuel,
            host_call_bytes: self.host_call_bytes,
            output: self.output,
            log: self.log,
            ..Limits::default()
        }
    }
}

/// What a worker says of its beginning.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromWorker {
    /// It is confined, and has loaded its component where it serves.
    Ready {
        nonce: Nonce,
        description: Option<Description>,
    },
    /// It cannot do what it is for.
    Refused(Refusal),
    /// It compiled the component: the next frame is the code.
    Compiled,
}

/// What a worker says in a call. Nothing in it is larger than its bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromCall<'a> {
    /// It asks for an operation.
    Asked {
        number: u64,
        name: &'a str,
        #[serde(borrow, with = "serde_bytes")]
        bytes: &'a [u8],
        left: EngineLeft,
    },
    /// The call has ended.
    Ended {
        number: u64,
        #[serde(borrow)]
        ending: Ending<'a>,
        #[serde(borrow)]
        used: Claim<'a>,
    },
}

/// Why a worker cannot do what it is for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Refusal {
    /// The compiler refused the component.
    Compile(String),
    /// Its imports do not fit.
    Mismatch(String),
    /// Something else.
    Other(String),
}

/// How a call ended on the engine's side.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Ending<'a> {
    Answer(&'a str),
    ToolError(&'a str),
    Limit(Limit),
    Trap(&'a str),
    Fault(&'a str),
}

/// A line that was printed; whether to standard error.
pub(super) type Line = (bool, String);

/// What a worker says that a call used.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Claim<'a> {
    pub(super) fuel_left: u64,
    pub(super) peak_memory: u64,
    /// The [`Line`]s that were printed, once more encoded: their length is looked at before they are.
    #[serde(borrow, with = "serde_bytes")]
    pub(super) printed: &'a [u8],
    pub(super) printed_dropped: u64,
}
