//! A case file: TOML, read into what is run, or into what keeps it from being run.

mod call;
mod content;
mod errors;
mod scene;
mod tools;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bailiwick::policy::{Diagnostics, Extensions, Limits, Mistake, Rules, nearest, read_grants};
use bailiwick_fake::World;
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

pub(crate) use call::{Call, CalledExpected, Ending, Expected, Sent, Stored};
pub(crate) use content::{Described, base64_of};

use crate::error::CasesError;
use call::CallTable;
use scene::{
    ClockTable, DirectoryPath, ExchangeTable, FaultTable, FileEntry, FilePath, RandomTable,
};
use tools::ToolTable;

/// A case file.
#[derive(Debug)]
pub struct CaseFile {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// The policy that it names, relative to the file.
    pub(crate) policy: Option<String>,
    /// The tool of the policy that it names.
    pub(crate) tool: Option<String>,
    /// What it grants itself.
    pub(crate) grants: Option<(Rules, Limits)>,
    pub(crate) world: World,
    pub(crate) calls: Vec<Call>,
}

/// The keys of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FileTable {
    policy: Option<String>,
    tool: Option<String>,
    /// Read by the policy's own reader, which knows the places of its rules.
    #[serde(rename = "grants")]
    _grants: Option<IgnoredAny>,
    #[serde(default)]
    files: BTreeMap<FilePath, FileEntry>,
    #[serde(default)]
    directories: BTreeSet<DirectoryPath>,
    #[serde(default)]
    http: Vec<ExchangeTable>,
    #[serde(default)]
    values: BTreeMap<String, Described>,
    #[serde(default)]
    tools: Vec<ToolTable>,
    #[serde(default)]
    secrets: Vec<String>,
    #[serde(default)]
    clock: ClockTable,
    #[serde(default)]
    random: RandomTable,
    #[serde(default)]
    fault: Vec<FaultTable>,
    call: Vec<Spanned<CallTable>>,
}

/// The table whose keys are a tool's.
const GRANTS: &str = "grants";

impl CaseFile {
    /// Reads a case file.
    ///
    /// # Errors
    /// [`CasesError::Read`]; [`CasesError::Mistakes`] with the places of what is wrong.
    pub fn read(path: &Path) -> Result<Self, CasesError> {
        let text = std::fs::read_to_string(path).map_err(|error| CasesError::Read {
            path: path.to_owned(),
            error,
        })?;
        Self::parse(path, text).map_err(CasesError::Mistakes)
    }

    /// Reads the text of a case file; `path` is what places in it are named with, and what its own paths are relative to.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(path: &Path, text: String) -> Result<Self, Diagnostics> {
        let name = path.display().to_string();
        let grants = read_grants(&name, &text, GRANTS, &Extensions::new())?;
        let table: FileTable =
            toml::from_str(&text).map_err(|error| misread(&name, &text, &error))?;
        if table.policy.is_some() && grants.is_some() {
            let mistake = Mistake {
                code: "two-grants",
                message: "`policy` and `[grants]` both say what the tool may do".to_owned(),
                hint: Some("leave one of them out".to_owned()),
                span: 0..0,
            };
            return Err(Diagnostics::new(&name, &text, vec![mistake]));
        }
        let calls = table.call.into_iter().map(|call| {
            let line = line(&text, call.span().start);
            call.into_inner().at(line)
        });
        let calls = calls.collect();
        let mut world = World::new();
        for (path, entry) in table.files {
            world = entry.add_to(world, path);
        }
        for path in table.directories {
            world = world.directory(path.0);
        }
        for exchange in table.http {
            world = world.exchange(exchange.0);
        }
        for (key, value) in table.values {
            world = world.value(key, value.0.to_vec());
        }
        for tool in table.tools {
            world = world.tool(tool.0);
        }
        for name in table.secrets {
            world = world.secret(name);
        }
        for fault in table.fault {
            world = world.fault(fault.0);
        }
        let world = table.random.add_to(table.clock.add_to(world));
        Ok(Self {
            path: path.to_owned(),
            policy: table.policy,
            tool: table.tool,
            grants,
            world,
            calls,
            text,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of its calls, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.calls.iter().map(|call| call.name.as_str())
    }
}

fn misread(name: &str, text: &str, error: &toml::de::Error) -> Diagnostics {
    let said = error.message().lines().collect::<Vec<_>>().join("; ");
    let (message, hint) = match unknown_key(&said) {
        Some((message, hint)) => (message, Some(hint)),
        None => (said, None),
    };
    let mistake = Mistake {
        code: "case",
        message,
        hint,
        span: error.span().unwrap_or(0..0),
    };
    Diagnostics::new(name, text, vec![mistake])
}

/// What serde says of an unknown key, in the words of the policy's reader.
fn unknown_key(said: &str) -> Option<(String, String)> {
    let (key, known) = said
        .strip_prefix("unknown field `")?
        .split_once("`, expected ")?;
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let hint = match nearest(key, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known keys: `{}`", known.join("`, `")),
    };
    Some((format!("unknown key `{key}`"), hint))
}

fn line(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or_default();
    before.matches('\n').count() + 1
}

#[cfg(test)]
mod tests;
