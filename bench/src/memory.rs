//! Live calls: what one costs in memory while it waits.

use anyhow::{Context, Result};
use futures_util::FutureExt as _;

use crate::report::Row;
use crate::tools::{Bench, nothing};

/// Calls that are alive at once: as many as a pool of the measurement has room for.
const CALLS: usize = 90;

/// A component whose only function never ends, so that its call is suspended whenever it has used its slice of fuel.
const SPIN: &str = r#"
(component
  (core module $code (memory (export "memory") 1) (func (export "spin") (loop $again (br $again))))
  (core instance $core (instantiate $code))
  (func (export "spin") (canon lift (core func $core "spin"))))
"#;

pub(crate) fn measure() -> Result<Vec<Row>> {
    let bench = Bench::new()?;
    let tool = bench.tool(&wat::parse_str(SPIN)?, nothing())?;
    let runtime = crate::tools::runtime()?;
    let _entered = runtime.enter();
    // A first call touches what all calls share.
    drop(suspended(&tool)?);
    let before = resident()?;
    let calls = (0..CALLS)
        .map(|_| suspended(&tool))
        .collect::<Result<Vec<_>>>()?;
    let each = resident()?.saturating_sub(before) as f64 / CALLS as f64 / 1024.0;
    drop(calls);
    let words = format!("{each:.0} KiB resident each");
    Ok(vec![Row::single(
        "live calls, suspended",
        &format!("{CALLS} at once"),
        words,
        String::new(),
    )])
}

/// A call that was begun and is not at its end.
fn suspended(tool: &bailiwick::Tool) -> Result<std::pin::Pin<Box<dyn Future<Output = ()> + '_>>> {
    let call = tool.call("spin")?;
    let mut call = Box::pin(call.json("[]").map(drop));
    anyhow::ensure!((&mut call).now_or_never().is_none(), "the call ended");
    Ok(call)
}

/// Bytes of this process that are in memory.
fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .context("no VmRSS")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024)
}
