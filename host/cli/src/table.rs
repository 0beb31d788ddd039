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

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_aligned_by_what_a_terminal_shows() {
        let rows = [["a", "漢字", "x"], ["bcd", "e", ""]].map(|row| row.map(ToOwned::to_owned));
        assert_eq!(table(&rows, 2), "  a    漢字  x\n  bcd  e\n");
    }
}
