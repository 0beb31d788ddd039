//! Checks of the repository as a whole: what no compiler and no test looks at.
//!
//! Each check is a function from the repository to findings. A finding is a place and a sentence; there are no warnings.

mod attacks;
mod dependencies;
mod enforced;
mod files;
mod limits;
mod links;
mod manifests;
mod promises;
mod released;
mod sources;
mod wit;

use std::fmt;

use anyhow::{Result, bail};

use crate::progress::Progress;
use crate::workspace::Workspace;
use files::Repository;

/// Whether generated parts of documents are checked or rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generated {
    /// A stale part is a finding.
    Check,
    /// A stale part is rewritten.
    Bless,
}

/// Something that must be put right.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    /// The file, relative to the checkout.
    file: String,
    /// The line, from 1, where there is one.
    line: Option<usize>,
    message: String,
}

type Check = fn(&Repository) -> Result<Vec<Finding>>;

const CHECKS: [(&str, Check); 7] = [
    ("source files", sources::check),
    ("manifests", manifests::check),
    ("dependencies, licences", dependencies::check),
    ("promises", promises::check),
    ("links", links::check),
    ("WIT", wit::check),
    ("released WIT", released::check),
];

/// Runs all checks.
///
/// # Errors
/// Fails if there was a finding, all of which are printed before, or if a check could not be made.
pub(crate) fn run(workspace: &Workspace, progress: &Progress, generated: Generated) -> Result<()> {
    let repository = Repository::read(&workspace.root)?;
    let mut findings = limits::check(&repository, generated)?;
    progress.say(format_args!(
        "tidy: table of limits: {}",
        outcome(&findings)
    ));
    let found = enforced::check(&repository, generated)?;
    progress.say(format_args!(
        "tidy: declared against enforced: {}",
        outcome(&found)
    ));
    findings.extend(found);
    let found = attacks::check(&repository, generated)?;
    progress.say(format_args!("tidy: tables of attacks: {}", outcome(&found)));
    findings.extend(found);
    for (name, check) in CHECKS {
        let found = check(&repository)?;
        progress.say(format_args!("tidy: {name}: {}", outcome(&found)));
        findings.extend(found);
    }
    findings.iter().for_each(|finding| println!("{finding}"));
    match findings.len() {
        0 => Ok(()),
        1 => bail!("tidy: 1 finding"),
        several => bail!("tidy: {several} findings"),
    }
}

fn outcome(findings: &[Finding]) -> String {
    if findings.is_empty() {
        "in order".to_owned()
    } else {
        format!("{} to put right", findings.len())
    }
}

impl Finding {
    fn in_file(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            message: message.into(),
        }
    }

    fn at(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: Some(line),
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "{}:{line}: {}", self.file, self.message),
            None => write!(out, "{}: {}", self.file, self.message),
        }
    }
}
