//! The command, from its start to the first result, against the least that a program around wasmtime does.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::pair::{pair, timed};
use crate::report::{Aim, Row, time};
use crate::tools::add;

/// Starts in a round.
const STARTS: u32 = 20;

pub(crate) fn measure() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let command = PathBuf::from(
        std::env::var_os("BAILIWICK_COMMAND").context("BAILIWICK_COMMAND names no program")?,
    );
    let minimal = std::env::current_exe()?.with_file_name("bench-minimal");
    let component = folder.path().join("add.wasm");
    std::fs::write(&component, add()?)?;
    let ours = |cached: Cached| {
        let (folder, command, component) = (folder.path(), &command, &component);
        move |starts| repeat(starts, || run(command, folder, component, cached))
    };
    let theirs = |cached: Cached| {
        let (folder, minimal, component) = (folder.path(), &minimal, &component);
        move |starts| repeat(starts, || run_minimal(minimal, folder, component, cached))
    };
    ours(Cached::Yes)(1)?;
    theirs(Cached::Yes)(1)?;
    let cached = pair(STARTS, ours(Cached::Yes), theirs(Cached::Yes))?;
    let cold = pair(STARTS, ours(Cached::No), theirs(Cached::No))?;
    let mut rows = vec![
        Row::paired(
            "the command from its start, cached",
            "a minimal program, cached",
            cached,
            Aim::AtMost(2.0),
        ),
        Row::paired(
            "the same, compiled and cached each time",
            "the same, compiled and cached each time",
            cold,
            Aim::Shown,
        ),
    ];
    rows.extend(bubblewrap(cached.ours)?);
    Ok(rows)
}

/// Whether a start finds compiled code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cached {
    Yes,
    No,
}

fn repeat(starts: u32, mut start: impl FnMut() -> Result<()>) -> Result<Duration> {
    timed(|| (0..starts).try_for_each(|_| start()))
}

fn run(command: &Path, folder: &Path, component: &Path, cached: Cached) -> Result<()> {
    let mut run = Command::new(command);
    run.arg("run")
        .arg(component)
        .args(["add", "20", "22"])
        .env("XDG_STATE_HOME", folder.join("state"));
    let cache = folder.join("cache");
    if cached == Cached::No && cache.exists() {
        std::fs::remove_dir_all(&cache)?;
    }
    answers_42(run.env("BAILIWICK_CACHE_DIR", cache))
}

fn run_minimal(minimal: &Path, folder: &Path, component: &Path, cached: Cached) -> Result<()> {
    let cache = folder.join("minimal.cwasm");
    if cached == Cached::No && cache.exists() {
        std::fs::remove_file(&cache)?;
    }
    answers_42(Command::new(minimal).arg(component).arg(cache))
}

fn answers_42(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success() && text.trim() == "42",
        "{command:?} said {text} {complaint}"
    );
    Ok(())
}

/// What a user would take instead, where it is installed.
fn bubblewrap(cached: f64) -> Result<Vec<Row>> {
    let wrapped = || {
        let mut command = Command::new("bwrap");
        command
            .args(["--unshare-all", "--ro-bind", "/", "/", "/bin/true"])
            .stderr(Stdio::null());
        command
    };
    if !wrapped().status().is_ok_and(|status| status.success()) {
        let words = "bubblewrap is not installed, or cannot make namespaces here".to_owned();
        return Ok(vec![Row::single(
            "bubblewrap running /bin/true",
            "",
            words,
            String::new(),
        )]);
    }
    let once = || {
        ensure!(wrapped().status()?.success(), "bubblewrap failed");
        Ok(())
    };
    let paired = pair(
        STARTS,
        |starts| repeat(starts, once),
        |starts| repeat(starts, once),
    )?;
    let against = format!("the command, cached: {}", time(cached));
    Ok(vec![Row::single(
        "bubblewrap running /bin/true",
        &against,
        time(paired.ours),
        String::new(),
    )])
}
