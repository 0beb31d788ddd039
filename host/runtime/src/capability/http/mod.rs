//! Requests to the URLs that a policy names.

pub(crate) mod transport;
