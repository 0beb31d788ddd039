//! Worker processes as they are seen from outside: whose they are, how long they live, what they may take to compile, and that none
//! outlives what it is for.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bailiwick::{Isolation, LoadError, Tool};
use bailiwick_native::users::{Programs, User};
use bailiwick_tests::behind::{Killed, LOOP, RUN};
use bailiwick_tests::hold::{Hold, built, call, ends, worker};
use bailiwick_tests::processes::{Process, children, wait_until};
use bailiwick_tests::world::World;
use rustix::process::{Pid, Signal, kill_process};

use crate::wall::{FILES, hostile_host};

/// No call of these tests ends by itself within a test.
const ENDLESS: &str = "limits.fuel = 1000000000000000\nlimits.time = \"1 h\"";

/// Idle workers of one tool, and the one that is ahead.
const WORKERS_MAX: usize = 9;

/// A host whose workers are honest, and the process that starts them.
fn honest(table: &str, more: impl FnOnce(Isolation) -> Isolation) -> (Hold, u32) {
    let starter = more(Isolation::processes().program(worker())).start();
    let starter = starter.unwrap();
    let id = starter.process_id();
    let hold = Hold::with(World::new(), table, |builder| builder.isolation(starter));
    (hold, id)
}

fn kill(process: u32) {
    let id = Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    kill_process(id, Signal::KILL).unwrap();
}

/// The number of the process that serves a call on this principal's behalf, as that process says itself.
async fn served_by(tool: &Tool, principal: &str) -> String {
    let call = tool.call("run").unwrap().principal(principal);
    let ended = ends(call, "{}").await;
    ended.strip_prefix("answer ").unwrap().to_owned()
}

#[tokio::test]
async fn two_principals_never_share_a_worker() {
    let folder = tempfile::tempdir().unwrap();
    let hold = hostile_host(folder.path(), "says-its-process", "", |isolation| isolation);
    let tool = hold.load(&wat::parse_str(RUN).unwrap()).unwrap();
    // Nobody, whose name is none, is one of them.
    let principals = ["alice", "bob", "", "eve"];
    let mut first = Vec::new();
    for principal in principals {
        first.push(served_by(&tool, principal).await);
    }
    for (at, process) in first.iter().enumerate() {
        assert!(!first[..at].contains(process), "{first:?}");
    }
    // Each gets its own again, in whatever order: what was not shared was there to be shared.
    for turn in [[2, 0, 3, 1], [1, 1, 0, 2], [3, 2, 1, 0]] {
        for at in turn {
            assert_eq!(served_by(&tool, principals[at]).await, first[at]);
        }
    }
}

#[tokio::test]
async fn workers_of_one_tool_have_no_descriptor_in_common() {
    let folder = tempfile::tempdir().unwrap();
    let hold = hostile_host(folder.path(), "leaves-a-number", "", |isolation| isolation);
    let tool = hold.load(&wat::parse_str(RUN).unwrap()).unwrap();
    // They answer with where their input is read next, and move it.
    assert_eq!(served_by(&tool, "alice").await, "\"0\"");
    assert_eq!(served_by(&tool, "alice").await, "\"4242\"");
    assert_eq!(served_by(&tool, "bob").await, "\"0\"");
}

#[tokio::test]
async fn a_worker_that_was_handed_private_data_serves_no_other_call() {
    for (private, again) in [("", true), (", private = true", false)] {
        let folder = tempfile::tempdir().unwrap();
        let table = format!("read-file = [{{ path = \"in/*\"{private} }}]");
        let reads = "reads-and-says-its-process";
        let hold = hostile_host(folder.path(), reads, &table, |isolation| isolation);
        hold.world.write("in/a", "somebody's");
        let tool = hold.load(&wat::parse_str(FILES).unwrap()).unwrap();
        let first = served_by(&tool, "alice").await;
        let second = served_by(&tool, "alice").await;
        assert_eq!(first == second, again, "{private}");
    }
}

#[tokio::test]
async fn a_worker_computes_on_behalf_of_no_call_after_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    let hold = hostile_host(folder.path(), "computes-on", "", |isolation| isolation);
    let tool = hold.load(&wat::parse_str(RUN).unwrap()).unwrap();
    let process = served_by(&tool, "alice").await;
    let id: u32 = process.trim_matches('"').parse().unwrap();
    // It is held some moments after the answer, when no other call came.
    wait_until("it is held", || state(id) == "T");
    let ticks = ticks(id);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(self::ticks(id), ticks);
    // It goes on where it was when it is needed again.
    assert_eq!(served_by(&tool, "alice").await, process);
    // One that is held is killed like any.
    let worker = Process::of(id).unwrap();
    drop((tool, hold));
    assert!(!worker.is_alive());
}

#[tokio::test]
async fn every_worker_that_waits_stands_still_and_serves_when_it_is_needed() {
    let (hold, starter) = honest("", |isolation| isolation);
    let tool = hold.load(&wat::parse_str(RUN).unwrap()).unwrap();
    for _ in 0..2 {
        // On behalf of two, so that one of them has the worker that was started ahead.
        for principal in ["alice", "bob"] {
            let run = tool.call("run").unwrap().principal(principal);
            assert_eq!(ends(run, "{}").await, r#"answer "done""#);
        }
        wait_until("all stand still", || {
            let workers = children(starter);
            workers.len() == 3 && workers.iter().all(|worker| state(worker.id) == "T")
        });
    }
}

#[tokio::test]
async fn a_machine_without_memory_ends_a_worker_first() {
    let (hold, starter) = honest("", |isolation| isolation);
    let tool = hold.load(&wat::parse_str(RUN).unwrap()).unwrap();
    assert_eq!(call(&tool, "run", "{}").await, r#"answer "done""#);
    let score = |id: u32| {
        let score = std::fs::read_to_string(format!("/proc/{id}/oom_score_adj"));
        score.unwrap_or_default().trim().to_owned()
    };
    let own = score(std::process::id());
    assert_eq!(score(starter), own);
    wait_until("all workers say so", || {
        children(starter)
            .iter()
            .all(|worker| score(worker.id) == "1000")
    });
    assert!(!children(starter).is_empty());
}

#[tokio::test]
async fn a_worker_is_replaced_after_its_number_of_calls() {
    let folder = tempfile::tempdir().unwrap();
    let three = |isolation: Isolation| isolation.calls_max(3);
    let hold = hostile_host(folder.path(), "says-its-process", "", three);
    let tool = hold.load(&wat::parse_str(RUN).unwrap()).unwrap();
    let mut processes = Vec::new();
    for _ in 0..7 {
        processes.push(served_by(&tool, "alice").await);
    }
    let changes: Vec<bool> = processes.windows(2).map(|two| two[0] != two[1]).collect();
    assert_eq!(
        changes,
        [false, false, true, false, false, true],
        "{processes:?}"
    );
}

#[test]
fn a_host_that_is_killed_leaves_no_process_not_even_one_that_loops() {
    let folder = tempfile::tempdir().unwrap();
    let mut host = std::process::Command::new(worker())
        .arg("loop-behind")
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut output = BufReader::new(host.stdout.take().unwrap());
    output.read_line(&mut said).unwrap();
    assert_eq!(said, "begun\n");
    let starters = children(host.id());
    assert_eq!(starters.len(), 1, "{starters:?}");
    wait_until("a worker computes", || {
        children(starters[0].id).iter().any(computes)
    });
    let mut all = children(starters[0].id);
    all.extend(starters);
    kill(host.id());
    host.wait().unwrap();
    wait_until("all of its processes end", || {
        !all.iter().any(Process::is_alive)
    });
}

/// Whether a process had more than a second of a processor: none of ours needs that much to begin.
fn computes(process: &Process) -> bool {
    ticks(process.id) > 100
}

/// What a process had of processors, in hundredths of seconds, by the kernel's own promise.
fn ticks(id: u32) -> u64 {
    field(id, 11).parse().unwrap_or(0)
}

/// `T` where it is stopped.
fn state(id: u32) -> String {
    field(id, 0)
}

/// A field of `/proc/…/stat`, counted from the state on.
fn field(id: u32, at: usize) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or("");
    fields.split(' ').nth(at).unwrap_or("").to_owned()
}

#[tokio::test]
async fn a_starter_that_is_killed_takes_its_workers_along_and_is_named() {
    const WORDS: &str = "the process that starts worker processes has ended";
    let (hold, starter) = honest(ENDLESS, |isolation| isolation);
    let sound = hold.load(&wat::parse_str(RUN).unwrap()).unwrap();
    assert_eq!(call(&sound, "run", "{}").await, r#"answer "done""#);
    let endless = hold.load(&wat::parse_str(LOOP).unwrap()).unwrap();
    let killing = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let workers = children(starter);
        kill(starter);
        workers
    };
    let began = Instant::now();
    let under_way = endless.call("run").unwrap().json("{}");
    let (ended, workers) = tokio::join!(under_way, killing);
    assert!(workers.len() >= 2, "{workers:?}");
    let says_so = |said: &str| assert!(said.contains(WORDS), "{said}");
    says_so(&ended.unwrap_err().cause().to_string());
    for _ in 0..3 {
        let refused = sound.call("run").unwrap().json("{}").await.unwrap_err();
        assert_eq!(refused.code(), "host-fault");
        says_so(&refused.cause().to_string());
    }
    let refused = hold.load(&wat::parse_str(RUN).unwrap()).unwrap_err();
    let LoadError::Worker(wall) = &refused else {
        panic!("{refused:?}");
    };
    says_so(&wall.to_string());
    assert!(began.elapsed() < Duration::from_secs(20));
    wait_until("its workers end", || !workers.iter().any(Process::is_alive));
    bailiwick_tests::trail::assert_verifies(&hold.trail());
    drop((sound, endless, hold));
    assert_eq!(Process::of(starter), None, "it is left as a zombie");
}

#[tokio::test]
async fn a_host_that_is_gone_leaves_neither_a_zombie_nor_a_worker() {
    let (hold, starter) = honest(ENDLESS, |isolation| isolation);
    let sound = hold.load(&wat::parse_str(RUN).unwrap()).unwrap();
    assert_eq!(call(&sound, "run", "{}").await, r#"answer "done""#);
    let endless = hold.load(&wat::parse_str(LOOP).unwrap()).unwrap();
    let looping = endless.call("run").unwrap().json("{}");
    let gone = tokio::time::timeout(Duration::from_millis(300), looping).await;
    assert!(gone.is_err());
    let workers = children(starter);
    assert!(workers.len() >= 2, "{workers:?}");
    assert!(Process::of(starter).is_some());
    drop((sound, endless, hold));
    // No waiting: whoever drops a host has no process of it any more.
    assert_eq!(Process::of(starter), None);
    let left: Vec<&Process> = workers.iter().filter(|one| one.is_alive()).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(children(starter).is_empty());
}

#[test]
fn workers_that_are_killed_at_any_moment_cost_their_call_and_nothing_else() {
    const KILLS: u32 = 300;
    let folder = tempfile::tempdir().unwrap();
    let said = std::process::Command::new(worker())
        .arg("kill-behind")
        .arg(folder.path())
        .args([&KILLS.to_string(), "20260731"])
        .output()
        .unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let seen: Killed = serde_json::from_str(&said).unwrap();
    assert_eq!(seen.killed, KILLS, "{seen:?}");
    assert!(seen.others.is_empty(), "{seen:?}");
    // Both happened; how often is a matter of the machine's speed.
    assert!(seen.answered > 5 && seen.faults > 5, "{seen:?}");
    assert!(
        seen.afterwards.iter().all(|ended| ended == "answer 7"),
        "{seen:?}"
    );
    let [own, starter] = seen.descriptors;
    assert!(own[1] <= own[0] + WORKERS_MAX, "{seen:?}");
    // While it is looked at it may be starting one; what three hundred left behind would be more.
    assert!(starter[1] <= starter[0] + 10, "{seen:?}");
    assert!(seen.workers[1] <= WORKERS_MAX, "{seen:?}");
    let trail = std::fs::read_to_string(folder.path().join("trail.jsonl")).unwrap();
    bailiwick_tests::trail::assert_verifies(&trail);
    let calls = bailiwick_tests::trail::records(&trail);
    let calls = calls.iter().filter(|record| record["outcome"].is_string());
    let afterwards = u32::try_from(seen.afterwards.len()).unwrap();
    let least = usize::try_from(seen.answered + seen.faults + afterwards).unwrap();
    assert!(calls.count() >= least, "{seen:?}");
}

/// A host and its workers in processes of this user: how each call ended.
fn as_user(
    user: User,
    programs: &Programs,
    worker: &str,
    component: &[u8],
    call: [&str; 3],
) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let readable = folder.path().join("in");
    std::fs::create_dir(&readable).unwrap();
    for path in [folder.path(), &readable] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
    std::fs::write(readable.join("a.txt"), "hello").unwrap();
    std::fs::write(folder.path().join("flag"), "the flag").unwrap();
    let file = folder.path().join("tool.wasm");
    std::fs::write(&file, component).unwrap();
    let said = user
        .command(&programs.path("other-process"))
        .arg("call-behind")
        .arg(programs.path(worker))
        .arg(&file)
        .arg(folder.path())
        .args(call)
        .output()
        .unwrap();
    let complained = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(
        said.status.success(),
        "`{worker}` as {user:?}: {complained}"
    );
    let trail = std::fs::read_to_string(folder.path().join("trail.jsonl")).unwrap();
    bailiwick_tests::trail::assert_verifies(&trail);
    let said = String::from_utf8(said.stdout).unwrap();
    said.lines().map(ToOwned::to_owned).collect()
}

fn programs() -> Programs {
    let (honest, hostile) = (worker(), built("hostile-worker"));
    Programs::new(&[honest.to_str().unwrap(), hostile.to_str().unwrap()]).unwrap()
}

#[test]
fn tools_answer_behind_the_wall_of_root_and_of_an_ordinary_user() {
    let programs = programs();
    let files = bailiwick_tests::guests::bytes("probe-files");
    let run = wat::parse_str(RUN).unwrap();
    for user in User::all() {
        let honest =
            |component: &[u8], call| as_user(*user, &programs, "other-process", component, call);
        assert_eq!(honest(&run, ["run", "{}", "2"]), [r#"answer "done""#; 2]);
        let read = honest(&files, ["read", r#"["in/a.txt"]"#, "2"]);
        assert!(
            read.iter().all(|ended| ended.starts_with("answer ")),
            "{read:?}"
        );
        let denied = honest(&files, ["read", r#"["flag"]"#, "1"]);
        assert_eq!(denied.len(), 1);
        assert!(denied[0].contains("denied"), "{denied:?}");
    }
}

#[test]
fn a_hostile_worker_gets_nothing_from_root_and_from_an_ordinary_user() {
    let programs = programs();
    let run = wat::parse_str(RUN).unwrap();
    let files = wat::parse_str(FILES).unwrap();
    for user in User::all() {
        for (attack, component, ended) in [
            ("honest", &run, r#"answer "done""#),
            ("another-call", &run, "host-fault"),
            ("another-type", &run, "host-fault"),
            ("huge-length", &run, "host-fault"),
            ("random-frames", &run, "host-fault"),
            ("operation-not-imported", &run, "host-fault"),
            ("handle-never-had", &files, "host-fault"),
            // An error, and that it is `denied`, in hexadecimal.
            ("reads-the-flag", &files, "answer \"01"),
        ] {
            let program = programs.path(attack);
            if !program.exists() {
                std::os::unix::fs::symlink(programs.path("hostile-worker"), &program).unwrap();
            }
            let said = as_user(*user, &programs, attack, component, ["run", "{}", "2"]);
            assert_eq!(said.len(), 2, "{attack} as {user:?}: {said:?}");
            let held = |said: &String| said.starts_with(ended) && said.len() < 24;
            assert!(said.iter().all(held), "{attack} as {user:?}: {said:?}");
        }
    }
}

#[test]
fn a_compiler_that_is_not_honest_is_refused_with_a_code_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    for (attack, code) in [
        ("compiles-for-ever", "limit-exceeded"),
        ("compiles-and-ends", "compiler-ended"),
        ("compiles-half-of-it", "compiler-ended"),
        ("compiles-without-end", "host-fault"),
        ("compiles-nonsense", "host-fault"),
    ] {
        let table = "limits.compile-time = \"300 ms\"";
        let hold = hostile_host(folder.path(), attack, table, |isolation| isolation);
        let began = Instant::now();
        for _ in 0..2 {
            let refused = hold.load(&wat::parse_str(RUN).unwrap()).unwrap_err();
            assert_eq!(refused.code(), code, "{attack}: {refused:?}");
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{attack}");
        bailiwick_tests::trail::assert_verifies(&hold.trail());
    }
}

/// A component that takes a compiler much more memory than it has bytes: so many variables, each of which may be either of two values at
/// the head of each of so many loops.
fn costly(loops: usize, variables: usize) -> Vec<u8> {
    let all: String = (1..=variables)
        .map(|at| format!("local.get {at} local.get 0 i32.add local.set {at} "))
        .collect();
    let locals = "i32 ".repeat(variables);
    let (open, close) = (
        "loop ".repeat(loops),
        "local.get 0 br_if 0 end ".repeat(loops),
    );
    let text = format!(
        r#"(component
          (core module $m (func (export "run") (param i32) (local {locals}) {open} {all} {close}))
          (core instance $i (instantiate $m))
          (func (export "run") (param "n" u32) (canon lift (core func $i "run"))))"#
    );
    wat::parse_str(text).unwrap()
}

#[tokio::test]
async fn a_component_that_costs_the_compiler_too_much_memory_is_refused_and_the_next_one_loads() {
    let folder = tempfile::tempdir().unwrap();
    let hold = |memory: u64, table: &str| {
        let isolation = Isolation::processes().program(worker());
        let starter = isolation.compiler_memory(memory).start().unwrap();
        let cache = folder.path().join(format!("{memory}.cache"));
        let id = starter.process_id();
        let host = Hold::with(World::new(), table, |builder| {
            builder.cache(cache).isolation(starter)
        });
        (host, id)
    };
    let costly = costly(4_000, 4_000);
    let (little, starter) = hold(1 << 30, "limits.compile-time = \"10 min\"");
    let began = Instant::now();
    let refused = little.load(&costly).unwrap_err();
    let took = began.elapsed().as_millis();
    assert_eq!(refused.code(), "compiler-ended", "{refused:?}");
    assert!(refused.to_string().contains("1 GiB"), "{refused}");
    let tool = little.load(&wat::parse_str(RUN).unwrap()).unwrap();
    assert_eq!(call(&tool, "run", "{}").await, r#"answer "done""#);
    wait_until("nobody is left who was not waited for", || {
        children(starter).iter().all(|worker| !worker.is_zombie)
    });
    bailiwick_tests::trail::assert_verifies(&little.trail());
    // It was the memory: where there is enough, the compiler goes on until its time is over.
    let (much, _) = hold(1 << 40, &format!("limits.compile-time = \"{took} ms\""));
    let refused = much.load(&costly).unwrap_err();
    assert_eq!(refused.code(), "limit-exceeded", "{refused:?}");
}
