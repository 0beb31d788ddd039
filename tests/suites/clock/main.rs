//! The wall clock jumps, forwards and backwards, during calls and between them: what is limited in time stays so, what was answered once
//! stays so, and the trail goes on.
//!
//! A program of its own, since its clock is ([`jumps`]).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod calls;
mod jumps;
mod server;
