//! The founding example, from nothing to the proof of what happened.
//!
//! Builds the guest toolchain, the two tools and the command, lays the example out in `target/demo`, and plays it: a tool
//! that does its job within three lines of policy, a hostile one within the same three lines, and the audit trail of both.

mod play;
mod server;
mod story;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;

use anyhow::{Context, Result};

use crate::guests;
use crate::progress::Progress;
use crate::setup::{self, Purpose, Rustup};
use crate::workspace::Workspace;
use server::RatesServer;

/// The tools of the example; their components are `NAME.wasm`.
const TOOLS: [&str; 2] = ["csv-report", "data-thief"];

/// The port that the example's policy names.
const PORT: u16 = 47110;

/// The example's folder, as the command sees it.
pub(crate) struct Stage {
    /// The `bailiwick` command.
    command: PathBuf,
    /// Policy, components and workspace.
    folder: PathBuf,
    /// The rates, by HTTP on loopback.
    server: RatesServer,
}

/// Builds what is needed and plays the example.
///
/// # Errors
/// Fails if something does not build, or if the example does not come out as it must.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Stage> {
    progress.say("demo: two things are built at the same time (5 to 8 minutes on two cores the first time, then seconds):");
    progress.say("      the command, which is mostly wasmtime; and the two tools, with the toolchain that they need");
    let command = thread::scope(|scope| {
        let command = scope.spawn(|| build_command(workspace, progress));
        let tools = build_tools(workspace, progress);
        if let Err(error) = &tools {
            progress.say(format_args!("demo: the tools cannot be built: {error:#}"));
            progress.say("demo: waiting for the command's build to end");
        }
        let command = command
            .join()
            .map_err(|_| anyhow::anyhow!("building the command panicked"))?;
        tools.and(command)
    })?;
    let stage = lay_out(workspace, progress, command)?;
    play::run(&stage)?;
    Ok(stage)
}

/// Where the example is served.
const ADDRESS: &str = "127.0.0.1:8765";

/// Serves the tools of the example until somebody ends it. The exchange rates are there for as long.
///
/// # Errors
/// Fails if the command cannot be started.
pub(crate) fn serve(stage: &Stage) -> Result<ExitCode> {
    println!("{}", story::serving(&stage.folder, ADDRESS));
    let status = Command::new(&stage.command)
        .args(["serve", "--policy", "bailiwick.toml", "--http", ADDRESS])
        .current_dir(&stage.folder)
        .status()
        .context("cannot start `bailiwick serve`")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn build_tools(workspace: &Workspace, progress: &Progress) -> Result<()> {
    let toolchain = setup::run(workspace, progress, Purpose::Demo, Rustup::Untouched)?;
    guests::build(workspace, progress, &toolchain, Purpose::Demo)
}

fn build_command(workspace: &Workspace, progress: &Progress) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    // Naming the workspace and an example makes cargo choose the features that the tests are built with: without, wasmtime
    // would be compiled once more for those.
    cargo.args([
        "build",
        "--locked",
        "--workspace",
        "--bin",
        "bailiwick",
        "--example",
        "embed",
    ]);
    progress.run_quietly("demo: building the command `bailiwick`", &mut cargo)?;
    Ok(workspace.command())
}

/// A fresh copy of the example, so that it can be played again and again, with the components beside the policy.
fn lay_out(workspace: &Workspace, progress: &Progress, command: PathBuf) -> Result<Stage> {
    let folder = workspace.target.join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove `{}`", folder.display()))?;
    }
    copy(&workspace.root.join("demo"), &folder)?;
    for tool in TOOLS {
        let component = format!("{tool}.wasm");
        fs::copy(
            workspace.guests_output().join(&component),
            folder.join(&component),
        )
        .with_context(|| format!("cannot copy `{component}`"))?;
    }
    let server = RatesServer::start(PORT, fs::read(folder.join("rates/eurofxref-daily.xml"))?)?;
    if server.port() != PORT {
        progress.say(format_args!(
            "demo: port {PORT} is taken, the copied policy names {} instead",
            server.port()
        ));
        let policy = folder.join("bailiwick.toml");
        let text = fs::read_to_string(&policy)?;
        fs::write(
            &policy,
            text.replace(&format!(":{PORT}/"), &format!(":{}/", server.port())),
        )?;
    }
    progress.say(format_args!(
        "demo: the example is laid out in {}",
        workspace.shown(&folder)
    ));
    Ok(Stage {
        command,
        folder,
        server,
    })
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create `{}`", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read `{}`", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => drop(
                fs::copy(entry.path(), &target)
                    .with_context(|| format!("cannot write `{}`", target.display()))?,
            ),
        }
    }
    Ok(())
}
