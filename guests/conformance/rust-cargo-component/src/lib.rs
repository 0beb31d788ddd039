//! The conformance tool in Rust, with cargo-component: one function for each value, each outcome and each use of a capability.
//!
//! All but this file is that of the one with plain cargo.

/// Made from the world by `cargo component build`, before it compiles.
#[rustfmt::skip]
#[allow(warnings, clippy::restriction, reason = "generated")]
mod bindings;
#[path = "../../rust/src/capabilities.rs"]
mod capabilities;
#[path = "../../rust/src/handles.rs"]
mod handles;
#[path = "../../rust/src/outcomes.rs"]
mod outcomes;
#[path = "../../rust/src/values.rs"]
mod values;

use bindings::exports;

bailiwick_sdk::log_panics!();

struct Tool;

bindings::export!(Tool with_types_in bindings);
