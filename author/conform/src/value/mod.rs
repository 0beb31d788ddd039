//! Values for a function's parameters: the edges of every type, random ones, and smaller ones of the same kind.
//!
//! Values are JSON, since that is how a caller gives them. What is made here always fits its shape: a refusal by a host
//! is never the value's fault.

mod arguments;
mod edge;
mod number;
mod random;
mod sample;
mod shrink;
mod text;

pub(crate) use arguments::{Cases, lent};
pub(crate) use random::Random;
pub(crate) use shrink::shrink;

#[cfg(test)]
mod tests;
