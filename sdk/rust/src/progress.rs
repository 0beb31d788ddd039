//! How far a call is, for whoever waits for it. The world imports `bailiwick:progress/progress`; no grant is needed.
//!
//! Reports go to the caller's display, if it has one, and never to the agent. What comes faster than it can be shown is dropped, so
//! that nothing here can fail.

use std::fmt::Display;

use crate::bindings::bailiwick::progress::progress as host;

/// A report that is being put together: [`at`] begins one, [`Report::send`] sends it.
#[must_use = "a report is sent by `send`"]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Report {
    done: u64,
    total: Option<u64>,
    message: Option<String>,
}

/// Begins a report that `done` is done, in units of the tool's own choice.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::progress;
/// let pages = ["a", "b"];
/// for (done, page) in (0..).zip(pages) {
///     progress::at(done).of(2).saying(format_args!("page {page}")).send();
///     // …
/// }
/// ```
pub fn at(done: u64) -> Report {
    Report {
        done,
        total: None,
        message: None,
    }
}

impl Report {
    /// Says how much there is to do in all, where that is known.
    pub fn of(mut self, total: u64) -> Self {
        self.total = Some(total);
        self
    }

    /// Adds one short line for a person. What is longer than 200 bytes is cut.
    pub fn saying(mut self, message: impl Display) -> Self {
        self.message = Some(message.to_string());
        self
    }

    /// Sends the report.
    pub fn send(self) {
        host::report(self.done, self.total, self.message.as_deref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_it_was_told() {
        let report = at(3).of(10).saying(format_args!("row {}", 3));
        let expected = Report {
            done: 3,
            total: Some(10),
            message: Some("row 3".to_owned()),
        };
        assert_eq!(report, expected);
        assert_eq!((at(0).total, at(0).message), (None, None));
    }
}
