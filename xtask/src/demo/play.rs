//! Playing the example: each command is shown, run, and held against what must come out.

use std::fs;
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Stage, story};

/// The trail of all runs.
const TRAIL: &str = "audit.jsonl";

/// The exit code of an explained denial.
const DENIAL: i32 = 3;

/// The exit code of a call that reached a limit.
const LIMIT: i32 = 4;

/// How many attempts of each kind, and how many lines at either end of a long output are shown.
const SHOWN: usize = 6;

/// Where lines are cut: the trail has them whole.
const COLUMNS: usize = 150;

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

impl Tried {
    /// `read-file (open)` of `read-file (open) workspace/input.csv`.
    fn kind(&self) -> String {
        let words: Vec<&str> = self.what.split(' ').take(2).collect();
        match words.as_slice() {
            [capability, how] if how.starts_with('(') => format!("{capability} {how}"),
            [capability, ..] => (*capability).to_owned(),
            [] => String::new(),
        }
    }
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
    show_answer(&answer)?;
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
    show_attempts(&haul.tried);
    println!(
        "\n{} attempts, {} of them successful.",
        haul.attempts, haul.successes
    );
    ensure!(haul.attempts > 0, "data-thief tried nothing");
    ensure!(haul.successes == 0, "data-thief got something");
    ensure!(contents(stage)? == before, "data-thief changed a file");
    ensure!(
        stage.server.requests().len() == 1,
        "data-thief reached the server"
    );
    println!("No file of the workspace changed, and the server heard nothing.");
    Ok(())
}

/// The first few of each kind, as the tool itself tells them.
fn show_attempts(tried: &[Tried]) {
    println!("    what it says that it tried, and what came of it:");
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for attempt in tried {
        let kind = attempt.kind();
        let place = kinds
            .iter()
            .position(|(known, _)| *known == kind)
            .unwrap_or_else(|| {
                kinds.push((kind, 0));
                kinds.len() - 1
            });
        let Some((_, seen)) = kinds.get_mut(place) else {
            continue;
        };
        *seen += 1;
        if *seen <= SHOWN {
            println!(
                "    {:<86} {}",
                shortened(&attempt.what, 86),
                shortened(&outcome(&attempt.outcome), 24)
            );
        }
    }
    for (kind, seen) in kinds.iter().filter(|(_, seen)| *seen > SHOWN) {
        println!("    … and {} more of {kind}", seen - SHOWN);
    }
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
    for filter in [["--tool", "csv-report"].as_slice(), &["--denied"]] {
        let shown = bailiwick(stage, &[&["audit", "show", TRAIL], filter].concat())?;
        ensure!(shown.status.success(), "`audit show` failed");
        show(&shown);
    }
    let secret = "workspace/private/payroll.csv";
    let question = [
        "explain",
        "--policy",
        "bailiwick.toml",
        "--tool",
        "data-thief",
        "read-file",
        secret,
    ];
    let explained = bailiwick(stage, &question)?;
    ensure!(
        explained.status.code() == Some(DENIAL),
        "`explain` ended with {}",
        explained.status
    );
    show(&explained);
    let verified = bailiwick(stage, &["audit", "verify", TRAIL])?;
    ensure!(verified.status.success(), "`audit verify` failed");
    show(&verified);
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

/// A JSON object, one line a field.
fn show_answer(answer: &str) -> Result<()> {
    let fields: serde_json::Map<String, Value> =
        serde_json::from_str(answer).context("the tool's answer")?;
    println!("    its answer, a line a field:");
    fields.iter().for_each(|(name, value)| {
        println!("    {}", shortened(&format!("{name}: {value}"), COLUMNS))
    });
    Ok(())
}

/// The beginning and the end of an output.
fn show(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = text.lines().collect();
    let hidden = lines.len().saturating_sub(2 * SHOWN + 1);
    for (number, line) in lines.iter().enumerate() {
        let is_hidden = hidden > 0 && (SHOWN + 1..SHOWN + 1 + hidden).contains(&number);
        if !is_hidden {
            println!("    {}", shortened(line, COLUMNS));
        } else if number == SHOWN + 1 {
            println!("    … {hidden} lines …");
        }
    }
    println!();
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
