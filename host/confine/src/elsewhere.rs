//! Systems without these pieces: everything is missing, and said so.

use crate::server::Server;
use crate::worker::{EnteredWorker, Threads, Worker};
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

pub(crate) fn seal_worker(
    worker: &EnteredWorker,
    _threads: Threads,
) -> Result<Vec<Piece>, ConfineError> {
    probe().need(Worker::needed(), &worker.without)?;
    Ok(Vec::new())
}

pub(crate) fn confine_server(server: &Server) -> Result<Vec<Piece>, ConfineError> {
    probe().need(Server::needed(), &server.without)?;
    Ok(Vec::new())
}
