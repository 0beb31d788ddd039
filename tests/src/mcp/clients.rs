//! The official judges and clients of the protocol, as `cargo xtask test` set them up.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A program of npm's packages, run by their own Node: the package's folder and the file in it.
///
/// None, and a line that says so, where they are left out.
///
/// # Panics
/// When they are missing although nobody said that they are left out.
pub fn node(script: &str) -> Option<Command> {
    let packages = found("BAILIWICK_MCP_NODE", "mcp-node", "mcp-node/node_modules")?;
    let mut command = Command::new(packages.join(".bin/node"));
    command.arg(packages.join(script));
    Some(command)
}

/// A script of `tests/mcp`, run by the Python that has the client.
///
/// None, and a line that says so, where it is left out.
///
/// # Panics
/// When it is missing although nobody said that it is left out.
pub fn python(script: &str) -> Option<Command> {
    let python = found(
        "BAILIWICK_MCP_PYTHON",
        "mcp-python",
        "mcp-python/bin/python",
    )?;
    let mut command = Command::new(python);
    command.arg(own(script));
    Some(command)
}

/// A file of `tests/mcp`.
pub fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("mcp").join(name)
}

/// Both outputs of a program, for whoever reads why a test failed.
pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!(
        "{}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    )
}

fn found(variable: &str, name: &str, place: &str) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(path.into());
    }
    let set_up = crate::hold::compiled().join("../../toolchains").join(place);
    if set_up.exists() {
        return Some(set_up);
    }
    let left_out = std::env::var("BAILIWICK_MCP_LEFT_OUT").unwrap_or_default();
    let is_left_out = left_out.split_whitespace().any(|left| left == name);
    assert!(
        is_left_out || std::env::var_os("BAILIWICK_QUICK").is_some(),
        "`{}` is missing: `cargo xtask test` sets it up",
        set_up.display()
    );
    say(&format!("`{name}` is left out"));
    None
}

#[expect(
    clippy::print_stderr,
    reason = "a test that leaves something out says so"
)]
fn say(line: &str) {
    eprintln!("{line}");
}
