//! Using up memory, stack and time.

use std::hint::black_box;

const PAGE: usize = 64 * 1024;

/// Allocates and keeps; the size of the whole memory afterwards.
pub(crate) fn allocate(bytes: u64) -> u64 {
    let mut left = bytes;
    while left > 0 {
        let piece = left.min(PIECE);
        keep(piece as usize);
        left -= piece;
    }
    u64::from(pages()) * PAGE as u64
}

/// In pieces, since Rust refuses by itself what is larger than half of the address space.
const PIECE: u64 = 1024 * 1024;

fn keep(length: usize) {
    let mut kept = vec![0_u8; length];
    // `vec![0]` relies on fresh memory being zero: only a write makes a page really used.
    for byte in kept.iter_mut().step_by(4096) {
        *byte = 0xa5;
    }
    black_box(kept.leak());
}

/// `memory.grow`: the size before in pages, or -1.
pub(crate) fn grow(pages: u32) -> i32 {
    instruction::grow(pages as usize) as isize as i32
}

/// The size of the memory in pages.
pub(crate) fn pages() -> u32 {
    u32::try_from(instruction::size()).unwrap_or(u32::MAX)
}

/// Calls itself; gives `depth`.
pub(crate) fn recurse(depth: u32) -> u32 {
    black_box(deeper(depth));
    depth
}

/// Nothing here is in memory, where Rust keeps a stack of its own: it is the engine's stack that is used.
#[inline(never)]
fn deeper(depth: u32) -> u32 {
    // What is done with the result keeps this from becoming a loop.
    if depth == 0 {
        0
    } else {
        (deeper(depth - 1) ^ depth).rotate_left(7)
    }
}

/// A chain of multiplications that no compiler shortens.
pub(crate) fn compute(rounds: u64) -> u64 {
    (0..rounds).fold(0x9e37_79b9_7f4a_7c15, |number: u64, round| {
        (number ^ round)
            .wrapping_mul(0xff51_afd7_ed55_8ccd)
            .rotate_left(31)
    })
}

/// Never returns.
pub(crate) fn spin() {
    let mut number = 0_u64;
    loop {
        number = black_box(number.wrapping_add(1));
    }
}

/// `memory.fill`.
pub(crate) fn fill(bytes: u32, times: u32) -> u32 {
    let mut area = vec![0_u8; bytes as usize];
    for round in 0..times {
        black_box(&mut area).fill(round as u8);
    }
    times
}

#[cfg(target_arch = "wasm32")]
mod instruction {
    pub(super) fn grow(pages: usize) -> usize {
        core::arch::wasm32::memory_grow::<0>(pages)
    }

    pub(super) fn size() -> usize {
        core::arch::wasm32::memory_size::<0>()
    }
}

/// So that the guests can be checked on the machine that builds them.
#[cfg(not(target_arch = "wasm32"))]
mod instruction {
    pub(super) fn grow(_pages: usize) -> usize {
        usize::MAX
    }

    pub(super) fn size() -> usize {
        0
    }
}
