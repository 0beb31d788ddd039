//! The kit of the end-to-end tests: worlds to attack, servers on loopback, hosts to hold, and the runner of cases.
//!
//! A case is a file below `cases`: a world, a policy, what a guest is made to do, and everything that must be true
//! afterwards. The [`runner`] checks more than the file says: that nothing outside the root changed, that a flag which
//! lies there is in no answer, log or record, that the trail verifies, and that the next call works as if nothing had
//! been.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

pub mod behind;
pub mod case;
pub mod dns;
pub mod guests;
pub mod hold;
pub mod mcp;
pub mod page;
pub mod processes;
pub mod runner;
pub mod server;
pub mod snapshot;
pub mod trail;
pub mod world;
