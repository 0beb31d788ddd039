//! What people use in the place of a host: a program that is simply started, and one that is started within bubblewrap.
//!
//! Both get the script of a case as a plain program does it. A case that is about Wasm, about what a host reads, or about
//! what a host writes, cannot be posed to them.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use super::{Host, NotApplicable, Start};
use crate::case::Through;
use crate::guest::Op;
use crate::stage::Stage;

const PROGRAM: &str = include_str!("native.py");

/// Where the interpreter is that the program is run by, outside and inside of bubblewrap.
const PYTHON: &str = "/usr/bin/python3";

/// A program, started as it is: with the user's files, environment and network.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subprocess;

impl Host for Subprocess {
    fn name(&self) -> String {
        "subprocess".to_owned()
    }

    fn version(&self) -> Result<String, NotApplicable> {
        says(PYTHON, "--version")
    }

    fn start(&self, stage: &Stage<'_>) -> Result<Start, NotApplicable> {
        let input = input(stage)?;
        let mut command = Command::new(PYTHON);
        command.args(["-c", PROGRAM]);
        Ok(Start { command, input })
    }
}

/// A program within bubblewrap: a new root with the system's programs, what the policy grants bound into it, no
/// environment, every name space its own; the machine's network where the policy grants a URL, since there is no less of it.
#[derive(Clone, Debug)]
pub struct Bubblewrap {
    command: PathBuf,
}

impl Bubblewrap {
    /// With this command, usually `bwrap`.
    pub fn new(command: impl Into<PathBuf>) -> Self {
        Self {
            command: command.into(),
        }
    }
}

impl Host for Bubblewrap {
    fn name(&self) -> String {
        "bubblewrap".to_owned()
    }

    fn version(&self) -> Result<String, NotApplicable> {
        says(PYTHON, "--version")?;
        says(self.command.as_os_str(), "--version")
    }

    fn start(&self, stage: &Stage<'_>) -> Result<Start, NotApplicable> {
        let input = input(stage)?;
        let mut command = Command::new(&self.command);
        command.args([
            "--unshare-all",
            "--die-with-parent",
            "--new-session",
            "--clearenv",
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--tmpfs",
            "/tmp",
        ]);
        for system in ["/usr", "/bin", "/lib", "/lib64"] {
            command.args(["--ro-bind-try", system, system]);
        }
        let root = stage.root_directory();
        command.arg("--dir").arg(&root);
        for (place, writes) in granted(stage) {
            let path = if place.is_empty() {
                root.clone()
            } else {
                root.join(&place)
            };
            command
                .arg(if writes {
                    "--bind-try"
                } else {
                    "--ro-bind-try"
                })
                .arg(&path)
                .arg(&path);
        }
        if stage.case.needs_network() {
            command.arg("--share-net");
        }
        command.args([PYTHON, "-c", PROGRAM]);
        Ok(Start { command, input })
    }
}

/// The version that a program says it is: `wasmtime 48.0.8 (…)` is `48.0.8`.
pub(super) fn says(
    program: impl AsRef<std::ffi::OsStr>,
    word: &str,
) -> Result<String, NotApplicable> {
    let program = program.as_ref();
    let said = Command::new(program)
        .arg(word)
        .output()
        .map_err(|error| NotApplicable::because(format!("`{}`: {error}", program.display())))?;
    let said = String::from_utf8_lossy(&said.stdout);
    Ok(said
        .split_whitespace()
        .nth(1)
        .unwrap_or_default()
        .to_owned())
}

/// The places that the policy grants, as somebody would bind them: a file, or the directory in which a pattern begins.
/// Whether it is to be written is the second.
pub(super) fn granted(stage: &Stage<'_>) -> Vec<(String, bool)> {
    let policy = stage.world.fill(&stage.case.policy);
    let Ok(table) = policy.parse::<toml::Table>() else {
        return Vec::new();
    };
    let mut places = Vec::new();
    for (key, writes) in [
        ("list-files", false),
        ("read-file", false),
        ("write-file", true),
    ] {
        let rules = table.get(key).and_then(toml::Value::as_array);
        for rule in rules.into_iter().flatten() {
            let pattern = rule
                .as_str()
                .or_else(|| rule.get("path").and_then(toml::Value::as_str));
            let Some(pattern) = pattern.filter(|pattern| !pattern.starts_with('!')) else {
                continue;
            };
            let literal: Vec<&str> = pattern
                .split('/')
                .take_while(|segment| !segment.contains('*'))
                .collect();
            let mut place = literal.join("/");
            if writes && literal.len() == pattern.split('/').count() {
                // A file that is to be made needs its directory.
                place = place
                    .rsplit_once('/')
                    .map_or(String::new(), |(folder, _)| folder.to_owned());
            }
            places.push((place, writes));
        }
    }
    places
}

fn input(stage: &Stage<'_>) -> Result<Vec<u8>, NotApplicable> {
    if stage.case.through != Through::Library || stage.case.spoil.is_some() {
        return Err(NotApplicable::because(
            "the case is about what a host reads and writes itself",
        ));
    }
    let script = stage
        .script()
        .ok_or_else(|| NotApplicable::because("the attacker is a component"))?;
    if stage.case.beside || !stage.case.calls.is_empty() {
        return Err(NotApplicable::because(
            "each call would be a process of its own",
        ));
    }
    let script: Option<Vec<Value>> = script.iter().map(spelled).collect();
    let script = script.ok_or_else(|| NotApplicable::because("the attacker is Wasm"))?;
    let resolver = stage.job().resolver;
    let job = json!({ "root": stage.root_directory(), "resolver": resolver, "script": script });
    Ok(job.to_string().into_bytes())
}

/// An operation for the program. There is none for what only Wasm has, and for what a program does not ask anybody for.
fn spelled(op: &Op) -> Option<Value> {
    Some(match op {
        Op::Read(path) => json!(["Read", path]),
        Op::ReadRange(path, offset, length) => json!(["ReadRange", path, offset, length]),
        Op::Open(path, offset, times) => json!(["Open", path, offset, times]),
        Op::Write(path, bytes) => json!(["Write", path, bytes]),
        Op::Create(path, bytes, end) => json!(["Create", path, bytes, end]),
        Op::List(path) => json!(["List", path]),
        Op::Get(url) => json!(["Get", url]),
        Op::Stream(url, times) => json!(["Stream", url, times]),
        Op::Send {
            method,
            url,
            headers,
            body,
        } => json!(["Send", method, url, headers, body]),
        Op::Log(message) => json!(["Log", message]),
        Op::Repeat(times, script) => {
            let script: Option<Vec<Value>> = script.iter().map(spelled).collect();
            json!(["Repeat", times, script?])
        }
        Op::Keep(_) | Op::Upload(..) | Op::Random(_) | Op::Elapsed | Op::Core(_) => return None,
    })
}
