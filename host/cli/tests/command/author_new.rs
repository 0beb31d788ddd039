//! `bailiwick new`: what is written, what comes next, and what is refused.

use std::fs;

use crate::place::Place;
use crate::toolchains::LANGUAGES;

const WORLDS: [&str; 8] = [
    "pure",
    "file-reader",
    "file-editor",
    "file-filter",
    "web-reader",
    "web-client",
    "report-writer",
    "agent-tool",
];

#[test]
fn every_language_has_a_project_for_every_world() {
    let place = Place::with(&[]);
    for language in LANGUAGES {
        for world in WORLDS {
            let folder = format!("{language}-{world}");
            let words = [
                "new", "demo", "--lang", language, "--world", world, "--dir", &folder,
            ];
            place.run(&words).exits(0);
            let text = |name: &str| fs::read_to_string(place.path(&folder).join(name)).unwrap();
            let include = format!("include bailiwick:worlds/{world}@0.1.0;");
            assert!(text("wit/world.wit").contains(&include), "{folder}");
            assert!(text("wit/deps/files/files.wit").contains("package bailiwick:files@0.1.0;"));
            assert!(text("README.md").lines().count() <= 30, "{folder}");
            // The policy is one that the command takes: it decides by it.
            let policy = format!("{folder}/bailiwick.toml");
            place
                .run(&[
                    "explain",
                    "--policy",
                    &policy,
                    "--tool",
                    "demo",
                    "read-file",
                    "../x",
                ])
                .exits(3);
        }
    }
}

#[test]
fn the_next_commands_are_printed() {
    let place = Place::with(&[]);
    let ended = place
        .run(&["new", "line-count", "--lang", "rust"])
        .exits(0)
        .complains("");
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(
        lines[0],
        "line-count is a tool in Rust of the world file-reader."
    );
    assert_eq!(lines[2..4], ["Next:", "  cd line-count"]);
    // Nothing is in `PATH` here, so that what installs the toolchain comes first.
    assert!(lines[4].contains("rustup"), "{}", lines[4]);
    assert_eq!(lines[5..], ["  bailiwick build", "  bailiwick test"]);
}

#[test]
fn names_stand_wherever_the_project_has_them() {
    let place = Place::with(&[]);
    place
        .run(&[
            "new",
            "csv-report",
            "--lang",
            "rust",
            "--namespace",
            "acme-tools",
        ])
        .exits(0);
    let text = |name: &str| fs::read_to_string(place.path("csv-report").join(name)).unwrap();
    assert!(text("wit/world.wit").contains("package acme-tools:csv-report@0.1.0;"));
    assert!(text("Cargo.toml").contains("name = \"csv-report\""));
    assert!(text("src/lib.rs").contains("exports::acme_tools::csv_report::counter::Guest"));
    assert!(text("bailiwick.toml").contains("[tools.csv-report]"));
}

#[test]
fn a_wrong_name_is_refused_with_the_one_that_was_meant() {
    let place = Place::with(&[]);
    place
        .run(&["new", "CsvReport", "--lang", "rust"])
        .exits(2)
        .prints("")
        .mentions("error: the tool cannot have this name\n")
        .mentions("hint: `csv-report` is one\n");
    place
        .run(&["new", "../evil", "--lang", "rust"])
        .exits(2)
        .mentions("`../evil` is no name");
    place
        .run(&["new", "class", "--lang", "rust"])
        .exits(2)
        .mentions("`class` is a keyword");
    place
        .run(&["new", "demo", "--lang", "rust", "--namespace", "bailiwick"])
        .exits(2)
        .mentions("error: the namespace cannot have this name\n");
    assert_eq!(entries(&place), Vec::<String>::new());
}

#[test]
fn an_unknown_word_is_refused_with_the_nearest_one() {
    let place = Place::with(&[]);
    place
        .run(&["new", "demo", "--lang", "typescirpt"])
        .exits(2)
        .mentions("error: there is no language `typescirpt`\n")
        .mentions("hint: did you mean `typescript`?");
    place
        .run(&["new", "demo", "--lang", "cobol85"])
        .exits(2)
        .mentions("hint: the languages are rust, rust-cargo-component, python");
    place
        .run(&["new", "demo", "--lang", "rust", "--world", "file-raeder"])
        .exits(2)
        .mentions("hint: did you mean `file-reader`?");
    assert_eq!(entries(&place), Vec::<String>::new());
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let place = Place::with(&[]);
    place.put("demo/mine.txt", "mine");
    place
        .run(&["new", "demo", "--lang", "go"])
        .exits(2)
        .prints("")
        .mentions("is there already, and is not an empty folder\n")
        .mentions("hint: choose another name, or another place with `--dir`\n");
    assert_eq!(fs::read_dir(place.path("demo")).unwrap().count(), 1);
    assert_eq!(entries(&place), ["demo"]);
}

#[test]
fn the_list_names_what_each_language_needs_and_each_world_gives() {
    let place = Place::with(&[]);
    let ended = place.run(&["new", "--list"]).exits(0).complains("");
    for language in LANGUAGES {
        let line = ended
            .stdout
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("{language} ")));
        let line = line.unwrap_or_else(|| panic!("no `{language}` in {}", ended.stdout));
        assert!(line.contains("not here: "), "{line}");
    }
    for world in WORLDS {
        assert!(ended.stdout.contains(&format!("\n  {world} ")), "{world}");
    }
    assert!(ended.stdout.contains("read-file, write-file, list-files"));
}

fn entries(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(place.path(".")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    // The command's own places are not what is asked about.
    names
        .filter(|name| !["cache", "state"].contains(&name.as_str()))
        .collect()
}
