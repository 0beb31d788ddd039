//! What a call is made in: files, servers and tools that are not there, an empty store, a clock and random bytes that never differ, and what goes
//! wrong.
//!
//! The fake for an author's own tests ([`bailiwick_fake`]) has what its author put into it. Here nobody knows what a tool will
//! ask for, so every path is a file and every URL answers; and since any host can be put in front of it, it knows nothing of a
//! policy: it answers operations, as a [`Performer`] does. What is malformed is denied, and what a call uses is held against
//! the limits, with the policy's own code for both.

mod files;
mod http;
mod play;
mod state;
mod trouble;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bailiwick::waist::Performer;
use bailiwick_fake::Content;

pub(crate) use files::{READERS, WRITERS};
use play::Play;
pub use trouble::{Trouble, When};

/// What a call is made in. Each [`Stage::play`] begins with it anew.
#[derive(Clone, Debug)]
pub struct Stage {
    pub(crate) memory: u64,
    pub(crate) trouble: Option<(Trouble, When)>,
    pub(crate) sources: bool,
    pub(crate) lent: usize,
}

/// What a call did on the stage.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// The names of the operations that could have failed, in their order; those of a host that opens what it lends are not
    /// among them.
    pub operations: Vec<&'static str>,
    /// The files that were written, whole, with their content.
    pub written: Vec<(String, Content)>,
    /// The paths that the tool itself asked to write, whatever came of it.
    pub asked_to_write: Vec<String>,
}

/// Lets the traces of a play be looked at while a host has the play itself.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Mutex<Traces>>);

impl Watch {
    /// What was done so far.
    pub fn traces(&self) -> Traces {
        self.lock().clone()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Traces> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage {
    /// Everything is there, for a tool with so many bytes of memory: one of the files is larger than that.
    pub fn new(memory: u64) -> Self {
        Self {
            memory,
            trouble: None,
            sources: true,
            lent: 0,
        }
    }

    /// Has operations fail.
    pub fn with(mut self, trouble: Trouble, when: When) -> Self {
        self.trouble = Some((trouble, when));
        self
    }

    /// Grants neither the clock nor random bytes.
    pub fn without_sources(mut self) -> Self {
        self.sources = false;
        self
    }

    /// The first so many files are opened by the host, since the arguments name them: these openings never fail, nor does the
    /// commit of what was lent for writing, which is the host's as well.
    pub fn lending(mut self, files: usize) -> Self {
        self.lent = files;
        self
    }

    /// Begins, for one call: what answers its operations, and how to see afterwards what was done.
    pub fn play(&self) -> (Box<dyn Performer>, Watch) {
        let watch = Watch::default();
        (Box::new(Play::new(self.clone(), watch.clone())), watch)
    }
}

#[cfg(test)]
mod tests;
