//! A secret's bytes: overwritten when they are dropped, and shown by nothing.

use bailiwick_policy::SecretPlace;
use zeroize::Zeroizing;

use super::SecretError;

/// Bytes that a secret has at least. A shorter one would be found in ordinary data by accident, and could be guessed.
pub const VALUE_BYTES_MIN: usize = 8;

/// Bytes that a secret has at most: what servers take in one header.
pub const VALUE_BYTES_MAX: usize = 4096;

/// Different bytes that a secret has at least: `aaaaaaaa` and `--------` stand in many texts.
pub(super) const VALUE_BYTES_DIFFERENT: usize = 5;

/// A secret's bytes.
pub(crate) struct Value(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Value {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Value(..)")
    }
}

impl Value {
    /// A secret as a source gave it; one line end behind it is the source's, not the secret's.
    pub(super) fn new(bytes: Vec<u8>) -> Result<Self, SecretError> {
        let mut bytes = Zeroizing::new(bytes);
        if bytes.ends_with(b"\n") {
            bytes.pop();
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
        }
        Self::exactly(bytes)
    }

    /// A secret that is these bytes, all of them.
    pub(super) fn exactly(bytes: Zeroizing<Vec<u8>>) -> Result<Self, SecretError> {
        if bytes.len() > VALUE_BYTES_MAX {
            return Err(SecretError::TooLong);
        }
        let mut seen = [false; 256];
        for byte in bytes.iter() {
            if let Some(seen) = seen.get_mut(usize::from(*byte)) {
                *seen = true;
            }
        }
        let different = seen.iter().filter(|seen| **seen).count();
        if bytes.len() < VALUE_BYTES_MIN || different < VALUE_BYTES_DIFFERENT {
            return Err(SecretError::TooPlain);
        }
        Ok(Self(bytes))
    }

    /// The bytes, for putting them into a request and for finding them.
    pub(super) fn expose(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn copied(&self) -> Self {
        Self(self.0.clone())
    }

    /// Whether it can be sent in its place.
    pub(super) fn fits(&self, place: &SecretPlace) -> Result<(), SecretError> {
        let visible = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
        let fits = match place {
            // A space at an end would be taken off on the way.
            SecretPlace::Header { .. } | SecretPlace::Bearer => {
                self.0.iter().all(visible) && !self.0.starts_with(b" ") && !self.0.ends_with(b" ")
            }
            // RFC 7617, 2: "The user-id and password MUST NOT contain any control characters".
            SecretPlace::Basic { .. } => !self.0.iter().any(u8::is_ascii_control),
            SecretPlace::Query { .. } => !self.0.iter().any(u8::is_ascii_control),
            SecretPlace::AwsSigV4(_) => self.0.iter().all(u8::is_ascii_graphic),
        };
        fits.then_some(()).ok_or(SecretError::Character)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::ZeroizeOnDrop;

    /// That it compiles is the proof: only what overwrites itself when it is dropped can be passed.
    fn wiped_when_dropped<T: ZeroizeOnDrop>(_: &T) {}

    #[test]
    fn is_overwritten_when_it_is_dropped_and_shows_nothing() {
        let value = Value::new(b"correct horse battery".to_vec()).unwrap();
        wiped_when_dropped(&value.0);
        wiped_when_dropped(&value.copied().0);
        assert_eq!(format!("{value:?}"), "Value(..)");
    }

    #[test]
    fn has_at_least_eight_bytes_and_five_different_ones() {
        for (bytes, good) in [
            (&b"abcde123"[..], true),
            (b"abcde12", false),
            (b"abcdeabc", true),
            (b"abcdabcdabcd", false),
            (b"abcde12\n", false),
            (b"abcde123\r\n", true),
            (b"", false),
        ] {
            assert_eq!(Value::new(bytes.to_vec()).is_ok(), good, "{bytes:?}");
        }
        let long: Vec<u8> = b"abcdefgh".repeat(VALUE_BYTES_MAX / 8);
        assert!(Value::new(long.clone()).is_ok());
        assert!(matches!(
            Value::new([long, b"i".to_vec()].concat()),
            Err(SecretError::TooLong)
        ));
    }

    #[test]
    fn only_what_a_place_can_carry_is_sent_in_it() {
        let header = SecretPlace::Header {
            name: "x-key".into(),
            prefix: String::new(),
        };
        let basic = SecretPlace::Basic { user: "u".into() };
        let query = SecretPlace::Query { key: "k".into() };
        for (bytes, in_header, elsewhere) in [
            (&b"abc def-123"[..], true, true),
            (b"abcdef\n123", false, false),
            (b"abcdef\x00123", false, false),
            (b"abcdef\r\nx: y", false, false),
            ("schlüssel-1".as_bytes(), false, true),
            (b" abcdefgh", false, true),
        ] {
            let value = Value::new(bytes.to_vec()).unwrap();
            for (place, good) in [
                (&header, in_header),
                (&SecretPlace::Bearer, in_header),
                (&basic, elsewhere),
                (&query, elsewhere),
            ] {
                assert_eq!(value.fits(place).is_ok(), good, "{bytes:?} {place:?}");
            }
        }
    }
}
