//! An author's project in any language: made, and built into a component.

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

mod assemble;
mod create;
mod error;
mod language;
mod metadata;
mod nearest;
mod project;
mod toolchain;

pub use assemble::{Report, build};
pub use create::{
    Bundle, CreateError, NAME_CHARS_MAX, Name, NameError, UnknownBundle, Wanted, create,
};
pub use error::BuildError;
pub use language::{Language, UnknownLanguage};
pub use project::Project;
