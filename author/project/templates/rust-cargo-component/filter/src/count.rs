//! Counting lines.

use std::io::{self, BufRead, BufReader, Read};

/// How many lines there are in what is read, in pieces of 64 KiB: a file of any size fits.
pub fn lines(source: impl Read) -> io::Result<u32> {
    let mut source = BufReader::with_capacity(64 << 10, source);
    let mut lines = 0;
    let mut is_open = false;
    loop {
        let piece = source.fill_buf()?;
        if piece.is_empty() {
            return Ok(lines + u32::from(is_open));
        }
        lines += piece.iter().filter(|byte| **byte == b'\n').count() as u32;
        is_open = !piece.ends_with(b"\n");
        let length = piece.len();
        source.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_needs_no_end() {
        for (text, expected) in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2)] {
            assert_eq!(lines(text.as_bytes()).unwrap(), expected, "{text:?}");
        }
    }
}
