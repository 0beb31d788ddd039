//! The contract as authors have it: our WIT packages, an author's world, what a component differs from it in.
//!
//! ```text
//! contract   our packages, embedded: what every world is made of
//! Declared   an author's world, resolved: what a tool says that it imports and exports
//! compare    a component against it: what it really imports and exports
//! evolution  our packages against the released ones: what would break tools that exist
//! ```

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

mod compare;
pub mod contract;
mod declared;
pub mod evolution;
mod items;
mod known;
mod section;
pub mod sources;
mod types;

pub use compare::{CompareError, Comparison, Difference, compare};
pub use declared::Declared;
pub use section::SectionError;
pub use sources::WitError;
pub use types::Mismatch;
