//! Counting in pieces: characters may be cut anywhere between two of them.

/// What is in a text.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Totals {
    pub(crate) bytes: u64,
    pub(crate) characters: u64,
    pub(crate) words: u64,
    pub(crate) lines: u64,
}

/// A count that is under way.
#[derive(Default)]
pub(crate) struct Count {
    totals: Totals,
    in_word: bool,
    /// The beginning of a character whose rest is in the next piece: three bytes at most.
    cut: Vec<u8>,
}

impl Count {
    /// Counts the next piece.
    pub(crate) fn add(&mut self, piece: &[u8]) {
        self.totals.bytes += piece.len() as u64;
        if self.cut.is_empty() {
            return self.add_joined(piece);
        }
        let mut joined = std::mem::take(&mut self.cut);
        joined.extend_from_slice(piece);
        self.add_joined(&joined);
    }

    /// Counts what was left over, and gives the totals.
    pub(crate) fn finish(mut self) -> Totals {
        if !self.cut.is_empty() {
            self.character(char::REPLACEMENT_CHARACTER);
        }
        self.totals
    }

    fn add_joined(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            chunk
                .valid()
                .chars()
                .for_each(|character| self.character(character));
            let invalid = chunk.invalid();
            if chunks.peek().is_none() && may_continue(invalid) {
                self.cut = invalid.to_vec();
            } else if !invalid.is_empty() {
                self.character(char::REPLACEMENT_CHARACTER);
            }
        }
    }

    fn character(&mut self, character: char) {
        let in_word = !character.is_whitespace();
        self.totals.characters += 1;
        self.totals.words += u64::from(in_word && !self.in_word);
        self.totals.lines += u64::from(character == '\n');
        self.in_word = in_word;
    }
}

/// Whether these bytes are a character whose end is missing, rather than none at all.
fn may_continue(bytes: &[u8]) -> bool {
    matches!(std::str::from_utf8(bytes), Err(error) if error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_pieces(bytes: &[u8], piece: usize) -> Totals {
        let mut count = Count::default();
        bytes.chunks(piece).for_each(|piece| count.add(piece));
        count.finish()
    }

    fn totals(bytes: u64, characters: u64, words: u64, lines: u64) -> Totals {
        Totals {
            bytes,
            characters,
            words,
            lines,
        }
    }

    #[test]
    fn counts_bytes_characters_words_and_lines() {
        assert_eq!(in_pieces(b"", 1), totals(0, 0, 0, 0));
        assert_eq!(in_pieces(b"one", 9), totals(3, 3, 1, 0));
        assert_eq!(
            in_pieces(b" one\ttwo \n\nthree\r\n", 99),
            totals(18, 18, 3, 3)
        );
        assert_eq!(
            in_pieces("naïve \u{3000}日本 🦀".as_bytes(), 99),
            totals(21, 11, 3, 0)
        );
    }

    #[test]
    fn bytes_that_are_no_text_count_as_their_replacement() {
        for bytes in [
            &b"a\xff\xfeb"[..],
            b"\xe2\x82",
            b"\xe2\x82 \xe2\x82\xac",
            b"\xf0\x9f\xa6",
            b"\x80\n\xc0\xaf",
        ] {
            let replaced = String::from_utf8_lossy(bytes);
            let expected = in_pieces(replaced.as_bytes(), 99);
            assert_eq!(
                in_pieces(bytes, 99),
                Totals {
                    bytes: bytes.len() as u64,
                    ..expected
                }
            );
        }
    }

    #[test]
    fn where_the_text_is_cut_makes_no_difference() {
        let text = b"na\xc3\xafve \xe2\x82\xac \xf0\x9f\xa6\x80\xff \xe2\x82x\n\xf0\x9f\xa6";
        let whole = in_pieces(text, text.len());
        for piece in 1..text.len() {
            assert_eq!(in_pieces(text, piece), whole, "in pieces of {piece}");
        }
    }
}
