//! A fake of everything that a host reaches: files, servers, a store, other tools, clock and random bytes that exist only in memory.
//!
//! A [`World`] says what there is before a call. A [`Performance`] of it stands in for the host's capabilities during one
//! call, and tells afterwards what the call did. Only the I/O is fake: what the tool may do is decided by its own grant, its
//! limits are counted by the host's own meter, and denials are recorded in the host's own trail, since all that lies in front
//! of the I/O is the host's code.
//!
//! ```
//! # async fn example(tool: &bailiwick::Tool) -> anyhow::Result<()> {
//! use bailiwick_fake::World;
//!
//! let world = World::new().file("data/input.csv", "a,b\n");
//! let performance = world.begin();
//! let answer = tool.call("count-lines")?.performed_by(performance.clone()).json(r#"["data/input.csv"]"#).await?;
//! assert_eq!(performance.attempts()[0].to_string(), "read-file data/input.csv");
//! # Ok(())
//! # }
//! ```
//!
//! Nothing in here is random, and nothing depends on time: the same call in the same world does the same.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "tests"
    )
)]

mod content;
mod fault;
mod files;
mod http;
mod key_value;
mod performance;
mod record;
mod secrets;
mod sources;
mod state;
mod tools;
mod world;

pub use content::Content;
pub use fault::{Case, CaseError, Family};
pub use performance::Performance;
pub use record::{Attempt, Outcome, Reported, SentRequest};
pub use sources::{Clock, Random};
pub use tools::{CalledTool, ScriptedTool};
pub use world::{Exchange, Fault, Place, Response, World};
