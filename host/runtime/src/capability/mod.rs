//! What a tool can reach, one folder a capability.

pub(crate) mod http;
