//! Our WIT packages parse, and together they resolve.

use std::path::{Path, PathBuf};

use anyhow::Result;
use bailiwick_wit::WitError;
use bailiwick_wit::sources::{self, packages_in, parse};

use super::Finding;
use super::files::Repository;

/// Parses each package and resolves each against all others.
pub(super) fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let folders = packages_in(&repository.root.join("wit"))?;
    let mut findings = Vec::new();
    for main in &folders {
        let others = folders.iter().filter(|folder| *folder != main);
        if let Err(error) = resolve(main, others) {
            let message = format!("{:#}", anyhow::Error::new(error));
            findings.push(Finding::in_file(&main.to_string_lossy(), message));
        }
    }
    Ok(findings)
}

fn resolve<'a>(main: &'a Path, others: impl Iterator<Item = &'a PathBuf>) -> Result<(), WitError> {
    let others = others
        .map(|folder| parse(folder))
        .collect::<Result<Vec<_>, _>>()?;
    sources::resolve(parse(main)?, others).map(drop)
}
