//! Reading a policy file, and finding the tool in it that is meant.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bailiwick::audit::Digest;
use bailiwick::policy::{Extensions, Policy, ToolPolicy};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::paths::folder_of;

/// More than this is no policy; reading ends there.
const BYTES_MAX: u64 = 4 << 20;

/// A policy and the file that it stands in.
#[derive(Debug)]
pub(crate) struct PolicyFile {
    path: PathBuf,
    /// What it says.
    pub(crate) policy: Policy,
    /// The SHA-256 of its text, for the trail.
    pub(crate) digest: Digest,
}

impl PolicyFile {
    /// Reads the file, once.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = read(path)?;
        let text = str::from_utf8(&bytes).map_err(|error| unreadable(path, &error))?;
        let name = path.display().to_string();
        let policy =
            Policy::parse(&name, text, &Extensions::new()).map_err(Failure::invalid_policy)?;
        Ok(Self {
            path: path.to_owned(),
            policy,
            digest: Digest::of(&bytes),
        })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that its paths are relative to.
    pub(crate) fn folder(&self) -> &Path {
        folder_of(&self.path)
    }

    /// A path in it, as this process sees it.
    pub(crate) fn resolve(&self, path: &str) -> PathBuf {
        self.folder().join(path)
    }

    /// The tool of this name.
    pub(crate) fn tool(&self, name: &str) -> Result<&ToolPolicy, Failure> {
        self.policy.tool(name).ok_or_else(|| {
            Failure::usage(format!(
                "the policy `{}` has no tool `{name}`",
                self.path.display()
            ))
            .hint(self.tools())
        })
    }

    /// The tool whose component is this file, if it is the only one; of the given name, if one is given.
    pub(crate) fn tool_of(
        &self,
        component: &Path,
        name: Option<&str>,
    ) -> Result<&ToolPolicy, Failure> {
        match name {
            Some(name) => self.agreeing(self.tool(name)?, component),
            None => self.only_of(component),
        }
    }

    fn agreeing<'p>(
        &self,
        tool: &'p ToolPolicy,
        component: &Path,
    ) -> Result<&'p ToolPolicy, Failure> {
        if self.is_of(tool, component) {
            return Ok(tool);
        }
        let own = self.resolve(tool.component());
        Err(Failure::usage(format!(
            "`{}` is not the component of the tool `{}`",
            component.display(),
            tool.name()
        ))
        .hint(format!("the policy says `{}`", own.display())))
    }

    fn only_of(&self, component: &Path) -> Result<&ToolPolicy, Failure> {
        let tools: Vec<&ToolPolicy> = self
            .policy
            .tools()
            .iter()
            .filter(|tool| self.is_of(tool, component))
            .collect();
        let shown = component.display();
        let policy = self.path.display();
        match tools.as_slice() {
            [tool] => Ok(tool),
            [] if !component.exists() => Err(Failure::new(
                Exit::Refused,
                "unreadable",
                format!("cannot read the component `{shown}`"),
            )
            .because(&std::io::Error::from(std::io::ErrorKind::NotFound))),
            [] => Err(Failure::usage(format!(
                "no tool of the policy `{policy}` has the component `{shown}`"
            ))
            .hint(self.tools())),
            several => Err(Failure::usage(format!(
                "several tools of the policy `{policy}` have the component `{shown}`"
            ))
            .hint(format!(
                "name one with `--tool`: {}",
                names(several.iter().copied())
            ))),
        }
    }

    fn is_of(&self, tool: &ToolPolicy, component: &Path) -> bool {
        let own = fs::canonicalize(self.resolve(tool.component()));
        let given = fs::canonicalize(component);
        matches!((own, given), (Ok(own), Ok(given)) if own == given)
    }

    fn tools(&self) -> String {
        if self.policy.tools().is_empty() {
            return "it has no tools".to_owned();
        }
        let tools: Vec<String> = self
            .policy
            .tools()
            .iter()
            .map(|tool| format!("`{}` (`{}`)", tool.name(), tool.component()))
            .collect();
        format!("it has {}", tools.join(", "))
    }
}

fn names<'p>(tools: impl Iterator<Item = &'p ToolPolicy>) -> String {
    let names: Vec<String> = tools.map(|tool| format!("`{}`", tool.name())).collect();
    names.join(", ")
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| unreadable(path, &error);
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    // One byte more than a policy may have, so that the parser can say that it has too many.
    file.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::new(
        Exit::Usage,
        "invalid-policy",
        format!("cannot read the policy `{}`", path.display()),
    )
    .because(error)
}
