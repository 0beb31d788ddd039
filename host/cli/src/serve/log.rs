//! The log of a server, on standard error.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use super::LogForm;

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
        .with_writer(io::stderr)
        .with_target(verbose)
        .with_ansi(io::stderr().is_terminal());
    // There is none before: this is called once.
    match form {
        LogForm::Text => drop(log.try_init()),
        LogForm::Json => drop(log.json().flatten_event(true).try_init()),
    }
}
