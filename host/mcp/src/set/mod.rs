//! The tools that are served: loaded together from one policy, swapped together, seen by each principal in its own way.

mod definition;
mod load;
mod name;
mod serving;
mod stamp;
mod view;

pub use definition::{AnswerForm, Definition, definitions};
pub use load::{LoadProgress, SetError, Setup, load};
pub use name::names;
pub(crate) use serving::{Loaded, Reloaded, Serving};
pub(crate) use stamp::Stamp;
pub(crate) use view::{Callee, Entry, LIST_FRESH, ToolFunction, View};

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bailiwick::policy::Policy;
use bailiwick::{Host, Tool, Toolbox};

use crate::access::{Access, Authenticator};
use crate::native::NativeFunction;

/// Everything that one state of the files says: policy, components, access, lock. It never changes; a reload makes
/// another.
#[derive(Debug)]
pub(crate) struct ToolSet {
    /// Counts the sets of a server, from 1.
    pub(crate) generation: u64,
    pub(crate) policy: Policy,
    pub(crate) policy_text: Arc<str>,
    pub(crate) access: Arc<Access>,
    pub(crate) authenticator: Authenticator,
    /// Keeps engine and cache for as long as a call of this set is under way.
    #[expect(dead_code, reason = "held, not used: tools of the set run in it")]
    pub(crate) host: Host,
    pub(crate) tools: Vec<Tool>,
    /// Tools find each other here; they hold it weakly.
    #[expect(
        dead_code,
        reason = "held, not used: tools of the set call each other through it"
    )]
    pub(crate) toolbox: Toolbox,
    /// Tools that a lock file keeps from being listed, with the reasons.
    pub(crate) held_back: Vec<HeldBack>,
    pub(crate) natives: Vec<NativeFunction>,
    /// Of every function under its tool's own grant, by its name: every request over HTTP asks for one.
    definitions: HashMap<String, rmcp::model::Tool>,
    /// The files that this set was made of.
    pub(crate) files: Vec<PathBuf>,
    /// What they looked like before they were read.
    pub(crate) stamp: Stamp,
    views: Mutex<HashMap<String, Arc<View>>>,
}

/// A tool that is not served, since it is not what was approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// The tool.
    pub tool: String,
    /// What changed, one line each.
    pub changes: Vec<String>,
}

impl ToolSet {
    /// The tools that are served to anybody.
    pub(crate) fn served(&self) -> impl Iterator<Item = &Tool> {
        let held = |tool: &&Tool| !self.held_back.iter().any(|held| held.tool == tool.name());
        self.tools.iter().filter(held)
    }

    /// Their functions, each as its tool and its own name.
    pub(crate) fn functions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.served().flat_map(|tool| {
            names(tool)
                .into_iter()
                .map(|(_, function)| (tool.name(), function.item()))
        })
    }

    /// Functions that the access file gives to somebody and that no component has: a mistake, and no danger.
    pub(crate) fn unknown_functions(&self) -> Vec<String> {
        let known: std::collections::HashSet<(&str, &str)> = self.functions().collect();
        self.access
            .principals()
            .flat_map(|principal| {
                principal
                    .functions()
                    .filter(|function| !known.contains(function))
                    .map(|(tool, function)| {
                        format!(
                            "the access file gives `{}` the function `{tool}.{function}`, which is not served",
                            principal.name()
                        )
                    })
            })
            .collect()
    }

    /// The definition of a function, whoever may call it.
    pub(crate) fn definition(&self, name: &str) -> Option<rmcp::model::Tool> {
        self.definitions.get(name).cloned()
    }

    /// What the principal of this name sees of the set: made when it first asks. What it may is what this set's own access file says, and
    /// nothing else: a request may have come in under another.
    pub(crate) fn view(&self, principal: &str) -> Option<Arc<View>> {
        let principal = self.access.principal(principal)?;
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = views.get(principal.name()) {
            return Some(view.clone());
        }
        let view = Arc::new(View::new(self, principal));
        views.insert(principal.name().to_owned(), view.clone());
        Some(view)
    }
}
