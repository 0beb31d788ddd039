//! A process that takes the profile of a worker and does a worker's work: `run` or `compile`.

use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use bailiwick_confine::{Threads, Worker};
use bailiwick_native::channel::{own, receive, send};
use bailiwick_native::engine::{self, Report};

fn main() -> Result<()> {
    let entered = Worker::new().keep(0).keep(2).enter()?;
    let socket = own()?;
    match std::env::args().nth(1).as_deref() {
        Some("run") => {
            let engine = engine::runner()?;
            let quick_reset = wasmtime::PoolingAllocationConfig::is_pagemap_scan_available();
            let module = engine::load(&engine, &receive(&socket)?)?;
            let sealed = entered.seal(Threads::None)?;
            let instances = engine::run(&engine, &module, 100)?;
            let begun = Instant::now();
            for _ in 0..1000 {
                engine::dirty(&engine, &module)?;
            }
            let report = Report {
                instances,
                quick_reset,
                pieces: sealed.pieces().iter().map(ToString::to_string).collect(),
                instance_ns: u64::try_from(begun.elapsed().as_nanos() / 1000)?,
            };
            // A thread cannot be had, and that is an error and no end.
            let thread = std::thread::Builder::new().spawn(|| {});
            if thread.is_ok() {
                bail!("a thread began");
            }
            Ok(send(&socket, &serde_json::to_vec(&report)?)?)
        }
        Some("compile") => {
            let compiler = engine::compiler()?;
            let _sealed = entered.seal(Threads::Some)?;
            let component = receive(&socket)?;
            let code = compiler
                .precompile_module(&component)
                .ok()
                .context("cannot compile")?;
            Ok(send(&socket, &code)?)
        }
        _ => bail!("run or compile?"),
    }
}
