//! Ways to trap.

use std::hint::black_box;
use std::num::NonZeroU32;

/// The instruction `unreachable`.
pub(crate) fn unreachable() -> ! {
    std::process::abort()
}

/// Reads the last bytes of the address space, which no memory below 4 GiB has.
pub(crate) fn out_of_bounds() {
    let address = black_box(usize::MAX - 7) as *const u32;
    // SAFETY: not sound, on purpose: the engine's check of bounds is what is tested.
    black_box(unsafe { address.read_volatile() });
}

/// `i32.div_u` by zero. Rust checks divisors, but not this one, which says that it is not zero.
pub(crate) fn division_by_zero() {
    // SAFETY: not sound, on purpose: the engine's check of divisors is what is tested.
    let divisor = unsafe { NonZeroU32::new_unchecked(black_box(0)) };
    black_box(black_box(1_u32) / black_box(divisor));
}

/// A panic, which aborts.
#[expect(clippy::panic, reason = "the panic is what is tested")]
pub(crate) fn panic() {
    panic!("the probe was told to panic");
}
