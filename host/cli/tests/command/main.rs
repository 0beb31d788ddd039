//! The command, run as a user runs it: what it prints, how it ends, and what stands in the trail afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::allow_attributes,
    reason = "tests"
)]

mod approve;
mod audit;
mod author_attack;
mod author_build;
mod author_case_files;
mod author_conform;
mod author_new;
mod author_test;
mod check;
mod confine;
mod endings;
mod explain;
mod flags;
mod inspect;
mod interrupt;
mod isolate;
mod network;
mod output;
mod own_files;
mod place;
mod policy;
mod prompt;
mod token;
mod toolchains;
mod usage;
