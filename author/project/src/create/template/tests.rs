//! What every project gets, in every language and with every world.

use std::collections::BTreeSet;

use super::*;
use crate::create::Addition;
use crate::language::Language;

fn wanted(language: Language, bundle: Bundle) -> Wanted {
    Wanted {
        name: "csv-report".parse().unwrap(),
        namespace: "acme-tools".parse().unwrap(),
        language,
        bundle,
        additions: Vec::new(),
    }
}

fn everything() -> impl Iterator<Item = Wanted> {
    Language::ALL.into_iter().flat_map(|language| {
        Bundle::all()
            .into_iter()
            .map(move |bundle| wanted(language, bundle))
    })
}

fn text<'a>(files: &'a [Planned], path: &str) -> &'a str {
    let file = files.iter().find(|file| file.path == path);
    std::str::from_utf8(&file.unwrap_or_else(|| panic!("no `{path}`")).bytes).unwrap()
}

#[test]
fn every_project_has_what_all_projects_have() {
    for wanted in everything() {
        let files = plan(&wanted).unwrap();
        let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let context = format!("{} {}", wanted.language, wanted.bundle.name());
        assert_eq!(paths.len(), files.len(), "{context}: a path twice");
        for path in [
            "README.md",
            ".gitignore",
            "bailiwick.toml",
            "wit/world.wit",
            "wit/deps/files/files.wit",
            "wit/deps/worlds/worlds.wit",
            "cases/count-lines.toml",
        ] {
            assert!(paths.contains(path), "{context}: no `{path}`");
        }
        for path in &paths {
            assert!(
                !path.ends_with(ENDING) && !path.contains("{{") && !path.contains(".."),
                "{context}: `{path}`"
            );
        }
        let vendored = paths
            .iter()
            .any(|path| path.starts_with(wanted.language.sdk_place()));
        assert!(vendored, "{context}: no SDK");
        let readme = text(&files, "README.md").lines().count();
        assert!(
            (10..=30).contains(&readme),
            "{context}: README of {readme} lines"
        );
    }
}

#[test]
fn every_new_project_comes_with_two_cases() {
    for wanted in everything() {
        let files = plan(&wanted).unwrap();
        let cases = text(&files, "cases/count-lines.toml");
        let cases: toml::Table = toml::from_str(cases).unwrap();
        assert_eq!(cases["call"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn every_policy_grants_what_the_world_can_ask_for() {
    for wanted in everything() {
        let files = plan(&wanted).unwrap();
        let policy: toml::Table = toml::from_str(text(&files, "bailiwick.toml")).unwrap();
        let tool = policy["tools"]["csv-report"].as_table().unwrap();
        assert_eq!(tool["component"].as_str(), Some("csv-report.wasm"));
        for capability in wanted.bundle.capabilities() {
            assert!(tool.contains_key(capability), "{capability}");
        }
    }
}

#[test]
fn what_is_added_is_imported_and_granted_once() {
    for bundle in Bundle::all() {
        let mut wanted = wanted(Language::Rust, bundle);
        wanted.additions = Addition::all();
        wanted.additions.extend(Addition::all());
        let files = plan(&wanted).unwrap();
        let world = text(&files, "wit/world.wit");
        let policy: toml::Table = toml::from_str(text(&files, "bailiwick.toml")).unwrap();
        let tool = policy["tools"]["csv-report"].as_table().unwrap();
        for addition in Addition::all() {
            let times = world
                .matches(&format!("  import {};\n", addition.id()))
                .count();
            let expected = usize::from(!wanted.bundle.imports(addition.id()));
            assert_eq!(times, expected, "{} {world}", wanted.bundle.name());
            assert!(
                addition
                    .capability()
                    .is_none_or(|key| tool.contains_key(key))
            );
        }
        assert_eq!(tool["key-value"].as_bool(), Some(true));
        assert_eq!(tool["call-tool"].as_array().unwrap().len(), 0);
    }
}

#[test]
fn the_asks_are_toml_and_json() {
    for bundle in Bundle::all() {
        let words = Words::of(&wanted(Language::Rust, bundle));
        let asks = toml::from_str::<toml::Table>(words.meaning("asks_toml", "").unwrap()).unwrap();
        let json = format!("{{{}}}", words.meaning("asks_json", "").unwrap());
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_value(asks).unwrap(), json);
    }
}

#[test]
fn a_placeholder_is_one_word_between_doubled_braces() {
    let words = Words::of(&wanted(Language::C, Bundle::all().remove(0)));
    let fill = |text| words.fill(text, "a template");
    assert_eq!(
        fill("{{name}}_{{name_snake}}").unwrap(),
        "csv-report_csv_report"
    );
    assert_eq!(fill("{{NamePascal}}").unwrap(), "CsvReport");
    for left in [
        "",
        "{",
        "{{",
        "{{}}",
        "{{ name }}",
        "{{a.b}} }}",
        "{ {name} }",
        "{{{",
    ] {
        assert_eq!(fill(left).unwrap(), left);
    }
    let unknown = fill("a {{nmae}} b").unwrap_err();
    assert!(matches!(unknown, CreateError::Placeholder { word, .. } if word == "nmae"));
}
