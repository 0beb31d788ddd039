//! What a call may do: what the tool asks for, within every layer of rules.

use crate::capability::Capability;
use crate::rule::RuleRef;
use crate::rules::Rules;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a tool asks for: the capabilities behind its imports and its handle parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    asked: BTreeSet<Capability>,
}

impl Manifest {
    /// Asks for nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a capability.
    pub fn ask(&mut self, capability: Capability) {
        self.asked.insert(capability);
    }

    /// Whether the tool asks for it.
    #[must_use]
    pub fn asks(&self, capability: &Capability) -> bool {
        self.asked.contains(capability)
    }

    /// What it asks for, in the order of [`Capability`].
    pub fn iter(&self) -> impl Iterator<Item = &Capability> {
        self.asked.iter()
    }

    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }
}

impl FromIterator<Capability> for Manifest {
    fn from_iter<T: IntoIterator<Item = Capability>>(capabilities: T) -> Self {
        Manifest {
            asked: capabilities.into_iter().collect(),
        }
    }
}

/// *Asked ∧ policy ∧ narrowed*: an attempt is permitted only if the tool asks for its capability and every layer permits it. Cheap to clone.
///
/// # Authority
/// A grant is the only thing that makes permits. It can be made narrower and never wider.
#[derive(Debug, Clone)]
pub struct Grant {
    inner: Arc<Inner>,
    /// The mark on the private data that was used.
    private: Option<RuleRef>,
}

#[derive(Debug)]
struct Inner {
    /// `None` only in answers of `explain`, where no component is at hand.
    manifest: Option<Manifest>,
    layers: Vec<Arc<Rules>>,
}

/// Makes the grant of a tool under the rules of its policy.
///
/// # Authority
/// What this returns can do everything that is both asked and allowed.
#[must_use]
pub fn resolve(manifest: &Manifest, rules: Arc<Rules>) -> Grant {
    Grant {
        inner: Arc::new(Inner {
            manifest: Some(manifest.clone()),
            layers: vec![rules],
        }),
        private: None,
    }
}

impl Grant {
    /// A grant for questions about the policy alone, whatever the tool asks for. It never reaches a tool.
    pub(crate) fn for_any_tool(rules: Arc<Rules>) -> Grant {
        Grant {
            inner: Arc::new(Inner {
                manifest: None,
                layers: vec![rules],
            }),
            private: None,
        }
    }

    /// The same grant without the question whether the tool asks.
    pub(crate) fn whatever_is_asked(&self) -> Grant {
        Grant {
            inner: Arc::new(Inner {
                manifest: None,
                layers: self.inner.layers.clone(),
            }),
            private: self.private.clone(),
        }
    }

    /// This grant, within these rules too. A capability that they do not mention is gone.
    #[must_use]
    pub fn narrow(&self, rules: Arc<Rules>) -> Grant {
        let layers = self.inner.layers.iter().cloned().chain([rules]).collect();
        Grant {
            inner: Arc::new(Inner {
                manifest: self.inner.manifest.clone(),
                layers,
            }),
            private: self.private.clone(),
        }
    }

    /// This grant once the private data under that mark was used: what is not marked for private data is gone. The first mark stays.
    #[must_use]
    pub fn having_used(&self, mark: &RuleRef) -> Grant {
        Grant {
            inner: Arc::clone(&self.inner),
            private: self.private.clone().or_else(|| Some(mark.clone())),
        }
    }

    /// The mark on the private data that was used, where some was.
    #[must_use]
    pub fn private(&self) -> Option<&RuleRef> {
        self.private.as_ref()
    }

    /// Whether the interface is linked: asked for, and its key is there in every layer.
    #[must_use]
    pub fn links(&self, capability: &Capability) -> bool {
        self.asks(capability) != Some(false) && self.missing_in(capability).is_none()
    }

    /// What the tool asks for, where that is known.
    #[must_use]
    pub fn manifest(&self) -> Option<&Manifest> {
        self.inner.manifest.as_ref()
    }

    /// Whether the tool asks for the capability; `None` where that is not known.
    #[must_use]
    pub fn asks(&self, capability: &Capability) -> Option<bool> {
        self.inner
            .manifest
            .as_ref()
            .map(|manifest| manifest.asks(capability))
    }

    /// The layers, the policy's first.
    #[must_use]
    pub fn layers(&self) -> &[Arc<Rules>] {
        &self.inner.layers
    }

    /// The first layer in which the capability's key is absent.
    #[must_use]
    pub fn missing_in(&self, capability: &Capability) -> Option<&Arc<Rules>> {
        self.inner
            .layers
            .iter()
            .find(|layer| !layer.grants(capability))
    }
}
