//! Runs untrusted tools: WebAssembly components behind typed, narrow capabilities that a policy grants.
//!
//! A tool is a component. What it can reach is what it imports, narrowed by the policy, for one call at a time. The
//! types, in the order in which a program meets them: a [`Host`] holds what all tools share; [`Host::load`] makes a
//! [`Tool`] of a component and its grant; [`Tool::call`] begins a [`Call`], which ends in an [`Answer`] or a
//! [`CallError`]. What every call did is in the [audit] trail.
//!
//! An embedder adds capabilities of its own with [`capability::Interface`] and the traits of [`waist`].

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::too_many_lines,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "tests"
    )
)]

pub mod audit;
mod cache;
mod call;
pub mod capability;
mod component;
mod engine;
mod floor;
mod host;
mod limits;
mod secrets;
mod tool;
pub mod value;
pub mod waist;
mod wall;

pub use bailiwick_policy as policy;
pub use bailiwick_section as section;
pub use tokio_util::sync::CancellationToken;
pub use wasmtime;

pub use call::{
    Answer, Call, CallError, CallState, Cause, DescribedRequest, Report, TypedFunction,
};
pub use capability::key_value::{KeyValueError, KeyValueStore};
pub use component::{Outline, OutlineError};
pub use engine::{Allocation, EngineError, STACK_BYTES, pool_resets_quickly};
pub use host::{Host, HostBuilder, HostError};
pub use limits::Limiter;
pub use secrets::{
    SecretError, Secrets, SecretsError, SecretsHelper, VALUE_BYTES_MAX, VALUE_BYTES_MIN,
};
pub use tool::{
    ContentShape, Function, FunctionError, LoadError, Missing, Schemas, Source, Tool, ToolOptions,
    Toolbox,
};
pub use waist::{PrivateUse, Progress};
pub use wall::{Isolation, Piece, WallError, WorkerStarter, worker};
