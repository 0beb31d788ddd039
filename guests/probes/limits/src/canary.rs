//! Leaving bytes in memory, and looking for them.

use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// One more.
pub(crate) fn count() -> u32 {
    COUNT.fetch_add(1, Ordering::Relaxed) + 1
}

/// Leaves copies that stay allocated.
pub(crate) fn leave(pattern: &[u8], copies: u32) -> u32 {
    pattern.repeat(copies as usize).leak();
    count()
}

/// Counts where the complement of `complement` is in all of memory.
pub(crate) fn look_for(complement: &[u8]) -> u32 {
    let Some((first, rest)) = complement.split_first() else {
        return 0;
    };
    let end = memory_end().saturating_sub(rest.len());
    let found = (1..end).filter(|at| byte(*at) == !first && is_at(at + 1, rest));
    u32::try_from(found.count()).unwrap_or(u32::MAX)
}

fn is_at(start: usize, complement: &[u8]) -> bool {
    complement
        .iter()
        .enumerate()
        .all(|(offset, turned)| byte(start + offset) == !turned)
}

fn byte(address: usize) -> u8 {
    // SAFETY: below the end of memory, by the loop. The bytes may belong to anything, which is why they are read volatile.
    unsafe { (address as *const u8).read_volatile() }
}

#[cfg(target_arch = "wasm32")]
fn memory_end() -> usize {
    core::arch::wasm32::memory_size::<0>() * 64 * 1024
}

/// So that the guests can be checked on the machine that builds them, where there is no memory to search.
#[cfg(not(target_arch = "wasm32"))]
fn memory_end() -> usize {
    0
}
