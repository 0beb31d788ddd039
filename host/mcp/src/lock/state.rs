//! One tool, as it was approved or as it is now.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick::Tool;
use bailiwick::audit::Digest;
use bailiwick::policy::{Ask, Limits, Policy, Rules, SecretPolicy, ToolPolicy, format_duration};
use serde_json::Value;

use super::{LockError, deceptive};
use crate::canonical::{canonical, digest, lines};
use crate::set::Definition;

/// The key of the line that says that a tool runs in a process of its own.
pub(super) const ISOLATION: &str = "isolation";

/// Certificates that are trusted beside the built-in ones.
pub(super) const CA_FILE: &str = "network.ca-file";
/// What all requests go through.
pub(super) const PROXY: &str = "network.proxy";
/// Who says which addresses a name has.
pub(super) const RESOLVER: &str = "network.resolver";
/// How long what a call has learned narrows calls.
pub(super) const PRIVATE_SCOPE: &str = "private.scope";

/// All that is recorded of what a policy says for all its tools.
pub(super) const SHARED: [&str; 4] = [CA_FILE, PROXY, RESOLVER, PRIVATE_SCOPE];

/// All of a tool that an operator approves: what runs, what it asks for, what it may do, what agents are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    pub(super) component: Digest,
    pub(super) imports: BTreeSet<String>,
    pub(super) grants: BTreeSet<String>,
    pub(super) limits: BTreeSet<String>,
    /// Empty where an earlier version of the command approved: nothing is known of it then.
    pub(super) shared: BTreeSet<String>,
    pub(super) ask: String,
    pub(super) definitions: BTreeMap<String, DefinitionText>,
}

/// What an agent is told of one function, in canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionText {
    pub(super) value: Value,
    pub(super) sha256: Digest,
}

/// A tool as it is loaded now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    name: String,
    state: Approved,
}

impl Approved {
    /// The SHA-256 of the component.
    pub fn component(&self) -> Digest {
        self.component
    }

    /// The names of its imports, with versions.
    pub fn imports(&self) -> impl Iterator<Item = &str> {
        self.imports.iter().map(String::as_str)
    }

    /// The rules of its policy, one line each: `read-file = "data/**"`.
    pub fn grants(&self) -> impl Iterator<Item = &str> {
        self.grants.iter().map(String::as_str)
    }

    /// The limits that are not the default ones, one line each: `memory = "128 MiB"`.
    pub fn limits(&self) -> impl Iterator<Item = &str> {
        self.limits.iter().map(String::as_str)
    }

    /// What the policy says for all its tools and this one's reach depends on, one line each: `network.proxy = "http://…"`.
    pub fn shared(&self) -> impl Iterator<Item = &str> {
        self.shared.iter().map(String::as_str)
    }

    /// Whether calls wait for a person, as the policy says it: `false`, `true`, `{ holds = "10 min" }`.
    pub fn ask(&self) -> &str {
        &self.ask
    }

    /// What agents are told, by the names that they use.
    pub fn definitions(&self) -> impl Iterator<Item = (&str, &DefinitionText)> {
        self.definitions
            .iter()
            .map(|(name, definition)| (name.as_str(), definition))
    }
}

impl DefinitionText {
    /// The definition in canonical form. Nothing where it is nested too deeply.
    pub(super) fn new(value: &Value) -> Option<Self> {
        let value = canonical(value)?;
        let sha256 = digest(&value);
        Some(Self { value, sha256 })
    }

    /// The SHA-256 of the canonical definition.
    pub fn sha256(&self) -> Digest {
        self.sha256
    }

    /// The definition, keys sorted.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The definition in lines, as the lock file has it.
    pub fn lines(&self) -> String {
        lines(&self.value)
    }
}

impl Current {
    /// A tool as it was loaded under what the policy says of it, with what agents are told of it.
    ///
    /// # Errors
    /// [`LockError::Deceptive`] and [`LockError::TooDeep`]: such a tool can be neither approved nor served.
    pub fn of(
        policy: &Policy,
        named: &ToolPolicy,
        tool: &Tool,
        definitions: &[Definition],
    ) -> Result<Self, LockError> {
        let name = tool.name();
        let mut told = BTreeMap::new();
        for definition in definitions {
            // A definition is JSON by its type.
            let value = serde_json::to_value(&definition.tool).unwrap_or_default();
            told.insert(
                definition.name.clone(),
                checked(name, &definition.name, &value)?,
            );
        }
        let state = Approved {
            component: tool.digest(),
            imports: tool.imports().iter().cloned().collect(),
            grants: [
                grants(named.rules()),
                bindings(policy, named),
                isolation(policy),
            ]
            .into_iter()
            .flatten()
            .collect(),
            limits: limits(named.limits()),
            shared: shared(policy),
            ask: ask(named),
            definitions: told,
        };
        Ok(Self {
            name: name.to_owned(),
            state,
        })
    }

    /// The tool's name in the policy.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All that would be approved.
    pub fn state(&self) -> &Approved {
        &self.state
    }

    pub(super) fn into_parts(self) -> (String, Approved) {
        (self.name, self.state)
    }

    /// A tool that exists only in a test.
    #[cfg(test)]
    pub(super) fn made_up(name: &str, state: Approved) -> Self {
        Self {
            name: name.to_owned(),
            state,
        }
    }
}

/// A definition in canonical form, if it may be approved at all.
pub(super) fn checked(tool: &str, name: &str, value: &Value) -> Result<DefinitionText, LockError> {
    // Depth first: what comes after it may recurse.
    let definition = DefinitionText::new(value).ok_or_else(|| LockError::TooDeep {
        tool: tool.to_owned(),
        definition: name.to_owned(),
    })?;
    deceptive::in_value(tool, name, &definition.value, &mut Vec::new())?;
    Ok(definition)
}

/// Every rule on a line of its own, as the canonical form of a policy has it.
fn grants(rules: &Rules) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for capability in rules.capabilities() {
        let entries = rules.entries(&capability);
        // `clock = true`, or a list that is linked and denies everything.
        let bare = capability.empty_line();
        if entries.is_empty() {
            lines.insert(bare);
            continue;
        }
        let key = bare.split(" = ").next().unwrap_or_default();
        lines.extend(entries.into_iter().map(|entry| format!("{key} = {entry}")));
    }
    // Another tool's mark narrows this one, and its removal widens it.
    let marks = rules.private_paths().into_iter();
    lines.extend(marks.map(|pattern| format!("private = {pattern:?}")));
    lines
}

/// That it runs in a process that owns nothing: without that line more is at stake.
fn isolation(policy: &Policy) -> BTreeSet<String> {
    let line = policy.isolation().map(|without| match without {
        [] => format!("{ISOLATION} = \"process\""),
        without => format!("{ISOLATION} = \"process\", without {}", without.join(", ")),
    });
    line.into_iter().collect()
}

/// Where the secrets that it may name come from and go to: a wider one is a wider grant.
fn bindings(policy: &Policy, named: &ToolPolicy) -> BTreeSet<String> {
    let names = named.secrets();
    let secrets = names.iter().filter_map(|name| policy.secret(name));
    secrets.flat_map(SecretPolicy::approval).collect()
}

/// What the policy says for all its tools: whom their requests go through, whom they trust, and how long private data
/// narrows calls. Of the last the default stands there too: so no lines at all are those of a lock that did not know of them.
pub(super) fn shared(policy: &Policy) -> BTreeSet<String> {
    let network = policy.network();
    let ca_file = network.ca_file.as_ref();
    let proxy = network.proxy.as_ref();
    let lines = [
        ca_file.map(|file| format!("{CA_FILE} = {file:?}")),
        proxy.map(|proxy| format!("{PROXY} = \"{proxy}\"")),
        network
            .resolver
            .map(|address| format!("{RESOLVER} = \"{address}\"")),
        Some(format!(
            "{PRIVATE_SCOPE} = \"{}\"",
            policy.private_scope().as_str()
        )),
    ];
    lines.into_iter().flatten().collect()
}

fn limits(limits: &Limits) -> BTreeSet<String> {
    Limits::TABLE
        .iter()
        .filter(|row| limits.get(row.limit) != row.default)
        .map(|row| format!("{} = {}", row.key, row.format(limits.get(row.limit))))
        .collect()
}

/// As the policy says it.
fn ask(policy: &ToolPolicy) -> String {
    match policy.ask() {
        None => "false".to_owned(),
        Some(Ask { holds: None }) => "true".to_owned(),
        Some(Ask { holds: Some(time) }) => {
            format!("{{ holds = \"{}\" }}", format_duration(*time))
        }
    }
}
