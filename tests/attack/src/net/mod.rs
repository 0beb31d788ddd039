//! The network of a case: a name space of its own, in which every address leads to the kit and none leads out.

mod dns;
mod server;
mod space;
mod tls;

pub(crate) use dns::Dns;
pub use server::Says;
pub(crate) use server::Servers;
pub(crate) use space::enter;

/// Where the name server of a case listens.
pub(crate) const RESOLVER: &str = "127.0.0.53:53";
