//! What a host needs and does not get: room on a disk, the right to write it, descriptors, threads, a server, a resolver.

use bailiwick::Isolation;
use bailiwick_tests::hold::{Hold, call, worker};
use bailiwick_tests::trail;
use bailiwick_tests::world::World;

use super::driver::{Driver, open_to, users};
use super::{BOTH, Mode};

/// Has a host make calls in a root on a small disk of its own, on which `then` is done before: as this user, and as one with no rights, in both modes.
fn on_a_small_disk(options: &str, then: &str, calls: &[(&str, &str, &str)]) {
    let users = users();
    for (user, mode) in users.iter().flat_map(|user| BOTH.map(|mode| (user, mode))) {
        let world = World::new();
        std::fs::create_dir_all(world.root().join("disk")).unwrap();
        open_to(user, world.root().parent().unwrap());
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
        let mut driver = Driver::start(mode, &wrapper, &disk, &trail, &cache);
        for (function, arguments, ends) in calls {
            let ended = driver.call(function, arguments);
            assert_eq!(
                ended, *ends,
                "{} {mode:?}: {function} {arguments}",
                user.name
            );
        }
        driver.kill();
        trail::assert_verifies(&std::fs::read_to_string(trail).unwrap());
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
    BOTH.into_iter().for_each(without_descriptors);
}

fn without_descriptors(mode: Mode) {
    let world = World::new();
    world.write("out/file", "12345");
    let trail = world.beside("trail.jsonl");
    let wrapper = ["bash", "-c", DESCRIPTORS, "bash"];
    let cache = bailiwick_tests::hold::compiled();
    let mut driver = Driver::start(mode, &wrapper, &world.root(), &trail, &cache);
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
    Driver::start(Mode::Within, user.wrapper, &world.root(), &trail, &cache).kill();
    let limited = ["bash", "-c", PROCESSES, "bash"];
    let wrapper: Vec<&str> = user.wrapper.iter().copied().chain(limited).collect();
    let mut driver = Driver::start(Mode::Within, &wrapper, &world.root(), &trail, &cache);
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
    for mode in BOTH {
        is_away(mode, &table, &server.to_string()).await;
    }
}

async fn is_away(mode: Mode, table: &str, server: &str) {
    let hold = Hold::with(World::new(), table, |builder| match mode {
        Mode::Within => builder,
        Mode::BehindTheWall => {
            builder.isolation(Isolation::processes().program(worker()).start().unwrap())
        }
    });
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
