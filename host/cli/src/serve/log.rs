//! The log of a server, on standard error.

use std::io::{self, IsTerminal as _, Write};

use tracing_subscriber::EnvFilter;

use super::LogForm;
use crate::terminal::visible_json;

/// Begins to log. What the libraries below say is shown from warnings on, but for the protocol's, which speaks of each client that goes away; with
/// `verbose` everything is.
pub(super) fn begin(form: LogForm, verbose: bool) {
    let filter = if verbose {
        "debug,hyper=info"
    } else {
        "warn,bailiwick=info,bailiwick_mcp=info,rmcp=off"
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_target(verbose)
        .with_ansi(io::stderr().is_terminal());
    // There is none before: this is called once. The form of text escapes the fields by itself.
    match form {
        LogForm::Text => drop(log.with_writer(io::stderr).try_init()),
        LogForm::Json => {
            let log = log.with_writer(|| Visible(io::stderr()));
            drop(log.json().flatten_event(true).try_init());
        }
    }
}

/// Lines of JSON in which no character can fool a terminal or turn the line around: whoever reads a log looks at it there. A line is written at once.
struct Visible<W>(W);

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(line) {
            Ok(text) => self.0.write_all(visible_json(text).as_bytes())?,
            Err(_) => self.0.write_all(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    //! What a line looks like.

    use super::*;

    #[test]
    fn a_line_is_the_same_value_without_what_fools_a_terminal() {
        let line = "{\"arguments\":\"a\u{9b}31m \u{202e}é\"}\n";
        let mut written = Vec::new();
        Visible(&mut written).write_all(line.as_bytes()).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert_eq!(written, "{\"arguments\":\"a\\u009b31m \\u202eé\"}\n");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&written), value(line));
    }
}
