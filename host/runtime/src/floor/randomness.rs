//! WASI's random bytes: the system's with a grant, the same stream for every call without.

use std::convert::Infallible;

use rand_core::TryRng;

use crate::capability::random::fill;

/// A stream of bytes: the system's, or SplitMix64 from a fixed start.
///
/// The fixed stream is what hash maps of language runtimes are seeded with. It is unfit for cryptography, and it is the
/// reason why the same input gives the same output.
pub(super) struct Stream {
    real: bool,
    state: u64,
}

/// The first state of the fixed stream: any number would do.
const FIXED_START: u64 = 0x6261_696c_6977_6963;

/// The increment of SplitMix64, from its definition.
const SPLIT_MIX_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Stream {
    pub(super) fn new(real: bool) -> Self {
        Self {
            real,
            state: FIXED_START,
        }
    }

    fn next(&mut self) -> u64 {
        if self.real {
            return drawn();
        }
        self.state = self.state.wrapping_add(SPLIT_MIX_STEP);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Eight bytes of the system's. A system without them cannot go on: the guest was promised that nobody can predict them.
#[expect(
    clippy::panic,
    reason = "the panic is caught around the call, which ends with `host-fault`"
)]
fn drawn() -> u64 {
    let mut bytes = [0; 8];
    match fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes),
        Err(failure) => panic!("no random bytes: {failure}"),
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            for (byte, drawn) in chunk.iter_mut().zip(self.next().to_le_bytes()) {
                *byte = drawn;
            }
        }
        Ok(())
    }
}

/// The seed that hash maps may be made with.
pub(super) fn seed(real: bool) -> u128 {
    let mut stream = Stream::new(real);
    (u128::from(stream.next()) << 64) | u128::from(stream.next())
}
