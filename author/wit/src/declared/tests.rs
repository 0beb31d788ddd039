//! Worlds from folders of several shapes.

use std::fs;

use bailiwick_policy::Capability;
use tempfile::TempDir;

use super::*;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

const TOOL: &str = "package acme:tool@1.2.3;
/// Counts.
world tool { include bailiwick:worlds/file-reader@0.1.0; export run: func(); }";

#[test]
fn knows_our_packages_without_deps() {
    let wit = folder(&[("world.wit", TOOL)]);
    let declared = Declared::from_folder(wit.path(), None).unwrap();
    assert_eq!(declared.id(), "acme:tool/tool@1.2.3");
    assert_eq!(declared.name(), "tool");
    assert_eq!(declared.docs(), "Counts.");
    assert_eq!(declared.capabilities(), [Capability::ReadFile]);
}

#[test]
fn takes_vendored_packages_before_the_embedded_ones() {
    let wit = folder(&[("world.wit", TOOL)]);
    contract::vendor(wit.path()).unwrap();
    let declared = Declared::from_folder(wit.path(), None).unwrap();
    assert_eq!(declared.capabilities(), [Capability::ReadFile]);
    let worlds = wit.path().join("deps/worlds/worlds.wit");
    let fewer = fs::read_to_string(&worlds).unwrap().replace(
        "world file-reader {",
        "world file-reader { import bailiwick:clock/clock@0.1.0;",
    );
    fs::write(worlds, fewer).unwrap();
    let declared = Declared::from_folder(wit.path(), None).unwrap();
    assert_eq!(declared.capabilities().len(), 2, "from `deps`");
}

#[test]
fn takes_packages_of_others_from_deps() {
    let tool = "package acme:tool; world tool { import other:db/query@0.2.0; export run: func(); }";
    let other = "package other:db@0.2.0; interface query { run: func(sql: string); }";
    for path in ["deps/db/db.wit", "deps/db.wit"] {
        let wit = folder(&[("world.wit", tool), (path, other)]);
        let declared = Declared::from_folder(wit.path(), None).unwrap();
        let import = declared.world().imports.keys().next().unwrap();
        let import = declared.resolve().name_world_key(import);
        assert_eq!(import, "other:db/query@0.2.0");
    }
}

#[test]
fn a_world_is_named_where_there_are_several() {
    let two = "package acme:tool@1.0.0; world one {} world two {}";
    let wit = folder(&[("world.wit", two)]);
    let refused = Declared::from_folder(wit.path(), None).unwrap_err();
    let source = std::error::Error::source(&refused).unwrap().to_string();
    assert!(source.contains("acme:tool/two@1.0.0"), "{source}");
    for name in ["two", "acme:tool/two", "acme:tool/two@1.0.0"] {
        let declared = Declared::from_folder(wit.path(), Some(name)).unwrap();
        assert_eq!(declared.id(), "acme:tool/two@1.0.0");
    }
    assert!(Declared::from_folder(wit.path(), Some("three")).is_err());
}

#[test]
fn says_what_does_not_resolve() {
    let tool = "package acme:tool; world tool { import other:db/query@0.2.0; }";
    let wit = folder(&[("world.wit", tool)]);
    let refused = Declared::from_folder(wit.path(), None).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the WIT of `acme:tool` does not resolve"
    );
    let source = std::error::Error::source(&refused).unwrap().to_string();
    assert!(source.contains("other:db@0.2.0"), "{source}");
}

#[test]
fn our_worlds_have_names() {
    for name in [
        "web-client",
        "bailiwick:worlds/web-client",
        "bailiwick:worlds/web-client@0.1.0",
    ] {
        let declared = Declared::named(name).unwrap();
        assert_eq!(declared.id(), "bailiwick:worlds/web-client@0.1.0");
    }
    let refused = Declared::named("web").unwrap_err().to_string();
    assert!(
        refused.starts_with("there is no world `web`; there are `pure`, "),
        "{refused}"
    );
    assert!(Declared::named("bailiwick:worlds/web-client@0.2.0").is_err());
}
