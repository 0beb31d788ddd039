//! What fails around the host: it is killed, the disk is full or cannot be written, descriptors and threads run out, the network is away.
//! Each fault is answered with its code, and the next call works.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use bailiwick_tests::hold::{Hold, call};
use bailiwick_tests::trail;
use bailiwick_tests::world::World;

/// How often the host is killed in all.
const KILLS: u32 = 1_000;

/// How often with `--quick`.
const KILLS_QUICK: u32 = 100;

/// Worlds in which hosts are killed side by side: one for each of two cores.
const SIDE_BY_SIDE: u32 = 2;

/// Kills for one trail, so that checking it does not take longer with each.
const KILLS_A_TRAIL: u32 = 25;

/// Bytes of the file that is written: some milliseconds until it is in its place.
const BYTES: usize = 200_000;

/// A host in a process of its own, which makes the calls that it is told.
struct Driver {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts one by way of these words: a program that changes something and runs the rest.
    fn start(wrapper: &[&str], root: &Path, trail: &Path, cache: &Path) -> Self {
        let program = [env!("CARGO_BIN_EXE_other-process"), "take-calls"];
        let words: Vec<&str> = wrapper.iter().copied().chain(program).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(root).arg(trail).arg(cache);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut driver = Self {
            child,
            input,
            output,
        };
        assert_eq!(driver.line(), "ready");
        driver
    }

    fn send(&mut self, function: &str, arguments: &str) {
        writeln!(self.input, "{function} {arguments}").unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn call(&mut self, function: &str, arguments: &str) -> String {
        self.send(function, arguments);
        self.line()
    }

    /// Kills it, and says how many more calls it had answered.
    fn kill(mut self) -> usize {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.output.lines().map_while(Result::ok).count()
    }
}

/// A number that differs from kill to kill, and is the same in every run.
fn spread(seed: u32) -> u32 {
    let mixed = seed.wrapping_mul(0x9e37_79b9) ^ 0x85eb_ca6b;
    (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d) >> 8
}

#[test]
fn a_host_that_is_killed_a_thousand_times_loses_nothing_that_it_answered() {
    let quick = std::env::var_os("BAILIWICK_QUICK").is_some();
    let kills = if quick { KILLS_QUICK } else { KILLS };
    let each = kills / SIDE_BY_SIDE;
    let seen: Vec<Seen> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..SIDE_BY_SIDE)
            .map(|side| scope.spawn(move || killed_again_and_again(side * each, each)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    // The kills came at all moments: before a write was in its place, and after it and before its answer was read.
    assert!(
        seen.iter().any(|seen| seen.unfinished > 0),
        "no kill came during a write"
    );
    assert!(
        seen.iter().any(|seen| seen.answered > 0),
        "no write was answered"
    );
}

/// What happened over many kills.
#[derive(Default)]
struct Seen {
    unfinished: u32,
    answered: u32,
}

fn killed_again_and_again(first: u32, kills: u32) -> Seen {
    let world = World::new();
    world.write("out/file", vec![letter(0); BYTES]);
    let cache = bailiwick_tests::hold::compiled();
    let mut seen = Seen::default();
    let mut generation = 0;
    for number in first..first + kills {
        let trail = world.beside(&format!("trail-{}.jsonl", number / KILLS_A_TRAIL));
        let before = calls_in(&trail);
        let mut driver = Driver::start(&[], &world.root(), &trail, &cache);
        let whole = spread(number) % 3;
        for _ in 0..whole {
            generation += 1;
            assert_eq!(
                driver.call("write-filled", &filled(generation)),
                "answer null"
            );
        }
        driver.send("write-filled", &filled(generation + 1));
        std::thread::park_timeout(Duration::from_micros(u64::from(
            spread(number ^ 0xffff) % 25_000,
        )));
        let answered = u32::try_from(driver.kill()).unwrap();
        generation += answered;
        seen.answered += whole + answered;
        seen.unfinished += 1 - answered;
        let content = world.read("out/file").unwrap();
        assert_eq!(content.len(), BYTES, "kill {number}: the file is torn");
        let found = content[0];
        assert!(
            content.iter().all(|byte| *byte == found),
            "kill {number}: the file is mixed"
        );
        // What was answered is there; what was not may be, and then it counts.
        if found != letter(generation) {
            assert_eq!(
                found,
                letter(generation + 1),
                "kill {number}: a write that was answered is lost"
            );
            generation += 1;
        }
        let calls = calls_in(&trail) - before;
        let acknowledged = usize::try_from(whole + answered).unwrap();
        assert!(
            calls >= acknowledged,
            "kill {number}: {acknowledged} answers and {calls} records"
        );
    }
    seen
}

fn letter(generation: u32) -> u8 {
    b'a' + u8::try_from(generation % 26).unwrap()
}

fn filled(generation: u32) -> String {
    format!("[\"out/file\", {}, {BYTES}]", letter(generation))
}

/// The calls that ended well by a trail, of which every whole line has to verify.
fn calls_in(path: &Path) -> usize {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let Some(end) = text.rfind('\n') else {
        return 0;
    };
    let whole = &text[..=end];
    trail::assert_verifies(whole);
    let outcomes = trail::outcomes(&trail::records(whole));
    outcomes.iter().filter(|outcome| *outcome == "ok").count()
}

/// Has a host make calls in a root on a small disk of its own, which `prepare` changes: as this user, and as one with no rights.
fn on_a_small_disk(options: &str, then: &str, calls: &[(&str, &str, &str)]) {
    for user in users() {
        let world = World::new();
        std::fs::create_dir_all(world.root().join("disk")).unwrap();
        open_to(&user, world.root().parent().unwrap());
        let script = format!(
            "mount -t tmpfs -o {options} none \"$1\" && mkdir \"$1/out\" && printf old > \"$1/out/file\" && {then} && shift && exec \"$@\""
        );
        let disk = world.root().join("disk");
        let mut wrapper: Vec<&str> = user.wrapper.to_vec();
        wrapper.extend(["unshare", "-Urm", "bash", "-c", &script, "bash"]);
        let place = disk.display().to_string();
        wrapper.push(&place);
        let trail = world.root().parent().unwrap().join("trail.jsonl");
        let cache = world.root().parent().unwrap().join("cache");
        let mut driver = Driver::start(&wrapper, &disk, &trail, &cache);
        for (function, arguments, ends) in calls {
            let ended = driver.call(function, arguments);
            assert_eq!(ended, *ends, "{}: {function} {arguments}", user.name);
        }
        driver.kill();
        trail::assert_verifies(&std::fs::read_to_string(trail).unwrap());
    }
}

/// Who makes the calls.
struct User {
    name: &'static str,
    wrapper: &'static [&'static str],
    id: Option<u32>,
}

/// This user and, where that is root, nobody too: root is spared some of what happens to others.
fn users() -> Vec<User> {
    let own = User {
        name: "this user",
        wrapper: &[],
        id: None,
    };
    let nobody = User {
        name: "nobody",
        wrapper: &[
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
        ],
        id: Some(65_534),
    };
    match rustix::process::geteuid().is_root() {
        true => vec![own, nobody],
        false => vec![own],
    }
}

/// Gives a user a folder and what is in it.
fn open_to(user: &User, folder: &Path) {
    let Some(id) = user.id else { return };
    chown(folder, Some(id), Some(id)).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            open_to(user, &entry.path());
        } else {
            chown(entry.path(), Some(id), Some(id)).unwrap();
        }
    }
}

#[test]
fn a_full_disk_is_a_quota_and_what_fits_is_written() {
    let large = "[\"out/file\", 97, 1000000]";
    on_a_small_disk(
        "size=64k",
        "true",
        &[
            ("write-filled", large, "error \"quota\""),
            ("read-length", "[\"out/file\"]", "answer 3"),
            ("write-filled", "[\"out/file\", 97, 1000]", "answer null"),
            ("read-length", "[\"out/file\"]", "answer 1000"),
            ("write-filled", large, "error \"quota\""),
            ("read-length", "[\"out/file\"]", "answer 1000"),
        ],
    );
}

#[test]
fn a_disk_that_cannot_be_written_is_unavailable_and_is_read() {
    on_a_small_disk(
        "size=64k",
        "mount -o remount,ro none \"$1\"",
        &[
            (
                "write-filled",
                "[\"out/file\", 97, 1000]",
                "error \"unavailable\"",
            ),
            ("read-length", "[\"out/file\"]", "answer 3"),
            (
                "write-filled",
                "[\"out/new\", 97, 1000]",
                "error \"unavailable\"",
            ),
        ],
    );
}

/// Descriptors that a process may have: a few more than the host itself needs.
const DESCRIPTORS: &str = "ulimit -n 40; exec \"$@\"";

#[test]
fn descriptors_that_run_out_are_unavailable_and_come_back_with_the_end_of_the_call() {
    let world = World::new();
    world.write("out/file", "12345");
    let trail = world.beside("trail.jsonl");
    let wrapper = ["bash", "-c", DESCRIPTORS, "bash"];
    let cache = bailiwick_tests::hold::compiled();
    let mut driver = Driver::start(&wrapper, &world.root(), &trail, &cache);
    for _ in 0..3 {
        let ended = driver.call("open-many", "[\"out/file\", 100]");
        assert!(ended.contains("unavailable"), "{ended}");
        assert_eq!(driver.call("read-length", "[\"out/file\"]"), "answer 5");
        let ended = driver.call("create-many", "[\"out/new\", 100]");
        assert!(ended.contains("unavailable"), "{ended}");
        assert_eq!(
            driver.call("write-filled", "[\"out/file\", 97, 5]"),
            "answer null"
        );
    }
    driver.kill();
    trail::assert_verifies(&std::fs::read_to_string(&trail).unwrap());
    let names = std::fs::read_dir(world.root().join("out")).unwrap();
    assert_eq!(names.count(), 1, "something was left behind");
}

/// Threads are processes to this limit; the process itself is one.
const PROCESSES: &str = "ulimit -u 1; exec \"$@\"";

#[test]
fn a_host_without_threads_answers_and_reads_on() {
    let Some(user) = users().into_iter().find(|user| user.id.is_some()) else {
        // An ordinary user's processes are counted together, those beside this test too: all of them may be past the limit.
        return;
    };
    let world = World::new();
    world.write("out/file", "12345");
    open_to(&user, world.root().parent().unwrap());
    let (trail, cache) = (world.beside("trail.jsonl"), world.beside("cache"));
    // The first process compiles, for which it needs threads.
    Driver::start(user.wrapper, &world.root(), &trail, &cache).kill();
    let limited = ["bash", "-c", PROCESSES, "bash"];
    let wrapper: Vec<&str> = user.wrapper.iter().copied().chain(limited).collect();
    let mut driver = Driver::start(&wrapper, &world.root(), &trail, &cache);
    assert_eq!(driver.call("read-length", "[\"out/file\"]"), "answer 5");
    // Making a write durable waits in a thread of its own, which the host cannot do without.
    let ended = driver.call("write-filled", "[\"out/file\", 97, 9]");
    assert_eq!(ended, "host-fault");
    assert_eq!(driver.call("read-length", "[\"out/file\"]"), "answer 5");
    driver.kill();
    trail::assert_verifies(&std::fs::read_to_string(&trail).unwrap());
}

#[tokio::test]
async fn a_server_and_a_resolver_that_are_away_are_unavailable() {
    // Ports on which nobody listens any more.
    let gone = || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let (server, resolver) = (gone(), gone());
    let table = format!(
        "http-get = [{{ url = \"http://{server}/**\", allow-private = true }}, \"https://a.example/**\"]\nhttp-request = []\n[network]\nresolver = \"{resolver}\"\n"
    );
    let hold = Hold::new(World::new(), &table);
    let tool = hold.guest("probe-web");
    for _ in 0..2 {
        let urls = format!("[[\"http://{server}/x\", \"https://a.example/x\"]]");
        let ended = call(&tool, "get-each", &urls).await;
        assert_eq!(
            ended,
            r#"answer [{"err":"unavailable"},{"err":"unavailable"}]"#
        );
        assert_eq!(call(&tool, "set-body", "[1]").await, "answer null");
    }
    trail::assert_verifies(&hold.trail());
}
