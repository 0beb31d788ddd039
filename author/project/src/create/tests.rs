//! A new project on disk.

use super::*;
use crate::Project;

fn wanted(language: Language) -> Wanted {
    Wanted {
        name: "csv-report".parse().unwrap(),
        namespace: "acme".parse().unwrap(),
        language,
        bundle: Bundle::DEFAULT.parse().unwrap(),
        additions: Vec::new(),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn what_was_written_is_found_to_be_what_was_wanted() {
    for language in Language::ALL {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("here");
        create(&wanted(language), &folder).unwrap();
        let project = Project::open(&folder).unwrap();
        assert_eq!(project.language(), language);
        assert_eq!(project.name(), "csv-report", "{language}");
        assert_eq!(
            project.asks().keys().collect::<Vec<_>>(),
            ["read-file"],
            "{language}"
        );
        let declared = project.declared().unwrap();
        assert_eq!(
            declared.id(),
            "acme:csv-report/csv-report@0.1.0",
            "{language}"
        );
        assert_eq!(names(around.path()), ["here"], "{language}");
    }
}

#[test]
fn an_empty_folder_is_filled() {
    let around = tempfile::tempdir().unwrap();
    create(&wanted(Language::Rust), around.path()).unwrap();
    assert!(around.path().join("wit/world.wit").is_file());
}

#[test]
fn what_is_there_already_is_left_alone() {
    let around = tempfile::tempdir().unwrap();
    let file = around.path().join("file");
    fs::write(&file, "mine").unwrap();
    for occupied in [around.path(), &file] {
        let refused = create(&wanted(Language::Rust), occupied);
        assert!(matches!(refused, Err(CreateError::Occupied { .. })));
    }
    assert_eq!(names(around.path()), ["file"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn nothing_is_left_of_what_could_not_be_written() {
    let around = tempfile::tempdir().unwrap();
    let refused = create(&wanted(Language::Rust), &around.path().join("missing/here"));
    assert!(matches!(refused, Err(CreateError::Write { .. })));
    assert!(names(around.path()).is_empty());
}
