//! What tests start as another process: one that is killed in the middle of writing, one that answers once, and the workers of tools
//! behind the wall of processes.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a process of a test's; what it prints is its answer"
)]

use std::path::Path;

use bailiwick::audit::{Trail, TrailOptions};
use bailiwick::policy::{Capability, FileRule, Limits, Origin, Rules};
use bailiwick::{Host, HostBuilder, Isolation, KeyValueStore, Source, Tool, ToolOptions};
use bailiwick_tests::hold::isolated;

fn main() {
    bailiwick::worker::main(Vec::new());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    match words.as_slice() {
        ["write-for-ever", root, path] => runtime.block_on(write_for_ever(Path::new(root), path)),
        ["write-thirty", root, trail] => {
            runtime.block_on(write_thirty(Path::new(root), Path::new(trail)));
        }
        ["take-calls", root, trail, cache] => {
            let builder = Host::builder().root(root).cache(cache);
            runtime.block_on(take_calls(builder, Path::new(trail)));
        }
        ["take-calls-behind-the-wall", root, trail, cache] => {
            let builder = Host::builder().root(root).cache(cache);
            let builder = builder.isolation(Isolation::processes().start().unwrap());
            runtime.block_on(take_calls(builder, Path::new(trail)));
        }
        ["count-for-ever", store] => runtime.block_on(count_for_ever(Path::new(store))),
        ["answer", component, function, arguments] => {
            runtime.block_on(answer(Path::new(component), function, arguments));
        }
        [
            "call-behind",
            program,
            component,
            folder,
            function,
            arguments,
            times,
        ] => {
            let component = std::fs::read(component).unwrap();
            let calls = bailiwick_tests::behind::calls(
                Path::new(program),
                &component,
                Path::new(folder),
                function,
                arguments,
                times.parse().unwrap(),
            );
            let ended = runtime.block_on(calls);
            ended.iter().for_each(|ended| println!("{ended}"));
        }
        ["loop-behind", folder] => {
            let begun = || println!("begun");
            runtime.block_on(bailiwick_tests::behind::loops(Path::new(folder), begun));
        }
        ["kill-behind", folder, kills, seed] => {
            let (kills, seed) = (kills.parse().unwrap(), seed.parse().unwrap());
            let killed = bailiwick_tests::behind::killed(Path::new(folder), kills, seed);
            let killed = runtime.block_on(killed);
            println!("{}", serde_json::to_string(&killed).unwrap());
        }
        _ => panic!("unknown: {words:?}"),
    }
}

/// Writes whole files full of one letter after the other, until somebody kills this process.
async fn write_for_ever(root: &Path, path: &str) {
    let rule = Rules::builder(bailiwick::policy::Source::Code)
        .write_file(FileRule::new(path), Origin::Code)
        .unwrap();
    let rule = rule
        .link(&Capability::ReadFile)
        .link(&Capability::ListFiles);
    let builder = Host::builder()
        .root(root)
        .cache(bailiwick_tests::hold::compiled());
    let host = isolated(builder).build().unwrap();
    let bytes = bailiwick_tests::guests::bytes("probe-files");
    let tool = load(&host, &Source::Bytes(&bytes), rule.build());
    println!("writing");
    for letter in (b'a'..=b'z').cycle() {
        let arguments = format!("[{path:?}, {letter}, 1000000]");
        tool.call("write-filled")
            .unwrap()
            .json(&arguments)
            .await
            .unwrap();
    }
}

/// Writes thirty files, and prints how each call ended.
async fn write_thirty(root: &Path, trail: &Path) {
    let rules = Rules::builder(bailiwick::policy::Source::Code)
        .write_file(FileRule::new("out/*"), Origin::Code)
        .unwrap();
    let rules = rules
        .link(&Capability::ReadFile)
        .link(&Capability::ListFiles);
    let trail = Trail::open(trail, TrailOptions::default()).unwrap();
    // Without the compile cache, and never behind the wall: compiled code is larger than the files of this process may be.
    let host = Host::builder().root(root).trail(trail).build().unwrap();
    let bytes = bailiwick_tests::guests::bytes("probe-files");
    let tool = load(&host, &Source::Bytes(&bytes), rules.build());
    for number in 0..30 {
        let arguments = format!("[\"out/{number}\", \"AAAA\"]");
        let ended = tool.call("write").unwrap().json(&arguments).await;
        println!("{}", ended.map_or_else(|error| error.code(), |_| "answer"));
    }
}

/// Makes the calls that stand on its input, a line each (the function, a space, the arguments), and prints how each ended: `answer`, the
/// tool's own error or a code.
async fn take_calls(builder: HostBuilder, trail: &Path) {
    let rules = Rules::builder(bailiwick::policy::Source::Code)
        .read_file(FileRule::new("out/*"), Origin::Code)
        .unwrap()
        .write_file(FileRule::new("out/*"), Origin::Code)
        .unwrap();
    let trail = Trail::open(trail, TrailOptions::default()).unwrap();
    let host = builder.trail(trail).build().unwrap();
    let bytes = bailiwick_tests::guests::bytes("probe-files");
    let rules = rules.link(&Capability::ListFiles).build();
    let tool = load(&host, &Source::Bytes(&bytes), rules);
    println!("ready");
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let (function, arguments) = line.split_once(' ').unwrap();
        let ended = bailiwick_tests::hold::call(&tool, function, arguments).await;
        println!("{ended}");
    }
}

/// Counts in a store and prints each number when it is answered, until somebody kills this process.
async fn count_for_ever(store: &Path) {
    let store = KeyValueStore::open(store).unwrap();
    let rules = Rules::builder(bailiwick::policy::Source::Code).key_value(Origin::Code);
    let builder = Host::builder()
        .key_value(store)
        .cache(bailiwick_tests::hold::compiled());
    let host = isolated(builder).build().unwrap();
    let bytes = bailiwick_tests::guests::bytes("probe-key-value");
    let tool = load(&host, &Source::Bytes(&bytes), rules.build());
    let count = async || tool.call("count").unwrap().json("[\"n\"]").await;
    while let Ok(answer) = count().await {
        println!("{}", answer.json());
    }
}

/// Prints the answer of one call of a component that is granted nothing.
async fn answer(component: &Path, function: &str, arguments: &str) {
    let host = isolated(Host::builder()).build().unwrap();
    let nothing = Rules::none(bailiwick::policy::Source::Code);
    let tool = load(&host, &Source::File(component), nothing);
    let answer = tool.call(function).unwrap().json(arguments).await.unwrap();
    println!("{} {}", answer.json(), answer.report().fuel);
}

fn load(host: &Host, source: &Source<'_>, rules: Rules) -> Tool {
    let options = ToolOptions {
        name: bailiwick_tests::hold::TOOL.into(),
        rules: rules.into(),
        narrowed_to: Vec::new(),
        limits: Limits::default(),
        sha256: None,
        policy: [0; 32],
        ask: false,
        isolated: false,
        toolbox: None,
    };
    host.load(source, options).unwrap()
}
