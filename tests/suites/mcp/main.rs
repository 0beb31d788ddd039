//! `bailiwick serve` as its clients see it: MCP's own judges and clients, hostile ones, and many at once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod answered;
mod hostile;
mod inspector;
mod load;
mod official;
mod python;
mod tokens;
