//! What is private: paths that rules mark, and what a call may still do that used one.
//!
//! **The attacker** is the tool, which may read a private file and would like somebody to have it whom nobody marked. Every way out of a call is
//! one: a URL, a header, a name that is looked up, a file that a later call reads, a value in the store, another tool. It chooses the order of what it does, so what is
//! open already counts like what is opened next.
//!
//! **The order.** A mark is on the data and not on the tool: what one rule of a policy marks is private for all tools of that policy, whichever rule lets them near it. Using what
//! is private (reading, listing, writing; whatever comes of it, since *not there* is an answer too) narrows the call's [`Grant`] for the rest of the call: then only
//! what is marked for private data is permitted. Nothing takes that back. Each later attempt, each redirect and each use of what was opened before is decided
//! under the narrowed grant.
//!
//! **The empty case.** Without a mark nothing changes. A mark without anything marked for it leaves no way out at all.
//!
//! **Deliberately absent**: degrees of privacy, a way for a tool to say that something is not private, and the answer of the call: it goes to whoever called, who
//! asked for it. What an agent does with an answer is bounded only where later calls of the same principal are narrowed too ([`PrivateScope`]).

use crate::capability::Capability;
use crate::denial::{Denial, DenialReason};
use crate::grant::Grant;
use crate::path::{PathPattern, PathScope};
use crate::permit::{DirectoryPath, FileTarget, Permit};
use crate::remedy::{Entry, Remedy};
use crate::rule::{Rule, RuleRef};
use crate::rules::Rules;
use crate::settings::NoSettings;
use std::sync::Arc;

/// How long what a call has learned keeps narrowing: `[private] scope`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PrivateScope {
    /// Until the call ends.
    #[default]
    Call,
    /// For all calls of the same principal, until the server ends.
    Principal,
}

impl PrivateScope {
    /// Every value, the default first.
    pub const ALL: [PrivateScope; 2] = [PrivateScope::Call, PrivateScope::Principal];

    /// The word in the policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            PrivateScope::Call => "call",
            PrivateScope::Principal => "principal",
        }
    }
}

/// The marked paths of one layer of rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Marks {
    paths: Option<Arc<PathScope<NoSettings>>>,
}

impl Marks {
    pub(crate) fn add(&mut self, pattern: &PathPattern, reference: &RuleRef) {
        let paths = self.paths.get_or_insert_with(|| Arc::new(PathScope::new()));
        Arc::make_mut(paths).push(Rule {
            pattern: pattern.clone(),
            settings: NoSettings,
            reference: reference.clone(),
        });
    }

    pub(crate) fn join(&mut self, other: &Marks) {
        for rule in other.iter() {
            self.add(&rule.pattern, &rule.reference);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_none()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Rule<PathPattern, NoSettings>> {
        self.paths.iter().flat_map(|paths| paths.rules())
    }

    /// The mark on a path.
    fn on<'s>(&self, path: impl Iterator<Item = &'s str> + Clone) -> Option<&RuleRef> {
        self.paths.as_ref()?.permitted_by(path)
    }

    /// The mark on a directory, or on something whose name a listing of it would show.
    fn on_listing<'s>(&self, path: impl Iterator<Item = &'s str> + Clone) -> Option<&RuleRef> {
        let paths = self.paths.as_ref()?;
        paths
            .permitted_by(path.clone())
            .or_else(|| paths.permitted_inside(path))
    }
}

impl Grant {
    /// The mark on a path, in whichever layer.
    pub(crate) fn mark_on<'s>(
        &self,
        path: impl Iterator<Item = &'s str> + Clone,
    ) -> Option<&RuleRef> {
        self.layers()
            .iter()
            .find_map(|layer| layer.private.on(path.clone()))
    }

    /// The mark on what a listing would show.
    pub(crate) fn mark_on_listing(&self, path: &DirectoryPath) -> Option<&RuleRef> {
        self.layers()
            .iter()
            .find_map(|layer| layer.private.on_listing(path.segments()))
    }

    pub(crate) fn any_mark(&self) -> Option<&RuleRef> {
        let layers = self.layers().iter();
        let mut marks = layers.flat_map(|layer| layer.private.iter());
        marks.next().map(|rule| &rule.reference)
    }

    /// Refuses what is not marked for private data, once such data was used.
    pub(crate) fn check_private(
        &self,
        capability: &Capability,
        attempt: &str,
        suits: bool,
        remedy: impl FnOnce() -> Option<Remedy>,
    ) -> Result<(), Denial> {
        match self.private() {
            Some(mark) if !suits => {
                Err(
                    Denial::new(capability.clone(), DenialReason::Private, attempt)
                        .by(mark)
                        .or(remedy()),
                )
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// The private path that a file with several names may be a name of: none is known to be, so it counts as one where any path is marked.
#[must_use]
pub fn private_by_links(file: &Permit<FileTarget>, links: u64) -> Option<&RuleRef> {
    match links {
        0 | 1 => None,
        _ => file.target().grant.any_mark(),
    }
}

/// The entry that marks a path, in the first layer.
pub(crate) fn mark_remedy(
    grant: &Grant,
    capability: &Capability,
    pattern: String,
) -> Option<Remedy> {
    let layer: &Arc<Rules> = grant.layers().first()?;
    let entry = Entry::Table {
        key: "path",
        pattern,
        setting: "private = true".to_owned(),
    };
    Some(Remedy::add(capability, layer, entry))
}
