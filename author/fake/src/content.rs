//! What a fake file or a fake answer holds. A large one is described, and never there as a whole.

use std::sync::Arc;

/// Bytes of a file or of a body.
#[derive(Clone, Debug)]
pub enum Content {
    /// These.
    Bytes(Arc<Vec<u8>>),
    /// A text over and over, to this many bytes: the last time perhaps cut. It takes no memory.
    Repeated {
        /// What is repeated; nothing repeated is nothing.
        unit: Arc<[u8]>,
        /// Bytes in all.
        bytes: u64,
    },
}

/// Bytes that are compared at once.
const PIECE_BYTES: usize = 64 * 1024;

impl Content {
    /// A text over and over, to this many bytes.
    pub fn repeated(unit: impl AsRef<[u8]>, bytes: u64) -> Self {
        Self::Repeated {
            unit: unit.as_ref().into(),
            bytes,
        }
    }

    /// The size in bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Repeated { unit, .. } if unit.is_empty() => 0,
            Self::Repeated { bytes, .. } => *bytes,
        }
    }

    /// At most so many bytes from an offset on; fewer only at the end.
    pub fn read(&self, offset: u64, max: usize) -> Vec<u8> {
        let left = self.size().saturating_sub(offset);
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(max);
        if length == 0 {
            return Vec::new();
        }
        match self {
            Self::Bytes(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                let part = bytes.get(start..start.saturating_add(length));
                part.unwrap_or_default().to_vec()
            }
            Self::Repeated { unit, .. } => {
                let start = offset % (unit.len() as u64).max(1);
                let start = usize::try_from(start).unwrap_or(0);
                let times = start.saturating_add(length).div_ceil(unit.len().max(1));
                let mut part = unit.repeat(times);
                part.drain(..start);
                part.truncate(length);
                part
            }
        }
    }

    /// After how many bytes it begins anew, where it does.
    fn period(&self) -> Option<u64> {
        match self {
            Self::Bytes(_) => None,
            Self::Repeated { unit, .. } => Some(unit.len() as u64),
        }
    }

    /// The whole: for what is known to be small.
    pub fn to_vec(&self) -> Vec<u8> {
        self.read(0, usize::MAX)
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Bytes(Arc::default())
    }
}

/// The same bytes, however they are described. Of what is described by repetition no more is looked at than until both
/// repeat themselves together.
impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        if self.size() != other.size() {
            return false;
        }
        let decided = match (self.period(), other.period()) {
            (Some(one), Some(other)) => one.checked_mul(other),
            (Some(_), None) | (None, Some(_)) | (None, None) => None,
        };
        let end = decided.map_or(self.size(), |decided| decided.min(self.size()));
        let mut offset = 0;
        while offset < end {
            if self.read(offset, PIECE_BYTES) != other.read(offset, PIECE_BYTES) {
                return false;
            }
            offset += PIECE_BYTES as u64;
        }
        true
    }
}

impl Eq for Content {}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Arc::new(bytes))
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_text_reads_as_if_it_were_written_out() {
        let described = Content::repeated("abc", 10);
        let written = Content::from("abcabcabca");
        assert_eq!(described.size(), 10);
        assert_eq!(described, written);
        for offset in 0..12 {
            for max in 0..12 {
                assert_eq!(described.read(offset, max), written.read(offset, max));
            }
        }
        assert_ne!(described, Content::from("abcabcabcb"));
        assert_ne!(described, Content::repeated("abc", 11));
    }

    #[test]
    fn a_part_of_a_huge_content_costs_no_more_than_the_part() {
        let huge = Content::repeated("0123456789", u64::MAX);
        assert_eq!(huge.read(1 << 62, 4), b"4567");
        assert_eq!(huge.read(u64::MAX - 2, 100), b"34");
        assert!(huge.read(u64::MAX, 100).is_empty());
        assert_eq!(huge, huge.clone());
    }

    #[test]
    fn huge_contents_are_compared_without_being_read_through() {
        let huge = |unit: &str| Content::repeated(unit, 1 << 50);
        assert_eq!(huge("ab"), huge("ab"));
        assert_eq!(huge("ab"), huge("ababab"));
        assert_ne!(huge("ab"), huge("abababac"));
        assert_ne!(huge("ab"), huge("ba"));
        assert_ne!(huge("aab"), huge("aa"));
        assert_ne!(huge("ab"), Content::repeated("ab", (1 << 50) + 1));
    }

    #[test]
    fn nothing_repeated_is_nothing() {
        let nothing = Content::repeated("", 10);
        assert_eq!(nothing.size(), 0);
        assert_eq!(nothing, Content::default());
        assert!(nothing.to_vec().is_empty());
    }
}
