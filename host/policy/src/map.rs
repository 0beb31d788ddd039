//! The hash map of the matchers: quick, and safe because only the operator adds to it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map whose keys come from a policy. A hostile attempt only looks up, and what is not added cannot collide with itself.
pub(crate) type OperatorMap<K, V> = HashMap<K, V, BuildHasherDefault<WordHasher>>;

/// A multiplicative hash over eight bytes at a time: a decision hashes each part of its attempt a few times.
#[derive(Debug, Clone, Default)]
pub(crate) struct WordHasher(u64);

/// The golden ratio in 64 bits: odd, and without a pattern in its bits.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl WordHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        let last = rest
            .iter()
            .fold(0, |word, byte| (word << 8) | u64::from(*byte));
        self.add(last ^ ((bytes.len() as u64) << 56));
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }

    fn write_u16(&mut self, number: u16) {
        self.add(u64::from(number));
    }

    fn write_isize(&mut self, number: isize) {
        self.add(number.cast_unsigned() as u64);
    }

    fn finish(&self) -> u64 {
        // The map takes its bucket from the low bits, where a multiplication leaves least.
        self.0 ^ (self.0 >> 32)
    }
}
