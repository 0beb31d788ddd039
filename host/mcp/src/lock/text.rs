//! The lock file as text: TOML that reads well in a diff, sorted, with one spelling for each content.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use bailiwick::audit::{Digest, is_deceptive};
use serde::Deserialize;

use super::state::checked;
use super::{Approved, DefinitionText, Lock, LockError};

/// The version that is written, and the only one that is read.
pub(super) const VERSION: i64 = 1;

const HEAD: &str = "\
# What was approved of each tool, written by `bailiwick approve`. Keep it with the policy, and review its changes like code.
# `bailiwick serve --locked` serves a tool only as it stands here.
";

#[derive(Deserialize)]
struct VersionText {
    version: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LockText {
    #[serde(rename = "version")]
    _version: i64,
    #[serde(default)]
    tools: BTreeMap<String, ToolText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolText {
    sha256: Digest,
    imports: Vec<String>,
    grants: Vec<String>,
    limits: Vec<String>,
    /// Earlier versions of the command did not write it; what is missing is no approval of it.
    #[serde(default)]
    shared: Vec<String>,
    ask: String,
    #[serde(default)]
    definitions: BTreeMap<String, DefinitionLines>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefinitionLines {
    sha256: Digest,
    definition: String,
}

impl Lock {
    /// Reads the text of a lock file.
    ///
    /// # Errors
    /// [`LockError`]: another version, another form, or a definition that was edited by hand.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        // A version control system may have turned the ends of lines.
        let text = text.replace("\r\n", "\n");
        let malformed = |error: toml::de::Error| malformed(&text, &error);
        let VersionText { version } = toml::from_str(&text).map_err(malformed)?;
        if version != VERSION {
            return Err(LockError::Version { found: version });
        }
        let lock: LockText = toml::from_str(&text).map_err(malformed)?;
        let tools: Result<BTreeMap<String, Approved>, LockError> = lock
            .tools
            .into_iter()
            .map(|(name, tool)| {
                let approved = approved(&name, tool)?;
                Ok((name, approved))
            })
            .collect();
        Ok(Self { tools: tools? })
    }
}

fn malformed(text: &str, error: &toml::de::Error) -> LockError {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    LockError::Malformed {
        line: before.matches('\n').count() + 1,
        message: error.message().to_owned(),
    }
}

fn approved(name: &str, tool: ToolText) -> Result<Approved, LockError> {
    let definitions: Result<BTreeMap<String, DefinitionText>, LockError> = tool
        .definitions
        .into_iter()
        .map(|(definition, lines)| {
            let text = definition_text(name, &definition, &lines)?;
            Ok((definition, text))
        })
        .collect();
    Ok(Approved {
        component: tool.sha256,
        imports: tool.imports.into_iter().collect(),
        grants: tool.grants.into_iter().collect(),
        limits: tool.limits.into_iter().collect(),
        shared: tool.shared.into_iter().collect(),
        ask: tool.ask,
        definitions: definitions?,
    })
}

/// The text has to be what the command would write for what it says: a key that stands twice, of which one reader takes the
/// first and another the last, is none of that.
fn definition_text(
    tool: &str,
    name: &str,
    lines: &DefinitionLines,
) -> Result<DefinitionText, LockError> {
    let not_canonical = || LockError::NotCanonical {
        tool: tool.to_owned(),
        definition: name.to_owned(),
    };
    let value = serde_json::from_str(&lines.definition).map_err(|_| not_canonical())?;
    let definition = checked(tool, name, &value)?;
    if definition.lines() != lines.definition.trim_end_matches('\n') {
        return Err(not_canonical());
    }
    if definition.sha256 != lines.sha256 {
        return Err(LockError::WrongDigest {
            tool: tool.to_owned(),
            definition: name.to_owned(),
            written: lines.sha256,
            found: definition.sha256,
        });
    }
    Ok(definition)
}

/// The text of the file; [`Lock::parse`] gives the same lock back.
impl fmt::Display for Lock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{HEAD}version = {VERSION}")?;
        for (name, tool) in &self.tools {
            write_tool(out, &key(name), tool)?;
        }
        Ok(())
    }
}

fn write_tool(out: &mut fmt::Formatter<'_>, name: &str, tool: &Approved) -> fmt::Result {
    writeln!(out, "\n[tools.{name}]")?;
    writeln!(out, "sha256 = \"{}\"", tool.component)?;
    write_list(out, "imports", tool.imports())?;
    write_list(out, "grants", tool.grants())?;
    write_list(out, "limits", tool.limits())?;
    // What an earlier version approved stays as it is until somebody approves it again.
    if !tool.shared.is_empty() {
        write_list(out, "shared", tool.shared())?;
    }
    writeln!(out, "ask = {}", quoted(&tool.ask))?;
    for (definition, text) in &tool.definitions {
        writeln!(out, "\n[tools.{name}.definitions.{}]", key(definition))?;
        writeln!(out, "sha256 = \"{}\"", text.sha256)?;
        writeln!(out, "definition = {}", lines(&text.lines()))?;
    }
    Ok(())
}

fn write_list<'l>(
    out: &mut fmt::Formatter<'_>,
    key: &str,
    lines: impl Iterator<Item = &'l str>,
) -> fmt::Result {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return writeln!(out, "{key} = []");
    }
    writeln!(out, "{key} = [")?;
    for line in lines {
        writeln!(out, "    {},", quoted(line))?;
    }
    writeln!(out, "]")
}

fn key(name: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match !name.is_empty() && name.bytes().all(bare) {
        true => name.to_owned(),
        false => escaped(name),
    }
}

/// In single quotes where that saves escapes.
fn quoted(text: &str) -> String {
    if text.contains('"') && !text.contains('\'') && !text.contains(is_deceptive) {
        return format!("'{text}'");
    }
    escaped(text)
}

/// Several lines between three single quotes, in which nothing is escaped.
fn lines(text: &str) -> String {
    if text.contains("'''") {
        return escaped(text);
    }
    format!("'''\n{text}\n'''")
}

/// TOML: "Any Unicode character may be used except those that must be escaped: quotation mark, backslash, and the control
/// characters". What nobody sees is escaped too.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    escaped.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            deceptive if is_deceptive(deceptive) => {
                // Writing to a string does not fail.
                let _ = write!(escaped, "\\U{:08X}", u32::from(deceptive));
            }
            plain => escaped.push(plain),
        }
    }
    escaped.push('"');
    escaped
}
