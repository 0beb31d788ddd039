//! The protocol: what a client asks, over which transport, and how each question ends.

mod call;
mod connections;
mod handler;
mod held;
mod http;
mod message;
mod notes;
mod outcome;
mod sessions;
mod stdio;

pub use http::{Bound, HttpError, HttpOptions};
pub use stdio::StdioError;
