//! Reading a policy file, and finding the tool in it that is meant.

use std::fs::File;
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

    /// The file, wherever links lead.
    pub(crate) fn real(&self) -> std::io::Result<PathBuf> {
        real(&self.path)
    }

    /// The folder that its paths are relative to.
    pub(crate) fn folder(&self) -> &Path {
        folder_of(&self.path)
    }

    /// A path in it, as this process sees it.
    pub(crate) fn resolve(&self, path: &str) -> PathBuf {
        match self.folder() {
            here if here == Path::new(".") => PathBuf::from(path),
            folder => folder.join(path),
        }
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
        let named = name.map(|name| self.tool(name)).transpose()?;
        let real = real(component).map_err(|error| no_component(component, &error))?;
        match named {
            Some(tool) => self.agreeing(tool, component, &real),
            None => self.only_of(component, &real),
        }
    }

    fn agreeing<'p>(
        &self,
        tool: &'p ToolPolicy,
        component: &Path,
        real: &Path,
    ) -> Result<&'p ToolPolicy, Failure> {
        if self.is_of(tool, real) {
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

    fn only_of(&self, component: &Path, real: &Path) -> Result<&ToolPolicy, Failure> {
        let tools = self.policy.tools().iter();
        let tools: Vec<&ToolPolicy> = tools.filter(|tool| self.is_of(tool, real)).collect();
        let shown = component.display();
        let policy = self.path.display();
        match tools.as_slice() {
            [tool] => Ok(tool),
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
        real(&self.resolve(tool.component())).is_ok_and(|own| own == component)
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

/// The file that a path leads to.
#[expect(
    clippy::disallowed_methods,
    reason = "finds out which tool is meant; what is loaded is what the operator named, and a pin says whether it is the same"
)]
fn real(path: &Path) -> std::io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

fn no_component(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!("cannot read the component `{}`", path.display());
    Failure::new(Exit::Refused, "unreadable", message).because(error)
}

fn names<'p>(tools: impl Iterator<Item = &'p ToolPolicy>) -> String {
    let names: Vec<String> = tools.map(|tool| format!("`{}`", tool.name())).collect();
    names.join(", ")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the operator named the policy on the command line"
)]
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
