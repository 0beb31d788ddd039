//! Decisions: what one costs with few rules and with many.

use std::sync::Arc;

use anyhow::{Result, ensure};
use bailiwick::policy::{
    Capability, FileRule, Grant, HttpGet, HttpRule, Manifest, Origin, ReadFile, Rules, Source,
    resolve,
};

use crate::pair::{pair, timed};
use crate::report::{Aim, Row, time};

/// Decisions in a round.
const DECISIONS: u32 = 100_000;

/// Nanoseconds that a decision may take with 1,000 rules.
const NANOSECONDS_MAX: f64 = 300.0;

pub(crate) fn measure() -> Result<Vec<Row>> {
    let (few, many) = (grant(10)?, grant(1_000)?);
    let paths = pair(
        DECISIONS,
        |count| timed(|| read_file(&many, count)),
        |count| timed(|| read_file(&few, count)),
    )?;
    let urls = pair(
        DECISIONS,
        |count| timed(|| http_get(&many, count)),
        |count| timed(|| http_get(&few, count)),
    )?;
    let aim = |nanoseconds: f64| {
        let verdict = if nanoseconds <= NANOSECONDS_MAX {
            "met"
        } else {
            "missed"
        };
        format!("≤ 300 ns {verdict}")
    };
    Ok(vec![
        Row::paired("a path decided, 1,000 rules", "10 rules", paths, Aim::Shown),
        Row::single("", "", time(paths.ours), aim(paths.ours)),
        Row::paired("a URL decided, 1,000 rules", "10 rules", urls, Aim::Shown),
        Row::single("", "", time(urls.ours), aim(urls.ours)),
    ])
}

fn grant(rules: u32) -> Result<Grant> {
    let mut builder = Rules::builder(Source::Code);
    for number in 0..rules {
        let file = match number % 3 {
            0 => format!("workspace/data-{number}/**"),
            1 => format!("workspace/data-{number}/*.csv"),
            _ => format!("workspace/data-{number}/report.csv"),
        };
        builder = builder.read_file(FileRule::new(file), Origin::Code)?;
        builder = builder.http_get(
            HttpRule::new(format!("https://api-{number}.example.com/v1/**")),
            Origin::Code,
        )?;
    }
    let mut manifest = Manifest::new();
    manifest.ask(Capability::ReadFile);
    manifest.ask(Capability::HttpGet);
    Ok(resolve(&manifest, Arc::new(builder.build())))
}

fn read_file(grant: &Grant, count: u32) -> Result<()> {
    for _ in 0..count {
        let path = std::hint::black_box("workspace/data-6/report.csv");
        ensure!(grant.decide(ReadFile { path }).is_ok(), "denied");
    }
    Ok(())
}

fn http_get(grant: &Grant, count: u32) -> Result<()> {
    for _ in 0..count {
        let url = std::hint::black_box("https://api-6.example.com/v1/rates");
        ensure!(grant.decide(HttpGet { url }).is_ok(), "denied");
    }
    Ok(())
}
