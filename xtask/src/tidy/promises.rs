//! Promises: each row of SECURITY.md names tests that prove it, and those tests exist.
//!
//! A row is `| P-07 | the promise | `crate::path::test_name`, `tests/cases/…` |`. A name with `::` is a test function in
//! that crate; anything with `/` is a file or folder of a case.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use toml::Table;

use super::Finding;
use super::files::{Repository, TextFile};

const DOCUMENT: &str = "SECURITY.md";

/// Looks up every test that a promise names.
pub(super) fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let Some(text) = repository.text(DOCUMENT) else {
        return Ok(vec![Finding::in_file(DOCUMENT, "does not exist")]);
    };
    let tests = Tests::of(repository)?;
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (line, row) in rows(text) {
        if !seen.insert(row.id) {
            findings.push(Finding::at(
                DOCUMENT,
                line,
                format!("there are two promises {}", row.id),
            ));
        }
        if row.proofs.is_empty() {
            findings.push(Finding::at(
                DOCUMENT,
                line,
                format!("{} names no test", row.id),
            ));
        }
        let missing = row
            .proofs
            .iter()
            .filter(|proof| !tests.have(repository, proof));
        findings.extend(missing.map(|proof| {
            Finding::at(
                DOCUMENT,
                line,
                format!("{}: there is no test `{proof}`", row.id),
            )
        }));
    }
    if seen.is_empty() {
        findings.push(Finding::in_file(
            DOCUMENT,
            "promises nothing: no row `| P-… | promise | tests |`",
        ));
    }
    Ok(findings)
}

/// One promise.
pub(super) struct Row<'a> {
    pub(super) id: &'a str,
    /// What is promised.
    pub(super) words: &'a str,
    pub(super) proofs: Vec<&'a str>,
}

/// All promises, in their order.
pub(super) fn all(repository: &Repository) -> Vec<Row<'_>> {
    let text = repository.text(DOCUMENT).unwrap_or_default();
    rows(text).map(|(_, row)| row).collect()
}

fn rows(text: &str) -> impl Iterator<Item = (usize, Row<'_>)> {
    (1..)
        .zip(text.lines())
        .filter_map(|(number, line)| Some((number, row(line)?)))
}

fn row(line: &str) -> Option<Row<'_>> {
    let cells: Vec<&str> = line
        .strip_prefix('|')?
        .trim_end()
        .trim_end_matches('|')
        .split('|')
        .map(str::trim)
        .collect();
    let id = cells.first().filter(|id| {
        id.strip_prefix("P-")
            .is_some_and(|number| number.parse::<u32>().is_ok())
    })?;
    let proofs = cells
        .last()
        .filter(|_| cells.len() > 2)?
        .split('`')
        .skip(1)
        .step_by(2)
        .collect();
    Some(Row {
        id,
        words: cells.get(1).copied().unwrap_or_default(),
        proofs,
    })
}

/// The names of the test functions, by crate.
pub(super) struct Tests {
    by_crate: BTreeMap<String, BTreeSet<String>>,
}

impl Tests {
    pub(super) fn of(repository: &Repository) -> Result<Self> {
        let mut by_crate = BTreeMap::new();
        for manifest in repository.with_ending("Cargo.toml") {
            let table: Table =
                toml::from_str(&manifest.text).with_context(|| format!("`{}`", manifest.path))?;
            if let Some(name) = table
                .get("package")
                .and_then(|package| package.get("name")?.as_str())
            {
                let folder = manifest.path.trim_end_matches("Cargo.toml");
                let sources = repository
                    .with_ending(".rs")
                    .filter(|file| file.path.starts_with(folder));
                by_crate.insert(
                    name.replace('-', "_"),
                    sources.flat_map(test_functions).collect(),
                );
            }
        }
        Ok(Self { by_crate })
    }

    pub(super) fn have(&self, repository: &Repository, proof: &str) -> bool {
        match proof.split_once("::") {
            Some((crate_name, path)) => {
                let function = path.rsplit("::").next().unwrap_or(path);
                self.by_crate
                    .get(crate_name)
                    .is_some_and(|tests| tests.contains(function))
            }
            None => proof.contains('/') && repository.root.join(proof).exists(),
        }
    }
}

/// Functions whose attributes, directly above them, have `test` in them (`#[test]`, `#[tokio::test]`), or that a macro of
/// property tests makes.
fn test_functions(file: &TextFile) -> Vec<String> {
    let mut is_test = false;
    let mut functions = Vec::new();
    for line in file.text.lines().map(str::trim) {
        if line.starts_with("#[") {
            is_test |= line.contains("test]") || line.contains("test(");
        } else if let Some(name) = function_name(line) {
            if std::mem::take(&mut is_test) {
                functions.push(name.to_owned());
            }
        } else if !line.starts_with("//") {
            is_test = false;
        }
    }
    functions
}

fn function_name(line: &str) -> Option<&str> {
    let line = line.trim_start_matches("pub ").trim_start_matches("async ");
    line.strip_prefix("fn ")?.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    //! Promises kept and not.

    use super::*;

    fn findings(security: &str) -> Vec<String> {
        let source = "#[test]\nfn denies_links() {}\n\nfn helper() {}\n\n    #[tokio::test]\n    #[cfg(unix)]\n    \
                      async fn denies_pipes() {}\n#[cfg(test)]\nmod tests;\nfn late() {}\n";
        let manifest = "package.name = \"a-crate\"";
        let files = [
            ("SECURITY.md", security),
            ("a/Cargo.toml", manifest),
            ("a/src/lib.rs", source),
        ];
        check(&Repository::of(&files))
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn accepts_promises_with_tests() {
        let security = "| id | promise | tests |\n|---|---|---|\n\
                        | P-01 | no links | `a_crate::files::denies_links`, `a_crate::denies_pipes` |\n";
        assert_eq!(findings(security), [""; 0]);
    }

    #[test]
    fn finds_promises_without_a_test_that_exists() {
        for name in [
            "a_crate::helper",
            "a_crate::late",
            "a_crate::denies",
            "b_crate::denies_links",
            "denies_links",
            "tests/x",
        ] {
            let row = format!("| P-01 | no links | `{name}` |\n");
            assert_eq!(
                findings(&row),
                [format!("SECURITY.md:1: P-01: there is no test `{name}`")]
            );
        }
        assert_eq!(
            findings("| P-01 | no links | |\n"),
            ["SECURITY.md:1: P-01 names no test"]
        );
    }

    #[test]
    fn finds_two_promises_of_one_id_and_no_promise_at_all() {
        let twice = "| P-01 | a | `a_crate::denies_links` |\n".repeat(2);
        assert_eq!(
            findings(&twice),
            ["SECURITY.md:2: there are two promises P-01"]
        );
        assert_eq!(findings("nothing").len(), 1);
    }
}
