//! The table: what was measured, against what, the ratio, and the aim.

use std::fmt;

use crate::pair::Paired;

/// A line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    what: String,
    against: String,
    ours: String,
    theirs: String,
    ratio: String,
    aim: String,
}

/// What a ratio should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    /// At most so many times the other.
    AtMost(f64),
    /// At least so many times the other.
    AtLeast(f64),
    /// Nothing in particular.
    Shown,
}

impl Aim {
    fn words(self, ratio: f64) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {most} {}", verdict(ratio <= most)),
            Self::AtLeast(least) => format!("≥ {least} {}", verdict(ratio >= least)),
            Self::Shown => String::new(),
        }
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

impl Row {
    /// Two timings side by side.
    pub(crate) fn paired(what: &str, against: &str, paired: Paired, aim: Aim) -> Self {
        Self {
            what: what.to_owned(),
            against: against.to_owned(),
            ours: time(paired.ours),
            theirs: time(paired.theirs),
            ratio: format!(
                "{:.2}× ({:.2}–{:.2})",
                paired.ratio, paired.range.0, paired.range.1
            ),
            aim: aim.words(paired.ratio),
        }
    }

    /// A figure that stands by itself, in words.
    pub(crate) fn single(what: &str, against: &str, ours: String, aim: String) -> Self {
        let (what, against) = (what.to_owned(), against.to_owned());
        Self {
            what,
            against,
            ours,
            theirs: String::new(),
            ratio: String::new(),
            aim,
        }
    }

    fn cells(&self) -> [&str; 6] {
        [
            &self.what,
            &self.against,
            &self.ours,
            &self.theirs,
            &self.ratio,
            &self.aim,
        ]
    }
}

/// Nanoseconds as a person reads them.
pub(crate) fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        _ if nanoseconds < 1e3 => format!("{nanoseconds:.0} ns"),
        _ if nanoseconds < 1e6 => format!("{:.2} µs", nanoseconds / 1e3),
        _ if nanoseconds < 1e9 => format!("{:.2} ms", nanoseconds / 1e6),
        _ => format!("{:.2} s", nanoseconds / 1e9),
    }
}

/// The table.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Adds lines.
    pub(crate) fn add(&mut self, rows: Vec<Row>) {
        self.rows.extend(rows);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = [
            "what",
            "against",
            "ours",
            "theirs",
            "ratio (lowest–highest)",
            "aim",
        ];
        let lines: Vec<[&str; 6]> = std::iter::once(head)
            .chain(self.rows.iter().map(Row::cells))
            .collect();
        let mut widths = [0; 6];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for (index, line) in lines.iter().enumerate() {
            for (width, cell) in widths.iter().zip(line) {
                write!(formatter, "| {cell:<width$} ")?;
            }
            writeln!(formatter, "|")?;
            if index == 0 {
                for width in widths {
                    write!(formatter, "|{:-<1$}", "", width + 2)?;
                }
                writeln!(formatter, "|")?;
            }
        }
        Ok(())
    }
}
