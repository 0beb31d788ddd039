//! The attacks that need code: races, crashes, floods, broken components, the floor, the values.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod ask;
mod band;
mod call_tool;
mod compat;
mod conformance;
mod crash;
mod deploy;
mod disturb;
mod fail_closed;
mod fake;
mod faults;
mod floor;
mod flow;
mod handles;
mod key_value;
mod limits;
mod malformed;
mod memory;
mod races;
mod sdk_rust;
mod secrets;
mod supply;
mod tls;
mod values;
mod wall;
mod workers;
