//! `call-tool`: a tool calls other tools of the same policy.
//!
//! The attacker is the calling tool, which would like the called one to do for it what it may not do itself; or the called one, which
//! would like to do more than when an agent calls it; or both together. The called tool runs in an instance of its own, under its
//! own grant within every layer of the caller's rules: what is done was permitted to both. It has what its own limits give it and
//! what the caller has left, whichever is less, and all that it spends is taken from the caller; so no tree of calls spends more
//! than its root may. A call never waits for a place: a tool that is busy is `unavailable`, and a circle of tools ends at the depth
//! and not in a deadlock.
//!
//! The order is: the policy; the counts; the tool, if it is there; its function; the call, with its own record in the trail.
//!
//! Deliberately absent: telling whether a tool exists that may not be called; a person's yes on a tool's behalf; reports of progress
//! by called tools; files or values handed over as anything but the arguments' text.

mod adapter;
mod operation;

use bailiwick_policy::Capability;

use super::{Interface, Needs};

pub use operation::{CallTool, Called};

/// The interfaces of `bailiwick:tools`.
pub(super) fn interfaces() -> [Interface; 1] {
    [Interface {
        name: "bailiwick:tools/call-tool",
        needs: Needs::Grant(Capability::CallTool),
        link: adapter::link,
        operations: |operations| {
            operations.attempted::<CallTool>();
        },
    }]
}
