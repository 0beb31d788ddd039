//! A process that takes the profile of a worker and does a worker's work, `run` or `compile`, or takes more than it may.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use bailiwick_confine::{Threads, Worker, WrittenPages};
use bailiwick_native::channel::{own, receive, send};
use bailiwick_native::engine::{self, Report};
use rustix::process::{Resource, dumpable_behavior, getrlimit};

/// Address space of the role that takes memory until there is none.
const MEMORY_MAX: u64 = 1 << 30;

/// How much of it it takes at once.
const SOME_BYTES: usize = 16 << 20;

fn main() -> Result<()> {
    let entered = Worker::new().keep(0).keep(2).enter()?;
    let socket = own()?;
    match std::env::args().nth(1).as_deref() {
        Some("run") => {
            let engine = engine::runner()?;
            let module = engine::load(&engine, &receive(&socket)?)?;
            let sealed = entered.seal(Threads::None)?;
            let instances = engine::run(&engine, &module, 100)?;
            let begun = Instant::now();
            for _ in 0..1000 {
                engine::dirty(&engine, &module)?;
            }
            let report = Report {
                instances,
                quick_reset: sealed.written_pages() == WrittenPages::Told,
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
        Some("narrow") => {
            let _engine = engine::runner()?;
            let narrowed = entered.narrow()?;
            let dumpable = dumpable_behavior()?;
            let core = getrlimit(Resource::Core).current;
            let pages = narrowed.seal(Threads::None)?.written_pages();
            let said = format!("{dumpable:?} {core:?} {pages:?}");
            Ok(send(&socket, said.as_bytes())?)
        }
        Some("run-without-pool") => {
            let sealed = entered.seal(Threads::None)?;
            let pages = format!("{:?}", sealed.written_pages());
            Ok(send(&socket, pages.as_bytes())?)
        }
        Some("take-memory") => {
            let _sealed = entered.memory_max(MEMORY_MAX).seal(Threads::Some)?;
            let mut taken = Vec::new();
            // Reserving fails with an error; an allocation that cannot fail would end the process.
            loop {
                let mut some: Vec<u8> = Vec::new();
                if some.try_reserve_exact(SOME_BYTES).is_err() {
                    break;
                }
                taken.push(some);
            }
            Ok(send(&socket, &taken.len().to_le_bytes())?)
        }
        Some("take-time") => {
            let second = Duration::from_secs(1);
            let _sealed = entered.compute_max(second).seal(Threads::Some)?;
            send(&socket, b"sealed")?;
            loop {
                std::hint::spin_loop();
            }
        }
        _ => bail!("no such role"),
    }
}
