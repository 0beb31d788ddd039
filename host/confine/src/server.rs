//! The profile of a server: a process that runs components in itself, and holds the authority that their calls need.
//!
//! It cannot give its files and its network up. What it gives up is everything else: paths outside of the folders that
//! its operator named, executing, tracing, signalling, mounting, the parts of the kernel that a server has no use for,
//! other families of sockets than those of a network, listening anywhere but where it listens already, and every
//! capability that is not about the owners of files. Whoever escapes from a component in this process has the union of
//! what its tools were granted, and no shell.
//!
//! What it refuses fails with an error instead of ending the process: the process serves others, too.

use std::path::PathBuf;

use crate::{ConfineError, Piece, system};

/// What a server cannot be confined without, unless its operator says so.
const NEEDED: [Piece; 4] = [
    Piece::LandlockFiles,
    Piece::Seccomp,
    Piece::NoNewPrivileges,
    Piece::Capabilities,
];

/// The profile of a server, before it is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    pub(crate) read: Vec<PathBuf>,
    pub(crate) change: Vec<PathBuf>,
    pub(crate) without: Vec<Piece>,
}

impl Server {
    /// A server that reaches no path, except what a system's resolver and its libraries read.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets a file, or what is below a folder, be read.
    ///
    /// # Authority
    /// The process keeps it until it ends.
    #[must_use]
    pub fn read(mut self, path: impl Into<PathBuf>) -> Self {
        self.read.push(path.into());
        self
    }

    /// Lets what is below a folder be read, made, written, renamed within the folder and removed: regular files and
    /// folders, nothing else. A folder that is to be renamed into has to be named, too.
    ///
    /// # Authority
    /// The process keeps it until it ends.
    #[must_use]
    pub fn change(mut self, path: impl Into<PathBuf>) -> Self {
        self.change.push(path.into());
        self
    }

    /// Does without a piece that the kernel lacks. Where the kernel has it, it is used all the same.
    #[must_use]
    pub fn without(mut self, piece: Piece) -> Self {
        self.without.push(piece);
        self
    }

    /// What it cannot be confined without, unless [`Server::without`] says so.
    pub fn needed() -> &'static [Piece] {
        &NEEDED
    }

    /// Takes the profile, before the process has a second thread. What the process has open stays open: listen and open
    /// the trail before.
    ///
    /// # Errors
    /// [`ConfineError`]; a part of the authority may be gone by then.
    pub fn confine(self) -> Result<ServerConfined, ConfineError> {
        let mut taken = system::confine_server(&self)?;
        taken.sort_unstable();
        Ok(ServerConfined { taken })
    }
}

/// A server that has given up what it does not need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfined {
    taken: Vec<Piece>,
}

impl ServerConfined {
    /// What confines it.
    pub fn pieces(&self) -> &[Piece] {
        &self.taken
    }

    /// What could confine it more, on another kernel.
    pub fn missing(&self) -> Vec<Piece> {
        const USED: [Piece; 6] = [
            Piece::LandlockFiles,
            Piece::LandlockNetwork,
            Piece::LandlockScopes,
            Piece::Seccomp,
            Piece::NoNewPrivileges,
            Piece::Capabilities,
        ];
        USED.into_iter()
            .filter(|piece| !self.taken.contains(piece))
            .collect()
    }
}
