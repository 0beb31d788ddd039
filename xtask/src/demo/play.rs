//! Playing the example: each command is shown, run, and held against what must come out.

use std::fs;
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Stage, story};

/// The trail of all runs.
const TRAIL: &str = "audit.jsonl";

/// The exit code of a call that reached a limit.
const LIMIT: i32 = 4;

/// How much of a long output is shown.
const LINES_SHOWN: usize = 24;

/// What `data-thief` says of itself.
#[derive(Deserialize)]
struct Haul {
    attempts: usize,
    successes: usize,
    tried: Vec<Tried>,
}

#[derive(Deserialize)]
struct Tried {
    what: String,
    outcome: Value,
}

/// Plays all of it.
///
/// # Errors
/// Fails at the first thing that does not come out as it must.
pub(super) fn run(stage: &Stage) -> Result<()> {
    println!("{}", story::OPENING);
    show_policy(stage)?;
    println!("{}", story::HONEST);
    honest(stage)?;
    println!("{}", story::HOSTILE);
    hostile(stage)?;
    println!("{}", story::GREEDY);
    greedy(stage, "memory")?;
    greedy(stage, "time")?;
    println!("{}", story::PROOF);
    proof(stage)?;
    println!("{}", story::CLOSING);
    ["bailiwick.toml", "workspace/output.json", TRAIL]
        .iter()
        .for_each(|name| println!("    {}", stage.folder.join(name).display()));
    Ok(())
}

fn show_policy(stage: &Stage) -> Result<()> {
    let policy = fs::read_to_string(stage.folder.join("bailiwick.toml"))?;
    let of_the_tool = policy
        .lines()
        .skip_while(|line| *line != "[tools.csv-report]");
    of_the_tool
        .take_while(|line| !line.is_empty())
        .for_each(|line| println!("    {line}"));
    Ok(())
}

fn honest(stage: &Stage) -> Result<()> {
    let answer = call(
        stage,
        "csv-report",
        "summarise",
        &summarise_arguments(stage),
        0,
    )?;
    show(&answer);
    let report =
        fs::read(stage.folder.join("workspace/output.json")).context("the tool wrote no report")?;
    println!(
        "\nIt wrote workspace/output.json ({} bytes), and the server was asked once:",
        report.len()
    );
    stage
        .server
        .requests()
        .iter()
        .for_each(|request| println!("    {request}"));
    ensure!(
        stage.server.requests().len() == 1,
        "the server was not asked exactly once"
    );
    Ok(())
}

fn hostile(stage: &Stage) -> Result<()> {
    let before = contents(stage)?;
    let answer = call(
        stage,
        "data-thief",
        "summarise",
        &summarise_arguments(stage),
        0,
    )?;
    let haul: Haul = serde_json::from_str(&answer).context("data-thief's answer")?;
    for tried in haul.tried.iter().take(LINES_SHOWN) {
        println!(
            "    {:<60} {}",
            shortened(&tried.what, 60),
            shortened(&outcome(&tried.outcome), 30)
        );
    }
    if let Some(more) = haul
        .tried
        .len()
        .checked_sub(LINES_SHOWN)
        .filter(|more| *more > 0)
    {
        println!("    … and {more} more");
    }
    println!(
        "\n{} attempts, {} of them successful. No file of the workspace changed.",
        haul.attempts, haul.successes
    );
    ensure!(haul.attempts > 0, "data-thief tried nothing");
    ensure!(haul.successes == 0, "data-thief got something");
    ensure!(contents(stage)? == before, "data-thief changed a file");
    Ok(())
}

fn greedy(stage: &Stage, resource: &str) -> Result<()> {
    call(
        stage,
        "data-thief",
        "exhaust",
        &json!({ "resource-to-exhaust": resource }),
        LIMIT,
    )?;
    println!("    exit code {LIMIT}: a limit; the host went on as if nothing had been\n");
    Ok(())
}

fn proof(stage: &Stage) -> Result<()> {
    let shown = bailiwick(stage, &["audit", "show", TRAIL, "--denied"])?;
    ensure!(shown.status.success(), "`audit show` failed");
    show(&String::from_utf8_lossy(&shown.stdout));
    println!();
    let verified = bailiwick(stage, &["audit", "verify", TRAIL])?;
    show(&String::from_utf8_lossy(&verified.stdout));
    ensure!(verified.status.success(), "`audit verify` failed");
    Ok(())
}

fn summarise_arguments(stage: &Stage) -> Value {
    json!({
        "input": "workspace/input.csv",
        "rates-url": stage.server.url(),
        "output": "workspace/output.json",
        "currency": "EUR",
    })
}

/// One call of a tool's function; its standard output.
fn call(
    stage: &Stage,
    tool: &str,
    function: &str,
    arguments: &Value,
    expected: i32,
) -> Result<String> {
    let component = format!("{tool}.wasm");
    let arguments = arguments.to_string();
    let policy = [
        "--policy",
        "bailiwick.toml",
        "--tool",
        tool,
        "--audit",
        TRAIL,
    ];
    let words = [
        &["run", &component, function, "--args", &arguments],
        policy.as_slice(),
    ]
    .concat();
    let output = bailiwick(stage, &words)?;
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines().for_each(|line| println!("    {line}"));
    ensure!(
        output.status.code() == Some(expected),
        "`{tool}` ended with {}, not with exit code {expected}",
        output.status
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn bailiwick(stage: &Stage, words: &[&str]) -> Result<Output> {
    let quoted = |word: &&str| {
        if word.contains(['{', ' ']) {
            format!("'{word}'")
        } else {
            (*word).to_owned()
        }
    };
    println!(
        "$ bailiwick {}\n",
        words.iter().map(quoted).collect::<Vec<_>>().join(" ")
    );
    let mut command = Command::new(&stage.command);
    command.current_dir(&stage.folder).args(words);
    command
        .output()
        .with_context(|| format!("cannot start `{}`", stage.command.display()))
}

/// JSON in a form for people, anything else as it is; long texts are cut.
fn show(text: &str) {
    let pretty =
        serde_json::from_str::<Value>(text).and_then(|value| serde_json::to_string_pretty(&value));
    let text = pretty.unwrap_or_else(|_| text.to_owned());
    text.lines()
        .take(LINES_SHOWN)
        .for_each(|line| println!("    {line}"));
    if let Some(more) = text
        .lines()
        .count()
        .checked_sub(LINES_SHOWN)
        .filter(|more| *more > 0)
    {
        println!("    … and {more} more lines");
    }
}

/// `denied`, or a case with its text.
fn outcome(outcome: &Value) -> String {
    match outcome {
        Value::String(case) => case.clone(),
        Value::Object(case) => case
            .iter()
            .map(|(name, text)| format!("{name}: {}", text.as_str().unwrap_or_default()))
            .collect(),
        other => other.to_string(),
    }
}

fn shortened(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars()
        .take(characters.saturating_sub(1))
        .chain(['…'])
        .collect()
}

/// Every file of the workspace with its contents.
fn contents(stage: &Stage) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    let mut folders = vec![stage.folder.join("workspace")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push((path.to_string_lossy().into_owned(), fs::read(&path)?)),
            }
        }
    }
    files.sort();
    Ok(files)
}
