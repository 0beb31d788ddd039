//! An author's tests: calls as data, run against a fake, compared with what was expected.
//!
//! A *case file* is TOML: a scene (files, servers, a clock, what goes wrong), and calls in it, each with what is expected of
//! it. [`CaseFile::read`] reads one, [`Subject::run`] runs it, [`Report`] says what differs, and [`bless`] writes what happened
//! into the file as what is expected from now on. The scene is there anew for each call, and nothing in it is real: the
//! fake stands behind the host's own decisions, so that a tool is denied here what it is denied anywhere.

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

mod bless;
mod compare;
mod difference;
mod error;
mod format;
mod json;
mod project;
mod report;
mod run;

pub use bless::{bless, bless_file};
pub use difference::{Difference, Line};
pub use error::CasesError;
pub use format::CaseFile;
pub use project::{Project, StaleComponent};
pub use report::{CallReport, Report, Verdict, to_json, to_junit, to_text};
pub use run::{Component, Subject, run_file};
