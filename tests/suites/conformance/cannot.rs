//! What a language cannot do: `cannot.toml` beside its tool.

use std::fmt;

use serde::Deserialize;

use super::run::{Call, folder};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cannot: Vec<Entry>,
}

/// One thing that a language cannot do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// The function that it is about.
    function: String,
    /// The one case of it that fails, where it is not the function as such.
    call: Option<String>,
    /// Why.
    reason: String,
}

impl Entry {
    /// Whether this is about a call.
    pub(crate) fn covers(&self, call: &Call) -> bool {
        let named = self
            .call
            .as_ref()
            .is_none_or(|name| *name == call.named.name);
        named && self.function == call.named.function
    }

    /// As the table says it.
    pub(crate) fn reason(&self) -> String {
        format!("`{}`: {}", self.function, self.reason)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.call {
            Some(call) => write!(formatter, "`{}` ({call})", self.function),
            None => write!(formatter, "`{}`", self.function),
        }
    }
}

/// What a language cannot do. Most can do everything, and have no such file.
pub(crate) fn of(language: &str) -> Vec<Entry> {
    let path = folder().join(language).join("cannot.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            toml::from_str::<File>(&text)
                .unwrap_or_else(|error| panic!("`{}`: {error}", path.display()))
                .cannot
        }
        Err(_) => Vec::new(),
    }
}
