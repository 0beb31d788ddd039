//! Released WIT stays as it was released, and the current WIT is a compatible evolution of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bailiwick_wit::evolution;

use super::Finding;
use super::files::Repository;

/// Where the releases are, one folder a release.
const RELEASED: &str = "wit/released";

/// Compares each release with its list of digests, and the current packages with it.
pub(super) fn check(repository: &Repository) -> Result<Vec<Finding>> {
    check_folders(
        &repository.root.join(RELEASED),
        &repository.root.join("wit"),
    )
}

fn check_folders(released: &Path, current: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for release in releases(released)? {
        let name = release.file_name().unwrap_or_default().to_string_lossy();
        let place = format!("{RELEASED}/{name}");
        for altered in evolution::altered(&release)? {
            let message = format!(
                "{altered}: what is released stays as it was; `docs/wit-evolution.md` says how to release more"
            );
            findings.push(Finding::in_file(&place, message));
        }
        for broken in evolution::check(&release, current)? {
            findings.push(Finding::in_file(&place, broken.to_string()));
        }
    }
    Ok(findings)
}

fn releases(released: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(released).with_context(|| format!("cannot read `{}`", released.display()))?;
    let mut releases = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    releases.sort();
    Ok(releases)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIT: &str = "package acme:db@0.1.0; interface db { enum e { a, b } f: func() -> e; }";

    /// The list of a release that consists of that.
    const SUMS: &str =
        "ccb7e8112f775a704b9257584e3e56856b9e2649450df92e75e3b3b9656561ce  db/db.wit\n";

    fn findings(release: &str, current: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("wit/db/db.wit", current),
            ("released/0.1.0/db/db.wit", release),
            ("released/0.1.0/SHA256SUMS", SUMS),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let (released, current) = (folder.path().join("released"), folder.path().join("wit"));
        let findings = check_folders(&released, &current).unwrap();
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_as_released_is_in_order() {
        assert!(findings(WIT, WIT).is_empty());
    }

    #[test]
    fn an_edited_release_and_a_broken_evolution_are_findings() {
        let more = WIT.replace("a, b", "a, b, c");
        let broken = findings(WIT, &more);
        assert_eq!(broken.len(), 1);
        assert!(
            broken[0].starts_with("wit/released/0.1.0: `acme:db@0.1.0`: the enum `db.e`"),
            "{broken:?}"
        );
        let edited = findings(&more, &more);
        assert_eq!(edited.len(), 1);
        assert!(edited[0].contains("`db/db.wit` is released and has been changed"));
    }
}
