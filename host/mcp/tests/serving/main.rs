//! The server as clients meet it, over HTTP in this process: lists, calls, reloads, questions, callers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod callers;
mod calls;
mod ending;
mod questions;
mod reloading;
mod served;
