//! Limits of the kernel on one process.
//!
//! Not on the address space of a worker that runs components: an engine's pool reserves terabytes and touches little of
//! it. One that compiles has no pool, and is limited in it.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::ConfineError;

/// Bytes of a core. One instead of none: a kernel that hands cores to a program does so whatever the limit is, except for this one value.
const CORE_BYTES: u64 = 1;

/// Lowers a limit for good; one that is lower already stays.
fn lower(resource: Resource, to: u64) -> rustix::io::Result<()> {
    let now = getrlimit(resource);
    let to = now.maximum.map_or(to, |maximum| maximum.min(to));
    let limit = Rlimit {
        current: Some(to),
        maximum: Some(to),
    };
    setrlimit(resource, limit)
}

/// While a worker loads: no core, no queues, no locked memory, no real-time priority.
pub(super) fn enter(descriptors_max: u64) -> Result<(), ConfineError> {
    let limits = [
        (Resource::Core, CORE_BYTES),
        (Resource::Nofile, descriptors_max),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
        (Resource::Rtprio, 0),
        (Resource::Nice, 0),
    ];
    all(&limits)
}

/// Afterwards no file of any kind grows. (Not before: memory files are files too, and images of memories are made then.)
pub(super) fn seal_files() -> Result<(), ConfineError> {
    all(&[(Resource::Fsize, 0)])
}

/// No descriptor beyond those that there are.
pub(super) fn seal_descriptors(highest: i32) -> Result<(), ConfineError> {
    all(&[(Resource::Nofile, u64::from(highest.unsigned_abs()) + 1)])
}

/// No thread and no process more. (Root is not held by it; the filter of system calls is.)
pub(super) fn seal_threads() -> Result<(), ConfineError> {
    all(&[(Resource::Nproc, 0)])
}

/// No more address space than this, with what the process has already.
pub(super) fn seal_memory(bytes: u64) -> Result<(), ConfineError> {
    all(&[(Resource::As, bytes)])
}

/// No more time on processors than this, with what the process had already. The kernel counts whole seconds, and
/// takes none for one.
pub(super) fn seal_compute(most: Duration) -> Result<(), ConfineError> {
    let begun = u64::from(most.subsec_nanos() > 0);
    let seconds = most.as_secs().saturating_add(begun).max(1);
    all(&[(Resource::Cpu, seconds)])
}

/// No core of a server.
pub(super) fn without_core() -> Result<(), ConfineError> {
    all(&[(Resource::Core, CORE_BYTES)])
}

fn all(limits: &[(Resource, u64)]) -> Result<(), ConfineError> {
    limits
        .iter()
        .try_for_each(|(resource, to)| lower(*resource, *to))
        .map_err(ConfineError::step("lower the limits of the process"))
}
