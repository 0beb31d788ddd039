//! Workers that cannot be started, since the user may have no more processes: each call says so, and once there may be more the next works.

use std::process::Command;

use bailiwick_tests::processes::family;
use bailiwick_tests::trail;
use bailiwick_tests::world::World;

use super::Mode;
use super::driver::{Driver, open_to, users};

/// Calls that end their worker, until every worker that waits was used: eight may wait, and one is started ahead.
const TRAPS: usize = 12;

const READ: (&str, &str) = ("read-length", "[\"out/file\"]");

const TRAP: (&str, &str) = ("write-pieces", "[\"out/new\", \"AAAA\", 1, \"trap\"]");

#[test]
fn workers_that_cannot_be_started_are_a_host_fault_until_they_can() {
    // Root may have any number of processes.
    let user = users().pop().unwrap();
    let world = World::new();
    world.write("out/file", "12345");
    open_to(&user, world.root().parent().unwrap());
    let (trail, cache) = (world.beside("trail.jsonl"), world.beside("cache"));
    let mode = Mode::BehindTheWall;
    let mut driver = Driver::start(mode, user.wrapper, &world.root(), &trail, &cache);
    assert_eq!(driver.call(READ.0, READ.1), "answer 5");
    let starter = family(driver.id())[1].id;
    let before = processes_max(starter);
    let limit = |most: &str| {
        // The higher of both limits stays, or nobody could lift it again.
        let (starter, most) = (starter.to_string(), format!("--nproc={most}:"));
        let words = ["prlimit", "--pid", &starter, &most];
        let words: Vec<&str> = user.wrapper.iter().copied().chain(words).collect();
        let done = Command::new(words[0]).args(&words[1..]).status();
        assert!(done.unwrap().success());
    };
    limit("1");
    let ended: Vec<String> = (0..TRAPS).map(|_| driver.call(TRAP.0, TRAP.1)).collect();
    assert_eq!(ended[0], "trap", "a worker was there: {ended:?}");
    assert_eq!(ended[TRAPS - 1], "host-fault", "{ended:?}");
    for _ in 0..3 {
        assert_eq!(driver.call(READ.0, READ.1), "host-fault");
    }
    limit(&before);
    assert_eq!(driver.call(READ.0, READ.1), "answer 5");
    assert_eq!(driver.call(TRAP.0, TRAP.1), "trap");
    assert_eq!(driver.call(READ.0, READ.1), "answer 5");
    driver.kill();
    let names = std::fs::read_dir(world.root().join("out")).unwrap();
    assert_eq!(names.count(), 1, "something was left behind");
    trail::assert_verifies(&std::fs::read_to_string(&trail).unwrap());
}

/// How many processes the user of a process may have, in the words of the kernel.
fn processes_max(id: u32) -> String {
    let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let mut lines = limits.lines();
    let line = lines.find(|line| line.starts_with("Max processes"));
    let soft = line.unwrap().split_whitespace().nth(2);
    soft.unwrap().to_owned()
}
