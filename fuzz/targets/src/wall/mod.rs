//! What a worker says that an attacker took over: the broker stands, the call ends within its limits, nothing is reached that was not granted,
//! and every use of a capability is in the trail.
//!
//! All of the broker's side is the real one, from the order to start a worker to the record of the call; only the other ends of its sockets are
//! this program's ([`worker`]). An input says which types the worker describes, with which arguments its function is called, and what
//! it does then ([`script`]).

mod script;
mod stage;
mod worker;

pub(crate) use stage::run;
