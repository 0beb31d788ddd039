//! The library: several tools in one host, called side by side, with a new host every few seconds.

use std::sync::Arc;
use std::time::Duration;

use bailiwick::audit::{Trail, TrailOptions};
use bailiwick::policy::{Extensions, Policy};
use bailiwick::{Allocation, Call, Host, Isolation, Source, Tool, ToolOptions, WorkerStarter};
use bailiwick_tests::guests;
use bailiwick_tests::hold::{compiled, ends, worker};
use bailiwick_tests::world::World;

use crate::held::Look;
use crate::{Mode, Soak};

/// Calls side by side.
const SIDE_BY_SIDE: usize = 8;

/// How long a host lives before another takes its place.
const RELOAD: Duration = Duration::from_secs(3);

const POLICY: &str = r#"
[tools.files]
component = "probe-files.wasm"
read-file = ["data/*"]
write-file = ["out/*"]
list-files = ["data"]
[tools.files.limits]
handles = 50
time = "2 s"

[tools.limits]
component = "probe-limits.wasm"
limits = { time = "50 ms", memory = "16 MiB", fuel = 50000000 }

[tools.web]
component = "probe-web.wasm"
http-get = [{ url = "http://127.0.0.1:9/**", allow-private = true }]
http-request = []
"#;

/// What is called, as a tool, a function and its arguments. Honest and hostile ones take turns.
const CALLS: [(&str, &str, &str); 16] = [
    ("files", "read-length", r#"["data/a"]"#),
    ("files", "open-many", r#"["data/a", 100]"#),
    ("files", "write-filled", r#"["out/a", 97, 10000]"#),
    ("files", "read-length", r#"["../outside/flag"]"#),
    ("files", "list", r#"["data"]"#),
    ("files", "create-many", r#"["out/b", 100]"#),
    ("limits", "compute", "[1000]"),
    ("limits", "spin", "[]"),
    ("limits", "canary.count", "[]"),
    ("limits", "allocate", "[1073741824]"),
    ("limits", "log-lines", "[100, 100]"),
    ("limits", "trap", r#"["out-of-bounds"]"#),
    ("limits", "trap", r#"["stack-overflow"]"#),
    ("limits", "compute", "[true]"),
    (
        "web",
        "get-each",
        r#"[["http://127.0.0.1:9/x", "http://127.0.0.1:9/y"]]"#,
    ),
    ("web", "get-each", r#"[["http://169.254.169.254/"]]"#),
];

/// Calls that somebody cancels by going away are one in so many.
const ABANDONED: usize = 10;

pub(crate) fn soak(mode: Mode) {
    // One for all hosts, as a server has it for all that it loads.
    let starter = match mode {
        Mode::Within => None,
        Mode::BehindTheWall => Some(Isolation::processes().program(worker()).start().unwrap()),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let world = World::new();
        world.write("data/a", "12345");
        world.write("out/a", "old");
        let look = Look::at(std::process::id(), &world.root().join("out"));
        let mut soak = Soak::begin("library", mode);
        let mut generation = 0;
        while soak.goes_on() {
            generation += 1;
            let tools = Arc::new(tools(&world, generation, starter.as_ref()));
            let end = soak.began.elapsed() + RELOAD;
            let mut number = 0;
            while soak.goes_on() && soak.began.elapsed() < end {
                for outcome in together(&tools, number).await {
                    soak.ended(&outcome);
                }
                number += SIDE_BY_SIDE;
                soak.look(&look);
            }
        }
        look.now().assert_nothing_left();
        soak.close(&look);
    });
}

/// A host and its tools. The trail of the one before is gone: it would fill the disk in an hour.
fn tools(world: &World, generation: u32, starter: Option<&WorkerStarter>) -> Vec<Tool> {
    let trail = |generation: u32| world.beside(&format!("trail-{generation}.jsonl"));
    let old = generation.checked_sub(2).map(trail);
    old.map(std::fs::remove_file).and_then(Result::ok);
    let builder = match starter {
        Some(starter) => Host::builder().isolation(starter.clone()),
        None => Host::builder(),
    };
    let host = builder
        .root(world.root())
        .trail(Trail::open(&trail(generation), TrailOptions::default()).unwrap())
        .cache(compiled())
        .allocation(Allocation::Pool { slots: 20 })
        .build()
        .unwrap();
    let policy = Policy::parse("bailiwick.toml", POLICY, &Extensions::new());
    let policy = policy.unwrap_or_else(|wrong| panic!("{wrong}"));
    let load = |tool: &bailiwick::policy::ToolPolicy| {
        let guest = tool.component().trim_end_matches(".wasm");
        let bytes = guests::bytes(guest);
        host.load(
            &Source::Bytes(&bytes),
            ToolOptions::from_policy(tool, POLICY),
        )
        .unwrap()
    };
    policy.tools().iter().map(load).collect()
}

async fn together(tools: &Arc<Vec<Tool>>, first: usize) -> Vec<String> {
    let mut tasks = tokio::task::JoinSet::new();
    for number in first..first + SIDE_BY_SIDE {
        let tools = Arc::clone(tools);
        tasks.spawn(async move { one(&tools, number).await });
    }
    tasks.join_all().await
}

async fn one(tools: &[Tool], number: usize) -> String {
    let (name, function, arguments) = CALLS[number % CALLS.len()];
    let tool = tools.iter().find(|tool| tool.name() == name).unwrap();
    let call: Call<'_> = tool.call(function).unwrap();
    let ended = ends(call, arguments);
    if !number.is_multiple_of(ABANDONED) {
        return outcome(&ended.await);
    }
    let soon = Duration::from_micros(u64::try_from(number % 7).unwrap() * 300);
    match tokio::time::timeout(soon, ended).await {
        Ok(ended) => outcome(&ended),
        Err(_) => "abandoned".to_owned(),
    }
}

/// The first words: what is behind them differs from call to call.
fn outcome(ended: &str) -> String {
    match ended.split_once(' ') {
        Some(("answer", _)) => "answer".to_owned(),
        _ => ended.to_owned(),
    }
}
