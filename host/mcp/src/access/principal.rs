//! Who calls: a principal, what it may call, and what its calls are narrowed to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use bailiwick::Call;
use bailiwick::policy::{LimitSettings, Rules};

use super::token::TokenHash;
use crate::gate::LaneLimits;

/// The principal that there is without an access file.
pub const LOCAL: &str = "local";

/// Who calls, and what it may call.
///
/// # Authority
/// Whoever holds it may make calls in its name: it comes from [`Authenticator`](super::Authenticator), or over stdio from the
/// operator, who named it.
pub struct Principal {
    pub(super) name: Arc<str>,
    pub(super) callable: Callable,
    pub(super) narrow: BTreeMap<Arc<str>, Narrowing>,
    pub(super) limits: LaneLimits,
    pub(super) tokens: Vec<TokenHash>,
    pub(super) subject: Option<String>,
}

/// What may be called.
#[derive(Clone, Debug)]
pub(super) enum Callable {
    /// Every tool that the policy has: without an access file.
    Everything,
    /// These, by the tool's name.
    Listed(BTreeMap<Arc<str>, Functions>),
}

/// Functions of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Functions {
    All,
    These(BTreeSet<Arc<str>>),
}

/// What a principal's calls of one tool are held to, beside the tool's own policy.
#[derive(Clone, Debug)]
pub struct Narrowing {
    pub(super) rules: Option<Arc<Rules>>,
    pub(super) limits: LimitSettings,
}

impl Principal {
    pub(super) fn local() -> Self {
        Self {
            name: LOCAL.into(),
            callable: Callable::Everything,
            narrow: BTreeMap::new(),
            limits: LaneLimits::of_a_principal(),
            tokens: Vec::new(),
            subject: None,
        }
    }

    /// Its name: in the audit trail, and for its part of tools' stores.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it may call this function, by the function's own name, of this tool.
    #[must_use]
    pub fn may(&self, tool: &str, function: &str) -> bool {
        match self.functions_of(tool) {
            Some(Functions::All) => true,
            Some(Functions::These(functions)) => functions.contains(function),
            None => false,
        }
    }

    /// Whether it may call anything of this tool.
    #[must_use]
    pub fn may_call(&self, tool: &str) -> bool {
        self.functions_of(tool).is_some()
    }

    fn functions_of(&self, tool: &str) -> Option<&Functions> {
        match &self.callable {
            Callable::Everything => Some(&Functions::All),
            Callable::Listed(tools) => tools.get(tool),
        }
    }

    /// The functions that the access file names one by one, with their tools. Whether the tools have them is seen once they are
    /// loaded.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &str)> {
        let tools = match &self.callable {
            Callable::Everything => None,
            Callable::Listed(tools) => Some(tools),
        };
        let these = tools.into_iter().flatten().filter_map(|(tool, functions)| {
            let Functions::These(functions) = functions else {
                return None;
            };
            Some((tool, functions))
        });
        these.flat_map(|(tool, functions)| {
            functions.iter().map(move |function| (&**tool, &**function))
        })
    }

    /// What its calls of a tool are held to, beside the tool's own policy.
    #[must_use]
    pub fn narrowing(&self, tool: &str) -> Option<&Narrowing> {
        self.narrow.get(tool)
    }

    /// What its calls are limited to.
    #[must_use]
    pub fn limits(&self) -> &LaneLimits {
        &self.limits
    }
}

impl Narrowing {
    /// Holds a call to it. Nothing can become wider.
    pub fn narrow<'t>(&self, call: Call<'t>) -> Call<'t> {
        let call = call.limits(&self.limits);
        match &self.rules {
            Some(rules) => call.narrow(Arc::clone(rules)),
            None => call,
        }
    }

    /// The rules that hold beside the tool's own, if it has any.
    #[must_use]
    pub fn rules(&self) -> Option<&Arc<Rules>> {
        self.rules.as_ref()
    }

    /// The limits that it sets.
    #[must_use]
    pub fn limits(&self) -> &LimitSettings {
        &self.limits
    }
}

/// Without what it is known by.
impl fmt::Debug for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Principal")
            .field("name", &self.name)
            .field("callable", &self.callable)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
