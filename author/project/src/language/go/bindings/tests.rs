//! The bindings of small worlds, and those that the SDK carries.

use std::path::PathBuf;

use bailiwick_wit::Declared;

use super::*;

fn module(has_sdk: bool) -> Module {
    Module {
        path: "example/a".to_owned(),
        has_sdk,
        is_vendored: false,
    }
}

fn generated(world: &str, has_sdk: bool) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("world.wit"), world).unwrap();
    let declared = Declared::from_folder(folder.path(), None).unwrap();
    let (resolve, world) = declared.into_parts();
    generate(resolve, world, &module(has_sdk)).unwrap()
}

fn text<'a>(files: &'a [(String, String)], name: &str) -> &'a str {
    &files.iter().find(|(path, _)| path == name).unwrap().1
}

const COUNTER: &str = "package example:a@0.1.0;
    interface counter { use bailiwick:files/types@0.1.0.{error}; count: func() -> result<u32, error>; }
    world a { include bailiwick:worlds/file-reader@0.1.0; export counter; }";

#[test]
fn what_the_tool_offers_is_a_package_with_the_name_of_the_interface() {
    let files = generated(COUNTER, false);
    let exports = text(&files, "wit_exports/wit_exports.go");
    assert!(
        exports.contains("export_example_a_counter \"example/a/counter\""),
        "{exports}"
    );
}

#[test]
fn without_the_sdk_the_module_has_all_bindings_itself() {
    let files = generated(COUNTER, false);
    let exports = text(&files, "wit_exports/wit_exports.go");
    assert!(
        exports.contains("\"example/a/bindings/bailiwick_files_types\""),
        "{exports}"
    );
    assert!(text(&files, "bailiwick_files_types/wit_bindings.go").contains("type Error struct"));
}

#[test]
fn with_the_sdk_the_bindings_of_our_packages_are_those_of_the_sdk() {
    let files = generated(COUNTER, true);
    let exports = text(&files, "wit_exports/wit_exports.go");
    assert!(
        exports.contains("\"bailiwick.dev/sdk/wit/bailiwick_files_types\""),
        "{exports}"
    );
    let ours = files
        .iter()
        .find(|(path, _)| path.starts_with("bailiwick_"));
    assert_eq!(ours, None);
    assert!(text(&files, "example_a_counter/wit_bindings.go").contains("bailiwick.dev/sdk/wit"));
}

#[test]
fn names_that_go_cannot_have_keep_their_long_form() {
    let world = "package example:a@0.1.0;
        interface %type { f: func(); }
        interface word-count { f: func(); }
        world a { export %type; export word-count; export g: func(); }";
    let files = generated(world, false);
    let exports = text(&files, "wit_exports/wit_exports.go");
    assert!(
        exports.contains(" \"example/a/export_example_a_type\"\n"),
        "{exports}"
    );
    assert!(
        exports.contains("export_example_a_word_count \"example/a/wordcount\""),
        "{exports}"
    );
    assert!(
        exports.contains("export_wit_world \"example/a/tool\""),
        "{exports}"
    );
}

/// `BLESS=1` writes them anew, to be formatted with gofmt.
#[test]
fn the_sdk_has_the_bindings_of_our_packages_as_they_are_generated_now() {
    let (resolve, world) = Declared::everything().unwrap().into_parts();
    let sdk = Module {
        path: SDK.to_owned(),
        ..module(false)
    };
    let files = generate(resolve, world, &sdk).unwrap();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../sdk/go/wit");
    let theirs = files
        .iter()
        .filter(|(name, _)| name.starts_with("bailiwick_"));
    for (name, text) in theirs {
        let text = text.replace("sdk/bindings/", "sdk/wit/");
        let path = folder.join(name);
        if std::env::var_os("BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap();
        assert_eq!(words(&there), words(&text), "{name}");
    }
}

/// A text without its layout: what is in the SDK is formatted, which moves blanks, lines and imports.
fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text
        .split(|character: char| !character.is_alphanumeric() && character != '_')
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words
}
