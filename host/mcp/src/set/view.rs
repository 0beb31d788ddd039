//! What one principal sees of the tools: those it may call, with what its own narrowing leaves of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bailiwick::Tool;
use bailiwick::policy::{Ask, Grant, prompt};
use sha2::{Digest as _, Sha256};

use super::{AnswerForm, ToolSet, definitions};
use crate::access::{Narrowing, Principal};
use crate::native::NativeFunction;

/// How long a client may take a list for fresh, in milliseconds, where nothing tells it of a change.
pub(crate) const LIST_FRESH: Duration = Duration::from_secs(60);

/// What one principal sees.
#[derive(Debug)]
pub(crate) struct View {
    /// By the name that agents use, in its order.
    entries: BTreeMap<String, Arc<Entry>>,
    /// A digest of all definitions: whether a reload changed anything for this principal.
    pub(crate) digest: [u8; 32],
    /// The policy in words, for the model.
    pub(crate) instructions: String,
}

/// One function that a principal may call.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) definition: rmcp::model::Tool,
    pub(crate) callee: Callee,
}

/// What is called.
#[derive(Debug)]
pub(crate) enum Callee {
    /// A function of a tool.
    Tool(Box<ToolFunction>),
    /// A function of the embedding program's.
    Native(Box<NativeFunction>),
}

/// A function of a tool, for one principal.
#[derive(Clone, Debug)]
pub(crate) struct ToolFunction {
    pub(crate) tool: Tool,
    /// Its full name.
    pub(crate) function: String,
    /// Its own name.
    pub(crate) item: String,
    pub(crate) answer: AnswerForm,
    pub(crate) ask: Option<Ask>,
    /// What this principal is narrowed to.
    pub(crate) narrow: Option<Narrowing>,
}

impl ToolFunction {
    /// What a call of this principal may do.
    pub(crate) fn grant(&self) -> Grant {
        narrowed(&self.tool, self.narrow.as_ref())
    }

    /// The media type that the author declares for its bytes.
    pub(crate) fn media_type(&self) -> Option<&str> {
        let function = self.tool.function(&self.function).ok()?;
        self.tool.media_type(function)
    }
}

impl View {
    pub(super) fn new(set: &ToolSet, principal: &Principal) -> Self {
        let mut entries = BTreeMap::new();
        for tool in &set.tools {
            for (name, entry) in served(set, tool, principal) {
                entries.insert(name, Arc::new(entry));
            }
        }
        for native in &set.natives {
            let name = native.definition.name.to_string();
            if principal.may(&name, "") {
                entries.insert(name, Arc::new(Entry::native(native)));
            }
        }
        let digest = digest(&entries);
        Self {
            entries,
            digest,
            instructions: instructions(set, principal),
        }
    }

    /// The function of this name.
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Entry>> {
        self.entries.get(name)
    }

    /// All definitions, in the order of their names.
    pub(crate) fn definitions(&self) -> Vec<rmcp::model::Tool> {
        self.entries
            .values()
            .map(|entry| entry.definition.clone())
            .collect()
    }
}

impl Entry {
    fn native(native: &NativeFunction) -> Self {
        Self {
            definition: native.definition.clone(),
            callee: Callee::Native(Box::new(native.clone())),
        }
    }
}

fn served(set: &ToolSet, tool: &Tool, principal: &Principal) -> Vec<(String, Entry)> {
    if set.held_back.iter().any(|held| held.tool == tool.name()) {
        return Vec::new();
    }
    let narrow = principal.narrowing(tool.name()).cloned();
    let grant = narrowed(tool, narrow.as_ref());
    let ask = set.policy.tool(tool.name()).and_then(|tool| tool.ask());
    definitions(tool, &grant)
        .into_iter()
        .filter(|definition| principal.may(tool.name(), &definition.item))
        .map(|definition| {
            let callee = ToolFunction {
                tool: tool.clone(),
                function: definition.function,
                item: definition.item,
                answer: definition.answer,
                ask: ask.cloned(),
                narrow: narrow.clone(),
            };
            let entry = Entry {
                definition: definition.tool,
                callee: Callee::Tool(Box::new(callee)),
            };
            (definition.name, entry)
        })
        .collect()
}

/// What a call may do, within what a principal is narrowed to.
fn narrowed(tool: &Tool, narrow: Option<&Narrowing>) -> Grant {
    match narrow.and_then(Narrowing::rules) {
        Some(rules) => tool.grant().narrow(rules.clone()),
        None => tool.grant().clone(),
    }
}

fn digest(entries: &BTreeMap<String, Arc<Entry>>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for entry in entries.values() {
        // A definition is JSON by its type; what could not be written would only make two lists look alike.
        digest.update(serde_json::to_vec(&entry.definition).unwrap_or_default());
    }
    digest.finalize().into()
}

/// The policy in words, of the tools that the principal may call.
fn instructions(set: &ToolSet, principal: &Principal) -> String {
    let mut parts = Vec::new();
    for tool in set.policy.tools() {
        let loaded = set.tools.iter().find(|loaded| loaded.name() == tool.name());
        let held = set.held_back.iter().any(|held| held.tool == tool.name());
        let Some(loaded) = loaded.filter(|_| !held) else {
            continue;
        };
        let names: Vec<String> = definitions(loaded, loaded.grant())
            .into_iter()
            .filter(|definition| principal.may(tool.name(), &definition.item))
            .map(|definition| definition.name)
            .collect();
        if !names.is_empty() {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let narrow = principal.narrowing(tool.name());
            let rules = narrow.and_then(Narrowing::rules).map(|rules| &**rules);
            let limits = match narrow {
                Some(narrow) => tool.limits().clone().narrowed(narrow.limits()),
                None => tool.limits().clone(),
            };
            parts.push(prompt::tool_within(tool, &names, rules, &limits));
        }
    }
    prompt::join(&parts)
}
