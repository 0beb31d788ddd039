//! The floor: the WASI 0.2 that language runtimes drag in, with nothing behind it.
//!
//! A Python or a Go program imports half of WASI whether it uses it or not, so the interfaces are linked. The attacker
//! is a guest that uses them. What it finds:
//!
//! | interfaces | what a guest finds | whose code |
//! |---|---|---|
//! | `wasi:cli/environment`, `stdin`, `terminal-*` | no variables, no arguments, no directory, an empty input, no terminal | wasmtime-wasi's, given nothing |
//! | `wasi:cli/stdout`, `stderr` | the bounded log | wasmtime-wasi's streams, our sink |
//! | `wasi:cli/exit` | the end of the call | wasmtime-wasi's |
//! | `wasi:filesystem/*` | no preopened directory, hence no descriptor that any method could be called on | wasmtime-wasi's, given nothing |
//! | `wasi:sockets/*` | access denied; no name is ever found | wasmtime-wasi's, with every switch off |
//! | `wasi:clocks/*` | with a grant of `clock` the time; without, a clock that stands still | ours, through the waist |
//! | `wasi:random/*` | with a grant of `random` the system's bytes; without, the same stream for every call, unfit for cryptography | ours, through the waist |
//! | `wasi:io/*` | streams and polls over the above; a sleep is real, and counts as time | wasmtime-wasi's |
//!
//! `wasi:http` is not part of the floor: a tool that wants the web imports `bailiwick:http`.

mod randomness;
mod sources;
mod stdio;

use std::sync::{Arc, Mutex};

use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::call::CallState;
use crate::waist::{LogLine, Operations};
use randomness::Stream;

/// The namespaces of the floor's packages; versions 0.2.x.
const PACKAGES: [&str; 6] = [
    "wasi:cli/",
    "wasi:clocks/",
    "wasi:filesystem/",
    "wasi:io/",
    "wasi:random/",
    "wasi:sockets/",
];

/// Streams, polls and descriptors that a call can hold in the floor at once. A runtime needs a dozen.
const RESOURCES_MAX: usize = 1_000;

/// Whether an import, with its version, belongs to the floor.
pub(crate) fn covers(import: &str) -> bool {
    let versioned = import
        .split_once('@')
        .is_some_and(|(_, version)| version.starts_with("0.2."));
    versioned && PACKAGES.iter().any(|package| import.starts_with(package))
}

/// What an import of the floor asks for when the policy grants it: the real clock, real random bytes.
pub(crate) fn would_use(import: &str) -> Option<bailiwick_policy::Capability> {
    if import.starts_with("wasi:clocks/") {
        return Some(bailiwick_policy::Capability::Clock);
    }
    import
        .starts_with("wasi:random/")
        .then_some(bailiwick_policy::Capability::Random)
}

/// Links the whole floor.
pub(crate) fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    sources::link(linker)
}

/// Registers what the floor passes to the waist.
pub(crate) fn operations(operations: &mut Operations) {
    sources::operations(operations);
}

/// One call's floor.
pub(crate) struct Floor {
    context: WasiCtx,
    table: ResourceTable,
    stream: Stream,
    printed: Printed,
}

/// What a guest printed, shared with the streams that it prints to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Printed(Arc<Mutex<Kept>>);

/// What was printed and kept, and how many lines were not.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) lines: Vec<LogLine>,
    pub(crate) bytes: u64,
    pub(crate) dropped: u64,
}

impl Floor {
    /// A floor for one call, which keeps at most so many bytes of what is printed.
    pub(crate) fn new(log_bytes: u64) -> Self {
        let printed = Printed::default();
        let mut builder = WasiCtxBuilder::new();
        builder
            .stdout(stdio::Sink::new("stdout", printed.clone(), log_bytes))
            .stderr(stdio::Sink::new("stderr", printed.clone(), log_bytes))
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false);
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES_MAX);
        Self {
            context: builder.build(),
            table,
            stream: Stream::new(),
            printed,
        }
    }

    /// The next bytes of the stream that a call without a grant of `random` gets.
    fn fixed(&mut self, length: usize) -> Vec<u8> {
        self.stream.bytes(length)
    }

    /// What the guest printed, line by line.
    pub(crate) fn take_printed(&self) -> Kept {
        self.printed
            .0
            .lock()
            .map(|mut kept| std::mem::take(&mut *kept))
            .unwrap_or_default()
    }
}

impl WasiView for CallState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let floor = self.floor_mut();
        WasiCtxView {
            ctx: &mut floor.context,
            table: &mut floor.table,
        }
    }
}
