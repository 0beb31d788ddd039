//! Links in documents: the files exist, and so do the headings.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::Finding;
use super::files::{Repository, TextFile};

/// Follows every relative link of every document.
pub(super) fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let documents: Vec<&TextFile> = repository.with_ending(".md").collect();
    let anchors: BTreeMap<&str, BTreeSet<String>> = documents
        .iter()
        .map(|document| (document.path.as_str(), anchors(&document.text)))
        .collect();
    let mut findings = Vec::new();
    for document in documents {
        for (line, target) in links(&document.text) {
            if let Some(message) = broken(repository, &anchors, &document.path, &target) {
                findings.push(Finding::at(&document.path, line, message));
            }
        }
    }
    Ok(findings)
}

fn broken(
    repository: &Repository,
    anchors: &BTreeMap<&str, BTreeSet<String>>,
    document: &str,
    target: &str,
) -> Option<String> {
    let (path, anchor) = target
        .split_once('#')
        .map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let Some(file) = resolve(document, path) else {
        return Some(format!("`{target}` leaves the repository"));
    };
    let is_read = repository.text(&file).is_some();
    if !is_read && !repository.root.join(&file).exists() {
        return Some(format!("`{target}` does not exist"));
    }
    let anchor = anchor?;
    let known = anchors
        .get(file.as_str())
        .is_some_and(|anchors| anchors.contains(anchor));
    (!known).then(|| format!("`{file}` has no heading `#{anchor}`"))
}

/// A path relative to the document's folder, as one relative to the checkout. `None` where it leads out of that.
fn resolve(document: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(document.to_owned());
    }
    let mut segments: Vec<&str> = document.split('/').collect();
    segments.pop();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

/// Relative link targets with their lines: `[text](target)` and `[label]: target`, outside of code.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code(line);
        let mut rest = line.as_str();
        while let Some((_, after)) = rest.split_once("](") {
            let (target, remaining) = after.split_once(')').unwrap_or((after, ""));
            links.push((
                number,
                target.split(' ').next().unwrap_or_default().to_owned(),
            ));
            rest = remaining;
        }
        if let Some((label, target)) = line.split_once("]: ")
            && label.starts_with('[')
            && !label.starts_with("[^")
        {
            links.push((number, target.trim().to_owned()));
        }
    }
    links.retain(|(_, target)| !is_elsewhere(target));
    links
}

fn is_elsewhere(target: &str) -> bool {
    let target = target.trim_start_matches('<');
    target.contains("://") || target.starts_with("mailto:")
}

/// The lines outside of fenced code.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        !fenced && !is_fence
    })
}

fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// The anchors that headings get on the usual code hosts: lower case, punctuation dropped, spaces to hyphens, a number
/// behind the second of the same name.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for (_, line) in prose(text).filter(|(_, line)| line.starts_with('#')) {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept =
            |character: &char| character.is_alphanumeric() || matches!(character, ' ' | '-' | '_');
        let anchor: String = heading
            .chars()
            .filter(kept)
            .map(|kept| if kept == ' ' { '-' } else { kept })
            .collect();
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone())
            .chain(numbered)
            .find(|anchor| !anchors.contains(anchor));
        anchors.extend(free);
    }
    anchors
}

#[cfg(test)]
mod tests {
    //! Links that lead somewhere and links that do not.

    use super::*;

    fn findings(text: &str) -> Vec<String> {
        let other = "# Two words, and `code`\n## Same\n## Same\n```\n# in code\n```\n";
        let repository = Repository::of(&[
            ("docs/a.md", text),
            ("docs/b.md", other),
            ("README.md", "# Top\n"),
        ]);
        check(&repository)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn follows_files_and_headings() {
        let text = "# Here\n[b](b.md) [top](../README.md#top) [two](b.md#two-words-and-code) [self](#here)\n\
                    [again](b.md#same-1)\n[label]: ../README.md\n";
        assert_eq!(findings(text), [""; 0]);
    }

    #[test]
    fn finds_what_is_not_there() {
        assert_eq!(
            findings("\n[b](c.md)"),
            ["docs/a.md:2: `c.md` does not exist"]
        );
        assert_eq!(
            findings("[b](b.md#three)"),
            ["docs/a.md:1: `docs/b.md` has no heading `#three`"]
        );
        assert_eq!(
            findings("[b](b.md#in-code)"),
            ["docs/a.md:1: `docs/b.md` has no heading `#in-code`"]
        );
        assert_eq!(
            findings("[up](../../b.md)"),
            ["docs/a.md:1: `../../b.md` leaves the repository"]
        );
        assert_eq!(
            findings("[label]: nothing.md"),
            ["docs/a.md:1: `nothing.md` does not exist"]
        );
    }

    #[test]
    fn leaves_code_and_other_places_alone() {
        assert_eq!(
            findings(
                "`[a](b)`\n```\n[a](c.md)\n```\n[x](https://example.com/a#b) [y](mailto:a@b.c)"
            ),
            [""; 0]
        );
    }
}
