//! A host as the kit sees it: a process that somebody starts, and attacks.
//!
//! [`Ours`] is bailiwick. The others are what people use in its place: [`Wasmtime`]'s own command, a program that is simply
//! started ([`Subprocess`]), and one that is started within bubblewrap ([`Bubblewrap`]). Any other is scored by
//! implementing [`Host`].

mod native;
mod ours;
mod wasmtime;

use std::process::{Command, ExitStatus};

use thiserror::Error;

use crate::stage::Stage;

pub use native::{Bubblewrap, Subprocess};
pub use ours::{Job, JobCall, Ours, serve_job};
pub use wasmtime::Wasmtime;

/// A host that is attacked. A second mode of the same host is a second value.
pub trait Host: Sync {
    /// Its name in tables, with what makes it different from others of its kind.
    fn name(&self) -> String;

    /// Its version, as it says it.
    ///
    /// # Errors
    /// Why it cannot be scored here at all.
    fn version(&self) -> Result<String, NotApplicable>;

    /// How the process is started that is attacked in this case. The kit closes all descriptors but the standard ones,
    /// gives it the input, and waits for its end.
    ///
    /// # Errors
    /// Why the case cannot be posed to this host.
    fn start(&self, stage: &Stage<'_>) -> Result<Start, NotApplicable>;

    /// Whether a process that ended like this was broken: killed by a signal, or by what a panic and an abort leave.
    fn is_crash(&self, status: ExitStatus) -> bool {
        status.code().is_none_or(|code| code == 101 || code >= 128)
    }
}

/// A process to start.
#[derive(Debug)]
pub struct Start {
    /// The program, its words and its environment.
    pub command: Command,
    /// What it gets on standard input.
    pub input: Vec<u8>,
}

/// Why a case says nothing about a host.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct NotApplicable(pub String);

impl NotApplicable {
    pub(crate) fn because(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}
