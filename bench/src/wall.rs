//! Across the wall of processes: a fresh call in a warm worker, and one host call of it, against the same in one process.

use anyhow::{Result, ensure};
use bailiwick::Tool;
use bailiwick::policy::{FileRule, Origin, Rules, Source as RulesSource};

use crate::pair::{pair, timed};
use crate::report::{Aim, Row};
use crate::tools::{Bench, add, guest, nothing, runtime};

/// Calls in a round.
const CALLS: u32 = 2_000;

/// Reads of a small file in a round, all in one call.
const READS: u32 = 2_000;

/// What a fresh call from a warm worker may take.
const CALL_MICROSECONDS: f64 = 100.0;

/// What a host call across the wall may take more than one without it.
const HOST_CALL_MICROSECONDS: f64 = 20.0;

pub(crate) fn measure() -> Result<Vec<Row>> {
    let (here, behind) = (Bench::new()?, Bench::isolated()?);
    let runtime = runtime()?;
    let tools = (
        here.tool(&add()?, nothing())?,
        behind.tool(&add()?, nothing())?,
    );
    let calls = |tool: &Tool, calls| timed(|| runtime.block_on(called(tool, calls)));
    let fresh = pair(
        CALLS,
        |number| calls(&tools.1, number),
        |number| calls(&tools.0, number),
    )?;
    let readers = (reader(&here)?, reader(&behind)?);
    let reads = |tool: &Tool, reads| timed(|| runtime.block_on(read(tool, reads)));
    let host_call = pair(
        READS,
        |number| reads(&readers.1, number),
        |number| reads(&readers.0, number),
    )?;
    let call = micros(fresh.ours);
    let more = micros(host_call.ours) - micros(host_call.theirs);
    let against = "the same in one process";
    Ok(vec![
        Row::paired(
            "a fresh call in a warm worker, JSON",
            against,
            fresh,
            Aim::Shown,
        ),
        Row::single(
            "a fresh call in a warm worker takes",
            "",
            format!("{call:.1} µs"),
            aim(CALL_MICROSECONDS, call),
        ),
        Row::paired("4 KiB read across the wall", against, host_call, Aim::Shown),
        Row::single(
            "a host call across the wall takes more",
            against,
            format!("{more:.1} µs"),
            aim(HOST_CALL_MICROSECONDS, more),
        ),
    ])
}

fn aim(most: f64, found: f64) -> String {
    let verdict = if found < most { "met" } else { "missed" };
    format!("< {most} µs {verdict}")
}

fn micros(nanoseconds: f64) -> f64 {
    nanoseconds / 1e3
}

async fn called(tool: &Tool, calls: u32) -> Result<()> {
    for _ in 0..calls {
        std::hint::black_box(tool.call("add")?.json(r#"{"a": 20, "b": 22}"#).await?);
    }
    Ok(())
}

fn reader(bench: &Bench) -> Result<Tool> {
    std::fs::write(bench.path("small"), [7; 4096])?;
    let rules = Rules::builder(RulesSource::Code)
        .read_file(FileRule::new("small"), Origin::Code)?
        .build();
    bench.tool(&guest("probe-load")?, rules)
}

async fn read(tool: &Tool, reads: u32) -> Result<()> {
    let arguments = format!(r#"["small", {reads}]"#);
    let read = tool.call("read")?.json(&arguments).await?;
    ensure!(
        read.json() == (u64::from(reads) * 4096).to_string(),
        "{}",
        read.json()
    );
    Ok(())
}
