//! Paths and patterns of paths: what is permitted is what the model permits, and no permitted path leads anywhere else.
//!
//! An input is lines: the last is the path, those before are the rules.

use std::path::{Component, Path};
use std::sync::Arc;

use bailiwick_policy::{
    Capability, FileRule, Manifest, Origin, PathPattern, ReadFile, RelativePath, Rules, Source,
    resolve,
};

use crate::model;

pub(crate) fn run(data: &[u8]) {
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    let Some((path, rules)) = lines.split_last() else {
        return;
    };
    let checked = RelativePath::from_bytes(path);
    if let Ok(checked) = &checked {
        stays_below(checked, path);
    }
    let patterns: Vec<PathPattern> = rules
        .iter()
        .filter_map(|line| std::str::from_utf8(line).ok())
        .filter(|text| !model::is_slow(text))
        .filter_map(|text| PathPattern::parse(text).ok())
        .collect();
    let Ok(text) = std::str::from_utf8(path) else {
        return;
    };
    let permitted = permitted(&patterns, text);
    let expected = checked.is_ok() && model_permits(&patterns, text);
    assert_eq!(
        permitted, expected,
        "{text:?} under {patterns:?}: decided {permitted}, the model says {expected}"
    );
}

/// What was accepted is one plain name after another, spelt as it was sent.
fn stays_below(checked: &RelativePath, sent: &[u8]) {
    assert_eq!(checked.as_str().as_bytes(), sent, "a path was changed");
    let path = Path::new(checked.as_str());
    assert!(
        path.components()
            .all(|component| matches!(component, Component::Normal(_))),
        "{path:?} leads elsewhere"
    );
    assert_eq!(
        path.components().count(),
        checked.segments().count(),
        "{path:?} is spelt in a way that the system reads otherwise"
    );
    assert!(
        !checked
            .as_str()
            .contains(|character: char| character.is_control() || character == '\\'),
        "{path:?} holds what no path may"
    );
}

fn permitted(patterns: &[PathPattern], path: &str) -> bool {
    let mut rules = Rules::builder(Source::Code).link(&Capability::ReadFile);
    for pattern in patterns {
        let mut rule = FileRule::new(pattern.as_str());
        if pattern.is_everything() {
            rule = rule.everything();
        }
        rules = rules
            .read_file(rule, Origin::Code)
            .expect("a pattern that was parsed makes a rule");
    }
    let manifest: Manifest = [Capability::ReadFile].into_iter().collect();
    let grant = resolve(&manifest, Arc::new(rules.build()));
    match grant.decide(ReadFile { path }) {
        Ok(permit) => {
            assert_eq!(permit.target().path().as_str(), path, "another path");
            true
        }
        Err(_) => false,
    }
}

fn model_permits(patterns: &[PathPattern], path: &str) -> bool {
    let path: Vec<&str> = path.split('/').collect();
    let mut permitted = false;
    for pattern in patterns {
        let parts = model::parts(pattern.as_str().trim_start_matches('!'));
        if pattern.denies() {
            if model::denies(&parts, &path) {
                return false;
            }
        } else {
            permitted |= model::covers(&parts, &path);
        }
    }
    permitted
}
