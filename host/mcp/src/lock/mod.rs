//! What an operator approved of each tool: `bailiwick.lock`, and the comparison of it with what is loaded.
//!
//! The attacker is a tool that was harmless when somebody looked at it (a *rug-pull*): a component that is swapped, a
//! description that begins to talk to the model, a schema that asks for one more thing; or a policy that grew where nobody
//! looked. The lock file holds all that an agent is told of a tool and all that the tool may do, as it was when a person
//! said yes; with it, what the policy says for all its tools and their reach depends on (the way to the network, how long
//! private data narrows calls). Under `--locked`, a tool that differs from it in anything is not listed and cannot be called.
//!
//! The order of evaluation: the file's size, its version, its form (unknown keys are errors), then each definition: its
//! text must be the canonical one of what it says, and have the digest that stands beside it. Empty means that nothing is
//! approved, and what an earlier version of the command did not record is not approved either. A tool that is approved and
//! no longer there is no danger and needs no approval.
//!
//! What the digests are not: a signature. Whoever can write the lock can approve, as whoever can write the policy can
//! grant. They make an edit by hand, or a merge that went wrong, an error instead of an approval.
//!
//! Descriptions may not hold characters that nobody sees (zero width, directional marks, tags): a text that an operator
//! approves is the text that a model reads.

mod change;
mod deceptive;
mod error;
mod file;
mod shown;
mod state;
mod text;

use std::collections::BTreeMap;

pub use change::{Became, Change, Part};
pub use deceptive::{mixed_scripts, refuse_deceptive};
pub use error::LockError;
pub use shown::{Line, Piece, Sign, shown};
pub use state::{Approved, Current, DefinitionText};

/// What an operator approved, by the names of the tools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    tools: BTreeMap<String, Approved>,
}

impl Lock {
    /// What was approved of a tool.
    pub fn tool(&self, name: &str) -> Option<&Approved> {
        self.tools.get(name)
    }

    /// The names of the tools of which something was approved, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tools.keys().map(String::as_str)
    }

    /// What of a tool was not approved; nothing where all of it was.
    pub fn compare(&self, current: &Current) -> Vec<Change> {
        match self.tools.get(current.name()) {
            Some(approved) => change::compare(approved, current.state()),
            None => vec![Change::NewTool {
                tool: current.name().to_owned(),
                component: current.state().component(),
            }],
        }
    }

    /// The tools that are approved and not among these.
    pub fn removed<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Vec<Change> {
        let present: std::collections::BTreeSet<&str> = names.into_iter().collect();
        self.names()
            .filter(|name| !present.contains(name))
            .map(|name| Change::RemovedTool {
                tool: name.to_owned(),
            })
            .collect()
    }

    /// Approves a tool as it is now, whatever was approved of it before.
    ///
    /// # Authority
    /// With the lock file that is written from this, a server lists the tool and runs it.
    pub fn approve(&mut self, current: Current) {
        let (name, state) = current.into_parts();
        self.tools.insert(name, state);
    }

    /// Forgets a tool.
    pub fn forget(&mut self, name: &str) {
        self.tools.remove(name);
    }
}

#[cfg(test)]
mod tests;
