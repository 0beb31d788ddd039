//! Fixed-size bytes that are written as lower-case hexadecimal: digests, signatures, public keys.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// `N` bytes, written as `2 N` lower-case hexadecimal digits. `N` is at most 64.
///
/// Upper-case digits are refused when reading: one value has one spelling, so a changed letter is always a changed value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hex<const N: usize>([u8; N]);

/// A SHA-256 digest.
pub type Digest = Hex<32>;

/// An Ed25519 signature.
pub type Signature = Hex<64>;

/// The text was not exactly `2 N` lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {digits} lower-case hexadecimal digits")]
pub struct HexError {
    digits: usize,
}

impl Digest {
    /// The SHA-256 digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl<const N: usize> Hex<N> {
    /// All bits zero: what stands before the first record.
    pub const ZERO: Self = Self([0; N]);

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }

    /// Hands the digits to `use_digits` without allocating.
    pub(super) fn with_digits<R>(&self, use_digits: impl FnOnce(&str) -> R) -> R {
        const { assert!(N <= 64, "the buffer below holds 128 digits") }
        let mut buffer = [0_u8; 128];
        for (pair, byte) in buffer.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        let digits = buffer.get(..2 * N).unwrap_or_default();
        use_digits(str::from_utf8(digits).unwrap_or_default())
    }
}

/// Without a branch, so that the loop above becomes vector instructions.
const fn digit(nibble: u8) -> u8 {
    b'0' + nibble + (nibble > 9) as u8 * (b'a' - b'0' - 10)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl<const N: usize> From<[u8; N]> for Hex<N> {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes)
    }
}

impl<const N: usize> FromStr for Hex<N> {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        let error = HexError { digits: 2 * N };
        if text.len() != 2 * N {
            return Err(error);
        }
        let mut bytes = [0_u8; N];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let [high, low] = pair else { return Err(error) };
            let (high, low) = nibble(*high).zip(nibble(*low)).ok_or(error)?;
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }
}

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_digits(|digits| formatter.pad(digits))
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_digits(|digits| serializer.serialize_str(digits))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'_, str>::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl<const N: usize> JsonSchema for Hex<N> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Hex{N}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": format!("^[0-9a-f]{{{}}}$", 2 * N) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_bytes_are_inverse() {
        let digest = Digest::of(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse(), Ok(digest));
    }

    #[test]
    fn refuses_a_second_spelling_of_the_same_value() {
        let digits = "0".repeat(63);
        for last in ["A", "g", " ", "", "00", "é"] {
            assert!(
                format!("{digits}{last}").parse::<Digest>().is_err(),
                "{last:?}"
            );
        }
    }
}
