//! What a grant could do to the world, said before any call: for those who decide whether to trust a tool's answer, or to ask a person first.
//!
//! The answer is conservative: what cannot be ruled out from the rules alone is said to be possible. So it may say that a tool writes where two layers
//! share no file, and it never says that a tool does not write where one attempt would be permitted.
//!
//! A tool that may call others can have done by them whatever the layers permit, whether it asks for that itself or not: the rules of a caller
//! bound what it calls, its manifest does not. An extension can do anything, since only its embedder knows what it does.
//!
//! A secret adds no effect of its own: it goes along with requests that are permitted anyway, or not at all.

use crate::call::{CallScope, Callee};
use crate::capability::Capability;
use crate::grant::Grant;
use crate::path::PathScope;
use crate::rule::{Pattern, Rule};
use crate::rules::Rules;
use crate::secret::SecretScope;
use crate::settings::DEFAULT_METHODS;
use crate::url::UrlScope;
use std::collections::BTreeSet;

/// What a call under a grant could do. `false` is a promise: every such attempt is denied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effects {
    /// It could replace or create files.
    pub writes_files: bool,
    /// It could send a request with another method than GET and HEAD, and so change something elsewhere.
    pub sends: bool,
    /// It could reach the network at all.
    pub reaches_network: bool,
    /// It could keep something from this call to a later one.
    pub keeps_state: bool,
    /// It could call other tools.
    pub calls: bool,
}

impl Effects {
    const ANYTHING: Effects = Effects {
        writes_files: true,
        sends: true,
        reaches_network: true,
        keeps_state: true,
        calls: true,
    };
}

impl Grant {
    /// What a call under this grant could do, by itself and by the tools that it may call.
    #[must_use]
    pub fn effects(&self) -> Effects {
        let calls = !self.callees().is_empty();
        let whole = match calls {
            true => self.whatever_is_asked(),
            false => self.clone(),
        };
        if whole.uses_an_extension() {
            return Effects {
                calls,
                ..Effects::ANYTHING
            };
        }
        Effects {
            writes_files: whole.permits_in_every_layer(&Capability::WriteFile),
            sends: whole.sends(),
            reaches_network: whole.permits_in_every_layer(&Capability::HttpGet)
                || whole.permits_in_every_layer(&Capability::HttpRequest),
            keeps_state: whole.links(&Capability::KeyValue),
            calls,
        }
    }

    /// The tools, or functions of tools, that could be called under this grant, sorted. What a `!` rule takes away from one of them is not said.
    #[must_use]
    pub fn callees(&self) -> Vec<Callee> {
        if !self.links(&Capability::CallTool) {
            return Vec::new();
        }
        let mut layers = self.layers().iter().map(|layer| permitted_callees(layer));
        let first = layers.next().unwrap_or_default();
        let met = layers.fold(first, |met, layer| meet(&met, &layer));
        let callees = met.iter().filter(|callee| !self.denies_all_of(callee));
        let wider = |callee: &&Callee| {
            met.iter()
                .any(|other| other != *callee && other.covers(callee))
        };
        callees.filter(|callee| !wider(callee)).cloned().collect()
    }

    fn denies_all_of(&self, callee: &Callee) -> bool {
        let scopes = self
            .layers()
            .iter()
            .filter_map(|layer| layer.call_tool.as_ref());
        let mut rules = scopes.flat_map(|scope| scope.rules());
        rules.any(|rule| rule.pattern.denies() && rule.pattern.callee().covers(callee))
    }

    /// Linked, and with a rule that permits something in every layer.
    fn permits_in_every_layer(&self, capability: &Capability) -> bool {
        self.links(capability)
            && self
                .layers()
                .iter()
                .all(|layer| layer.permits_something(capability))
    }

    /// A method that changes something and that every layer permits somewhere.
    fn sends(&self) -> bool {
        if !self.links(&Capability::HttpRequest) {
            return false;
        }
        let mut layers = self.layers().iter().map(|layer| layer.sent_methods());
        let first = layers.next().unwrap_or_default();
        !layers.fold(first, |met, layer| &met & &layer).is_empty()
    }

    fn uses_an_extension(&self) -> bool {
        let keys = self.layers().first().into_iter();
        keys.flat_map(|layer| layer.extensions.keys())
            .any(|key| self.permits_in_every_layer(&Capability::Extension(key.clone())))
    }
}

impl Rules {
    /// Whether a rule under the capability's key permits something. For an extension, whether there is a rule.
    pub(crate) fn permits_something(&self, capability: &Capability) -> bool {
        match capability {
            Capability::ReadFile => any_permits(self.read_file.as_ref().map(PathScope::rules)),
            Capability::WriteFile => any_permits(self.write_file.as_ref().map(PathScope::rules)),
            Capability::ListFiles => any_permits(self.list_files.as_ref().map(PathScope::rules)),
            Capability::HttpGet => any_permits(self.http_get.as_ref().map(UrlScope::rules)),
            Capability::HttpRequest => any_permits(self.http_request.as_ref().map(UrlScope::rules)),
            Capability::CallTool => any_permits(self.call_tool.as_ref().map(CallScope::rules)),
            Capability::Secret => any_permits(self.secret.as_ref().map(SecretScope::rules)),
            Capability::Clock => self.clock.is_some(),
            Capability::Random => self.random.is_some(),
            Capability::KeyValue => self.key_value.is_some(),
            Capability::Extension(key) => self
                .extensions
                .get(key)
                .is_some_and(|scope| !scope.settings.is_empty()),
        }
    }

    fn sent_methods(&self) -> BTreeSet<&str> {
        let changes = |method: &&str| !DEFAULT_METHODS.contains(method);
        let rules = self.http_request.iter().flat_map(|scope| scope.rules());
        rules
            .filter(|rule| !rule.pattern.denies())
            .flat_map(|rule| rule.settings.methods.iter())
            .filter(changes)
            .collect()
    }
}

fn any_permits<P: Pattern, S>(rules: Option<&[Rule<P, S>]>) -> bool {
    rules
        .into_iter()
        .flatten()
        .any(|rule| !rule.pattern.denies())
}

fn permitted_callees(layer: &Rules) -> BTreeSet<Callee> {
    let rules = layer.call_tool.iter().flat_map(|scope| scope.rules());
    rules
        .filter(|rule| !rule.pattern.denies())
        .map(|rule| rule.pattern.callee().clone())
        .collect()
}

/// What both stand for: of each pair that meets, the narrower one.
fn meet(one: &BTreeSet<Callee>, other: &BTreeSet<Callee>) -> BTreeSet<Callee> {
    let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
    pairs
        .filter_map(|(a, b)| match (a.covers(b), b.covers(a)) {
            (true, _) => Some(b.clone()),
            (false, true) => Some(a.clone()),
            (false, false) => None,
        })
        .collect()
}
