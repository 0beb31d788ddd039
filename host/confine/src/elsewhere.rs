//! Systems without these pieces: everything is missing, and said so.

use crate::server::Server;
use crate::worker::{EnteredWorker, Threads, Worker, WrittenPages};
use crate::{ConfineError, Piece, Support};

pub(crate) fn probe() -> Support {
    Support {
        present: Vec::new(),
        landlock: 0,
    }
}

pub(crate) fn enter_worker(worker: &Worker) -> Result<Vec<Piece>, ConfineError> {
    probe().need(Worker::needed(), &worker.without)?;
    Ok(Vec::new())
}

pub(crate) fn without_frame_numbers<T>(act: impl FnOnce() -> T) -> Result<T, ConfineError> {
    Ok(act())
}

pub(crate) fn close_inherited() -> Result<(), ConfineError> {
    Ok(())
}

/// What narrowing keeps for sealing.
#[derive(Debug)]
pub(crate) struct Narrowed;

pub(crate) fn narrow_worker(worker: &EnteredWorker) -> Result<Narrowed, ConfineError> {
    probe().need(Worker::needed(), &worker.without)?;
    Ok(Narrowed)
}

/// What sealing came to.
pub(crate) struct Sealed {
    pub(crate) taken: Vec<Piece>,
    pub(crate) pages: WrittenPages,
}

pub(crate) fn seal_worker(
    worker: &EnteredWorker,
    _narrowed: Option<Narrowed>,
    _threads: Threads,
) -> Result<Sealed, ConfineError> {
    probe().need(Worker::needed(), &worker.without)?;
    Ok(Sealed {
        taken: Vec::new(),
        pages: WrittenPages::Unknown,
    })
}

pub(crate) fn confine_server(server: &Server) -> Result<Vec<Piece>, ConfineError> {
    probe().need(Server::needed(), &server.without)?;
    Ok(Vec::new())
}
