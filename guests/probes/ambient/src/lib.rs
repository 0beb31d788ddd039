//! The probe of the clock and of random bytes: each function makes the calls that its WIT names, and nothing else.

use bailiwick::clock::clock;
use bailiwick::random::random;
use exports::probe::ambient::driver::{ClockError, Guest, Instant, RandomError};

wit_bindgen::generate!({
    path: ["../../../wit/clock", "../../../wit/random", "wit"],
    world: "probe:ambient/probe",
    generate_all,
});

struct Probe;

export!(Probe);

impl Guest for Probe {
    fn now() -> Result<Instant, ClockError> {
        clock::now()
    }

    fn elapsed() -> Result<u64, ClockError> {
        clock::elapsed()
    }

    fn wait(nanoseconds: u64) -> Result<u64, ClockError> {
        let start = clock::elapsed()?;
        let mut asked = 1;
        while clock::elapsed()?.saturating_sub(start) < nanoseconds {
            asked += 1;
        }
        Ok(asked)
    }

    fn bytes(length: u32) -> Result<Vec<u8>, RandomError> {
        random::bytes(length)
    }

    fn bytes_repeatedly(length: u32, times: u32) -> Result<u64, RandomError> {
        (0..times)
            .map(|_| random::bytes(length).map(|bytes| bytes.len() as u64))
            .sum()
    }
}
