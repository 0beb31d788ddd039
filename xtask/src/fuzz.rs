//! Fuzzing: every target for some seconds, from its seeds and from whatever earlier runs reached.
//!
//! ```text
//! fuzz/seeds/NAME/         what a target begins with, committed
//! fuzz/found/NAME/         what broke it once, committed; the tests replay both
//! target/fuzz/corpus/NAME/ what the fuzzer reached: the next run goes on from there
//! target/fuzz/broken/NAME/ what breaks it now
//! ```
//!
//! cargo-fuzz needs flags that rustc keeps for its nightlies; a variable opens them on the stable toolchain, for this build alone.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::progress::Progress;
use crate::setup;
use crate::workspace::Workspace;

/// Bytes of memory that a run may take, in MiB: a pool's reservations do not count.
const MEMORY_MIB: u32 = 4096;

/// Targets whose threads come and go while the next input runs: what such a thread holds just then is taken for a leak. The bound of memory
/// holds for them as for the others.
const WITH_THREADS: [&str; 2] = ["mcp", "wall"];

/// Seconds that one input may take. A component may be compiled for so long, without optimisation and with every branch
/// counted.
const INPUT_SECONDS: u32 = 60;

/// The SDK that decodes by itself. It is fuzzed in its own language, from a seed, and counts no edges.
const JAVASCRIPT: &str = "sdk-javascript";

/// What is fuzzed, and for how long.
pub(crate) struct Run {
    /// Seconds for each target.
    pub(crate) seconds: u32,
    /// The only target, where it is one.
    pub(crate) target: Option<String>,
}

#[derive(Deserialize)]
struct Manifest {
    bin: Vec<Bin>,
}

#[derive(Deserialize)]
struct Bin {
    name: String,
}

/// What a run reached, in libFuzzer's words.
#[derive(Debug, Default, PartialEq, Eq)]
struct Reached {
    executions: u64,
    edges: u64,
    inputs: u64,
}

/// Builds the targets and runs them, one after the other.
///
/// # Errors
/// Fails where something does not build, and at the end where an input broke a target.
pub(crate) fn run(workspace: &Workspace, progress: &Progress, run: &Run) -> Result<()> {
    let targets = targets(workspace, run.target.as_deref())?;
    let cargo_fuzz = setup::cargo_fuzz(workspace, progress)?;
    if targets.iter().any(|name| name != JAVASCRIPT) {
        let step = "fuzz: building all targets (some 15 minutes the first time)";
        progress.run_quietly(step, &mut cargo(workspace, &cargo_fuzz, &["build"]))?;
    }
    let mut broken = Vec::new();
    let mut lines = Vec::new();
    for name in &targets {
        let reached = match name.as_str() {
            JAVASCRIPT => javascript(workspace, progress, run.seconds)?,
            name => fuzz(workspace, progress, &cargo_fuzz, name, run.seconds)?,
        };
        match reached {
            Ok(reached) => lines.push(format!(
                "  {name:<12} {:>12} executions  {:>7} edges  {:>6} inputs",
                reached.executions, reached.edges, reached.inputs
            )),
            Err(input) => {
                lines.push(format!(
                    "  {name:<12} broken by {}",
                    workspace.shown(&input)
                ));
                broken.push(name.as_str());
            }
        }
    }
    println!();
    lines.iter().for_each(|line| println!("{line}"));
    ensure!(
        broken.is_empty(),
        "{} broken; mend it and put the input into `fuzz/found/NAME`, where the tests replay it",
        broken.join(", ")
    );
    Ok(())
}

/// The names in the manifest, or the one that was asked for.
fn targets(workspace: &Workspace, only: Option<&str>) -> Result<Vec<String>> {
    let path = workspace.root.join("fuzz/Cargo.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let manifest: Manifest =
        toml::from_str(&text).with_context(|| format!("`{}`", path.display()))?;
    let names = manifest.bin.into_iter().map(|bin| bin.name);
    let names: Vec<String> = names.chain([JAVASCRIPT.to_owned()]).collect();
    match only {
        None => Ok(names),
        Some(one) if names.iter().any(|name| name == one) => Ok(vec![one.to_owned()]),
        Some(other) => bail!("there is no target `{other}`: {}", names.join(", ")),
    }
}

fn fuzz(
    workspace: &Workspace,
    progress: &Progress,
    cargo_fuzz: &Path,
    name: &str,
    seconds: u32,
) -> Result<Result<Reached, PathBuf>> {
    let folder = workspace.target.join("fuzz");
    let corpus = folder.join("corpus").join(name);
    let broken = folder.join("broken").join(name);
    let committed = workspace.root.join("fuzz");
    let mut command = cargo(workspace, cargo_fuzz, &["run", name]);
    for folder in [&corpus, &broken] {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create `{}`", folder.display()))?;
    }
    command.arg(&corpus);
    let committed = ["seeds", "found"].map(|kind| committed.join(kind).join(name));
    command.args(committed.iter().filter(|folder| folder.is_dir()));
    command.arg("--");
    command.arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-timeout={INPUT_SECONDS}"));
    command.arg(format!("-rss_limit_mb={MEMORY_MIB}"));
    command.arg(format!("-artifact_prefix={}/", broken.display()));
    command.args(["-print_final_stats=1", "-use_value_profile=1"]);
    if WITH_THREADS.contains(&name) {
        command.arg("-detect_leaks=0");
    }
    let finished = progress.run_quietly(&format!("fuzz: {name}, {seconds} s"), &mut command);
    if let Ok(finished) = finished {
        return Ok(Ok(Reached::read(&finished.lines)));
    }
    newest(&broken)?
        .map(Err)
        .with_context(|| format!("`{name}` did not run"))
}

fn javascript(
    workspace: &Workspace,
    progress: &Progress,
    seconds: u32,
) -> Result<Result<Reached, PathBuf>> {
    let broken = workspace.target.join("fuzz/broken").join(JAVASCRIPT);
    fs::create_dir_all(&broken).with_context(|| format!("cannot create `{}`", broken.display()))?;
    let clients = setup::mcp::run(workspace, progress)?;
    let node = clients.node().context("there is no Node to run it with")?;
    let mut command = std::process::Command::new(node);
    command.current_dir(workspace.root.join("sdk/javascript"));
    command.args([
        "fuzz/decoding.mjs",
        "--seconds",
        &seconds.to_string(),
        "--broken",
    ]);
    command.arg(&broken);
    let step = format!("fuzz: {JAVASCRIPT}, {seconds} s");
    if let Ok(finished) = progress.run_quietly(&step, &mut command) {
        let executions = finished.lines.iter().rev().find_map(|line| {
            let count = line.strip_prefix("executions: ")?;
            count.trim().parse().ok()
        });
        return Ok(Ok(Reached {
            executions: executions.context("it did not say how far it came")?,
            ..Reached::default()
        }));
    }
    newest(&broken)?
        .map(Err)
        .with_context(|| format!("`{JAVASCRIPT}` did not run"))
}

/// What broke the target last.
fn newest(folder: &Path) -> Result<Option<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path()));
    }
    Ok(files.into_iter().max().map(|(_, path)| path))
}

fn cargo(workspace: &Workspace, cargo_fuzz: &Path, arguments: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(cargo_fuzz);
    command.current_dir(&workspace.root).arg("fuzz");
    command.args(arguments.iter().take(1));
    command.args(["--fuzz-dir", "fuzz", "--target-dir"]);
    command.arg(workspace.target.join("fuzz/build"));
    command.args(arguments.iter().skip(1));
    command.env("RUSTC_BOOTSTRAP", "1");
    command
}

impl Reached {
    fn read(lines: &[String]) -> Self {
        let mut reached = Self::default();
        for line in lines {
            if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
                reached.executions = count.trim().parse().unwrap_or(0);
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            for pair in words.windows(2) {
                match pair {
                    ["cov:", edges] => reached.edges = edges.parse().unwrap_or(reached.edges),
                    ["corp:", inputs] => {
                        let count = inputs.split('/').next().unwrap_or_default();
                        reached.inputs = count.parse().unwrap_or(reached.inputs);
                    }
                    _ => {}
                }
            }
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    //! What the fuzzer prints.

    use super::*;

    #[test]
    fn reads_what_a_run_reached() {
        let lines = [
            "#2048 pulse  cov: 311 ft: 900 corp: 40/1200b lim: 17 exec/s: 1024 rss: 80Mb",
            "#4096 DONE   cov: 420 ft: 1000 corp: 51/1400b lim: 21 exec/s: 1024 rss: 81Mb",
            "stat::number_of_executed_units: 4096",
        ]
        .map(str::to_owned);
        let expected = Reached {
            executions: 4096,
            edges: 420,
            inputs: 51,
        };
        assert_eq!(Reached::read(&lines), expected);
    }
}
