//! The official judges and clients of the Model Context Protocol, below `target/toolchains`, each with everything that it
//! needs at the version and with the digest that stands in `tests/mcp`.
//!
//! ```text
//! target/toolchains/
//!   mcp-node/     tests/mcp/package-lock.json: Node 22, the conformance suites, the inspector
//!   mcp-python/   tests/mcp/requirements.txt: the Python client, in a virtual environment
//! ```
//!
//! No package's script is run while it is installed: Node itself comes as a package of its own for each machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::files::remove_if_there;
use super::languages::{is_installed, note_installed, succeeds};
use crate::progress::Progress;
use crate::workspace::Workspace;

/// Where the tests find Node and what was installed for it.
const NODE: &str = "BAILIWICK_MCP_NODE";

/// What speaks the protocol to our server, as far as this machine has it.
pub(crate) struct Clients {
    /// Whoever can be had.
    found: Vec<Client>,
    /// Whoever cannot: the name, and why.
    missing: Vec<(&'static str, String)>,
}

/// One of them: how the tests know it, and where it is.
struct Client {
    variable: &'static str,
    path: PathBuf,
}

/// Installs what is missing.
///
/// # Errors
/// Fails where a package manager is there and does not do its work.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Clients> {
    let toolchains = workspace.toolchains();
    let lists = workspace.root.join("tests/mcp");
    let _lock = super::lock::acquire(&toolchains, progress)?;
    let mut clients = Clients {
        found: Vec::new(),
        missing: Vec::new(),
    };
    clients.add_node(progress, &lists, &toolchains)?;
    clients.add_python(progress, &lists, &toolchains)?;
    Ok(clients)
}

impl Clients {
    /// Tells the tests where each is, and which are left out.
    pub(crate) fn lend(&self, command: &mut Command) {
        for client in &self.found {
            command.env(client.variable, &client.path);
        }
        let names: Vec<&str> = self.missing.iter().map(|(name, _)| *name).collect();
        command.env("BAILIWICK_MCP_LEFT_OUT", names.join(" "));
    }

    /// The Node that came with them.
    pub(crate) fn node(&self) -> Option<PathBuf> {
        let mut found = self.found.iter();
        let node = found.find(|client| client.variable == NODE)?;
        Some(node.path.join(".bin/node"))
    }

    /// Who is left out, and why.
    pub(crate) fn missing(&self) -> &[(&'static str, String)] {
        &self.missing
    }

    fn add_node(&mut self, progress: &Progress, lists: &Path, toolchains: &Path) -> Result<()> {
        if !succeeds("npm", &["--version"]) {
            self.leave_out("mcp-node", "there is no npm");
            return Ok(());
        }
        let folder = node(progress, lists, &toolchains.join("mcp-node"))?;
        if folder.join(".bin/node").exists() {
            self.add(NODE, folder);
        } else {
            self.leave_out("mcp-node", "npm has no Node 22 for this kind of machine");
        }
        Ok(())
    }

    fn add_python(&mut self, progress: &Progress, lists: &Path, toolchains: &Path) -> Result<()> {
        const NEEDS: &str =
            "import ensurepip, venv, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))";
        if !succeeds("python3", &["-c", NEEDS]) {
            let why =
                "there is no python3 of 3.11 to 3.14 with its module venv (Debian: python3-venv)";
            self.leave_out("mcp-python", why);
            return Ok(());
        }
        let python = python(progress, lists, &toolchains.join("mcp-python"))?;
        self.add("BAILIWICK_MCP_PYTHON", python);
        Ok(())
    }

    fn add(&mut self, variable: &'static str, path: PathBuf) {
        self.found.push(Client { variable, path });
    }

    fn leave_out(&mut self, name: &'static str, why: &str) {
        self.missing.push((name, why.to_owned()));
    }
}

/// The folder of npm's packages.
fn node(progress: &Progress, lists: &Path, folder: &Path) -> Result<PathBuf> {
    let packages = folder.join("node_modules");
    let locked = read(&lists.join("package-lock.json"))?;
    if is_installed(folder, &locked) {
        progress.say("setup: MCP's conformance suites and inspector are there");
        return Ok(packages);
    }
    remove_if_there(folder)?;
    fs::create_dir_all(folder)?;
    for list in ["package.json", "package-lock.json"] {
        fs::copy(lists.join(list), folder.join(list))?;
    }
    progress.run_quietly(
        "setup: MCP's conformance suites and inspector from npm (about a minute)",
        Command::new("npm").current_dir(folder).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]),
    )?;
    note_installed(folder, &locked)?;
    Ok(packages)
}

/// The Python that has the client.
fn python(progress: &Progress, lists: &Path, folder: &Path) -> Result<PathBuf> {
    let python = folder.join("bin/python");
    let list = lists.join("requirements.txt");
    let locked = read(&list)?;
    if is_installed(folder, &locked) {
        progress.say("setup: MCP's Python client is there");
        return Ok(python);
    }
    remove_if_there(folder)?;
    progress.run_quietly(
        "setup: a virtual environment for MCP's Python client",
        Command::new("python3").args(["-m", "venv"]).arg(folder),
    )?;
    progress.run_quietly(
        "setup: MCP's Python client from PyPI (about half a minute)",
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--require-hashes"])
            .args(["--only-binary", ":all:", "--requirement"])
            .arg(&list),
    )?;
    note_installed(folder, &locked)?;
    Ok(python)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}
