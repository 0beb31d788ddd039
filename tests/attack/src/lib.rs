//! The attack kit: hostile guests, servers, files and components, each scored by what happened in the world outside.
//!
//! A [`Case`] is one mechanism, as data. The [`Kit`] plays it in a world of its own (a directory, a network without a way
//! out, a flag that nobody may see) against a [`Host`], which is a process that somebody starts. What the guest says about
//! its success counts for nothing: the kit looks for the flag in everything that left the process, for changes to files,
//! for bytes that reached an address which was not granted, at how the process ended, and at what it used.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "tests"
    )
)]

mod case;
mod error;
mod guest;
mod host;
mod judge;
mod kit;
mod net;
mod report;
mod score;
mod stage;
mod watch;
mod world;

pub use case::{Call, Case, Class, Meanwhile, Net, Spoil, Through, cases, classes, mechanisms};
pub use error::AttackError;
pub use host::{
    Bubblewrap, Host, Job, JobCall, NotApplicable, Ours, Start, Subprocess, Wasmtime, serve_job,
};
pub use kit::{Kit, isolate_network};
pub use net::Says;
pub use report::{Outcome, Report, Verdict};
pub use score::Score;
pub use stage::Stage;
pub use world::{Entries, Entry};
