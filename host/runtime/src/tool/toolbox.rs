//! The tools that stand under one policy, where they find each other by name.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use super::Tool;

/// The tools that stand under one policy: what `call-tool` finds other tools in. Cheap to clone; all clones are the same.
///
/// It is made before the tools, given to each of them in [`ToolOptions`](super::ToolOptions), and filled when all of them are
/// loaded. Tools hold it weakly: who keeps the tools keeps the toolbox too. A call under way holds it, so that the tools of a call
/// stay those that there were when it began, whatever is loaded meanwhile.
///
/// # Authority
/// None by itself: what a tool may call, and what the called tool may then do, is decided by the policy.
#[derive(Clone, Debug, Default)]
pub struct Toolbox {
    tools: Arc<RwLock<BTreeMap<Arc<str>, Tool>>>,
}

/// A toolbox as its tools hold it.
#[derive(Clone, Debug, Default)]
pub(crate) struct WeakToolbox {
    tools: Weak<RwLock<BTreeMap<Arc<str>, Tool>>>,
}

impl Toolbox {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts these tools in, in the place of those that were there.
    pub fn fill(&self, tools: Vec<Tool>) {
        let by_name = tools
            .into_iter()
            .map(|tool| (tool.inner.name.clone(), tool))
            .collect();
        // A panic cannot have left half a map: it is replaced as a whole.
        *self.tools.write().unwrap_or_else(PoisonError::into_inner) = by_name;
    }

    /// The tool of this name.
    pub fn get(&self, name: &str) -> Option<Tool> {
        let tools = self.tools.read().unwrap_or_else(PoisonError::into_inner);
        tools.get(name).cloned()
    }

    pub(super) fn downgrade(&self) -> WeakToolbox {
        WeakToolbox {
            tools: Arc::downgrade(&self.tools),
        }
    }
}

impl WeakToolbox {
    /// The toolbox, if somebody still keeps it.
    pub(crate) fn upgrade(&self) -> Option<Toolbox> {
        self.tools.upgrade().map(|tools| Toolbox { tools })
    }
}
