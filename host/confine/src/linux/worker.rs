//! The two steps of a worker, in their order.

use super::calls::{self, WorkerCalls};
use super::{capabilities, descriptors, limits, namespaces, paths, probe, raw, threads};
use crate::worker::{EnteredWorker, Threads, Worker, WrittenPages};
use crate::{ConfineError, Piece, Support};

/// Before the engine is made.
pub(crate) fn enter(worker: &Worker) -> Result<Vec<Piece>, ConfineError> {
    let support = probe::quick();
    support.need(Worker::needed(), &worker.without)?;
    assert_no_environment()?;
    threads::assert_single()?;
    begin_session()?;
    descriptors::close_all_but(&worker.keep)?;
    limits::enter(worker.descriptors_max)?;
    let mut taken = namespaces::take();
    if support.has(Piece::Capabilities) {
        capabilities::drop_all_but(0).map_err(ConfineError::step("drop all capabilities"))?;
        taken.push(Piece::Capabilities);
    }
    if support.has(Piece::NoNewPrivileges) {
        raw::gain_nothing().map_err(ConfineError::step("promise to gain nothing"))?;
        taken.push(Piece::NoNewPrivileges);
    }
    raw::keep_data_data().map_err(ConfineError::step("keep data from being executed"))?;
    Ok(taken)
}

/// What sealing came to.
pub(crate) struct Sealed {
    pub(crate) taken: Vec<Piece>,
    pub(crate) pages: WrittenPages,
}

/// What is asked while paths are there, and looked through when they are not.
#[derive(Debug)]
pub(crate) struct Narrowed {
    support: Support,
    descriptors: descriptors::Listing,
}

/// Before code is mapped that somebody else made.
pub(crate) fn narrow(worker: &EnteredWorker) -> Result<Narrowed, ConfineError> {
    let narrowed = Narrowed {
        support: probe::quick(),
        descriptors: descriptors::Listing::open()?,
    };
    narrowed.support.need(Worker::needed(), &worker.without)?;
    threads::assert_single()?;
    // The pool has its pagemap by now. What is left to do in `/proc` concerns descriptors, which a process may always ask about itself.
    hide_memory()?;
    if narrowed.support.has(Piece::LandlockFiles) {
        paths::nothing()?;
    }
    if narrowed.support.has(Piece::Seccomp) {
        calls::apply(&calls::narrowed_filters())?;
    }
    Ok(narrowed)
}

fn hide_memory() -> Result<(), ConfineError> {
    raw::hide_memory().map_err(ConfineError::step("hide the memory of the process"))
}

/// After the engine is made and the code is mapped.
pub(crate) fn seal(
    worker: &EnteredWorker,
    narrowed: Option<Narrowed>,
    threads: Threads,
) -> Result<Sealed, ConfineError> {
    let was_narrowed = narrowed.is_some();
    let Narrowed {
        support,
        descriptors,
    } = match narrowed {
        Some(narrowed) => narrowed,
        None => {
            threads::assert_single()?;
            Narrowed {
                support: probe::quick(),
                descriptors: descriptors::Listing::open()?,
            }
        }
    };
    support.need(Worker::needed(), &worker.without)?;
    let held = descriptors.look()?;
    if !was_narrowed {
        hide_memory()?;
    }
    let mut taken = Vec::new();
    if support.has(Piece::LandlockFiles) {
        if !was_narrowed {
            paths::nothing()?;
        }
        let parts = [
            Piece::LandlockFiles,
            Piece::LandlockNetwork,
            Piece::LandlockScopes,
        ];
        taken.extend(parts.into_iter().filter(|piece| support.has(*piece)));
    }
    // After Landlock, which takes a descriptor for a moment.
    seal_limits(worker, threads, held.highest)?;
    if support.has(Piece::Seccomp) {
        let calls = WorkerCalls {
            pagemaps: held.pagemaps.clone(),
            threads,
            messages: worker.messages,
        };
        calls::apply(&calls.filters())?;
        taken.push(Piece::Seccomp);
    }
    Ok(Sealed {
        taken,
        pages: written_pages(support.has(Piece::PagemapScan), &held.pagemaps),
    })
}

/// Asked now, behind the filter: what worked before says nothing about what works from here on.
fn written_pages(kernel_knows: bool, pagemaps: &[i32]) -> WrittenPages {
    let told = || pagemaps.iter().any(|pagemap| raw::can_scan(*pagemap));
    match kernel_knows {
        false => WrittenPages::Unknown,
        true if told() => WrittenPages::Told,
        true => WrittenPages::Withheld,
    }
}

fn seal_limits(worker: &EnteredWorker, threads: Threads, highest: i32) -> Result<(), ConfineError> {
    limits::seal_files()?;
    if let Some(bytes) = worker.memory_max {
        limits::seal_memory(bytes)?;
    }
    if let Some(most) = worker.compute_max {
        limits::seal_compute(most)?;
    }
    if !worker.messages {
        limits::seal_descriptors(highest)?;
    }
    if threads == Threads::None {
        limits::seal_threads()?;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "asks whether there is any, and reads none"
)]
fn assert_no_environment() -> Result<(), ConfineError> {
    match std::env::vars_os().next() {
        None => Ok(()),
        Some(_) => Err(ConfineError::Environment),
    }
}

/// A session of its own: no terminal, and no signals that are meant for its parent's group.
fn begin_session() -> Result<(), ConfineError> {
    if raw::leads_session() {
        return Ok(());
    }
    rustix::process::setsid()
        .map(drop)
        .map_err(ConfineError::step("begin a session of its own"))
}
