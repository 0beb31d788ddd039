//! A trail as a table for people.

use std::fmt::Write as _;
use std::io::{self, BufRead};

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::line::LineError;
use super::lines::{Lines, NextError};
use super::record::{
    Attempt, Body, Call, Checkpoint, Decision, Load, OK, Opened, Phase, Record, Rule,
};
use super::text::visible;

/// Which records to show: those that fulfil every condition that is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only denied attempts and refused loads.
    pub denied_only: bool,
    /// Only records about the tool of this name.
    pub tool: Option<String>,
    /// Only records of the call whose id begins with this.
    pub call: Option<String>,
}

impl Filter {
    fn shows(&self, body: &Body<'_>) -> bool {
        let tool = self.tool.as_deref();
        let call = self.call.as_deref();
        (!self.denied_only || body.is_denial())
            && tool.is_none_or(|tool| body.tool() == Some(tool))
            && call.is_none_or(|start| body.call().is_some_and(|call| call.starts_with(start)))
    }
}

/// One row of the table. Every text is safe to print: what could fool a terminal stands there as `\u{…}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The number of the record.
    pub seq: u64,
    /// Its time, to the millisecond.
    pub time: String,
    /// The call.
    pub call: String,
    /// The tool.
    pub tool: String,
    /// What was done: the capability and operation of an attempt, or the kind of the record.
    pub action: String,
    /// What it was done to: the arguments of an attempt, the function and arguments of a call.
    pub subject: String,
    /// How it went: `permit` or `deny`, and the code of the outcome.
    pub result: String,
    /// Why, and at what cost: the rule, the remedy, bytes and time.
    pub detail: String,
    /// Whether it is a denied attempt or a refused load.
    pub denied: bool,
}

/// Why a trail could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// It could not be read.
    #[error("cannot read the audit trail")]
    Read(#[source] io::Error),
    /// A line is no record.
    #[error("line {line} of the audit trail is not a record")]
    Line {
        /// The number of the line, from 1.
        line: u64,
        /// What is wrong with it.
        #[source]
        source: LineError,
    },
    /// The last line has no newline.
    #[error(
        "line {line} of the audit trail has no end: a write was interrupted, or the trail was cut"
    )]
    Unfinished {
        /// The number of the line, from 1.
        line: u64,
    },
}

/// The rows of a trail, one at a time. Shows what is there: only [`verify`](super::verify()) tells whether it was changed.
///
/// # Errors
///
/// Each item may be a [`ShowError`], and then it is the last.
pub fn rows(reader: impl BufRead, filter: &Filter) -> impl Iterator<Item = Result<Row, ShowError>> {
    let mut lines = Lines::new(reader);
    let mut line = 0;
    let mut failed = false;
    let records = std::iter::from_fn(move || {
        let next = if failed { None } else { lines.next() }?;
        line += 1;
        failed = next.is_err();
        Some(
            next.map(|(record, _)| record)
                .map_err(|error| show_error(error, line)),
        )
    });
    records.filter_map(|record| match record {
        Ok(record) => filter.shows(&record.body).then(|| Ok(Row::from(&record))),
        Err(error) => Some(Err(error)),
    })
}

fn show_error(error: NextError, line: u64) -> ShowError {
    match error {
        NextError::Io(source) => ShowError::Read(source),
        NextError::Line(source) => ShowError::Line { line, source },
        NextError::Unfinished => ShowError::Unfinished { line },
    }
}

impl From<&Record> for Row {
    fn from(record: &Record) -> Self {
        let body = &record.body;
        let [action, subject, result, detail] = cells(body).map(|cell| visible(&cell).into_owned());
        let time = record.time.to_string();
        Self {
            seq: record.seq,
            time: format!("{}Z", time.get(..23).unwrap_or(&time)),
            call: visible(body.call().unwrap_or_default()).into_owned(),
            tool: visible(body.tool().unwrap_or_default()).into_owned(),
            action,
            subject,
            result,
            detail,
            denied: body.is_denial(),
        }
    }
}

/// Action, subject, result and detail.
fn cells(body: &Body<'_>) -> [String; 4] {
    match body {
        Body::Opened(opened) => opened_cells(opened),
        Body::Load(load) => load_cells(load),
        Body::Attempt(attempt) => attempt_cells(attempt),
        Body::Call(call) => call_cells(call),
        Body::Checkpoint(checkpoint) => checkpoint_cells(checkpoint),
    }
}

fn opened_cells(opened: &Opened<'_>) -> [String; 4] {
    let torn = opened.torn.as_ref().map(|torn| {
        format!(
            "{} unfinished bytes of an earlier process were dropped",
            torn.bytes
        )
    });
    [
        "opened".into(),
        opened.program.to_string(),
        OK.into(),
        torn.unwrap_or_default(),
    ]
}

fn load_cells(load: &Load<'_>) -> [String; 4] {
    let component = load.component.map(|digest| format!("sha256 {digest}"));
    let detail = [
        load.reason.as_ref().map(ToString::to_string),
        remedy(&load.remedy),
    ];
    [
        "load".into(),
        component.unwrap_or_default(),
        load.outcome.to_string(),
        sentence(detail),
    ]
}

fn attempt_cells(attempt: &Attempt<'_>) -> [String; 4] {
    let phase = match attempt.phase {
        Phase::Done => "",
        Phase::Began => " began",
        Phase::Ended => " ended",
        Phase::Opened => " opened",
        Phase::Closed => " closed",
    };
    let decision = match attempt.decision {
        Decision::Permit => "permit",
        Decision::Deny => "deny",
    };
    // A denial's outcome is always the same; its reason says more.
    let code = attempt.reason.as_ref().or(attempt.outcome.as_ref());
    let result = code.map_or_else(|| decision.to_owned(), |code| format!("{decision} {code}"));
    let detail = [
        attempt.rule.as_ref().map(rule),
        remedy(&attempt.remedy),
        attempt.bytes.map(|bytes| format!("{bytes} bytes")),
        attempt.duration_us.map(duration),
    ];
    let action = format!("{} {}{phase}", attempt.capability, attempt.operation);
    [
        action,
        attempt.arguments.to_string(),
        result,
        sentence(detail),
    ]
}

fn call_cells(call: &Call<'_>) -> [String; 4] {
    let outcome = match &call.detail {
        Some(detail) => format!("{} {detail}", call.outcome),
        None => call.outcome.to_string(),
    };
    let detail = [
        call.principal.as_ref().map(|name| format!("for {name}")),
        call.approved_by
            .as_ref()
            .map(|name| format!("approved by {name}")),
        call.parent
            .as_ref()
            .map(|parent| format!("called by {parent}")),
        Some(format!("{} attempts", call.attempts)),
        Some(format!("{} denied", call.denials)),
        Some(format!("fuel {}", call.fuel)),
        Some(format!("{} bytes of memory", call.peak_memory)),
        Some(duration(call.duration_us)),
    ];
    [
        "call".into(),
        format!("{} {}", call.function, call.arguments),
        outcome,
        sentence(detail),
    ]
}

fn checkpoint_cells(checkpoint: &Checkpoint) -> [String; 4] {
    let subject = format!("{} records", checkpoint.count);
    [
        "checkpoint".into(),
        subject,
        "signed".into(),
        format!("key {}", checkpoint.public_key),
    ]
}

fn rule(rule: &Rule<'_>) -> String {
    let text = &rule.text;
    match (&rule.file, rule.line, &rule.flag) {
        (Some(file), Some(line), _) => format!("{file}:{line} `{text}`"),
        (Some(file), None, _) => format!("{file} `{text}`"),
        (None, _, Some(flag)) => format!("{flag} `{text}`"),
        (None, _, None) => format!("code `{text}`"),
    }
}

fn remedy<T: ToString>(remedy: &Option<T>) -> Option<String> {
    remedy
        .as_ref()
        .map(|remedy| format!("allowed by: {}", remedy.to_string()))
}

fn duration(microseconds: u64) -> String {
    match microseconds {
        0..1_000 => format!("{microseconds} µs"),
        1_000..1_000_000 => format!("{}.{} ms", microseconds / 1_000, microseconds / 100 % 10),
        1_000_000.. => format!(
            "{}.{} s",
            microseconds / 1_000_000,
            microseconds / 100_000 % 10
        ),
    }
}

fn sentence<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

const COLUMNS: usize = 8;
const TITLES: [&str; COLUMNS] = [
    "SEQ", "TIME", "CALL", "TOOL", "ACTION", "RESULT", "SUBJECT", "DETAIL",
];
/// The columns that are made smaller where a line would be too wide, and how small at most.
const CALL_WIDTH_MAX: usize = 12;
const TOOL_WIDTH_MAX: usize = 24;
const SHRUNK_WIDTH_MIN: usize = 16;

/// The rows as a table with aligned columns, no line wider than `width` if that is possible (80 columns are too few for all). What does
/// not fit ends in `…`; with `usize::MAX` nothing is cut except the ids of calls and the names of tools.
pub fn render(rows: &[Row], width: usize) -> String {
    let cells: Vec<[String; COLUMNS]> = rows.iter().map(row_cells).collect();
    let widths = column_widths(&cells, width);
    let mut table = String::new();
    write_line(&mut table, TITLES, &widths);
    for cells in &cells {
        write_line(&mut table, cells.each_ref().map(String::as_str), &widths);
    }
    table
}

fn row_cells(row: &Row) -> [String; COLUMNS] {
    [
        row.seq.to_string(),
        row.time.clone(),
        fit(&row.call, CALL_WIDTH_MAX),
        fit(&row.tool, TOOL_WIDTH_MAX),
        row.action.clone(),
        row.result.clone(),
        row.subject.clone(),
        row.detail.clone(),
    ]
}

fn column_widths(cells: &[[String; COLUMNS]], width: usize) -> [usize; COLUMNS] {
    let mut widths = TITLES.map(str::len);
    for row in cells {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    let [fixed @ .., subject, detail] = &mut widths;
    let gaps = 2 * (COLUMNS - 1);
    let left = width.saturating_sub(fixed.iter().sum::<usize>() + gaps);
    // What something was done to matters more than why: the detail gives way first.
    *subject = (*subject).min(left.saturating_sub(SHRUNK_WIDTH_MIN).max(SHRUNK_WIDTH_MIN));
    *detail = (*detail).min(left.saturating_sub(*subject).max(SHRUNK_WIDTH_MIN));
    widths
}

fn write_line(table: &mut String, cells: [&str; COLUMNS], widths: &[usize; COLUMNS]) {
    let mut line = String::new();
    for (column, (cell, width)) in cells.into_iter().zip(widths).enumerate() {
        let cell = fit(cell, *width);
        let pad = width.saturating_sub(cell.width());
        // Only the number stands on the right.
        let (before, after) = if column == 0 { (pad, 0) } else { (0, pad) };
        let gap = if column == 0 { "" } else { "  " };
        // Writing to a string does not fail.
        let _infallible = write!(line, "{gap}{:before$}{cell}{:after$}", "", "");
    }
    table.push_str(line.trim_end());
    table.push('\n');
}

/// The text, or as much of it as stands in `width` columns with `…` at its end.
fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let kept = text.chars().take_while(|character| {
        used += character.width().unwrap_or(0);
        used <= width
    });
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn shown(filter: &Filter) -> Vec<Row> {
        let bytes = samples::bytes(&samples::full_trail());
        rows(bytes.as_slice(), filter)
            .collect::<Result<_, _>>()
            .unwrap()
    }

    #[test]
    fn a_row_for_every_record() {
        let rows = shown(&Filter::default());
        let actions: Vec<_> = rows.iter().map(|row| row.action.as_str()).collect();
        let expected = [
            "opened",
            "load",
            "read-file read",
            "read-file read",
            "read-file read began",
            "read-file read ended",
            "read-file read opened",
            "read-file read closed",
            "call",
            "checkpoint",
        ];
        assert_eq!(actions, expected);
        let denied = &rows[3];
        assert_eq!(denied.result, "deny no-rule");
        assert_eq!(denied.subject, "workspace/private/key");
        assert_eq!(
            denied.detail,
            "--read-file `!workspace/private/**`, allowed by: read-file = [\"workspace/private/key\"], 17 µs"
        );
        assert_eq!(
            rows[2].detail,
            "bailiwick.toml:4 `workspace/input.csv`, 4096 bytes, 17 µs"
        );
        assert!(
            rows[8].detail.starts_with(
                "for alice, approved by alice, by the client, called by 0191a3c3, 2 attempts"
            ),
            "{}",
            rows[8].detail
        );
    }

    #[test]
    fn filters_are_conjunctive() {
        let seqs = |filter| shown(&filter).iter().map(|row| row.seq).collect::<Vec<_>>();
        let tool = Some("csv-summary".to_owned());
        let call = Some("0191".to_owned());
        let none = Filter::default;
        assert_eq!(
            seqs(Filter {
                denied_only: true,
                ..none()
            }),
            [2, 4]
        );
        assert_eq!(
            seqs(Filter {
                denied_only: true,
                call: call.clone(),
                ..none()
            }),
            [4]
        );
        assert_eq!(seqs(Filter { tool, ..none() }), [2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(seqs(Filter { call, ..none() }), [3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(
            seqs(Filter {
                tool: Some("csv".to_owned()),
                ..none()
            }),
            [0; 0]
        );
    }

    #[test]
    fn lines_keep_to_the_width_and_columns_stand_under_each_other() {
        let rows = shown(&Filter::default());
        for width in [140, 160, 200] {
            let table = render(&rows, width);
            assert!(table.lines().all(|line| line.width() <= width), "{table}");
            let column = table.lines().next().unwrap().find("SUBJECT").unwrap();
            let subjects = table
                .lines()
                .skip(1)
                .map(|line| line.chars().nth(column - 1));
            assert!(
                subjects.into_iter().all(|before| before == Some(' ')),
                "{table}"
            );
        }
        let whole = render(&rows, usize::MAX);
        assert!(
            whole.contains("allowed by: read-file = [\"workspace/private/key\"], 17 µs\n"),
            "{whole}"
        );
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(fit("漢字漢字", 8), "漢字漢字");
        assert_eq!(fit("漢字漢字", 7), "漢字漢…");
        assert_eq!(fit("漢字漢字", 6), "漢字…");
    }

    #[test]
    fn what_a_guest_chose_cannot_steer_the_terminal() {
        let trail = samples::full_trail_with(&[samples::denied("a\u{1b}[2J\u{202e}\nb").into()]);
        let bytes = samples::bytes(&trail);
        let rows: Vec<_> = rows(bytes.as_slice(), &Filter::default())
            .map(Result::unwrap)
            .collect();
        let table = render(&rows, usize::MAX);
        assert!(table.contains(r"a\u{1b}[2J\u{202e}\u{a}b"), "{table}");
        assert!(
            table
                .chars()
                .all(|character| character == '\n' || !super::super::is_deceptive(character))
        );
        assert_eq!(table.lines().count(), rows.len() + 1);
    }

    #[test]
    fn stops_at_a_line_that_is_no_record() {
        let mut bytes = samples::bytes(&samples::full_trail());
        bytes.extend_from_slice(b"{}\n{}\n");
        let last: Vec<_> = rows(bytes.as_slice(), &Filter::default())
            .skip(10)
            .collect();
        assert!(
            matches!(last.as_slice(), [Err(ShowError::Line { line: 11, .. })]),
            "{last:?}"
        );
    }
}
