//! `key-value`: a tool's own memory from one call to the next.
//!
//! The attacker is the tool, which chooses keys and values, and another tool of the same host that would like to read them. A
//! tool never names the place that it works in: the host does, by two facts of its own, the tool's name in the policy and the
//! principal on whose behalf the call is made, and they stay two columns, so that no choice of names or keys makes two places
//! one. The order is: the policy; the key's form; then one transaction in which the value is changed and what the place holds is
//! counted. The store's file is no file for tools, whatever their policy says about paths.
//!
//! Deliberately absent: a way to name another place; queries; values in the trail, which has only their number of bytes.

mod adapter;
mod key;
mod operations;
mod store;

use bailiwick_policy::Capability;

use super::{Interface, Needs};

pub use operations::{CompareAndSet, Delete, Get, Keys, List, Set};
pub use store::{KeyValueError, KeyValueStore};

/// The interfaces of `bailiwick:key-value`.
pub(super) fn interfaces() -> [Interface; 1] {
    [Interface {
        name: "bailiwick:key-value/key-value",
        needs: Needs::Grant(Capability::KeyValue),
        link: adapter::link,
        operations: |operations| {
            operations
                .attempted::<Get>()
                .attempted::<Set>()
                .attempted::<CompareAndSet>()
                .attempted::<Delete>()
                .attempted::<List>();
        },
    }]
}
