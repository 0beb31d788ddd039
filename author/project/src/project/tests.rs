//! What a folder is taken for, and what its manifest may say.

use super::*;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn open(files: &[(&str, &str)]) -> Result<Project, BuildError> {
    Project::open(folder(files).path())
}

/// The error and all that is behind it.
fn refusal(files: &[(&str, &str)]) -> String {
    let error = open(files).unwrap_err();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}

const CARGO: (&str, &str) = (
    "Cargo.toml",
    "[package]\nname = \"a-tool\"\nversion = \"1.0.0\"\n",
);
const COMPONENT: (&str, &str) = (
    "Cargo.toml",
    "[package]\nname = \"a-tool\"\n[package.metadata.component]\npackage = \"x:y\"\n",
);
const PYTHON: (&str, &str) = ("pyproject.toml", "[project]\nname = \"a-tool\"\n");
const NODE: (&str, &str) = (
    "package.json",
    r#"{"name": "@acme/a-tool", "private": true}"#,
);
const OURS: (&str, &str) = ("bailiwick-tool.toml", "name = \"a-tool\"\n");
const C: (&str, &str) = (
    "bailiwick-tool.toml",
    "name = \"a-tool\"\nlanguage = \"c\"\n",
);
const CPP: (&str, &str) = (
    "bailiwick-tool.toml",
    "name = \"a-tool\"\nlanguage = \"cpp\"\n",
);

#[test]
fn the_manifest_tells_the_language() {
    let cases: [(&[(&str, &str)], Language); 10] = [
        (&[CARGO], Language::Rust),
        (&[COMPONENT], Language::RustCargoComponent),
        (&[PYTHON], Language::Python),
        (&[NODE], Language::JavaScript),
        (&[NODE, ("tsconfig.json", "{}")], Language::TypeScript),
        (&[("go.mod", "module a"), OURS], Language::Go),
        (&[("build.zig", ""), OURS], Language::Zig),
        (&[("build.zig.zon", ""), OURS], Language::Zig),
        (&[C], Language::C),
        (&[CPP], Language::Cpp),
    ];
    for (files, language) in cases {
        let project = open(files).unwrap();
        assert_eq!(project.language(), language);
        assert_eq!(project.name(), "a-tool", "{language}");
        assert_eq!(project.component(), project.folder().join("a-tool.wasm"));
        assert!(
            project.world().is_none() && project.asks().is_empty(),
            "{language}"
        );
    }
}

#[test]
fn each_manifest_has_the_same_keys() {
    let ours = "name = \"a-tool\"\nlanguage = \"c\"\nworld = \"a:b/c\"\nwit = \"../wit\"\nasks = { clock = \"why\" }";
    let table = "world = \"a:b/c\"\nwit = \"../wit\"\nasks = { clock = \"why\" }\n";
    let cargo = format!("{}[package.metadata.bailiwick]\n{table}", CARGO.1);
    let python = format!("{}[tool.bailiwick]\n{table}", PYTHON.1);
    let node = r#"{"name": "a", "bailiwick": {"world": "a:b/c", "wit": "../wit", "asks": {"clock": "why"}}}"#;
    for manifest in [
        ("bailiwick-tool.toml", ours),
        ("Cargo.toml", &cargo),
        ("pyproject.toml", &python),
        ("package.json", node),
    ] {
        let project = open(&[manifest]).unwrap();
        assert_eq!(project.world(), Some("a:b/c"), "{}", manifest.0);
        assert_eq!(project.wit(), project.folder().join("../wit"));
        assert_eq!(project.asks()["clock"], "why");
    }
}

#[test]
fn a_key_that_means_nothing_is_an_error() {
    let cargo = format!("{}[package.metadata.bailiwick]\ngrants = []\n", CARGO.1);
    let python = format!("{}[tool.bailiwick]\ngrants = []\n", PYTHON.1);
    let ours = format!("{}grants = []\n", C.1);
    for manifest in [
        ("bailiwick-tool.toml", ours.as_str()),
        ("Cargo.toml", &cargo),
        ("pyproject.toml", &python),
        (
            "package.json",
            r#"{"name": "a", "bailiwick": {"grants": []}}"#,
        ),
    ] {
        assert!(
            refusal(&[manifest]).contains("unknown field `grants`"),
            "{}",
            manifest.0
        );
    }
}

#[test]
fn what_is_wrong_is_said_with_the_file() {
    assert!(refusal(&[]).contains("is no tool's project"));
    assert!(refusal(&[OURS]).contains("bailiwick-tool.toml` has no key `language`"));
    let other = (
        "bailiwick-tool.toml",
        "name = \"a\"\nlanguage = \"cobol\"\n",
    );
    assert!(refusal(&[other]).contains("there is no language `cobol`"));
    assert!(refusal(&[("Cargo.toml", "[package")]).contains("Cargo.toml`: TOML parse error"));
    assert!(refusal(&[("build.zig", "")]).contains("cannot read `"));
}

#[test]
fn a_name_is_the_name_of_a_file_and_of_nothing_elsewhere() {
    for name in ["", ".", "..", "../a", "a/b", ".hidden", "a b", "a\\\\b"] {
        let manifest = format!("name = \"{name}\"\nlanguage = \"c\"\n");
        let refused = open(&[("bailiwick-tool.toml", &manifest)]);
        assert!(matches!(refused, Err(BuildError::Name { .. })), "{name:?}");
    }
}

#[test]
fn the_wit_is_written_with_our_packages_and_what_the_author_vendored() {
    let project = folder(&[C]);
    let deps = project.path().join("wit/deps/log");
    fs::create_dir_all(&deps).unwrap();
    fs::write(deps.join("log.wit"), "package bailiwick:log@0.1.0;").unwrap();
    fs::write(project.path().join("wit/world.wit"), "package a:b;").unwrap();
    let target = project.path().join("target/wit");
    fs::create_dir_all(&target).unwrap();
    fs::write(target.join("stale.wit"), "").unwrap();
    Project::open(project.path())
        .unwrap()
        .write_wit(&target)
        .unwrap();
    let read = |name: &str| fs::read_to_string(target.join(name)).unwrap();
    assert_eq!(read("world.wit"), "package a:b;");
    assert_eq!(read("deps/log/log.wit"), "package bailiwick:log@0.1.0;");
    assert!(read("deps/files/files.wit").contains("package bailiwick:files@0.1.0;"));
    assert!(!target.join("stale.wit").exists());
}
