//! Calls, and what the trail says of them.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use bailiwick::Isolation;
use bailiwick_tests::hold::{Hold, call, worker};
use bailiwick_tests::trail;
use bailiwick_tests::world::World;
use serde_json::Value;

use crate::jumps::{CENTURY, Clocks, DAY};

/// Where the wall clock jumps, and back: more than any limit, and to before 1970.
const JUMPS: [i64; 3] = [DAY, -DAY, -CENTURY];

/// How late a call may end on a machine that does much else.
const LATE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug)]
enum Mode {
    Within,
    BehindTheWall,
}

fn hold(mode: Mode, table: &str) -> Hold {
    Hold::with(World::new(), table, |builder| match mode {
        Mode::Within => builder,
        Mode::BehindTheWall => {
            builder.isolation(Isolation::processes().program(worker()).start().unwrap())
        }
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_call_ends_at_its_time_however_the_wall_clock_jumps() {
    let clocks = Clocks::own();
    let time = Duration::from_millis(300);
    for mode in [Mode::Within, Mode::BehindTheWall] {
        let hold = hold(mode, "limits = { time = \"300 ms\", fuel = 1000000000000 }");
        let tool = hold.guest("probe-limits");
        for seconds in JUMPS {
            let jumping = clocks.jumping(seconds);
            let began = Instant::now();
            let ended = runtime().block_on(call(&tool, "spin", "[]"));
            let took = began.elapsed();
            drop(jumping);
            assert_eq!(ended, "limit time", "{mode:?} {seconds}");
            assert!(took >= time && took < LATE, "{mode:?} {seconds}: {took:?}");
        }
    }
}

#[test]
fn a_call_is_not_ended_by_a_jump_of_the_wall_clock() {
    let clocks = Clocks::own();
    for mode in [Mode::Within, Mode::BehindTheWall] {
        let hold = hold(mode, "limits = { time = \"60 s\", fuel = 1000000000000 }");
        let tool = hold.guest("probe-limits");
        let expected = runtime().block_on(call(&tool, "compute", "[20000000]"));
        assert!(expected.starts_with("answer "), "{expected}");
        for seconds in JUMPS {
            let _jumping = clocks.jumping(seconds);
            let ended = runtime().block_on(call(&tool, "compute", "[20000000]"));
            assert_eq!(ended, expected, "{mode:?} {seconds}");
        }
    }
}

/// How a call ends whose time is over while it waits for a server.
const ENDED: [&str; 2] = ["limit time", r#"answer [{"err":{"limit":"time"}}]"#];

#[test]
fn waiting_for_a_server_counts_as_time_however_the_wall_clock_jumps() {
    let clocks = Clocks::own();
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let table = format!(
        "http-get = [{{ url = \"{url}**\", allow-private = true }}]\nhttp-request = []\n[tools.probe.limits]\ntime = \"300 ms\"\n"
    );
    for mode in [Mode::Within, Mode::BehindTheWall] {
        let hold = hold(mode, &table);
        let tool = hold.guest("probe-web");
        for seconds in JUMPS {
            let jumping = clocks.jumping(seconds);
            let began = Instant::now();
            let ended = runtime().block_on(call(&tool, "get-each", &format!("[[\"{url}x\"]]")));
            let took = began.elapsed();
            drop(jumping);
            // The tool is told that its time is over, and may still say so itself.
            assert!(ENDED.contains(&&*ended), "{mode:?} {seconds}: {ended}");
            assert!(took < LATE, "{mode:?} {seconds}: {took:?}");
        }
    }
}

#[test]
fn the_trail_verifies_and_goes_on_wherever_the_wall_clock_jumps() {
    let clocks = Clocks::own();
    let mut world = World::new();
    // The last of them is beyond what a record's time can say.
    for seconds in [0, -10 * DAY, 20 * DAY, -CENTURY, 7 * CENTURY] {
        clocks.jump(seconds);
        let hold = Hold::new(world, "");
        let tool = hold.guest("probe-limits");
        for _ in 0..2 {
            clocks.jump(-1);
            let ended = runtime().block_on(call(&tool, "compute", "[1]"));
            assert!(ended.starts_with("answer "), "{ended}");
        }
        drop(tool);
        world = hold.world;
    }
    let text = std::fs::read_to_string(world.beside("trail.jsonl")).unwrap();
    trail::assert_verifies(&text);
    let records = trail::records(&text);
    assert_eq!(trail::outcomes(&records), ["ok"; 10]);
    let numbers: Vec<u64> = records
        .iter()
        .map(|record| record["seq"].as_u64().unwrap())
        .collect();
    let first = numbers[0];
    let expected: Vec<u64> = (first..first + numbers.len() as u64).collect();
    assert_eq!(numbers, expected, "{text}");
    let times: Vec<&str> = records.iter().map(time).collect();
    assert!(times.windows(2).any(|pair| pair[1] < pair[0]), "{times:?}");
    assert!(
        times
            .iter()
            .any(|time| time.starts_with("1970-01-01T00:00:00."))
    );
    assert!(times.last().unwrap().starts_with("2554-"), "{times:?}");
}

fn time(record: &Value) -> &str {
    record["time"].as_str().unwrap()
}

#[test]
fn a_granted_clock_shows_the_jump_and_what_has_passed_never_goes_back() {
    let clocks = Clocks::own();
    let hold = Hold::new(World::new(), "clock = true\nrandom = true\n");
    let tool = hold.guest("probe-ambient");
    let ask = |function: &str| -> Value {
        let answer = runtime().block_on(call(&tool, function, "[]"));
        serde_json::from_str(answer.strip_prefix("answer ").unwrap()).unwrap()
    };
    let seconds = || ask("now")["seconds"].as_i64().unwrap();
    let before = seconds();
    clocks.jump(-DAY);
    let after = seconds();
    assert!(
        (DAY - 600..=DAY).contains(&(before - after)),
        "{before} {after}"
    );
    let _jumping = clocks.jumping(-CENTURY);
    for _ in 0..20 {
        // Nanoseconds since the call began.
        let elapsed = ask("elapsed");
        let elapsed = elapsed.as_u64().unwrap();
        assert!(u128::from(elapsed) < LATE.as_nanos(), "{elapsed}");
    }
}
