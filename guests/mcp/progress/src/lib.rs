//! The diagnostic tool that says how far it is.

use std::hint::black_box;

use bailiwick::clock::clock::elapsed;
use bailiwick::progress::progress::report;
use exports::diagnostic::progress::answer::Guest;

wit_bindgen::generate!({
    path: ["../../../wit/progress", "../../../wit/clock", "wit"],
    world: "diagnostic:progress/progress",
    generate_all,
});

struct Diagnostic;

export!(Diagnostic);

/// Between two reports: more than the host's least distance, so that none of them is held back and dropped.
const PAUSE_NANOSECONDS: u64 = 150_000_000;

impl Guest for Diagnostic {
    fn answer() -> String {
        report(0, Some(100), Some("started"));
        pause();
        report(50, Some(100), Some("half of it"));
        pause();
        report(100, Some(100), Some("done"));
        "three reports were made".to_owned()
    }
}

/// There is nothing to sleep with: the clock is looked at, with work in between that keeps the host calls few.
fn pause() {
    let Ok(begin) = elapsed() else { return };
    while elapsed().is_ok_and(|now| now < begin + PAUSE_NANOSECONDS) {
        black_box((0..100_000_u32).fold(0, |sum: u32, number| black_box(sum ^ number)));
    }
}
