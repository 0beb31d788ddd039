//! Everything that has to hold before a change goes in: one command for people and for CI.
//!
//! A step that fails does not stop those that do not need it; all failures are named at the end. The last line is the sum
//! of what the test runners reported.

use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::guests;
use crate::languages::{self, Work};
use crate::ordinary;
use crate::progress::{Finished, Progress, minutes, read};
use crate::setup::languages::Languages;
use crate::setup::mcp::Clients;
use crate::setup::{self, Purpose, Rustup, Toolchain};
use crate::tidy::{self, Generated};
use crate::wall::{self, Ran};
use crate::workspace::Workspace;

/// What [`run`] leaves out with `--quick`, and why.
const LEFT_OUT_WHEN_QUICK: [(&str, &str); 7] = [
    (
        "clippy",
        "it looks at every dependency for itself, minutes the first time",
    ),
    ("word-count", "building cargo-component takes minutes"),
    (
        "languages",
        "their toolchains are 400 MB to download, and each builds for a while",
    ),
    (
        "mcp clients",
        "MCP's own suites and clients are 100 MB to download, and run for a minute",
    ),
    (
        "tests behind the wall",
        "they are many of the tests once more, for a minute",
    ),
    (
        "tests as an ordinary user",
        "they are those of the walls once more, for a minute",
    ),
    ("documentation", "`cargo doc` of all crates takes a minute"),
];

/// How the steps went.
struct Report<'a> {
    progress: &'a Progress,
    rows: Vec<Row>,
    counts: Counts,
}

struct Row {
    step: String,
    outcome: Outcome,
    duration: Duration,
}

enum Outcome {
    Passed,
    Failed(String),
    LeftOut(String),
}

/// What test runners reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
}

/// What was set up for the tests besides the guests.
#[derive(Clone, Copy)]
struct Lent<'a> {
    languages: Option<&'a Languages>,
    clients: Option<&'a Clients>,
}

/// Runs all steps and prints the closing table.
pub(crate) fn run(workspace: &Workspace, progress: &Progress, purpose: Purpose) -> ExitCode {
    let mut report = Report {
        progress,
        rows: Vec::new(),
        counts: Counts::default(),
    };
    report.step("formatting", |_| formatting(workspace, progress));
    report.step("tidy", |_| tidy::run(workspace, progress, Generated::Check));
    let mut toolchain = None;
    report.step("guests", |_| {
        let found = setup::run(workspace, progress, purpose, Rustup::Untouched)?;
        guests::build(workspace, progress, &found, purpose)?;
        toolchain = Some(found);
        Ok(())
    });
    // The others' toolchains are mostly waited for, the host's crates are mostly computed: both at once.
    let (languages, clients) = thread::scope(|scope| {
        let others = (purpose != Purpose::Quick).then(|| {
            let toolchain = toolchain.as_ref();
            scope.spawn(move || others(workspace, progress, toolchain))
        });
        if purpose != Purpose::Quick {
            report.step("clippy", |_| clippy(workspace, progress));
        }
        report.step("build", |_| build(workspace, progress));
        others.map_or((None, None), |others| report.others(others.join()))
    });
    if let Some(languages) = &languages {
        report.languages(
            languages,
            languages::guests(workspace, &workspace.command()),
        );
        report.languages(languages, languages::sdks(workspace));
    }
    clients.iter().for_each(|clients| report.clients(clients));
    let lent = Lent {
        languages: languages.as_ref(),
        clients: clients.as_ref(),
    };
    report.step("tests", |counts| {
        tests(workspace, progress, purpose, lent, counts)
    });
    if purpose != Purpose::Quick {
        report.step("tests behind the wall", |counts| {
            all_passed(&wall::run(workspace, progress, clients.as_ref())?, counts)
        });
        if ordinary::is_needed() {
            report.step("tests as an ordinary user", |counts| {
                all_passed(&ordinary::run(workspace, progress)?, counts)
            });
        }
    }
    report.step("schemas", |_| schemas(workspace));
    match purpose {
        Purpose::Quick => report.leave_out(),
        Purpose::Demo | Purpose::Test => {
            report.step("documentation", |_| documentation(workspace, progress))
        }
    }
    report.close()
}

/// What was set up while the host's crates were built: how it went, and how long it took.
struct Others {
    languages: Option<(Result<Languages>, Duration)>,
    clients: (Result<Clients>, Duration),
}

fn others(workspace: &Workspace, progress: &Progress, toolchain: Option<&Toolchain>) -> Others {
    fn timed<T>(work: impl FnOnce() -> Result<T>) -> (Result<T>, Duration) {
        let started = Instant::now();
        (work(), started.elapsed())
    }
    Others {
        languages: toolchain
            .map(|toolchain| timed(|| setup::languages::run(workspace, progress, toolchain))),
        clients: timed(|| setup::mcp::run(workspace, progress)),
    }
}

fn formatting(workspace: &Workspace, progress: &Progress) -> Result<()> {
    for (what, manifest) in [
        ("the host's crates", "Cargo.toml"),
        ("the guests", "guests/Cargo.toml"),
        ("the SDK for Rust", "sdk/rust/Cargo.toml"),
        ("the conformance tool", "guests/conformance/rust/Cargo.toml"),
        (
            "the conformance tool of cargo-component",
            "guests/conformance/rust-cargo-component/Cargo.toml",
        ),
    ] {
        let mut command = workspace.cargo();
        command.args(["fmt", "--all", "--check", "--manifest-path", manifest]);
        progress.run_quietly(&format!("formatting: {what}"), &mut command)?;
    }
    Ok(())
}

fn clippy(workspace: &Workspace, progress: &Progress) -> Result<()> {
    let mut command = workspace.cargo();
    command.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]);
    progress
        .run_quietly(
            "clippy: all crates (some minutes the first time)",
            &mut command,
        )
        .map(drop)
}

/// With all targets, so that the tests need no second build of what they depend on.
fn build(workspace: &Workspace, progress: &Progress) -> Result<()> {
    let mut command = workspace.cargo();
    command.args(["build", "--workspace", "--all-targets", "--locked"]);
    progress
        .run_quietly(
            "build: all crates and their tests (some 5 minutes the first time)",
            &mut command,
        )
        .map(drop)
}

fn tests(
    workspace: &Workspace,
    progress: &Progress,
    purpose: Purpose,
    lent: Lent<'_>,
    counts: &mut Counts,
) -> Result<()> {
    let mut command = workspace.cargo();
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    command
        .env("BAILIWICK_GUESTS", workspace.guests_output())
        .env("BAILIWICK_COMMAND", workspace.command());
    if purpose == Purpose::Quick {
        command.env("BAILIWICK_QUICK", "1");
    }
    if let Some(clients) = lent.clients {
        clients.lend(&mut command);
    }
    if let Some(toolchains) = lent.languages {
        // In a variable of its own: the tests themselves are built by the toolchain that is active here.
        command.env("BAILIWICK_TOOLCHAINS", toolchains.path()?);
        command.envs(toolchains.settings());
        command.env(
            "BAILIWICK_LEFT_OUT",
            languages::left_out(toolchains).join(" "),
        );
    }
    let finished = progress.run("tests: all crates", &mut command)?;
    passed(&finished, counts)
}

/// The sum of several runs of tests, each of which has to have found its tests.
fn all_passed(all: &[Ran], counts: &mut Counts) -> Result<()> {
    let mut outcome = Ok(());
    for ran in all {
        outcome = outcome.and(passed(&ran.finished, counts));
        let without = ran.without_tests();
        if !without.is_empty() {
            let names = without.join(", ");
            outcome = outcome.and(Err(anyhow!("no test ran whose name begins with `{names}`")));
        }
    }
    outcome
}

/// Counts what a run of tests reported; every failure is named.
fn passed(finished: &Finished, counts: &mut Counts) -> Result<()> {
    let mut failed = 0;
    for reported in finished
        .lines
        .iter()
        .filter_map(|line| Counts::reported(line))
    {
        counts.passed += reported.passed;
        failed += reported.failed;
    }
    counts.failed += failed;
    match (finished.status.success(), failed) {
        (true, 0) => Ok(()),
        (_, 0) => bail!("`cargo test` failed ({})", finished.status),
        (_, failed) => bail!(
            "{failed} failed: {}",
            failed_tests(&finished.lines).join(", ")
        ),
    }
}

/// The names in `test NAME ... FAILED`.
fn failed_tests(lines: &[String]) -> Vec<&str> {
    lines
        .iter()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
        .collect()
}

/// The command's schemas are JSON Schemas.
fn schemas(workspace: &Workspace) -> Result<()> {
    for subject in ["policy", "audit"] {
        let text = read(Command::new(workspace.command()).args(["schema", subject]))?;
        let schema: serde_json::Value = serde_json::from_str(&text)
            .with_context(|| format!("`bailiwick schema {subject}` printed no JSON"))?;
        let dialect = schema
            .get("$schema")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        if !dialect.starts_with("https://json-schema.org/") {
            bail!("`bailiwick schema {subject}` names no dialect of JSON Schema");
        }
    }
    Ok(())
}

/// Of the libraries: the command has the library's name, and their pages would overwrite each other.
fn documentation(workspace: &Workspace, progress: &Progress) -> Result<()> {
    let mut command = workspace.cargo();
    command.env("RUSTDOCFLAGS", "--deny warnings");
    command.args(["doc", "--workspace", "--no-deps", "--locked", "--lib"]);
    // With an example cargo takes the features of the tests, so that clippy's work is not done twice.
    command.args(["--example", "embed"]);
    let step = "documentation: all libraries, links in doc comments included";
    progress.run_quietly(step, &mut command).map(drop)
}

impl Report<'_> {
    fn step(&mut self, step: &str, work: impl FnOnce(&mut Counts) -> Result<()>) {
        let started = Instant::now();
        let outcome = match work(&mut self.counts) {
            Ok(()) => Outcome::Passed,
            Err(error) => {
                self.progress.say(format_args!("{step}: FAILED: {error:#}"));
                Outcome::Failed(error.to_string())
            }
        };
        self.rows.push(Row {
            step: step.to_owned(),
            outcome,
            duration: started.elapsed(),
        });
    }

    /// Rows for what was set up beside the build.
    fn others(&mut self, others: thread::Result<Others>) -> (Option<Languages>, Option<Clients>) {
        let Ok(others) = others else {
            self.step("languages", |_| bail!("setting them up panicked"));
            return (None, None);
        };
        let languages = others
            .languages
            .and_then(|(languages, took)| self.took("languages", languages, took));
        let (clients, took) = others.clients;
        (languages, self.took("mcp clients", clients, took))
    }

    /// The row of a step that was done elsewhere.
    fn took<T>(&mut self, step: &str, outcome: Result<T>, duration: Duration) -> Option<T> {
        let mut done = None;
        self.step(step, |_| {
            done = Some(outcome?);
            Ok(())
        });
        if let Some(row) = self.rows.last_mut() {
            row.duration = duration;
        }
        done
    }

    /// A row for each language; one whose toolchain is not there is left out, but not where CI counts on it.
    fn languages(&mut self, languages: &Languages, work: Vec<Work>) {
        let in_ci = std::env::var_os("CI").is_some();
        for mut work in work {
            if languages.has(work.needs) || in_ci {
                let progress = self.progress;
                self.step(&work.name.clone(), |_| work.run(progress, languages));
            } else {
                let why = format!("there is no `{}`: {}", work.needs, languages.remedy());
                self.leave(&work.name, why);
            }
        }
    }

    /// A row for each client of MCP's that is left out, which is a failure where CI counts on it.
    fn clients(&mut self, clients: &Clients) {
        let in_ci = std::env::var_os("CI").is_some();
        for (name, why) in clients.missing() {
            if in_ci {
                self.step(name, |_| bail!("{why}"));
            } else {
                self.leave(name, format!("since {why}"));
            }
        }
    }

    fn leave(&mut self, step: &str, why: String) {
        self.rows.push(Row {
            step: step.to_owned(),
            outcome: Outcome::LeftOut(why),
            duration: Duration::ZERO,
        });
    }

    fn leave_out(&mut self) {
        for (step, reason) in LEFT_OUT_WHEN_QUICK {
            self.leave(step, format!("by --quick: {reason}"));
        }
    }

    fn close(self) -> ExitCode {
        println!();
        self.rows.iter().for_each(|row| println!("{}", row.line()));
        println!();
        println!(
            "{} passed, {} failed",
            self.counts.passed, self.counts.failed
        );
        let all_passed = !self
            .rows
            .iter()
            .any(|row| matches!(row.outcome, Outcome::Failed(_)));
        if all_passed {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

impl Row {
    fn line(&self) -> String {
        let outcome = match &self.outcome {
            Outcome::Passed => "ok".to_owned(),
            Outcome::Failed(error) => {
                format!("FAILED: {}", error.lines().next().unwrap_or_default())
            }
            Outcome::LeftOut(reason) => format!("left out {reason}"),
        };
        format!(
            "  {:<28} {:>6}  {outcome}",
            self.step,
            minutes(self.duration)
        )
    }
}

impl Counts {
    /// What one line of a test runner says: `test result: ok. 3 passed; 0 failed; …`.
    fn reported(line: &str) -> Option<Self> {
        let (_, numbers) = line
            .trim()
            .strip_prefix("test result: ")?
            .split_once(". ")?;
        let number = |what: &str| -> Option<u64> {
            numbers
                .split("; ")
                .find_map(|part| part.strip_suffix(what)?.trim().parse().ok())
        };
        Some(Self {
            passed: number("passed")?,
            failed: number("failed")?,
        })
    }
}

#[cfg(test)]
mod tests {
    //! What test runners print.

    use super::*;

    #[test]
    fn reads_the_closing_line_of_a_test_runner() {
        let ok = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(
            Counts::reported(ok),
            Some(Counts {
                passed: 12,
                failed: 0
            })
        );
        let failed =
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(
            Counts::reported(failed),
            Some(Counts {
                passed: 3,
                failed: 2
            })
        );
    }

    #[test]
    fn names_the_tests_that_failed() {
        let lines = [
            "test a::b ... FAILED",
            "test c ... ok",
            "test result: FAILED. 1 passed",
        ]
        .map(str::to_owned);
        assert_eq!(failed_tests(&lines), ["a::b"]);
    }

    #[test]
    fn reads_nothing_from_other_lines() {
        for line in [
            "",
            "running 3 tests",
            "test result: soon",
            "test a ... ok",
            "12 passed; 0 failed",
        ] {
            assert_eq!(Counts::reported(line), None, "{line}");
        }
    }
}
