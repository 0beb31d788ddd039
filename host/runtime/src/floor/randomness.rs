//! The stream of bytes that a call without a grant of `random` gets: SplitMix64 from a fixed start.
//!
//! Hash maps of language runtimes are seeded with it. It is the same for every call, which is the reason why the same
//! input gives the same output, and it is unfit for cryptography.

/// The first state: any number would do.
const FIXED_START: u64 = 0x6261_696c_6977_6963;

/// The increment of SplitMix64, from its definition.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Where the stream of a call is.
#[derive(Debug)]
pub(super) struct Stream {
    state: u64,
}

impl Stream {
    /// The beginning.
    pub(super) fn new() -> Self {
        Self { state: FIXED_START }
    }

    /// The next bytes.
    pub(super) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length.saturating_add(8));
        while bytes.len() < length {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_same_from_every_start_and_does_not_repeat_itself() {
        let (mut one, mut other) = (Stream::new(), Stream::new());
        let first = one.bytes(13);
        assert_eq!(first, other.bytes(13));
        assert_eq!(first.len(), 13);
        assert_ne!(first, one.bytes(13));
    }
}
