//! `bailiwick audit`: reading and verifying trails.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal as _};
use std::path::Path;

use bailiwick::audit::{
    ExpectedHead, Filter, KeyError, PublicKey, Row, VerifyError, VerifyOptions, VerifyReport,
    render, rows, verify,
};

use crate::args::{AuditCommand, Show, Verify};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::{self, Paint};

/// Fewer columns than this are too few for a table; it is cut no further.
const WIDTH_MIN: u16 = 80;

pub(crate) fn audit(command: &AuditCommand) -> Result<Exit, Failure> {
    match command {
        AuditCommand::Show(show) => self::show(show),
        AuditCommand::Verify(verify) => self::check(verify),
    }
}

fn show(show: &Show) -> Result<Exit, Failure> {
    let filter = Filter {
        denied_only: show.denied,
        tool: show.tool.clone(),
        call: show.call.clone(),
    };
    let mut shown: Vec<Row> = Vec::new();
    let mut broken = None;
    for row in rows(open(&show.file)?, &filter) {
        match row {
            Ok(row) => shown.push(row),
            Err(error) => broken = Some(error),
        }
    }
    // What could be read is shown before what could not.
    terminal::put(&render(&shown, width()))?;
    match broken {
        None => Ok(Exit::Success),
        Some(error) => Err(
            Failure::new(Exit::Refused, "broken-trail", error.to_string())
                .because_of_source(&error)
                .hint("`bailiwick audit verify` says up to where the trail is consistent"),
        ),
    }
}

/// As wide as the terminal; whole lines where there is none.
fn width() -> usize {
    if !io::stdout().is_terminal() {
        return usize::MAX;
    }
    let columns = terminal_size::terminal_size().map_or(WIDTH_MIN, |(width, _)| width.0);
    columns.max(WIDTH_MIN).into()
}

fn check(arguments: &Verify) -> Result<Exit, Failure> {
    let options = VerifyOptions {
        public_key: arguments.key.as_deref().map(key).transpose()?,
        head: arguments.head.as_deref().map(head).transpose()?,
    };
    let report = verify(open(&arguments.file)?, &options).map_err(|error| changed(&error))?;
    terminal::put(&report_text(&report))?;
    Ok(Exit::Success)
}

fn report_text(report: &VerifyReport) -> String {
    let mut text = format!("{}\n", Paint::stdout().bold(&report.to_string()));
    text += &format!("  head         {}\n", report.head);
    text += &format!("  denials      {}\n", report.denials);
    text += &format!("  checkpoints  {}\n", report.checkpoints);
    if report.torn > 0 {
        text += &format!(
            "  torn lines   {} (a process ended in the middle of a write, and the next one said so)\n",
            report.torn
        );
    }
    if !report.is_authenticated() {
        text += "keep the head elsewhere, and give it with `--head` the next time\n";
    }
    text
}

fn changed(error: &VerifyError) -> Failure {
    let (exit, code) = match error {
        VerifyError::Read(_) => (Exit::HostFault, "host-fault"),
        VerifyError::Empty
        | VerifyError::Line { .. }
        | VerifyError::Truncated { .. }
        | VerifyError::HeadMissing
        | VerifyError::NotSigned => (Exit::Refused, "broken-trail"),
    };
    Failure::new(exit, code, error.to_string()).because_of_source(error)
}

/// A key itself, or a file with one in it.
fn key(text: &str) -> Result<PublicKey, Failure> {
    let key = match text.parse() {
        Err(KeyError::Malformed) => PublicKey::read(Path::new(text)),
        key => key,
    };
    key.map_err(|error| {
        Failure::usage("`--key` is no public key")
            .because(&error)
            .maybe_hint(error.hint().map(ToOwned::to_owned))
    })
}

fn head(text: &str) -> Result<ExpectedHead, Failure> {
    text.parse().map_err(|error| {
        Failure::usage("`--head` is no head")
            .because(&error)
            .hint("give it as `verify` prints it: `COUNT:HASH`")
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the operator named the trail on the command line"
)]
fn open(path: &Path) -> Result<BufReader<File>, Failure> {
    let file = File::open(path).map_err(|error| {
        Failure::usage(format!("cannot read the trail `{}`", path.display())).because(&error)
    })?;
    Ok(BufReader::new(file))
}
