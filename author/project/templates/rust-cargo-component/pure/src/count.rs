//! Counting lines.

/// How many lines there are in a text.
pub fn lines(text: &str) -> u32 {
    text.lines().count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_needs_no_end() {
        for (text, expected) in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2)] {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }
}
