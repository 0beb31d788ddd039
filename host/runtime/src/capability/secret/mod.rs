//! `secret`: naming a secret, and having it put into a request.
//!
//! What a guest holds is a name that was decided; the bytes are on the other side of the waist and never leave it but inside a request. Naming and attaching are early
//! answers for the tool's author: whether a secret really goes into a request is decided when that is sent, from its name again, since a description of a
//! request is the guest's. What happens then is `http`'s, with what `secrets` gives it.

mod adapter;
mod names;
mod operations;

use bailiwick_policy::Capability;

use super::{Interface, Needs};

pub use adapter::NamedSecret;
pub(crate) use names::Names;
pub use operations::{AttachSecret, GetSecret};

/// The interfaces of `bailiwick:secret`.
pub(super) fn interfaces() -> [Interface; 1] {
    [Interface {
        name: "bailiwick:secret/secret",
        needs: Needs::Grant(Capability::Secret),
        link: adapter::link,
        operations: |operations| {
            operations
                .attempted::<GetSecret>()
                .attempted::<AttachSecret>();
        },
    }]
}
