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
}

/// As the table says it: the functions, and why, once for all that have the same reason.
pub(crate) fn words(entries: &[Entry]) -> String {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for entry in entries {
        let function = format!("`{}`", entry.function);
        match reasons
            .iter_mut()
            .find(|(reason, _)| *reason == entry.reason)
        {
            Some((_, functions)) if functions.contains(&function) => {}
            Some((_, functions)) => functions.push(function),
            None => reasons.push((&entry.reason, vec![function])),
        }
    }
    if reasons.is_empty() {
        return "nothing".to_owned();
    }
    let reasons = reasons
        .iter()
        .map(|(reason, functions)| format!("{}: {reason}", functions.join(", ")));
    reasons.collect::<Vec<_>>().join("; ")
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
