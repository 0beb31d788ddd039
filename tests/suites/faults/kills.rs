//! A host that is killed at any moment: no file is torn, nothing that it answered is lost, and the trail goes on.

use std::path::Path;
use std::time::Duration;

use bailiwick_tests::trail;
use bailiwick_tests::world::World;

use super::Mode;
use super::driver::Driver;

/// How often the host is killed in all.
const KILLS: u32 = 1_000;

/// How often where its tools run in workers: what is written and recorded is on the same side as ever, and starting takes longer.
const KILLS_BEHIND_THE_WALL: u32 = 100;

/// The part of them with `--quick`.
const QUICK_PART: u32 = 10;

/// Worlds in which hosts are killed side by side: one for each of two cores.
const SIDE_BY_SIDE: u32 = 2;

/// Kills for one trail, so that checking it does not take longer with each.
const KILLS_A_TRAIL: u32 = 25;

/// Bytes of the file that is written: some milliseconds until it is in its place.
const BYTES: usize = 200_000;

/// A number that differs from kill to kill, and is the same in every run.
fn spread(seed: u32) -> u32 {
    let mixed = seed.wrapping_mul(0x9e37_79b9) ^ 0x85eb_ca6b;
    (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d) >> 8
}

#[test]
fn a_host_that_is_killed_a_thousand_times_loses_nothing_that_it_answered() {
    loses_nothing(Mode::Within, kills(KILLS));
}

#[test]
fn a_host_that_is_killed_beside_its_workers_loses_nothing_that_it_answered() {
    loses_nothing(Mode::BehindTheWall, kills(KILLS_BEHIND_THE_WALL));
}

fn kills(whole: u32) -> u32 {
    let quick = std::env::var_os("BAILIWICK_QUICK").is_some();
    if quick { whole / QUICK_PART } else { whole }
}

fn loses_nothing(mode: Mode, kills: u32) {
    let each = kills / SIDE_BY_SIDE;
    let seen: Vec<Seen> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..SIDE_BY_SIDE)
            .map(|side| scope.spawn(move || killed_again_and_again(mode, side * each, each)))
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

fn killed_again_and_again(mode: Mode, first: u32, kills: u32) -> Seen {
    let world = World::new();
    world.write("out/file", vec![letter(0); BYTES]);
    let cache = bailiwick_tests::hold::compiled();
    let mut seen = Seen::default();
    let mut generation = 0;
    for number in first..first + kills {
        let trail = world.beside(&format!("trail-{}.jsonl", number / KILLS_A_TRAIL));
        let before = calls_in(&trail);
        let mut driver = Driver::start(mode, &[], &world.root(), &trail, &cache);
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
