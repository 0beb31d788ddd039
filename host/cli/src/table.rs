//! Columns of text.

use unicode_width::UnicodeWidthStr as _;

/// The rows with aligned columns, each line indented; the last column is not padded.
pub(crate) fn table<const N: usize>(rows: &[[String; N]], indent: usize) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The text in lines of at most `width` columns, if its words let it: the first indented by `indent`, the others by
/// `hang` more.
pub(crate) fn wrapped(text: &str, indent: usize, hang: usize, width: usize) -> String {
    let mut lines = String::new();
    let mut line = " ".repeat(indent);
    let mut is_empty = true;
    // Gaps inside are kept: the first words may be a column.
    for word in text.split_inclusive(' ') {
        if !is_empty && line.width() + word.trim_end().width() > width {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line = " ".repeat(indent + hang);
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push_str(line.trim_end());
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::{table, wrapped};

    #[test]
    fn long_lines_hang() {
        assert_eq!(
            wrapped("answer  aaa bbb ccc", 2, 8, 16),
            "  answer  aaa\n          bbb\n          ccc\n"
        );
        assert_eq!(wrapped("unbreakable", 2, 4, 5), "  unbreakable\n");
        assert_eq!(wrapped("", 2, 4, 5), "\n");
    }

    #[test]
    fn columns_are_aligned_by_what_a_terminal_shows() {
        let rows = [["a", "漢字", "x"], ["bcd", "e", ""]].map(|row| row.map(ToOwned::to_owned));
        assert_eq!(table(&rows, 2), "  a    漢字  x\n  bcd  e\n");
    }
}
