//! What can be a key.

use crate::waist::Failure;

/// Bytes of a key. WIT: "A key is 1 to 256 bytes of UTF-8 without control characters."
const KEY_BYTES_MAX: usize = 256;

/// A key that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key(String);

impl Key {
    /// Takes a key as the guest sent it.
    pub(super) fn new(text: String) -> Result<Self, Failure> {
        if text.is_empty() {
            return Err(Failure::Invalid("a key cannot be empty".to_owned()));
        }
        within(&text, "a key")?;
        Ok(Self(text))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Its bytes, which count towards the limit.
    pub(super) fn size(&self) -> u64 {
        self.0.len() as u64
    }
}

/// How keys of a listing begin: nothing, or what a key can begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prefix(String);

impl Prefix {
    pub(super) fn new(text: String) -> Result<Self, Failure> {
        within(&text, "a prefix")?;
        Ok(Self(text))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

fn within(text: &str, what: &str) -> Result<(), Failure> {
    if text.len() > KEY_BYTES_MAX {
        let most = format!("{what} has at most {KEY_BYTES_MAX} bytes");
        return Err(Failure::Invalid(most));
    }
    if text.contains(char::is_control) {
        let none = format!("{what} has no control characters");
        return Err(Failure::Invalid(none));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_1_to_256_bytes_and_no_control_characters() {
        let key = |text: &str| Key::new(text.to_owned()).is_ok();
        for good in [
            "a",
            " ",
            "../x",
            "a/b",
            "é",
            "\u{202e}",
            &"k".repeat(256),
            &"é".repeat(128),
        ] {
            assert!(key(good), "{good}");
        }
        for bad in [
            "",
            "a\0b",
            "a\nb",
            "\u{7f}",
            "\u{85}",
            &"k".repeat(257),
            &"é".repeat(129),
        ] {
            assert!(!key(bad), "{bad:?}");
        }
        assert!(Key::new("k".repeat(100 << 20)).is_err());
    }

    #[test]
    fn a_prefix_can_be_empty_too() {
        let prefix = |text: &str| Prefix::new(text.to_owned()).is_ok();
        assert!(prefix("") && prefix("a/") && prefix(&"k".repeat(256)));
        assert!(!prefix("\0") && !prefix(&"k".repeat(257)));
    }
}
