//! The same tool in other languages, beside Rust's: a fresh call, and loading it from the compile cache.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use bailiwick::policy::{Capability, Limits, Origin, Rules, Source as RulesSource};
use bailiwick::{Allocation, Host, Source, Tool, ToolOptions};

use crate::pair::{Paired, pair, timed};
use crate::report::{Aim, Row};
use crate::tools::{guest, runtime};

/// Languages whose components carry an interpreter or a runtime.
const LANGUAGES: [&str; 3] = ["python", "javascript", "go"];

/// Calls in a round: a call of the slowest takes milliseconds.
const CALLS: u32 = 50;

/// Loads in a round.
const LOADS: u32 = 5;

pub(crate) fn measure() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let host = host(folder.path())?;
    let rust = guest("conformance-rust")?;
    let mut rows = Vec::new();
    for language in LANGUAGES {
        // Where the toolchain of a language is missing, so is its tool.
        let Ok(other) = guest(&format!("conformance-{language}")) else {
            let words = "not built here".to_owned();
            let what = format!("a fresh call of the tool in {language}");
            rows.push(Row::single(&what, "", words, String::new()));
            continue;
        };
        rows.push(Row::paired(
            &format!("a fresh call of the tool in {language}"),
            "of the same tool in Rust",
            fresh_calls(&load(&host, &other)?, &load(&host, &rust)?)?,
            Aim::Shown,
        ));
        rows.push(Row::paired(
            &format!("loading it from the cache ({} KiB)", other.len() / 1024),
            &format!("the same in Rust ({} KiB)", rust.len() / 1024),
            pair(
                LOADS,
                |loads| timed(|| (0..loads).try_for_each(|_| load(&host, &other).map(drop))),
                |loads| timed(|| (0..loads).try_for_each(|_| load(&host, &rust).map(drop))),
            )?,
            Aim::Shown,
        ));
    }
    Ok(rows)
}

fn fresh_calls(one: &Tool, other: &Tool) -> Result<Paired> {
    let runtime = runtime()?;
    pair(
        CALLS,
        |calls| timed(|| runtime.block_on(calls_of(one, calls))),
        |calls| timed(|| runtime.block_on(calls_of(other, calls))),
    )
}

async fn calls_of(tool: &Tool, calls: u32) -> Result<()> {
    for _ in 0..calls {
        std::hint::black_box(tool.call("echo-u32")?.json(r#"{"value": 42}"#).await?);
    }
    Ok(())
}

fn host(folder: &Path) -> Result<Host> {
    let host = Host::builder()
        .allocation(Allocation::Pool { slots: 20 })
        .cache(folder.join("cache"))
        .build()?;
    Ok(host)
}

/// The tool with everything that it imports linked, and nothing permitted but the clock and random bytes.
fn load(host: &Host, component: &[u8]) -> Result<Tool> {
    let mut rules = Rules::builder(RulesSource::Code);
    for capability in Capability::BUILT_IN {
        rules = rules.link(&capability);
    }
    let options = ToolOptions {
        name: "bench".into(),
        rules: Arc::new(rules.clock(Origin::Code).random(Origin::Code).build()),
        narrowed_to: Vec::new(),
        limits: Limits {
            memory: 256 << 20,
            compile_time: std::time::Duration::from_secs(600),
            ..Limits::default()
        },
        sha256: None,
        policy: [0; 32],
        ask: false,
        isolated: false,
        toolbox: None,
    };
    Ok(host.load(&Source::Bytes(component), options)?)
}
