//! Using up what the host has, until it says stop.

use std::hint::black_box;

/// Allocates without end, and touches every page, so that it is really used.
pub(crate) fn memory() {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![0xa5_u8; 64 * 1024]));
    }
}

/// Computes without end.
pub(crate) fn time() {
    let mut number = 0_u64;
    loop {
        number = black_box(
            number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1),
        );
    }
}

/// Calls itself without end.
pub(crate) fn stack() {
    black_box(deeper(black_box(0)));
}

/// Nothing here is in memory, where Rust keeps a stack of its own: it is the engine's stack that is used.
#[inline(never)]
fn deeper(depth: u64) -> u64 {
    // What is done with the result keeps this from becoming a loop.
    if depth == u64::MAX {
        0
    } else {
        (deeper(depth + 1) ^ depth).rotate_left(7)
    }
}
