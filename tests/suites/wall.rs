//! The wall of processes: tools behave behind it as before it, and a worker that keeps to nothing gets nothing.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bailiwick::{Isolation, Tool};
use bailiwick_tests::behind::{LOOP, RUN};
use bailiwick_tests::hold::{Hold, built, call, ends, worker};
use bailiwick_tests::world::World;

/// [`RUN`] with imports that lead to operations; what they hold matters to nobody who does not link them.
pub(crate) const FILES: &str = r#"(component
  (import "bailiwick:files/types@0.1.0" (instance))
  (import "bailiwick:files/read-file@0.1.0" (instance))
  (core module $m
    (memory (export "memory") 1)
    (func (export "run") (result i32) i32.const 8))
  (core instance $i (instantiate $m))
  (func (export "run") (result string)
    (canon lift (core func $i "run") (memory $i "memory"))))"#;

pub(crate) fn behind(program: impl Into<PathBuf>, table: &str) -> Hold {
    let starter = Isolation::processes().program(program).start().unwrap();
    Hold::with(World::new(), table, |builder| builder.isolation(starter))
}

/// A hostile worker that does this, and the tool that it serves.
fn hostile(folder: &Path, attack: &str, table: &str) -> (Hold, Result<Tool, String>) {
    hostile_with(RUN, folder, attack, table)
}

fn hostile_with(
    component: &str,
    folder: &Path,
    attack: &str,
    table: &str,
) -> (Hold, Result<Tool, String>) {
    let hold = hostile_host(folder, attack, table, |isolation| isolation);
    let loaded = hold.load(&wat::parse_str(component).unwrap());
    (hold, loaded.map_err(|refused| refused.code().to_owned()))
}

/// A host whose workers do this.
pub(crate) fn hostile_host(
    folder: &Path,
    attack: &str,
    table: &str,
    more: impl FnOnce(Isolation) -> Isolation,
) -> Hold {
    let program = folder.join(attack);
    // Another test's host may have made it already.
    let _ = std::os::unix::fs::symlink(built("hostile-worker"), &program);
    let starter = more(Isolation::processes().program(program))
        .start()
        .unwrap();
    let cache = folder.join(format!("{attack}.cache"));
    Hold::with(World::new(), table, |builder| {
        builder.cache(cache).isolation(starter)
    })
}

#[tokio::test]
async fn a_tool_answers_behind_the_wall_as_before_it() {
    let hold = behind(worker(), "");
    let tool = hold.load(&wat::parse_str(RUN).unwrap()).unwrap();
    for _ in 0..3 {
        assert_eq!(call(&tool, "run", "{}").await, r#"answer "done""#);
    }
    let wave = tool.call("run").unwrap().wave::<&str>(&[]).await.unwrap();
    assert_eq!(wave.json(), r#""done""#);
    assert!(wave.report().fuel > 0 && wave.report().peak_memory == 65_536);
    assert!(tool.compiled().is_none());
    let typed = tool.typed::<(), (String,)>("run").unwrap();
    let refused = typed.call(()).await.unwrap_err();
    assert_eq!(refused.code(), "invalid-arguments");
}

#[tokio::test]
async fn a_loop_ends_at_its_fuel_and_at_its_time_and_the_next_call_works() {
    for (limits, ended) in [
        ("limits.fuel = 10000000", "limit fuel"),
        (
            "limits.time = \"300 ms\"\nlimits.fuel = 1000000000000",
            "limit time",
        ),
    ] {
        let hold = behind(worker(), limits);
        let tool = hold.load(&wat::parse_str(LOOP).unwrap()).unwrap();
        assert_eq!(call(&tool, "run", "{}").await, ended);
        assert_eq!(call(&tool, "run", "{}").await, ended);
        let sound = hold.load(&wat::parse_str(RUN).unwrap()).unwrap();
        assert_eq!(call(&sound, "run", "{}").await, r#"answer "done""#);
    }
}

#[tokio::test]
async fn a_cancelled_call_ends_at_once_and_is_recorded_so() {
    let hold = behind(worker(), "limits.fuel = 1000000000000");
    let tool = hold.load(&wat::parse_str(LOOP).unwrap()).unwrap();
    let token = bailiwick::CancellationToken::new();
    let cancelled = tool.call("run").unwrap().cancel_with(token.clone());
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        token.cancel();
    };
    let began = Instant::now();
    let (ended, ()) = tokio::join!(ends(cancelled, "{}"), cancel);
    assert_eq!(ended, "cancelled");
    assert!(began.elapsed() < Duration::from_secs(5));
    let last = hold.records().pop().unwrap();
    assert_eq!(last["outcome"], "cancelled");
}

#[tokio::test]
async fn what_a_tool_reads_is_decided_on_this_side() {
    let hold = behind(
        worker(),
        "read-file = [\"in/*\"]\nwrite-file = []\nlist-files = []",
    );
    hold.world.write("in/a.txt", "hello");
    hold.world.write("secret.txt", "no");
    let tool = hold.guest("probe-files");
    let read = call(&tool, "read", r#"["in/a.txt"]"#).await;
    assert!(read.starts_with("answer "), "{read}");
    let denied = call(&tool, "read", r#"["secret.txt"]"#).await;
    assert!(denied.contains("denied"), "{denied}");
    let records = hold.records();
    let decisions = records
        .iter()
        .filter(|record| record["operation"] == "read-file.read");
    let decisions: Vec<&str> = decisions
        .map(|record| record["decision"].as_str().unwrap())
        .collect();
    assert_eq!(decisions, ["permit", "deny"]);
}

#[tokio::test]
async fn a_worker_that_breaks_the_protocol_is_killed_and_its_call_is_a_host_fault() {
    let folder = tempfile::tempdir().unwrap();
    for attack in [
        "another-call",
        "another-type",
        "no-json",
        "huge-length",
        "half-a-frame",
        "nothing-in-a-frame",
        "random-frames",
        "ready-again",
        "unknown-operation",
        "operation-not-imported",
        "broken-operation",
        "ends",
    ] {
        let (hold, tool) = hostile(folder.path(), attack, "");
        let tool = tool.unwrap_or_else(|refused| panic!("`{attack}`: {refused}"));
        for _ in 0..2 {
            assert_eq!(call(&tool, "run", "{}").await, "host-fault", "{attack}");
        }
        assert!(!hold.trail().contains(hold.world.flag()), "{attack}");
        bailiwick_tests::trail::assert_verifies(&hold.trail());
    }
}

#[tokio::test]
async fn an_operation_of_a_hostile_worker_is_decided_and_handles_are_those_of_its_call() {
    let folder = tempfile::tempdir().unwrap();
    let table = r#"read-file = ["in/*"]"#;
    let (hold, tool) = hostile_with(FILES, folder.path(), "reads-the-flag", table);
    let ended = call(&tool.unwrap(), "run", "{}").await;
    // An error, and that it is `denied`: nothing else came over.
    assert!(
        ended.starts_with("answer \"01") && ended.len() < 24,
        "{ended}"
    );
    let denied = |record: &&serde_json::Value| record["decision"] == "deny";
    assert_eq!(hold.records().iter().filter(denied).count(), 1);
    let (_hold, tool) = hostile_with(FILES, folder.path(), "handle-never-had", table);
    assert_eq!(call(&tool.unwrap(), "run", "{}").await, "host-fault");
}

#[tokio::test]
async fn a_worker_that_lies_about_itself_or_its_component_is_refused_at_load() {
    let folder = tempfile::tempdir().unwrap();
    for attack in [
        "another-nonce",
        "describes-what-is-not-exported",
        "describes-a-circle",
        "describes-twice",
        "describes-an-escape",
    ] {
        let (_hold, tool) = hostile(folder.path(), attack, "");
        assert_eq!(tool.map(|_| ()), Err("host-fault".to_owned()), "{attack}");
    }
}

#[tokio::test]
async fn a_worker_is_bounded_by_the_brokers_own_count_and_clock() {
    let folder = tempfile::tempdir().unwrap();
    let table = "limits.time = \"300 ms\"";
    let (_hold, tool) = hostile(folder.path(), "says-nothing", table);
    assert_eq!(call(&tool.unwrap(), "run", "{}").await, "limit time");
    let table = "limits.host-calls = 100\nlimits.time = \"500 ms\"";
    let (_hold, tool) = hostile(folder.path(), "counts-without-end", table);
    let counted = tool.unwrap();
    let began = Instant::now();
    let error = counted.call("run").unwrap().json("{}").await.unwrap_err();
    assert_eq!(error.report().spent.host_calls, 100);
    // What it asks for after that is answered as long as it asks, and lets the clock be looked at.
    assert_eq!(error.code(), "limit-exceeded");
    let took = began.elapsed();
    assert!(took < Duration::from_millis(1_500), "{took:?}");
}

#[tokio::test]
async fn what_comes_after_an_answer_and_beside_it_reaches_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (_hold, honest) = hostile(folder.path(), "honest", "");
    let honest = honest.unwrap();
    assert_eq!(call(&honest, "run", "{}").await, r#"answer "done""#);
    let (_other, tool) = hostile(folder.path(), "endings-twice", "");
    let tool = tool.unwrap();
    for _ in 0..3 {
        let ended = call(&tool, "run", "{}").await;
        // The second ending is either seen before the next call, or is of none that is under way.
        assert!(
            [r#"answer "done""#, "host-fault"].contains(&&*ended),
            "{ended}"
        );
    }
    let (_hold, tool) = hostile(folder.path(), "sends-descriptors", "");
    let tool = tool.unwrap();
    assert_eq!(call(&tool, "run", "{}").await, r#"answer "done""#);
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    for _ in 0..20 {
        assert_eq!(call(&tool, "run", "{}").await, r#"answer "done""#);
    }
    // Other tests open some meanwhile, in the same process; twenty would be what these calls left.
    assert!(open() <= before + 15, "{} and {before}", open());
}

#[test]
fn an_embedders_own_capability_works_across_the_wall() {
    let program = built("examples/own_capability");
    let said = |arguments: &[&str]| {
        let output = std::process::Command::new(&program)
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        said.lines()
            .take(2)
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    let isolated = said(&["--isolate"]);
    assert!(
        isolated[0].contains("Oslo") && isolated[1].contains("denied"),
        "{isolated:?}"
    );
    assert_eq!(isolated, said(&[]));
}
