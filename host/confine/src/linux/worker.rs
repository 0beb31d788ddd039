//! The two steps of a worker, in their order.

use super::calls::{self, WorkerCalls};
use super::{capabilities, descriptors, limits, namespaces, paths, probe, raw, threads};
use crate::worker::{EnteredWorker, Threads, Worker};
use crate::{ConfineError, Piece};

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

/// After the engine is made and the code is mapped.
pub(crate) fn seal(worker: &EnteredWorker, threads: Threads) -> Result<Vec<Piece>, ConfineError> {
    let support = probe::quick();
    support.need(Worker::needed(), &worker.without)?;
    threads::assert_single()?;
    let held = descriptors::look()?;
    raw::hide_memory().map_err(ConfineError::step("hide the memory of the process"))?;
    let mut taken = Vec::new();
    if support.has(Piece::LandlockFiles) {
        paths::nothing()?;
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
            pagemaps: held.pagemaps,
            threads,
            messages: worker.messages,
        };
        calls::apply(&calls.filters())?;
        taken.push(Piece::Seccomp);
    }
    Ok(taken)
}

fn seal_limits(worker: &EnteredWorker, threads: Threads, highest: i32) -> Result<(), ConfineError> {
    limits::seal_files()?;
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
