//! Serves a policy's tools to agents over the Model Context Protocol.
#![forbid(unsafe_code)]
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

pub mod access;
mod answer;
mod ask;
mod canonical;
mod file;
pub mod gate;
pub mod lock;
pub mod metrics;
mod native;
mod notices;
mod serve;
mod server;
pub mod set;
mod together;

pub use native::{NativeAnswer, NativeFunction};
pub use serve::{Bound, HttpError, HttpOptions, StdioError};
pub use server::{DRAIN, Server, ServerError};
