//! What a program does with tools behind the wall of processes: as another user, or until somebody kills it or its workers.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bailiwick::audit::{Trail, TrailOptions};
use bailiwick::policy::{Capability, FileRule, Limits, Origin, Rules, Source as Layer};
use bailiwick::{Host, Isolation, Source, Tool, ToolOptions};
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use crate::{hold, processes};

/// A component of one function, `run: func() -> string`, which answers `done`.
pub const RUN: &str = r#"(component
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 8) "\10\00\00\00\04\00\00\00")
    (data (i32.const 16) "done")
    (func (export "run") (result i32) i32.const 8))
  (core instance $i (instantiate $m))
  (func (export "run") (result string)
    (canon lift (core func $i "run") (memory $i "memory"))))"#;

/// One that never ends.
pub const LOOP: &str = r#"(component
  (core module $m (func (export "run") (loop br 0)))
  (core instance $i (instantiate $m))
  (func (export "run") (canon lift (core func $i "run"))))"#;

/// One that answers with what it was given, `run: func(n: u32) -> u32`, after a while in which it can be killed.
pub const SAME: &str = r#"(component
  (core module $m
    (func (export "run") (param i32) (result i32) (local $left i32)
      (local.set $left (i32.const 1000000))
      (loop $again
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br_if $again (local.get $left)))
      (local.get 0)))
  (core instance $i (instantiate $m))
  (func (export "run") (param "n" u32) (result u32)
    (canon lift (core func $i "run"))))"#;

/// How many callers there are at once while workers are killed.
const CALLERS: u32 = 3;

/// Files of this folder below the root may be read, and nothing else.
const READABLE: &str = "in/*";

/// A host over a folder, with its trail, its cache and its workers, who are processes of this program.
fn host(folder: &Path, isolation: Isolation) -> (Host, u32) {
    let starter = isolation.start().unwrap();
    let id = starter.process_id();
    let trail = Trail::open(&folder.join("trail.jsonl"), TrailOptions::default()).unwrap();
    let host = Host::builder()
        .root(folder)
        .trail(trail)
        .cache(folder.join("cache"))
        .isolation(starter);
    (host.build().unwrap(), id)
}

fn load(host: &Host, component: &[u8], limits: Limits) -> Tool {
    let rules = Rules::builder(Layer::Code)
        .read_file(FileRule::new(READABLE), Origin::Code)
        .unwrap();
    let rules = rules.link(&Capability::WriteFile);
    let options = ToolOptions {
        name: hold::TOOL.into(),
        rules: rules.link(&Capability::ListFiles).build().into(),
        narrowed_to: Vec::new(),
        limits,
        sha256: None,
        policy: [0; 32],
        ask: false,
        isolated: true,
        toolbox: None,
    };
    host.load(&Source::Bytes(component), options).unwrap()
}

/// Calls a function so many times, in workers of this program, and says how each call ended, a line each.
///
/// # Panics
/// When there is no host, or it refuses the component.
pub async fn calls(
    program: &Path,
    component: &[u8],
    folder: &Path,
    function: &str,
    arguments: &str,
    times: u32,
) -> Vec<String> {
    let (host, _) = host(folder, Isolation::processes().program(program));
    let tool = load(&host, component, Limits::default());
    let mut ended = Vec::new();
    for _ in 0..times {
        ended.push(hold::call(&tool, function, arguments).await);
    }
    ended
}

/// Makes a call that never ends, and says so once it is under way.
///
/// # Panics
/// When there is no host, or the call ends.
pub async fn loops(folder: &Path, begun: impl FnOnce()) {
    let (host, _) = host(folder, Isolation::processes());
    let limits = Limits {
        time: Duration::from_secs(3_600),
        fuel: u64::MAX / 2,
        ..Limits::default()
    };
    let sound = load(&host, &wat::parse_str(RUN).unwrap(), Limits::default());
    assert_eq!(hold::call(&sound, "run", "{}").await, r#"answer "done""#);
    let tool = load(&host, &wat::parse_str(LOOP).unwrap(), limits);
    begun();
    panic!("it ended: {}", hold::call(&tool, "run", "{}").await);
}

/// What became of calls whose workers were killed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Killed {
    /// Workers that were killed.
    pub killed: u32,
    /// Calls that were answered with what they asked for.
    pub answered: u32,
    /// Calls that ended with `host-fault`.
    pub faults: u32,
    /// How any other call ended.
    pub others: Vec<String>,
    /// How the next call of each caller ended, when nobody was killed any more.
    pub afterwards: Vec<String>,
    /// Open descriptors before and after: of this process, of the one that starts workers.
    pub descriptors: [[usize; 2]; 2],
    /// Children before and after of the process that starts workers; those after once more as many as are zombies.
    pub workers: [usize; 3],
}

/// Kills so many workers at moments that a seed chooses, while callers call.
///
/// # Panics
/// When there is no host.
pub async fn killed(folder: &Path, kills: u32, seed: u64) -> Killed {
    let (host, starter) = host(folder, Isolation::processes());
    let tool = load(&host, &wat::parse_str(SAME).unwrap(), Limits::default());
    let mut seen = Killed::default();
    // All that callers have when they are done: a worker each, and one that is ahead.
    for caller in 0..CALLERS {
        seen.add(caller, &one(&tool, caller, caller).await);
    }
    let open = || [descriptors(std::process::id()), descriptors(starter)];
    let (before, workers) = (open(), processes::children(starter).len());
    let enough = Arc::new(AtomicBool::new(false));
    let killer = std::thread::spawn({
        let enough = enough.clone();
        move || {
            let killed = kill_workers(starter, kills, seed);
            enough.store(true, Ordering::Relaxed);
            killed
        }
    });
    let mut callers = Vec::new();
    for caller in 0..CALLERS {
        let (tool, enough) = (tool.clone(), enough.clone());
        callers.push(tokio::spawn(async move {
            let mut seen = Killed::default();
            for n in 0.. {
                if enough.load(Ordering::Relaxed) {
                    break;
                }
                seen.add(n, &one(&tool, caller, n).await);
            }
            seen
        }));
    }
    for caller in callers {
        let theirs = caller.await.unwrap();
        seen.answered += theirs.answered;
        seen.faults += theirs.faults;
        seen.others.extend(theirs.others);
    }
    seen.killed = killer.join().unwrap();
    for caller in 0..CALLERS {
        // A worker that was killed while it waited is found out before a call is given to it, and one that was killed while it came up
        // by the call that it was for.
        let mut ended = one(&tool, caller, 7).await;
        if ended == "host-fault" {
            ended = one(&tool, caller, 7).await;
        }
        seen.afterwards.push(ended);
    }
    let after = open();
    seen.descriptors = [[before[0], after[0]], [before[1], after[1]]];
    let children = processes::children(starter);
    let zombies = children.iter().filter(|child| child.is_zombie).count();
    seen.workers = [workers, children.len(), zombies];
    seen
}

impl Killed {
    fn add(&mut self, asked: u32, ended: &str) {
        match ended {
            "host-fault" => self.faults += 1,
            _ if ended == format!("answer {asked}") => self.answered += 1,
            other => self.others.push(format!("{asked}: {other}")),
        }
    }
}

async fn one(tool: &Tool, caller: u32, n: u32) -> String {
    let call = tool.call("run").unwrap().principal(&caller.to_string());
    hold::ends(call, &format!("[{n}]")).await
}

#[expect(
    clippy::disallowed_methods,
    reason = "looks again and again at what another process does"
)]
fn kill_workers(starter: u32, kills: u32, mut state: u64) -> u32 {
    let mut next = move |most: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let mut killed = 0;
    while killed < kills {
        std::thread::sleep(Duration::from_micros(next(20_000)));
        let mut workers = processes::children(starter);
        workers.retain(|worker| !worker.is_zombie);
        if workers.is_empty() {
            continue;
        }
        let chosen = workers[usize::try_from(next(workers.len() as u64)).unwrap()];
        let id = Pid::from_raw(i32::try_from(chosen.id).unwrap()).unwrap();
        // It may have ended by itself meanwhile.
        if kill_process(id, Signal::KILL).is_ok() {
            killed += 1;
        }
    }
    killed
}

/// Open descriptors of a process.
fn descriptors(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd"))
        .unwrap()
        .count()
}
