//! What can go wrong in the kit itself, as opposed to an attack.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a case could not be played. It says nothing about the host.
#[derive(Debug, Error)]
pub enum AttackError {
    /// The data of the cases is not what it must be.
    #[error("the cases of `{class}` are not usable: {why}")]
    Data {
        /// The class, or its file.
        class: String,
        /// What is wrong.
        why: String,
    },
    /// A file of the world could not be made or looked at.
    #[error("cannot prepare `{path}`")]
    World {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The network of the case could not be made.
    #[error("cannot make the network of the case: {what}")]
    Network {
        /// What failed.
        what: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The process that is to be attacked did not start.
    #[error("cannot start the host: `{program}`")]
    Start {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The thread of a case is gone.
    #[error("the kit stopped in the case `{0}`")]
    Stopped(String),
}

impl AttackError {
    pub(crate) fn world(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::World { path, source }
    }

    pub(crate) fn network(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Network { what, source }
    }
}
