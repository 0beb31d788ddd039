//! Source files: a first line that says what a file is for, a length that can be read, nothing unfinished, nothing of
//! somebody's machine.

use anyhow::Result;

use super::Finding;
use super::files::{Repository, TextFile};

/// STYLE: files aim at 300 lines, twice that needs a reason.
const LINES_MAX: usize = 600;

/// Files that may be longer, each with the reason.
const LONG_FILES: [(&str, &str); 0] = [];

/// Endings of files that people write.
const WRITTEN: [&str; 18] = [
    ".rs", ".toml", ".md", ".wit", ".wat", ".sh", ".json", ".jsonl", ".txt", ".py", ".js", ".mjs",
    ".ts", ".c", ".cpp", ".h", ".zig", ".go",
];

/// Looks at every file that people write.
pub(super) fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in repository.with_ending(".rs") {
        findings.extend(purpose(file));
        findings.extend(length(file));
    }
    let checkout = repository.root.to_string_lossy();
    for file in repository
        .files()
        .filter(|file| WRITTEN.iter().any(|ending| file.path.ends_with(ending)))
    {
        findings.extend(lines(file, &checkout));
    }
    Ok(findings)
}

fn purpose(file: &TextFile) -> Option<Finding> {
    let first = file.text.lines().next().unwrap_or_default();
    let says = first
        .strip_prefix("//!")
        .is_some_and(|purpose| purpose.trim().len() > 1);
    (!says).then(|| {
        Finding::at(
            &file.path,
            1,
            "the first line must be `//!` with the file's one responsibility",
        )
    })
}

fn length(file: &TextFile) -> Option<Finding> {
    let lines = file.text.lines().count();
    let may_be_long = LONG_FILES.iter().any(|(path, _)| *path == file.path);
    (lines > LINES_MAX && !may_be_long).then(|| {
        Finding::in_file(
            &file.path,
            format!("{lines} lines, the most is {LINES_MAX}: split it, or list it with a reason"),
        )
    })
}

fn lines(file: &TextFile, checkout: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    // A checkout directly below the root would match ordinary paths.
    let names_checkout = |line: &str| checkout.len() > 6 && line.contains(checkout);
    for (number, line) in (1..).zip(file.text.lines()) {
        if is_unfinished(line) {
            findings.push(Finding::at(
                &file.path,
                number,
                "unfinished: do it, or open an issue",
            ));
        }
        if names_checkout(line) {
            findings.push(Finding::at(
                &file.path,
                number,
                "names a path of this machine",
            ));
        }
    }
    findings
}

/// The usual marks as words of their own; written apart here, so that this file is not a finding.
fn is_unfinished(line: &str) -> bool {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME")];
    line.split(|character: char| !character.is_alphanumeric())
        .any(|word| marks.contains(&word))
}

#[cfg(test)]
mod tests {
    //! Both sides of each rule.

    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        check(&Repository::of(&[(path, text)]))
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn asks_for_a_purpose_in_the_first_line() {
        assert!(findings("a.rs", "//! Counts.\nfn f() {}\n").is_empty());
        for without in ["", "fn f() {}\n", "//!\n", "//! .\n", "\n//! Late.\n"] {
            assert_eq!(findings("a.rs", without).len(), 1, "{without:?}");
        }
    }

    #[test]
    fn accepts_the_longest_file_and_refuses_one_line_more() {
        let file = |lines: usize| format!("//! Long.{}", "\n// x".repeat(lines - 1));
        assert!(findings("a.rs", &file(LINES_MAX)).is_empty());
        assert!(findings("a.rs", &file(LINES_MAX + 1))[0].contains("601 lines"));
    }

    #[test]
    fn finds_marks_of_unfinished_work_as_words() {
        let mark = concat!("TO", "DO");
        assert_eq!(
            findings("a.md", &format!("fine\n{mark}: later\n")),
            ["a.md:2: unfinished: do it, or open an issue"]
        );
        assert!(findings("a.md", &format!("{mark}S and methods\n")).is_empty());
    }

    #[test]
    fn finds_the_checkout_in_any_text() {
        assert_eq!(
            findings("a.json", "\"/nowhere/a\"\n"),
            ["a.json:1: names a path of this machine"]
        );
    }
}
