//! `bailiwick serve` as its clients see it: MCP's own judges and clients, and hostile ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod answered;
mod asked;
mod confined;
mod granted;
mod hostile;
mod inspector;
mod isolated;
mod listed;
mod logged;
mod official;
mod panics;
mod private;
mod python;
mod secrets;
mod sessions;
mod signals;
mod tokens;

/// What drives the clients of one test.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
