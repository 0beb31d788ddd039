//! `content`: types for answers that are more than data. There is nothing to call, and no authority.
//!
//! A component that names such a type imports their interface, and some toolchains keep the import: it has to be there.

use wasmtime::component::Linker;

use super::{Interface, Needs};
use crate::call::CallState;

/// The interfaces of `bailiwick:content`.
pub(super) fn interfaces() -> [Interface; 1] {
    [Interface {
        name: "bailiwick:content/types",
        needs: Needs::Nothing,
        link,
        operations: |_| {},
    }]
}

fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.instance("bailiwick:content/types@0.1.0").map(drop)
}
