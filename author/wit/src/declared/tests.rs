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

/// The tool's folder with our packages vendored, one of them with something replaced in it.
fn vendored(package: &str, from: &str, to: &str) -> Result<Declared, WitError> {
    let wit = folder(&[("world.wit", TOOL)]);
    contract::vendor(wit.path()).unwrap();
    let path = wit.path().join("deps").join(package);
    let path = path.join(format!("{package}.wit"));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replace(from, to)).unwrap();
    Declared::from_folder(wit.path(), None)
}

const FILE_READER: &str = "world file-reader {\n  include pure;";

#[test]
fn takes_vendored_packages_before_the_embedded_ones() {
    let declared = vendored("worlds", FILE_READER, "world file-reader {").unwrap();
    let log = "bailiwick:log/log@0.1.0".to_owned();
    let imports = contract::imports(declared.resolve(), declared.world());
    assert!(!imports.contains(&log), "an older form, without the log");
    assert_eq!(declared.capabilities(), [Capability::ReadFile]);
}

#[test]
fn refuses_a_vendored_package_that_this_host_has_otherwise() {
    let more = format!("{FILE_READER} import bailiwick:clock/clock@0.1.0;");
    let table = [
        (
            vendored("worlds", FILE_READER, &more),
            "`bailiwick:worlds@0.1.0` does not fit this host's `bailiwick:worlds@0.1.0`: the host has no import `file-reader.bailiwick:clock/clock@0.1.0`; the host has no import `file-editor.bailiwick:clock/clock@0.1.0`; the host has no import `report-writer.bailiwick:clock/clock@0.1.0`",
        ),
        (
            vendored("random", "    unavailable,\n", "    unavailable, broken,\n"),
            "`bailiwick:random@0.1.0` does not fit this host's `bailiwick:random@0.1.0`: the variant `random.error` is `variant error { denied, limit, unavailable, broken, other(string) }` there, and `variant error { denied, limit, unavailable, other(string) }` in the host",
        ),
        (
            vendored(
                "log",
                "log: func(level: level, message: string);",
                "log: func(level: level, message: string); flush: func();",
            ),
            "`bailiwick:log@0.1.0` does not fit this host's `bailiwick:log@0.1.0`: the host has no function `log.flush`",
        ),
    ];
    for (refused, message) in table {
        assert_eq!(refused.unwrap_err().to_string(), message);
    }
}

#[test]
fn another_version_fits_where_the_host_has_all_of_it() {
    let log = |version: &str| {
        let text = fs::read_to_string("../../wit/log/log.wit").unwrap();
        let log = text.replace(
            "package bailiwick:log@0.1.0",
            &format!("package bailiwick:log@{version}"),
        );
        let tool =
            format!("package acme:tool; world tool {{ import bailiwick:log/log@{version}; }}");
        let wit = folder(&[("world.wit", &tool), ("deps/log/log.wit", &log)]);
        Declared::from_folder(wit.path(), None)
    };
    assert!(log("0.1.7").is_ok());
    assert!(log("0.1.0").is_ok());
    assert_eq!(
        log("0.2.0").unwrap_err().to_string(),
        "`bailiwick:log@0.2.0` does not fit this host's `bailiwick:log@0.1.0`: the version lines are two"
    );
}

#[test]
fn refuses_a_package_in_our_namespace_that_nobody_knows() {
    let tool = "package acme:tool; world tool { import bailiwick:mail/send@0.1.0; }";
    let mail = "package bailiwick:mail@0.1.0; interface send { send: func(text: string); }";
    let wit = folder(&[("world.wit", tool), ("deps/mail.wit", mail)]);
    let refused = Declared::from_folder(wit.path(), None).unwrap_err();
    assert!(
        refused.to_string().starts_with(
            "`bailiwick:mail@0.1.0` is no package of this host, which has `bailiwick:clock@0.1.0`, "
        ),
        "{refused}"
    );
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
