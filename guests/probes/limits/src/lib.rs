//! The probe of limits, traps and leftovers.
//!
//! A hostile guest is not bound by Rust's rules, so this one is not either where it must not be: each `unsafe` says what it does
//! to the instance, which is all that it can do anything to.

mod canary;
mod exhaust;
mod traps;

use bailiwick::log::log as host;
use exports::probe::limits::{
    canary as canary_wit, exhaust as exhaust_wit, output, traps as traps_wit,
};

wit_bindgen::generate!({
    path: ["../../../wit/log", "wit"],
    world: "probe:limits/probe",
    generate_all,
});

struct Probe;

export!(Probe);

impl exhaust_wit::Guest for Probe {
    fn allocate(bytes: u64) -> u64 {
        exhaust::allocate(bytes)
    }

    fn grow(pages: u32) -> i32 {
        exhaust::grow(pages)
    }

    fn grow_until_refused() -> u32 {
        while exhaust::grow(1) >= 0 {}
        exhaust::pages()
    }

    fn recurse(depth: u32) -> u32 {
        exhaust::recurse(depth)
    }

    fn compute(rounds: u64) -> u64 {
        exhaust::compute(rounds)
    }

    fn spin() {
        exhaust::spin()
    }

    fn fill(bytes: u32, times: u32) -> u32 {
        exhaust::fill(bytes, times)
    }
}

impl traps_wit::Guest for Probe {
    fn trap(kind: traps_wit::Kind) {
        match kind {
            traps_wit::Kind::Unreachable => traps::unreachable(),
            traps_wit::Kind::OutOfBounds => traps::out_of_bounds(),
            traps_wit::Kind::DivisionByZero => traps::division_by_zero(),
            traps_wit::Kind::Panic => traps::panic(),
            traps_wit::Kind::StackOverflow => drop(exhaust::recurse(u32::MAX)),
            traps_wit::Kind::OutOfMemory => drop(exhaust::allocate(u64::from(u32::MAX))),
        }
    }

    fn log_and_trap(message: String) {
        host::log(host::Level::Error, &message);
        traps::unreachable();
    }
}

impl canary_wit::Guest for Probe {
    fn count() -> u32 {
        canary::count()
    }

    fn leave(pattern: Vec<u8>, copies: u32) -> u32 {
        canary::leave(&pattern, copies)
    }

    fn look_for(complement: Vec<u8>) -> u32 {
        canary::look_for(&complement)
    }
}

impl output::Guest for Probe {
    fn log(level: output::Level, message: String) {
        host::log(level, &message);
    }

    fn log_lines(count: u32, length: u32) {
        let line = "x".repeat(length as usize);
        for _ in 0..count {
            host::log(host::Level::Info, &line);
        }
    }
}
