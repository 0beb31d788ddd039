//! Interfaces that a new tool can have besides its bundle of authority.

use std::str::FromStr;

use bailiwick_wit::contract::{self, Interface};

use crate::nearest::nearest;

/// An interface of ours that a world imports by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition(Interface);

/// A word that names no interface.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no interface `{word}` to import")]
pub struct UnknownAddition {
    word: String,
    /// The interface whose name is most like the word, if one is.
    pub nearest: Option<String>,
}

impl Addition {
    /// All of them, in the order of the packages.
    pub fn all() -> Vec<Self> {
        let interfaces = contract::interfaces().unwrap_or_default();
        interfaces.into_iter().map(Self).collect()
    }

    /// Its name: `key-value`.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Its name as WIT writes it: `bailiwick:key-value/key-value@0.1.0`.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The first sentence of what the WIT says of it.
    pub fn summary(&self) -> &str {
        let docs = self.0.docs.as_str();
        docs.split_inclusive(". ").next().unwrap_or(docs).trim()
    }

    /// What the policy has to grant; `None` where no grant is needed.
    pub fn capability(&self) -> Option<&str> {
        self.0
            .capability
            .as_ref()
            .map(|capability| capability.key())
    }
}

impl FromStr for Addition {
    type Err = UnknownAddition;

    fn from_str(word: &str) -> Result<Self, UnknownAddition> {
        let mut all = Self::all();
        if let Some(found) = all.iter().position(|addition| addition.name() == word) {
            return Ok(all.swap_remove(found));
        }
        let nearest = nearest(word, all.iter().map(Self::name)).map(str::to_owned);
        Err(UnknownAddition {
            word: word.to_owned(),
            nearest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_can_be_added_and_says_what_it_is() {
        for addition in Addition::all() {
            assert_eq!(addition.name().parse(), Ok(addition.clone()));
            assert!(addition.summary().ends_with('.'), "{}", addition.summary());
            assert!(!addition.summary().contains('\n'), "{}", addition.name());
        }
        let store: Addition = "key-value".parse().unwrap();
        assert_eq!(store.id(), "bailiwick:key-value/key-value@0.1.0");
        assert_eq!(store.capability(), Some("key-value"));
        assert_eq!("progress".parse::<Addition>().unwrap().capability(), None);
    }

    #[test]
    fn names_the_interface_that_was_probably_meant() {
        let unknown = "keyvalue".parse::<Addition>().unwrap_err();
        assert_eq!(unknown.nearest.as_deref(), Some("key-value"));
        assert_eq!(
            unknown.to_string(),
            "there is no interface `keyvalue` to import"
        );
    }
}
