//! The conformance kit: proves that a component keeps to its world, and behaves in it.

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

mod behaviour;
mod budget;
mod host;
mod kit;
mod look;
mod report;
mod rule;
mod stage;
mod value;

pub use budget::Budget;
pub use host::{Call, Ending, Floor, Host, Keeping, Loaded, Ours, OursError, Outcome};
pub use kit::{CASES_DEFAULT, Kit, KitError};
pub use report::{Finding, Report, State, Verdict};
pub use rule::{Kind, Row, Rule, UnknownRule, table_markdown};
pub use stage::{Stage, Traces, Trouble, Watch, When};
