//! Evolutions of a small contract and of our own: what is compatible, and each way in which one is not.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

/// A package with one of everything, and a world of it.
const RELEASED: &str = "package acme:db@0.1.0;
interface types {
    variant error { denied, missing(string) }
    enum colour { red, green }
    flags rights { read, write }
    record row { key: string, value: list<u8> }
    type rows = list<row>;
    paint: func(colour: colour, rights: rights);
    resource cursor { constructor(table: string); next: func() -> result<row, error>; rewind: func(); }
}
interface query {
    use types.{error, cursor};
    run: func(sql: string) -> result<cursor, error>;
    count: func(sql: string) -> u64;
}
world reader { import query; import log: func(line: string); export start: func(name: string); }
";

fn folder(packages: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, text) in packages.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.wit")), text).unwrap();
    }
    folder
}

fn breaks(current: &[&str]) -> Vec<Break> {
    let (released, current) = (folder(&[RELEASED]), folder(current));
    check(released.path(), current.path()).unwrap()
}

/// The released package with each of these replaced, in version 0.1.1.
fn changed(replaced: &[(&str, &str)]) -> String {
    let mut text = RELEASED.replace("acme:db@0.1.0", "acme:db@0.1.1");
    for (from, to) in replaced {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

#[test]
fn what_is_the_same_is_compatible() {
    assert_eq!(breaks(&[RELEASED]), []);
    assert_eq!(breaks(&[&changed(&[])]), []);
}

#[test]
fn additions_in_a_higher_version_are_compatible() {
    for (name, replaced) in [
        ("a function", ("count: func", "drop: func(); count: func")),
        (
            "a method",
            ("rewind: func();", "rewind: func(); skip: func(rows: u32);"),
        ),
        (
            "a type",
            (
                "interface query {",
                "interface query { record plan { cost: u64 }",
            ),
        ),
        (
            "an interface",
            (
                "world reader {",
                "interface backup { run: func(); } world reader {",
            ),
        ),
        (
            "a resource",
            ("enum colour {", "resource lock; enum colour {"),
        ),
        (
            "a world",
            ("world reader {", "world other {} world reader {"),
        ),
        (
            "an import",
            ("import query;", "import query; import ask: func();"),
        ),
        (
            "a doc comment",
            ("interface query {", "/// Asks.\ninterface query {"),
        ),
        ("an export less", (" export start: func(name: string);", "")),
    ] {
        assert_eq!(breaks(&[&changed(&[replaced])]), [], "{name}");
    }
}

#[test]
fn additions_under_the_released_version_are_not() {
    let current = changed(&[
        ("acme:db@0.1.1", "acme:db@0.1.0"),
        ("count: func", "drop: func(); count: func"),
        ("rewind: func();", "rewind: func(); skip: func();"),
        (
            "world reader {",
            "interface backup {} world reader { import backup;",
        ),
    ]);
    let found = breaks(&[&current]);
    assert_eq!(
        found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "`acme:db@0.1.0`: new under a version that is released: `types.cursor.skip`, `query.drop`, `reader.acme:db/backup@0.1.0`, `backup`\n  \
          why       a tool that uses what is new would name a version of which older hosts believe that they have it\n  \
          instead   raise the version of `acme:db` to 0.1.1, and mark what is new with `@since(version = 0.1.1)`"
        ]
    );
}

/// Each broken evolution: what is replaced, and the first sentence with its types, joined by ` | `.
const TABLE: [(&str, &str, &str, &str); 19] = [
    (
        "a removed function",
        "count: func(sql: string) -> u64;",
        "",
        "the function `query.count` is gone",
    ),
    (
        "a removed method",
        "rewind: func();",
        "",
        "the function `types.cursor.rewind` is gone",
    ),
    (
        "a removed type",
        "type rows = list<row>;",
        "",
        "the type `types.rows` is gone",
    ),
    (
        "a removed import",
        "import log: func(line: string);",
        "",
        "the import `reader.log` is gone",
    ),
    (
        "a changed result",
        "sql: string) -> u64",
        "sql: string) -> u32",
        "the function `query.count` has another type | released  count: func(sql: string) -> u64 | current   count: func(sql: string) -> u32",
    ),
    (
        "a renamed parameter",
        "count: func(sql: string)",
        "count: func(text: string)",
        "the function `query.count` has another type | released  count: func(sql: string) -> u64 | current   count: func(text: string) -> u64",
    ),
    (
        "a parameter more",
        "count: func(sql: string)",
        "count: func(sql: string, limit: u32)",
        "the function `query.count` has another type | released  count: func(sql: string) -> u64 | current   count: func(sql: string, limit: u32) -> u64",
    ),
    (
        "a changed constructor",
        "constructor(table: string)",
        "constructor(name: string)",
        "the function `types.cursor.constructor` has another type | released  cursor.constructor: func(table: string) -> cursor | current   cursor.constructor: func(name: string) -> cursor",
    ),
    (
        "a case more of an error",
        "missing(string) }",
        "missing(string), locked }",
        "the variant `types.error` has another type | released  variant error { denied, missing(string) } | current   variant error { denied, missing(string), locked }",
    ),
    (
        "a case without its payload",
        "missing(string) }",
        "missing }",
        "the variant `types.error` has another type | released  variant error { denied, missing(string) } | current   variant error { denied, missing }",
    ),
    (
        "a case more of an enum",
        "{ red, green }",
        "{ red, green, blue }",
        "the enum `types.colour` has another type | released  enum colour { red, green } | current   enum colour { red, green, blue }",
    ),
    (
        "a flag more",
        "{ read, write }",
        "{ read, write, grant }",
        "the flags `types.rights` has another type | released  flags rights { read, write } | current   flags rights { read, write, grant }",
    ),
    (
        "a renamed field",
        "key: string",
        "id: string",
        "the record `types.row` has another type | released  record row { key: string, value: list<u8> } | current   record row { id: string, value: list<u8> }",
    ),
    (
        "a field more",
        "key: string",
        "key: string, at: u64",
        "the record `types.row` has another type | released  record row { key: string, value: list<u8> } | current   record row { key: string, at: u64, value: list<u8> }",
    ),
    (
        "another type under an alias",
        "type rows = list<row>",
        "type rows = option<row>",
        "the type `types.rows` has another type | released  type rows = list<row>; | current   type rows = option<row>;",
    ),
    (
        "a changed import of a world",
        "log: func(line: string)",
        "log: func(text: string)",
        "the function `reader.log` has another type | released  log: func(line: string) | current   log: func(text: string)",
    ),
    (
        "a changed export of a world",
        "start: func(name: string)",
        "start: func()",
        "the function `reader.start` has another type | released  start: func(name: string) | current   start: func()",
    ),
    (
        "an export more",
        "export start",
        "export stop: func(); export start",
        "the world `reader` has a new export, `stop`",
    ),
    (
        "a world that is called something else",
        "world reader",
        "world readers",
        "the world `reader` is gone",
    ),
];

#[test]
fn each_broken_evolution_is_found_once_and_named() {
    for (name, from, to, sentence) in TABLE {
        let found = breaks(&[&changed(&[(from, to)])]);
        let sentences: Vec<String> = found
            .iter()
            .map(|found| {
                let text = found.change.to_string();
                text.lines().map(str::trim).collect::<Vec<_>>().join(" | ")
            })
            .collect();
        assert_eq!(sentences, [sentence], "{name}");
    }
}

#[test]
fn a_removed_interface_is_found_and_so_are_the_imports_of_it() {
    let current = "package acme:db@0.1.1; interface types {} world reader { import log: func(line: string); export start: func(name: string); }";
    let released = RELEASED
        .replace("interface types {", "interface types {} interface kinds {")
        .replace("use types.", "use kinds.");
    let (released, current) = (folder(&[&released]), folder(&[current]));
    let found = check(released.path(), current.path()).unwrap();
    let gone: Vec<String> = found.iter().map(|found| found.change.to_string()).collect();
    assert_eq!(
        gone,
        [
            "the interface `kinds` is gone",
            "the interface `query` is gone",
            "the import `reader.acme:db/kinds@0.1.0` is gone",
            "the import `reader.acme:db/query@0.1.0` is gone",
        ]
    );
}

#[test]
fn wit_component_agrees_that_each_of_them_is_broken() {
    // A component does not carry a type that no function uses: only sources notice.
    let in_binaries =
        |name: &str| !["a removed type", "another type under an alias"].contains(&name);
    for (name, from, to, _) in TABLE.into_iter().filter(|row| in_binaries(row.0)) {
        let (released, current) = (folder(&[RELEASED]), folder(&[&changed(&[(from, to)])]));
        let released = all_in(released.path()).unwrap();
        let current = all_in(current.path()).unwrap();
        let found = second::opinion(&released, &current).unwrap();
        assert!(!found.is_empty(), "{name}");
        assert!(matches!(&found[0].change, Change::Unexplained { .. }));
    }
}

#[test]
fn a_package_stays_in_its_version_line_and_never_goes_back() {
    let other = RELEASED.replace("@0.1.0", "@0.2.0");
    let found = breaks(&[&other]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].change, Change::PackageGone);
    assert_eq!(found[0].next_line, "0.2.0");
    // Beside the released one, a new line may be anything.
    assert_eq!(
        breaks(&[RELEASED, "package acme:db@0.2.0; interface other {}"]),
        []
    );

    let released = folder(&[&RELEASED.replace("@0.1.0", "@0.1.5")]);
    let current = folder(&[RELEASED]);
    let found = check(released.path(), current.path()).unwrap();
    let current = "0.1.0".to_owned();
    assert_eq!(found[0].change, Change::VersionLowered { current });
}

#[test]
fn every_break_says_why_and_what_to_do_instead() {
    let found = breaks(&[&changed(&[(
        "missing(string) }",
        "missing(string), locked }",
    )])]);
    assert_eq!(
        found[0].to_string(),
        "`acme:db@0.1.0`: the variant `types.error` has another type\n  \
         released  variant error { denied, missing(string) }\n  \
         current   variant error { denied, missing(string), locked }\n  \
         why       the cases are part of the type and closed: tools were built with the released ones, and have no branch for another\n  \
         instead   leave the cases as they were released (an error that fits none of them is `other`), or open a new version line, `acme:db@0.2.0`, in a folder beside the released one"
    );
}

#[test]
fn an_interface_that_a_world_exports_may_not_grow() {
    let world = |functions: &str| {
        format!(
            "package acme:plug@1.0.0; interface plug {{ f: func(); {functions} }} world w {{ export plug; }}"
        )
    };
    let (released, current) = (
        folder(&[&world("")]),
        folder(&[&world("g: func();").replace("@1.0.0", "@1.1.0")]),
    );
    let found = check(released.path(), current.path()).unwrap();
    let export = "acme:plug/plug@1.1.0#g".to_owned();
    let world = "w".to_owned();
    assert_eq!(found[0].change, Change::ExportAdded { world, export });
    assert_eq!(found.len(), 1);
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

#[test]
fn our_own_contract_is_a_compatible_evolution_of_what_was_released() {
    let found = check(&repository("wit/released/0.1.0"), &repository("wit")).unwrap();
    assert_eq!(found, []);
}

#[test]
fn our_own_contract_is_watched() {
    for (package, from, to) in [
        ("files", "    unavailable,\n", "    unavailable, busy,\n"),
        ("http", "status: u16,", "status: u32,"),
        ("log", "message: string", "line: string"),
        ("clock", "elapsed: func()", "since-start: func()"),
        ("worlds", "  import bailiwick:files/read-file@0.1.0;\n", ""),
    ] {
        let current = folder(&[]);
        for path in packages_in(&repository("wit")).unwrap() {
            let name = path.file_name().unwrap().to_str().unwrap();
            let mut text = fs::read_to_string(path.join(format!("{name}.wit"))).unwrap();
            if name == package {
                assert!(text.contains(from), "{from}");
                text = text.replacen(from, to, 1);
            }
            fs::write(current.path().join(format!("{name}.wit")), text).unwrap();
        }
        let found = check(&repository("wit/released/0.1.0"), current.path());
        let found = found.unwrap().into_iter().map(|found| found.package);
        let packages: Vec<String> = found.collect();
        assert!(
            packages.contains(&format!("bailiwick:{package}@0.1.0")),
            "{package}: {packages:?}"
        );
    }
}

#[test]
fn a_release_is_what_its_list_of_digests_says() {
    assert_eq!(altered(&repository("wit/released/0.1.0")).unwrap(), []);
}

#[test]
fn every_alteration_of_a_release_is_found() {
    let release = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = release.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("db/db.wit", "abc");
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    write(SUMS, &format!("{digest}  db/db.wit\n"));
    assert_eq!(altered(release.path()).unwrap(), []);

    write("db/more.wit", "");
    let unlisted = Altered::Unlisted("db/more.wit".to_owned());
    assert_eq!(
        altered(release.path()).unwrap(),
        std::slice::from_ref(&unlisted)
    );

    write("db/db.wit", "abc ");
    let changed = Altered::Changed("db/db.wit".to_owned());
    assert_eq!(altered(release.path()).unwrap(), [changed, unlisted]);

    fs::remove_file(release.path().join("db/more.wit")).unwrap();
    fs::remove_file(release.path().join("db/db.wit")).unwrap();
    let gone = Altered::Gone("db/db.wit".to_owned());
    assert_eq!(altered(release.path()).unwrap(), [gone]);

    for line in ["db/db.wit", "abc  db/db.wit", &format!("{digest}  ")] {
        write(SUMS, line);
        let refused = altered(release.path()).unwrap_err();
        assert!(matches!(refused, FrozenError::Malformed { .. }), "{line}");
    }
}
