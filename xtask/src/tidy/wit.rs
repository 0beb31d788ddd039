//! Our WIT packages parse, and together they resolve.

use anyhow::Result;
use wit_parser::Resolve;

use super::Finding;
use super::files::Repository;
use crate::section::{packages_in, parse};

/// Parses each package and resolves each against all others.
pub(super) fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let folders = packages_in(&repository.root.join("wit"))?;
    let mut findings = Vec::new();
    for main in &folders {
        let others = folders.iter().filter(|folder| *folder != main);
        if let Err(error) = resolve(main, others) {
            findings.push(Finding::in_file(
                &main.to_string_lossy(),
                format!("{error:#}"),
            ));
        }
    }
    Ok(findings)
}

fn resolve<'a>(
    main: &'a std::path::Path,
    others: impl Iterator<Item = &'a std::path::PathBuf>,
) -> Result<()> {
    let others = others
        .map(|folder| parse(folder))
        .collect::<Result<Vec<_>>>()?;
    let mut resolve = Resolve::default();
    let resolved = resolve.push_groups(parse(main)?, others);
    resolved
        .map(drop)
        .map_err(|error| anyhow::anyhow!(error.render(&resolve.source_map)))
}
