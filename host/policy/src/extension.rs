//! Capabilities that an embedder adds: their keys in the policy file and the scopes that decide.

use crate::rule::RuleError;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A value in a rule of an extension, as the policy file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// A string. A rule that is only a string is the short form of whatever the extension says.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// A list.
    List(Vec<Setting>),
    /// A table, by key.
    Table(BTreeMap<String, Setting>),
}

/// Why an extension refuses a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct ScopeError {
    /// Which rule of the list, from 0.
    pub rule: usize,
    /// What is wrong with it.
    pub error: RuleError,
}

/// What an extension decides about an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeDecision {
    /// Permitted, by the rule with this place in the list (from 0).
    Permit(usize),
    /// Denied by the rule with this place, whatever the others say.
    Deny(usize),
    /// No rule permits it.
    NoRule,
}

/// The rules under an extension's key.
///
/// # Authority
/// What a scope permits is permitted. It has to keep the promises that the rest of this crate keeps: no rules permit nothing, taking a permitting rule away never adds a permit, order does not matter. A place that is not in the list denies.
pub trait Scope: fmt::Debug + Send + Sync {
    /// Decides the words of an attempt: what they are is between the extension's operation and its scope.
    fn decide(&self, words: &[&str]) -> ScopeDecision;

    /// The rule, as the policy file would have it, that permits this attempt and no more. `None` where there is none.
    fn remedy(&self, words: &[&str]) -> Option<Setting> {
        let _ = words;
        None
    }

    /// Whether what it permits may still be done once the call has used private data. Not unless the extension says so: it may lead anywhere.
    fn takes_private_data(&self, words: &[&str]) -> bool {
        let _ = words;
        false
    }
}

pub(crate) type Parser = dyn Fn(&[Setting]) -> Result<Box<dyn Scope>, ScopeError> + Send + Sync;

/// The extensions that a host knows, by key. A key that is not here is an error in a policy file.
#[derive(Clone, Default)]
pub struct Extensions {
    parsers: BTreeMap<Arc<str>, Arc<Parser>>,
}

/// Why an extension cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// The key is not of the form `owner:name/part` in lower case.
    #[error(
        "`{key}` is not a key for an extension: it needs a colon, and lower-case letters, digits, `-`, `.` and `/` around it"
    )]
    Key {
        /// The key.
        key: String,
    },
    /// The key is taken.
    #[error("an extension with the key `{key}` is registered already")]
    Taken {
        /// The key.
        key: String,
    },
}

impl Extensions {
    /// No extensions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the parser of a key's rules.
    ///
    /// # Errors
    /// A key that does not have the form `owner:name`, or that is registered already.
    pub fn register(
        &mut self,
        key: &str,
        parser: impl Fn(&[Setting]) -> Result<Box<dyn Scope>, ScopeError> + Send + Sync + 'static,
    ) -> Result<(), RegisterError> {
        if !is_key(key) {
            return Err(RegisterError::Key {
                key: key.to_owned(),
            });
        }
        if self.parsers.contains_key(key) {
            return Err(RegisterError::Taken {
                key: key.to_owned(),
            });
        }
        self.parsers.insert(key.into(), Arc::new(parser));
        Ok(())
    }

    /// The registered keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.parsers.keys().map(|key| &**key)
    }

    pub(crate) fn parser(&self, key: &str) -> Option<&Parser> {
        self.parsers.get(key).map(|parser| &**parser)
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.keys()).finish()
    }
}

fn is_key(key: &str) -> bool {
    let part = |text: &str| {
        let known = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.')
        };
        text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(known)
    };
    key.len() <= 128
        && key
            .split_once(':')
            .is_some_and(|(owner, name)| part(owner) && part(name))
}
