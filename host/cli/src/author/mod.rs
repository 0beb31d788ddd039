//! What authors of tools and of hosts use: making a project, building it, testing it, proving that it conforms; attacking a host.

pub(crate) mod attack;
pub(crate) mod build;
pub(crate) mod conform;
pub(crate) mod new;
pub(crate) mod test;
