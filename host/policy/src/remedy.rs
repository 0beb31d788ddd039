//! What an operator could write to permit an attempt, and no more than the attempt.

use crate::capability::Capability;
use crate::file::{quoted, setting_text};
use crate::rule::RuleRef;
use crate::rules::{Rules, Source};
use std::fmt;

/// A change to one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remedy {
    capability: Capability,
    source: Source,
    /// The capability's key is there already, so that an entry has to be added to its list.
    listed: bool,
    remove: Option<RuleRef>,
    add: Option<Entry>,
}

/// One entry of a capability's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// `clock = true`.
    True,
    /// A pattern alone.
    Pattern(String),
    /// A pattern under `key` with a setting that has to be there, in TOML.
    Table {
        key: &'static str,
        pattern: String,
        setting: String,
    },
    /// What an extension says, in TOML.
    Toml(String),
}

impl Remedy {
    pub(crate) fn add(capability: &Capability, layer: &Rules, entry: Entry) -> Self {
        Remedy {
            capability: capability.clone(),
            source: layer.source().clone(),
            listed: layer.grants(capability),
            remove: None,
            add: Some(entry),
        }
    }

    pub(crate) fn remove(
        capability: &Capability,
        layer: &Rules,
        rule: &RuleRef,
        and_add: Option<Entry>,
    ) -> Self {
        Remedy {
            capability: capability.clone(),
            source: layer.source().clone(),
            listed: true,
            remove: Some(rule.clone()),
            add: and_add,
        }
    }

    fn write_add(&self, formatter: &mut fmt::Formatter<'_>, entry: &Entry) -> fmt::Result {
        match &self.source {
            Source::File { file, tool } => {
                match (entry, self.listed) {
                    (Entry::True, _) => write!(formatter, "add `{} = true`", self.capability)?,
                    (_, true) => {
                        write!(formatter, "add `{}` to `{}`", entry.toml(), self.capability)?
                    }
                    (_, false) => write!(
                        formatter,
                        "add `{} = [{}]`",
                        toml_key(&self.capability),
                        entry.toml()
                    )?,
                }
                write!(formatter, " under `[tools.{tool}]` in `{file}`")
            }
            Source::Flags => write!(formatter, "add `{}`", entry.flag(&self.capability)),
            Source::Code => match entry {
                Entry::True => write!(
                    formatter,
                    "the embedding program has to grant `{}`",
                    self.capability
                ),
                _ => write!(
                    formatter,
                    "the embedding program has to add `{}` to `{}`",
                    entry.toml(),
                    self.capability
                ),
            },
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(rule) = &self.remove {
            write!(formatter, "remove {rule}")?;
        }
        if self.remove.is_some() && self.add.is_some() {
            formatter.write_str(" and ")?;
        }
        match &self.add {
            Some(entry) => self.write_add(formatter, entry),
            None => Ok(()),
        }
    }
}

impl Entry {
    fn toml(&self) -> String {
        match self {
            Entry::True => "true".to_owned(),
            Entry::Pattern(pattern) => quoted(pattern),
            Entry::Table {
                key,
                pattern,
                setting,
            } => format!("{{ {key} = {}, {setting} }}", quoted(pattern)),
            Entry::Toml(text) => text.clone(),
        }
    }

    fn flag(&self, capability: &Capability) -> String {
        match self {
            Entry::True => format!("--{capability}"),
            Entry::Pattern(pattern) => format!("--{capability} {}", shell_word(pattern)),
            Entry::Table { .. } | Entry::Toml(_) => {
                format!("--{capability} {}", shell_word(&self.toml()))
            }
        }
    }
}

/// What an extension's scope suggests.
pub(crate) fn extension_entry(setting: &crate::extension::Setting) -> Entry {
    Entry::Toml(setting_text(setting))
}

fn toml_key(capability: &Capability) -> String {
    match capability {
        Capability::Extension(key) => quoted(key),
        Capability::ReadFile
        | Capability::WriteFile
        | Capability::ListFiles
        | Capability::HttpGet
        | Capability::HttpRequest
        | Capability::Clock
        | Capability::Random
        | Capability::KeyValue
        | Capability::CallTool
        | Capability::Secret => capability.key().to_owned(),
    }
}

/// A word that a POSIX shell reads as it is.
fn shell_word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,@%+=".contains(&byte);
    if text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
