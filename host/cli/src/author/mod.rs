//! What authors of tools use: making a project, building it, testing it, proving that it conforms.

pub(crate) mod build;
pub(crate) mod conform;
pub(crate) mod new;
pub(crate) mod test;
