//! The words say what the policy says, and nothing else.

use super::*;
use crate::{Extensions, Origin, Source};

fn parsed(text: &str) -> Policy {
    Policy::parse("p.toml", text, &Extensions::new()).unwrap_or_else(|error| panic!("{error}"))
}
