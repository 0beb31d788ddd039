//! Fresh calls: ours with policy, limits and trail, against wasmtime's own with none of it.

use std::time::Duration;

use anyhow::Result;
use bailiwick::Tool;
use wasmtime::component::InstancePre;
use wasmtime::{Engine, Store};

use crate::pair::{pair, timed};
use crate::report::{Aim, Row};
use crate::tools::{Bench, add, nothing, raw, runtime};

/// Calls in a round.
const CALLS: u32 = 5_000;

pub(crate) fn measure() -> Result<Vec<Row>> {
    let bench = Bench::new()?;
    let tool = bench.tool(&add()?, nothing())?;
    let (engine, instance) = raw(&add()?)?;
    let runtime = runtime()?;
    let typed = pair(
        CALLS,
        |calls| timed(|| runtime.block_on(typed_calls(&tool, calls))),
        |calls| timed(|| runtime.block_on(raw_calls(&engine, &instance, calls))),
    )?;
    let json = pair(
        CALLS,
        |calls| timed(|| runtime.block_on(json_calls(&tool, calls))),
        |calls| timed(|| runtime.block_on(raw_calls(&engine, &instance, calls))),
    )?;
    let against = "wasmtime, tuned, nothing else";
    Ok(vec![
        Row::paired(
            "a fresh call, typed: policy, limits, trail",
            against,
            typed,
            Aim::AtMost(2.0),
        ),
        Row::paired("the same with JSON", against, json, Aim::AtMost(4.0)),
    ])
}

async fn typed_calls(tool: &Tool, calls: u32) -> Result<()> {
    let function = tool.typed::<(u32, u32), (u32,)>("add")?;
    for number in 0..calls {
        std::hint::black_box(function.call((number, 1)).await?);
    }
    Ok(())
}

async fn json_calls(tool: &Tool, calls: u32) -> Result<()> {
    for _ in 0..calls {
        std::hint::black_box(tool.call("add")?.json(r#"{"a": 20, "b": 22}"#).await?);
    }
    Ok(())
}

async fn raw_calls(engine: &Engine, instance: &InstancePre<()>, calls: u32) -> Result<()> {
    for number in 0..calls {
        let mut store = Store::new(engine, ());
        let instance = instance.instantiate_async(&mut store).await?;
        let function = instance.get_typed_func::<(u32, u32), (u32,)>(&mut store, "add")?;
        std::hint::black_box(function.call_async(&mut store, (number, 1)).await?);
    }
    Ok(())
}

/// Two threads against one, on the same host and tool.
pub(crate) fn measure_threads() -> Result<Vec<Row>> {
    let bench = Bench::new()?;
    let tool = bench.tool(&add()?, nothing())?;
    let throughput = pair(
        CALLS,
        |calls| on_threads(&tool, calls, 1),
        |calls| on_threads(&tool, calls, 2),
    )?;
    Ok(vec![Row::paired(
        "calls on one thread",
        "on two threads (calls a second, times)",
        throughput,
        Aim::AtLeast(1.7),
    )])
}

/// As many calls on so many threads together; how long they took.
fn on_threads(tool: &Tool, calls: u32, threads: u32) -> Result<Duration> {
    timed(|| {
        std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads)
                .map(|_| scope.spawn(|| runtime()?.block_on(typed_calls(tool, calls / threads))))
                .collect();
            running
                .into_iter()
                .try_for_each(|thread| match thread.join() {
                    Ok(ended) => ended,
                    Err(_) => anyhow::bail!("a thread of the measurement failed"),
                })
        })
    })
}
