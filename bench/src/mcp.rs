//! Serving: many clients beside a loop and a trap, memory over many calls, and what a call in a component costs more than one
//! of a native function of the same server.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::crowd::Crowd;
use bailiwick_tests::mcp::piped::Piped;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::Session;
use bailiwick_tests::mcp::site::Site;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;

use crate::pair::{Paired, pair};
use crate::report::{Aim, Row, time};

/// Clients at once, for so long.
const CLIENTS: usize = 200;
const CROWD: Duration = Duration::from_secs(60);

/// Calls over which memory has to stay, and where it is first looked at: caches and pools are filled then.
const CALLS: u32 = 100_000;
const SETTLED: u32 = 10_000;

/// Calls in a round of a pair.
const ROUND: u32 = 200;

/// Clients that call at once, where it is about how many calls there are in a second.
const AT_ONCE: usize = 8;

pub(crate) fn measure() -> Result<Vec<Row>> {
    let runtime = crate::tools::runtime()?;
    let mut rows = crowd(&runtime)?;
    rows.push(memory(&runtime)?);
    rows.extend(over_http(&runtime)?);
    rows.extend(over_pipes()?);
    Ok(rows)
}

fn crowd(runtime: &Runtime) -> Result<Vec<Row>> {
    let crowd = Crowd::new(CLIENTS, |token| {
        let digest = Sha256::digest(token.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    });
    let arguments = crowd.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let served = Served::with(&crowd.site, &arguments);
    let outcome = runtime.block_on(crowd.calls(served.address(), CROWD));
    served.stop();
    let wrong: Vec<&String> = outcome.wrong.iter().take(3).collect();
    ensure!(
        wrong.is_empty(),
        "{} wrong answers: {wrong:?}",
        outcome.wrong.len()
    );
    let what = format!("{CLIENTS} clients for a minute, one loops, one traps");
    let others = format!(
        "{:.0} calls/s of others, p50 {}, p99 {}",
        outcome.others.len() as f64 / CROWD.as_secs_f64(),
        time(outcome.within(50).as_nanos() as f64),
        time(outcome.within(99).as_nanos() as f64),
    );
    let against = format!(
        "no answer wrong or missing; {} hostile calls",
        outcome.hostile
    );
    Ok(vec![Row::single(&what, &against, others, String::new())])
}

fn memory(runtime: &Runtime) -> Result<Row> {
    let site = Site::new(&[("load", "probe-load", "read-file = []")]);
    let served = Served::start(&site);
    let clients = u32::try_from(AT_ONCE)?;
    runtime.block_on(many(&served, "load.add", SETTLED / clients))?;
    let settled = served.memory_kib();
    runtime.block_on(many(&served, "load.add", (CALLS - SETTLED) / clients))?;
    let after = served.memory_kib();
    served.stop();
    let words = format!("{:.1} MiB after {CALLS}", after as f64 / 1024.0);
    let against = format!("{:.1} MiB after {SETTLED}", settled as f64 / 1024.0);
    let flat = after < settled + settled / 10;
    let aim = format!(
        "at most a tenth more: {}",
        if flat { "met" } else { "missed" }
    );
    Ok(Row::single(
        "memory of the server, calls over HTTP",
        &against,
        words,
        aim,
    ))
}

/// So many calls by each of the clients; gives how many there were in a second.
async fn many(served: &Served, name: &'static str, calls: u32) -> Result<f64> {
    let address = served.address();
    let begin = Instant::now();
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        clients.spawn(async move {
            let mut session = Session::open(address, Era::Modern).await?;
            for _ in 0..calls {
                is_sum(&session.call(name, numbers()).await?)?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended??;
    }
    Ok(f64::from(calls) * AT_ONCE as f64 / begin.elapsed().as_secs_f64())
}

fn over_http(runtime: &Runtime) -> Result<Vec<Row>> {
    let site = Site::new(&[("load", "probe-load", "read-file = []")]);
    let served = Served::run(serving(&site, "http")?);
    let mut session = runtime.block_on(Session::open(served.address(), Era::Modern))?;
    let mut rows = compared("over HTTP", |name| {
        runtime.block_on(async { is_sum(&session.call(name, numbers()).await?) })
    })?;
    let tool = runtime.block_on(many(&served, "load.add", 1_000))?;
    let native = runtime.block_on(many(&served, "native", 1_000))?;
    rows.push(Row::single(
        &format!("{AT_ONCE} clients over HTTP, a tool"),
        &format!("a native function: {native:.0} calls/s"),
        format!("{tool:.0} calls/s"),
        String::new(),
    ));
    Ok(rows)
}

fn over_pipes() -> Result<Vec<Row>> {
    let site = Site::new(&[("load", "probe-load", "read-file = []")]);
    let mut piped = Piped::run(serving(&site, "stdio")?, Era::Modern);
    compared("over stdio", |name| is_sum(&piped.call(name, numbers())))
}

/// One call after the other, of the tool and of the native function in turn.
fn compared(transport: &str, mut call: impl FnMut(&'static str) -> Result<()>) -> Result<Vec<Row>> {
    let (mut tool, mut native) = (Vec::new(), Vec::new());
    let call = std::cell::RefCell::new(&mut call);
    let round = |name: &'static str, each: &mut Vec<Duration>, count: u32| -> Result<Duration> {
        let begin = Instant::now();
        for _ in 0..count {
            let begin = Instant::now();
            (*call.borrow_mut())(name)?;
            each.push(begin.elapsed());
        }
        Ok(begin.elapsed())
    };
    round("load.add", &mut Vec::new(), ROUND)?;
    let paired = pair(
        ROUND,
        |count| round("load.add", &mut tool, count),
        |count| round("native", &mut native, count),
    )?;
    Ok(rows(transport, paired, &mut tool, &mut native))
}

fn rows(
    transport: &str,
    paired: Paired,
    tool: &mut [Duration],
    native: &mut [Duration],
) -> Vec<Row> {
    vec![
        Row::paired(
            &format!("a small tool {transport}, one call after the other"),
            "a native function of the same server",
            paired,
            Aim::Shown,
        ),
        Row::single(
            &format!("the same {transport}: p50, p99, calls/s"),
            &format!("native: {}", spread(native)),
            spread(tool),
            String::new(),
        ),
    ]
}

fn spread(each: &mut [Duration]) -> String {
    each.sort_unstable();
    let at = |hundredths: usize| {
        let index = (each.len() * hundredths / 100).min(each.len().saturating_sub(1));
        each.get(index).copied().unwrap_or_default()
    };
    let all: Duration = each.iter().sum();
    format!(
        "{}, {}, {:.0}/s",
        time(at(50).as_nanos() as f64),
        time(at(99).as_nanos() as f64),
        each.len() as f64 / all.as_secs_f64()
    )
}

/// The program beside this one that has a native function.
fn serving(site: &Site, transport: &str) -> Result<Command> {
    let program: PathBuf = std::env::current_exe()?.with_file_name("bench-serving");
    ensure!(program.exists(), "`{}` was not built", program.display());
    let mut command = Command::new(program);
    command
        .arg(site.path("bailiwick.toml"))
        .arg(site.path("trail.jsonl"))
        .arg(site.path("cache"))
        .arg(transport);
    Ok(command)
}

fn numbers() -> Value {
    json!({ "a": 20, "b": 22 })
}

fn is_sum(answer: &Value) -> Result<()> {
    let sum = answer
        .pointer("/result/structuredContent/result")
        .with_context(|| format!("no sum: {answer}"))?;
    ensure!(sum == 42, "{answer}");
    Ok(())
}
