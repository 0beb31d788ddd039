//! Declared against enforced: every key of a policy file and every promise of SECURITY.md has code that enforces it and a case
//! that proves it, and a page shows which.
//!
//! `docs/enforced.toml` says what code enforces each of them, and the cases of the keys; the cases of a promise stand in
//! SECURITY.md. A key or a promise that is missing there, or that is not one any more, is a finding, and so is a file or a
//! test that does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::files::Repository;
use super::promises::{self, Tests};
use super::{Finding, Generated};

const TABLE: &str = "docs/enforced.toml";
const PAGE: &str = "docs/enforced.md";
const HEAD: &str = "\
# Declared against enforced

Every key that a policy file can have and every promise of [SECURITY.md](../SECURITY.md), the code that enforces it, and the cases that prove it. A name with `::` is a test
function of a crate, a path is a case or a folder of cases. Written by `cargo xtask tidy --bless` from [enforced.toml](enforced.toml) and SECURITY.md; `cargo xtask tidy` fails where a key
or a promise has no code or no case, or one that is not there.
";

/// What somebody wrote about where things are enforced.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    /// By the key's path in the policy file.
    keys: BTreeMap<String, Enforced>,
    /// By the promise's number: the files.
    promises: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enforced {
    code: Vec<String>,
    cases: Vec<String>,
}

/// A key of a policy file.
struct Key {
    path: String,
    about: &'static str,
}

/// Compares the page with what is declared, or rewrites it.
pub(super) fn check(repository: &Repository, generated: Generated) -> Result<Vec<Finding>> {
    let keys: Vec<Key> = bailiwick_policy::policy_keys()
        .into_iter()
        .map(|(path, about)| Key { path, about })
        .collect();
    check_keys(repository, generated, &keys)
}

fn check_keys(repository: &Repository, generated: Generated, keys: &[Key]) -> Result<Vec<Finding>> {
    let Some(text) = repository.text(TABLE) else {
        return Ok(vec![Finding::in_file(TABLE, "does not exist")]);
    };
    let declared: Declared = toml::from_str(text).with_context(|| format!("`{TABLE}`"))?;
    let promises = promises::all(repository);
    let mut findings = complete(
        "key",
        keys.iter().map(|key| key.path.as_str()),
        declared.keys.keys(),
    );
    findings.extend(complete(
        "promise",
        promises.iter().map(|promise| promise.id),
        declared.promises.keys(),
    ));
    findings.extend(real(repository, &declared)?);
    if !findings.is_empty() {
        return Ok(findings);
    }
    let page = page(keys, &promises, &declared);
    match generated {
        _ if repository.text(PAGE) == Some(page.as_str()) => Ok(Vec::new()),
        Generated::Check => Ok(vec![Finding::in_file(
            PAGE,
            "is not what the code and the table make: `cargo xtask tidy --bless` rewrites it",
        )]),
        Generated::Bless => {
            fs::write(repository.root.join(PAGE), page)
                .with_context(|| format!("cannot write `{PAGE}`"))?;
            Ok(Vec::new())
        }
    }
}

/// What is there is declared, and nothing else is.
fn complete<'a>(
    what: &str,
    there: impl Iterator<Item = &'a str>,
    declared: impl Iterator<Item = &'a String>,
) -> Vec<Finding> {
    let there: BTreeSet<&str> = there.collect();
    let declared: BTreeSet<&str> = declared.map(String::as_str).collect();
    let missing = there.difference(&declared).map(|name| {
        Finding::in_file(
            TABLE,
            format!("the {what} `{name}` names no code that enforces it"),
        )
    });
    let stale = declared
        .difference(&there)
        .map(|name| Finding::in_file(TABLE, format!("there is no {what} `{name}`")));
    missing.chain(stale).collect()
}

/// Every file and every test that is named exists.
fn real(repository: &Repository, declared: &Declared) -> Result<Vec<Finding>> {
    let tests = Tests::of(repository)?;
    let mut findings = Vec::new();
    let mut code = |name: &str, files: &[String]| {
        if files.is_empty() {
            findings.push(Finding::in_file(TABLE, format!("`{name}` names no code")));
        }
        for file in files.iter().filter(|file| repository.text(file).is_none()) {
            findings.push(Finding::in_file(
                TABLE,
                format!("`{name}`: there is no file `{file}`"),
            ));
        }
    };
    for (key, enforced) in &declared.keys {
        code(key, &enforced.code);
    }
    for (promise, files) in &declared.promises {
        code(promise, files);
    }
    for (key, enforced) in &declared.keys {
        if enforced.cases.is_empty() {
            findings.push(Finding::in_file(TABLE, format!("`{key}` names no case")));
        }
        let missing = enforced
            .cases
            .iter()
            .filter(|case| !tests.have(repository, case));
        findings
            .extend(missing.map(|case| {
                Finding::in_file(TABLE, format!("`{key}`: there is no case `{case}`"))
            }));
    }
    Ok(findings)
}

fn page(keys: &[Key], promises: &[promises::Row<'_>], declared: &Declared) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## Keys of a policy file\n\n| key | what it says | enforced in | cases |\n|---|---|---|---|\n");
    for key in keys {
        if let Some(enforced) = declared.keys.get(&key.path) {
            let cases: Vec<&str> = enforced.cases.iter().map(String::as_str).collect();
            // Writing to a string cannot fail.
            let _ = writeln!(
                page,
                "| `{}` | {} | {} | {} |",
                key.path,
                key.about.replace('|', "\\|"),
                links(&enforced.code),
                names(&cases)
            );
        }
    }
    page.push_str(
        "\n## Promises\n\n| promise | what it says | enforced in | cases |\n|---|---|---|---|\n",
    );
    for promise in promises {
        if let Some(files) = declared.promises.get(promise.id) {
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} |",
                promise.id,
                promise.words,
                links(files),
                names(&promise.proofs)
            );
        }
    }
    page
}

fn links(files: &[String]) -> String {
    let links: Vec<String> = files
        .iter()
        .map(|file| format!("[{file}](../{file})"))
        .collect();
    links.join(", ")
}

fn names(cases: &[&str]) -> String {
    let names: Vec<String> = cases.iter().map(|case| format!("`{case}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    //! What is enforced and what is not.

    use super::*;

    const SECURITY: &str = "| P-01 | no links | `a_crate::denies_links` |\n";
    const SOURCE: &str = "#[test]\nfn denies_links() {}\n";

    fn findings(table: &str) -> Vec<String> {
        let files = [
            ("SECURITY.md", SECURITY),
            ("a/Cargo.toml", "package.name = \"a-crate\""),
            ("a/src/lib.rs", SOURCE),
            (TABLE, table),
        ];
        let keys = [Key {
            path: "tools.*.read-file".to_owned(),
            about: "Files.",
        }];
        check_keys(&Repository::of(&files), Generated::Check, &keys)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_stale_page_is_a_finding_and_nothing_else_where_all_is_declared() {
        let table = "[keys.'tools.*.read-file']\ncode = ['a/src/lib.rs']\ncases = ['a_crate::denies_links']\n\
                     [promises]\nP-01 = ['a/src/lib.rs']\n";
        let found = findings(table);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(PAGE), "{found:?}");
    }

    #[test]
    fn what_is_missing_stale_or_not_there_is_a_finding() {
        let table = "[keys.'tools.*.write-file']\ncode = ['b.rs']\ncases = ['a_crate::none']\n\
                     [promises]\nP-02 = []\n";
        let found = findings(table).join("\n");
        for part in [
            "the key `tools.*.read-file` names no code",
            "there is no key `tools.*.write-file`",
            "the promise `P-01` names no code",
            "there is no promise `P-02`",
            "there is no file `b.rs`",
            "there is no case `a_crate::none`",
            "`P-02` names no code",
        ] {
            assert!(found.contains(part), "{part}:\n{found}");
        }
    }
}
