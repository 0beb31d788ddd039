//! An author's project in any language: made, and built into a component.
//!
//! ```text
//! create      a new project from the templates that this crate carries
//! Project     a folder with sources: its language, its name, its world
//! language    one driver for each language, which calls its toolchain
//! build       what a driver built, made the component that ships
//! ```
//!
//! ```no_run
//! use bailiwick_project::{Bundle, Project, Wanted, build, create};
//!
//! let wanted = Wanted {
//!     name: "line-count".parse()?,
//!     namespace: "example".parse()?,
//!     language: "python".parse()?,
//!     bundle: Bundle::DEFAULT.parse()?,
//!     additions: vec!["key-value".parse()?],
//! };
//! create(&wanted, "line-count".as_ref())?;
//! let project = Project::open("line-count".as_ref())?;
//! let report = build(&project, &project.component())?;
//! println!("{} {}", report.sha256, report.imports.join(" "));
//! # Ok::<(), Box<dyn std::error::Error>>(())
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
    Addition, Bundle, CreateError, NAME_CHARS_MAX, Name, NameError, UnknownAddition, UnknownBundle,
    Wanted, create,
};
pub use error::BuildError;
pub use language::{Language, UnknownLanguage};
pub use project::Project;
