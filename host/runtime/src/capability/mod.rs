//! What a tool can be given: one folder for each capability, and the trait by which an embedder adds its own.
//!
//! No module of one capability imports another's. What they share is the waist.

pub mod clock;
mod content;
pub mod files;
pub mod http;
pub mod key_value;
pub mod log;
pub mod progress;
pub mod random;
pub mod secret;
pub mod tools;

use bailiwick_policy as policy;
use wasmtime::component::Linker;

use crate::call::CallState;
use crate::waist::Operations;

/// What an interface needs before it is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    /// A grant of this capability: the tool asks for it by importing the interface.
    Grant(policy::Capability),
    /// Nothing: the interface has only methods of handles that come from elsewhere, or reaches only the log.
    Nothing,
}

/// One WIT interface that the host implements, and how it is put into a linker.
pub struct Interface {
    /// Its name without the version: `bailiwick:files/read-file`.
    pub name: &'static str,
    /// What it needs.
    pub needs: Needs,
    /// Adds it to a linker. Its functions must do nothing but pass operations to the waist.
    pub link: fn(&mut Linker<CallState>) -> wasmtime::Result<()>,
    /// Registers the operations that its functions pass to the waist: those that a worker process may ask for whose component
    /// imports the interface.
    pub operations: fn(&mut Operations),
}

impl std::fmt::Debug for Interface {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Interface")
            .field("name", &self.name)
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}

/// Every interface of this crate.
pub(crate) fn interfaces() -> Vec<Interface> {
    let mut interfaces = Vec::new();
    interfaces.extend(files::interfaces());
    interfaces.extend(http::interfaces());
    interfaces.extend(log::interfaces());
    interfaces.extend(key_value::interfaces());
    interfaces.extend(tools::interfaces());
    interfaces.extend(progress::interfaces());
    interfaces.extend(clock::interfaces());
    interfaces.extend(random::interfaces());
    interfaces.extend(secret::interfaces());
    interfaces.extend(content::interfaces());
    interfaces
}
