//! What differs between what was approved of a tool and what it is.

use std::collections::BTreeSet;
use std::fmt;

use bailiwick::audit::{Digest, visible};
use bailiwick::policy::{Limit, Limits, PrivateScope};
use serde_json::{Value, json};

use super::state::{CA_FILE, ISOLATION, PRIVATE_SCOPE, PROXY, RESOLVER, SHARED};
use super::{Approved, DefinitionText};

/// One thing that was not approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing of the tool was ever approved.
    NewTool {
        /// Its name.
        tool: String,
        /// The SHA-256 of its component.
        component: Digest,
    },
    /// It imports something more.
    NewImport {
        /// The import, with its version.
        import: String,
    },
    /// It may do more: a rule that permits was added, or one that denies was taken away.
    Wider {
        /// The rule.
        line: String,
        /// What became of the rule.
        rule: Became,
    },
    /// It no longer runs in a process of its own: a wall was taken away, whatever its rules are.
    WeakerIsolation {
        /// The line that was there.
        line: String,
    },
    /// What the policy says for all its tools is another: the way to the network, or how long private data narrows calls.
    Shared {
        /// Its key: `network.proxy`, `private.scope` …
        key: String,
        /// What it was.
        approved: String,
        /// What it is.
        current: String,
    },
    /// Calls wait for a person, or no longer do, or one yes holds longer.
    Ask {
        /// What the policy said.
        approved: String,
        /// What it says.
        current: String,
    },
    /// Agents are told something else of a function.
    DefinitionChanged {
        /// The name that agents use.
        name: String,
        /// What of it.
        parts: Vec<Part>,
    },
    /// Agents are offered one function more.
    DefinitionAdded {
        /// The name that agents use.
        name: String,
        /// What they are told of it.
        definition: DefinitionText,
    },
    /// A limit is another.
    Limit {
        /// Its key.
        key: String,
        /// What it was.
        approved: String,
        /// What it is.
        current: String,
    },
    /// The component is another.
    Component {
        /// The SHA-256 of the approved one.
        approved: Digest,
        /// The SHA-256 of this one.
        current: Digest,
    },
    /// It may do less.
    Narrower {
        /// The rule.
        line: String,
        /// What became of the rule.
        rule: Became,
    },
    /// It imports something less.
    LostImport {
        /// The import, with its version.
        import: String,
    },
    /// Agents are offered one function less.
    DefinitionRemoved {
        /// The name that agents used.
        name: String,
    },
    /// The tool is approved and no longer there.
    RemovedTool {
        /// Its name.
        tool: String,
    },
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is there now, and was not.
    Added,
    /// It was there, and is no longer.
    Removed,
}

/// A member of a definition that is told differently: `description`, `inputSchema`, `annotations` …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The member.
    pub name: String,
    /// What it was: a text as it is, anything else as JSON in lines. Empty where there was none.
    pub approved: String,
    /// What it is.
    pub current: String,
}

impl Change {
    /// Whether `serve --locked` holds a tool back for it. A tool that is gone is no danger.
    pub fn needs_approval(&self) -> bool {
        !matches!(self, Self::RemovedTool { .. })
    }

    /// The stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NewTool { .. } => "new-tool",
            Self::NewImport { .. } => "new-import",
            Self::Wider { .. } => "wider-grant",
            Self::WeakerIsolation { .. } => "weaker-isolation",
            Self::Shared { key, .. } => shared_code(key),
            Self::Ask { .. } => "ask",
            Self::DefinitionChanged { .. } => "definition-changed",
            Self::DefinitionAdded { .. } => "definition-added",
            Self::Limit { .. } => "limit",
            Self::Component { .. } => "component",
            Self::Narrower { .. } => "narrower-grant",
            Self::LostImport { .. } => "lost-import",
            Self::DefinitionRemoved { .. } => "definition-removed",
            Self::RemovedTool { .. } => "removed-tool",
        }
    }

    /// What a person should look at first.
    fn rank(&self) -> u8 {
        match self {
            Self::NewTool { .. } => 0,
            Self::NewImport { .. } => 1,
            Self::Wider { .. } => 2,
            Self::WeakerIsolation { .. } => 3,
            Self::Shared { .. } => 4,
            Self::Ask { .. } => 5,
            Self::DefinitionChanged { .. } => 6,
            Self::DefinitionAdded { .. } => 7,
            Self::Limit { .. } => 8,
            Self::Component { .. } => 9,
            Self::Narrower { .. } => 10,
            Self::LostImport { .. } => 11,
            Self::DefinitionRemoved { .. } => 12,
            Self::RemovedTool { .. } => 13,
        }
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let kind = self.code();
        match self {
            Self::NewTool { component, .. } => {
                json!({"kind": kind, "sha256": component.to_string()})
            }
            Self::NewImport { import } | Self::LostImport { import } => {
                json!({"kind": kind, "import": import})
            }
            Self::Wider { line, rule } | Self::Narrower { line, rule } => {
                json!({"kind": kind, "rule": line, "became": rule.as_str()})
            }
            Self::WeakerIsolation { line } => {
                json!({"kind": kind, "rule": line, "became": Became::Removed.as_str()})
            }
            Self::Shared {
                key,
                approved,
                current,
            } => json!({"kind": kind, "key": key, "approved": approved, "current": current}),
            Self::Ask { approved, current } => {
                json!({"kind": kind, "approved": approved, "current": current})
            }
            Self::DefinitionChanged { name, parts } => {
                let parts: Vec<Value> = parts.iter().map(Part::to_json).collect();
                json!({"kind": kind, "name": name, "parts": parts})
            }
            Self::DefinitionAdded { name, definition } => {
                json!({"kind": kind, "name": name, "definition": definition.value()})
            }
            Self::DefinitionRemoved { name } => json!({"kind": kind, "name": name}),
            Self::Limit {
                key,
                approved,
                current,
            } => json!({"kind": kind, "limit": key, "approved": approved, "current": current}),
            Self::Component { approved, current } => {
                let (approved, current) = (approved.to_string(), current.to_string());
                json!({"kind": kind, "approved": approved, "current": current})
            }
            Self::RemovedTool { .. } => json!({"kind": kind}),
        }
    }
}

impl Became {
    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

impl Part {
    fn to_json(&self) -> Value {
        json!({"name": self.name, "approved": self.approved, "current": self.current})
    }
}

/// One line, fit for a terminal and for a log.
impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewTool { .. } => write!(out, "the tool was never approved"),
            Self::NewImport { import } => write!(out, "it imports `{}`", visible(import)),
            Self::LostImport { import } => {
                write!(out, "it no longer imports `{}`", visible(import))
            }
            Self::Wider { line, rule } => {
                write!(out, "it may do more: {}", Rule { line, rule: *rule })
            }
            Self::Narrower { line, rule } => {
                write!(out, "it may do less: {}", Rule { line, rule: *rule })
            }
            Self::WeakerIsolation { line } => {
                let rule = Became::Removed;
                write!(out, "weaker isolation: {}", Rule { line, rule })
            }
            Self::Shared {
                key,
                approved,
                current,
            } => write!(
                out,
                "{}: `{}` was {} and is {}",
                shared_title(key, approved, current),
                visible(key),
                visible(approved),
                visible(current)
            ),
            Self::Ask { approved, current } => write!(
                out,
                "`ask` was `{}` and is `{}`",
                visible(approved),
                visible(current)
            ),
            Self::DefinitionChanged { name, parts } => {
                let parts: Vec<String> = parts
                    .iter()
                    .map(|part| format!("`{}`", visible(&part.name)))
                    .collect();
                write!(
                    out,
                    "agents are told something else of `{}`: {}",
                    visible(name),
                    parts.join(", ")
                )
            }
            Self::DefinitionAdded { name, .. } => {
                write!(out, "agents are offered `{}` too", visible(name))
            }
            Self::DefinitionRemoved { name } => {
                write!(out, "agents are no longer offered `{}`", visible(name))
            }
            Self::Limit {
                key,
                approved,
                current,
            } => write!(
                out,
                "the limit `{}` was {} and is {}",
                visible(key),
                visible(approved),
                visible(current)
            ),
            Self::Component { approved, current } => write!(
                out,
                "the component is another: {approved} was approved, this is {current}"
            ),
            Self::RemovedTool { .. } => write!(out, "the tool is no longer there"),
        }
    }
}

struct Rule<'a> {
    line: &'a str,
    rule: Became,
}

impl fmt::Display for Rule<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = visible(self.line);
        match self.rule {
            Became::Added => write!(out, "`{line}` was added"),
            Became::Removed => write!(out, "`{line}` was removed"),
        }
    }
}

/// Everything that differs, what matters most first.
pub(super) fn compare(approved: &Approved, current: &Approved) -> Vec<Change> {
    let mut changes = imports(approved, current);
    changes.extend(grants(approved, current));
    changes.extend(shared(approved, current));
    changes.extend(limits(approved, current));
    changes.extend(definitions(approved, current));
    if approved.ask != current.ask {
        changes.push(Change::Ask {
            approved: approved.ask.clone(),
            current: current.ask.clone(),
        });
    }
    if approved.component != current.component {
        changes.push(Change::Component {
            approved: approved.component,
            current: current.component,
        });
    }
    changes.sort_by_key(Change::rank);
    changes
}

fn imports(approved: &Approved, current: &Approved) -> Vec<Change> {
    let new = current.imports.difference(&approved.imports).cloned();
    let lost = approved.imports.difference(&current.imports).cloned();
    new.map(|import| Change::NewImport { import })
        .chain(lost.map(|import| Change::LostImport { import }))
        .collect()
}

fn grants(approved: &Approved, current: &Approved) -> Vec<Change> {
    let added = current.grants.difference(&approved.grants);
    let removed = approved.grants.difference(&current.grants);
    let walls = isolation(approved).zip(isolation(current));
    // Another wall is one change, and not one taken away and one put up.
    let both = |line: &&String| walls.is_none() || !isolates(line);
    let wall = walls.filter(|(before, now)| before != now);
    let wall = wall.map(
        |(before, now)| match without(now).is_subset(&without(before)) {
            true => grant(now, Became::Added),
            false => grant(before, Became::Removed),
        },
    );
    added
        .filter(both)
        .map(|line| grant(line, Became::Added))
        .chain(
            removed
                .filter(both)
                .map(|line| grant(line, Became::Removed)),
        )
        .chain(wall)
        .collect()
}

/// The line about the wall around a tool, where there is one.
fn isolation(of: &Approved) -> Option<&String> {
    of.grants.iter().find(|line| isolates(line))
}

/// The pieces that a wall may lack.
fn without(line: &str) -> BTreeSet<&str> {
    let pieces = line.split_once(", without ").map(|(_, pieces)| pieces);
    pieces
        .into_iter()
        .flat_map(|pieces| pieces.split(", "))
        .collect()
}

fn grant(line: &str, rule: Became) -> Change {
    let line = line.to_owned();
    if isolates(&line) {
        return match rule {
            Became::Added => Change::Narrower { line, rule },
            Became::Removed => Change::WeakerIsolation { line },
        };
    }
    match (denies(&line), rule) {
        (false, Became::Added) | (true, Became::Removed) => Change::Wider { line, rule },
        (true, Became::Added) | (false, Became::Removed) => Change::Narrower { line, rule },
    }
}

/// `read-file = "!data/private/**"`, in either kind of quotes; and what is private, which takes away too.
fn denies(line: &str) -> bool {
    line.split_once(" = ").is_some_and(|(key, entry)| {
        key == "private" || entry.starts_with("\"!") || entry.starts_with("'!")
    })
}

/// `isolation = "process"`: no rule of the tool, but a wall around it.
fn isolates(line: &str) -> bool {
    line.split_once(" = ")
        .is_some_and(|(key, _)| key == ISOLATION)
}

fn shared(approved: &Approved, current: &Approved) -> Vec<Change> {
    let differ = approved.shared.symmetric_difference(&current.shared);
    let mut keys: BTreeSet<&str> = differ.filter_map(|line| line.split(" = ").next()).collect();
    // What nobody recorded may have been anything, also what is not set now.
    if approved.shared.is_empty() {
        keys.extend(SHARED);
    }
    keys.into_iter()
        .map(|key| Change::Shared {
            key: key.to_owned(),
            approved: setting(&approved.shared, key),
            current: setting(&current.shared, key),
        })
        .collect()
}

/// What the lines say under a key; all of it, where a file has it twice.
fn setting(lines: &BTreeSet<String>, key: &str) -> String {
    if lines.is_empty() {
        return "not recorded".to_owned();
    }
    let said: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))
        .collect();
    match said.is_empty() {
        true => "not set".to_owned(),
        false => said.join(" and "),
    }
}

/// The stable word for a key of what the policy says for all its tools. A key that this command does not know was approved by
/// a later one.
fn shared_code(key: &str) -> &'static str {
    match key {
        CA_FILE | PROXY | RESOLVER => "network",
        PRIVATE_SCOPE => "private-scope",
        _ => "shared",
    }
}

/// What a change of such a key is, in words for a person.
pub(super) fn shared_title(key: &str, approved: &str, current: &str) -> &'static str {
    match key {
        CA_FILE => "other trusted certificates",
        PROXY => "another proxy",
        RESOLVER => "another name server",
        PRIVATE_SCOPE => scope_title(approved, current),
        _ => "another setting for all tools",
    }
}

/// A shorter scope lets later calls carry away what an earlier one has learned.
fn scope_title(approved: &str, current: &str) -> &'static str {
    let scope = |said: &str| {
        let word = said.trim_matches('"');
        PrivateScope::ALL
            .into_iter()
            .find(|scope| scope.as_str() == word)
    };
    match (scope(approved), scope(current)) {
        (Some(PrivateScope::Principal), Some(PrivateScope::Call)) => "shorter private scope",
        (Some(PrivateScope::Call), Some(PrivateScope::Principal)) => "longer private scope",
        (None, _)
        | (_, None)
        | (Some(PrivateScope::Call), Some(PrivateScope::Call))
        | (Some(PrivateScope::Principal), Some(PrivateScope::Principal)) => "private scope",
    }
}

fn limits(approved: &Approved, current: &Approved) -> Vec<Change> {
    let key_of = |line: &'_ String| line.split(" = ").next().map(ToOwned::to_owned);
    let differ: BTreeSet<String> = approved
        .limits
        .symmetric_difference(&current.limits)
        .filter_map(key_of)
        .collect();
    differ
        .into_iter()
        .map(|key| Change::Limit {
            approved: limit(&approved.limits, &key),
            current: limit(&current.limits, &key),
            key,
        })
        .collect()
}

/// What the lines say of a limit; of one that they do not name, what holds then.
fn limit(lines: &BTreeSet<String>, key: &str) -> String {
    let said = lines
        .iter()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    match (said, Limit::from_key(key)) {
        (Some(said), _) => said.to_owned(),
        (None, Some(limit)) => Limits::TABLE
            .iter()
            .find(|row| row.limit == limit)
            .map_or_else(String::new, |row| {
                format!("{} (the default)", row.format(row.default))
            }),
        (None, None) => "not set".to_owned(),
    }
}

fn definitions(approved: &Approved, current: &Approved) -> Vec<Change> {
    let names: BTreeSet<&String> = approved
        .definitions
        .keys()
        .chain(current.definitions.keys())
        .collect();
    let mut changes = Vec::new();
    for name in names {
        let name = name.clone();
        match (
            approved.definitions.get(&name),
            current.definitions.get(&name),
        ) {
            (Some(old), Some(new)) if old.sha256 != new.sha256 => {
                let parts = parts(old, new);
                changes.push(Change::DefinitionChanged { name, parts });
            }
            (Some(_), Some(_)) | (None, None) => {}
            (Some(_), None) => changes.push(Change::DefinitionRemoved { name }),
            (None, Some(new)) => changes.push(Change::DefinitionAdded {
                name,
                definition: new.clone(),
            }),
        }
    }
    changes
}

/// What a person reads comes before what a machine reads.
const FIRST: [&str; 3] = ["title", "description", "annotations"];

fn parts(approved: &DefinitionText, current: &DefinitionText) -> Vec<Part> {
    between(&approved.value, &current.value)
}

/// All members of a definition but its name, as ones that there were not.
pub(super) fn all_parts(definition: &DefinitionText) -> Vec<Part> {
    let mut parts = between(&Value::Null, &definition.value);
    parts.retain(|part| part.name != "name");
    parts
}

fn between(approved: &Value, current: &Value) -> Vec<Part> {
    let keys: BTreeSet<&String> = [approved, current]
        .into_iter()
        .filter_map(Value::as_object)
        .flat_map(serde_json::Map::keys)
        .collect();
    let mut keys: Vec<&String> = keys.into_iter().collect();
    keys.sort_by_key(|key| {
        FIRST
            .iter()
            .position(|first| first == key)
            .unwrap_or(FIRST.len())
    });
    keys.into_iter()
        .filter(|key| approved.get(key) != current.get(key))
        .map(|key| Part {
            name: key.clone(),
            approved: in_lines(approved.get(key)),
            current: in_lines(current.get(key)),
        })
        .collect()
}

fn in_lines(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => crate::canonical::lines(value),
    }
}
