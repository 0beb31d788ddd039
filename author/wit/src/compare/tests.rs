//! Components that are what their world says, and components that differ from it in one thing each.

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::ManglingAndAbi;

use super::*;
use crate::sources::{parse_text, resolve};

/// The package `acme:tool`, whose world is `tool`, and what else a text brings along.
fn world(wit: &str) -> Declared {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("world.wit"), wit).unwrap();
    Declared::from_folder(folder.path(), Some("tool")).unwrap()
}

/// A component that imports and exports everything that a world says, and does nothing.
fn component_of(declared: Declared) -> Vec<u8> {
    let (resolve, world) = declared.into_parts();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.validate(true).encode().unwrap()
}

fn component(wit: &str) -> Vec<u8> {
    component_of(world(wit))
}

fn differences(declared: &str, component_wit: &str) -> Vec<Difference> {
    compare(&world(declared), &component(component_wit))
        .unwrap()
        .differences
}

/// The differences' sentences, in which lines are joined by ` | `.
fn sentences(declared: &str, component_wit: &str) -> Vec<String> {
    let differences = differences(declared, component_wit);
    let sentence = |difference: &Difference| {
        let text = difference.to_string();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        lines.join(" | ")
    };
    differences.iter().map(sentence).collect()
}

const CONFORMANCE: &str = include_str!("../../../../guests/conformance/wit/conformance.wit");

#[test]
fn a_component_of_every_type_and_capability_is_what_its_world_says() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("world.wit"), CONFORMANCE).unwrap();
    let declared = Declared::from_folder(folder.path(), None).unwrap();
    let comparison = compare(&declared, &component_of(declared.clone())).unwrap();
    assert_eq!(comparison.differences, []);
    assert!(comparison.wasi.is_empty());
    let http = "bailiwick:http/http-request@0.1.0".to_owned();
    assert!(comparison.imports.contains(&http), "{comparison:?}");
    let copy = "bailiwick:conformance/handles@0.1.0#copy".to_owned();
    assert!(comparison.exports.contains(&copy), "{comparison:?}");
}

#[test]
fn the_same_world_is_what_wit_component_takes_it_for() {
    // A second opinion, of those who wrote the encoder.
    let wit = "package acme:tool; world tool { include bailiwick:worlds/report-writer@0.1.0; export run: func(); }";
    let declared = world(wit);
    let same = component(wit);
    wit_component::targets(declared.resolve(), declared.world_id(), &same).unwrap();
    assert_eq!(compare(&declared, &same).unwrap().differences, []);
}

#[test]
fn a_component_that_uses_less_than_it_may_is_in_order() {
    let declared = "package acme:tool; world tool { include bailiwick:worlds/agent-tool@0.1.0; export run: func(); }";
    let less =
        "package acme:tool; world tool { import bailiwick:clock/clock@0.1.0; export run: func(); }";
    assert_eq!(differences(declared, less), []);
}

/// Each difference alone: what is declared, what the component was made from, the sentence.
const TABLE: [(&str, &str, &str, &str); 22] = [
    (
        "an undeclared import of ours",
        "world tool { export run: func(); }",
        "world tool { import bailiwick:clock/clock@0.1.0; export run: func(); }",
        "imports `bailiwick:clock/clock@0.1.0`, which the world does not (it uses `now`, `elapsed`)",
    ),
    (
        "an undeclared function",
        "world tool { export run: func(); }",
        "world tool { import secret: func(); export run: func(); }",
        "imports `secret`, which the world does not",
    ),
    (
        "a function that a declared interface does not have",
        "interface db { query: func(); } world tool { import db; }",
        "interface db { query: func(); drop-table: func(name: string); } world tool { import db; }",
        "imports `drop-table: func(name: string)` of `acme:tool/db@1.0.0`, which has no such thing",
    ),
    (
        "a resource that a declared interface does not have",
        "interface db { query: func(); } world tool { import db; }",
        "interface db { query: func(); resource table; } world tool { import db; }",
        "imports `resource table` of `acme:tool/db@1.0.0`, which has no such thing",
    ),
    (
        "an imported function of another type",
        "interface db { query: func(sql: string) -> u32; } world tool { import db; }",
        "interface db { query: func(sql: string) -> u64; } world tool { import db; }",
        "imports `acme:tool/db@1.0.0#query` with another type | expected  query: func(sql: string) -> u32 | found     query: func(sql: string) -> u64",
    ),
    (
        "an imported method of another type",
        "interface db { resource table { rows: func(first: u32) -> u32; } } world tool { import db; }",
        "interface db { resource table { rows: func(first: u32); } } world tool { import db; }",
        "imports `acme:tool/db@1.0.0#[method]table.rows` with another type | expected  table.rows: func(first: u32) -> u32 | found     table.rows: func(first: u32)",
    ),
    (
        "an imported function of a world of another type",
        "world tool { import ask: func() -> u32; }",
        "world tool { import ask: func() -> s32; }",
        "imports `ask` with another type | expected  ask: func() -> u32 | found     ask: func() -> s32",
    ),
    (
        "a missing function",
        "world tool { export run: func(text: string); export stop: func(); }",
        "world tool { export stop: func(); }",
        "does not export `run`, which the world does | expected  run: func(text: string)",
    ),
    (
        "a missing interface",
        "interface count { lines: func() -> u32; words: func(); } world tool { export count; }",
        "interface count { lines: func() -> u32; words: func(); } world tool {}",
        "does not export `acme:tool/count@1.0.0`, which the world does | expected  lines: func() -> u32 | words: func()",
    ),
    (
        "a missing function of an interface",
        "interface count { lines: func() -> u32; words: func(); } world tool { export count; }",
        "interface count { words: func(); } world tool { export count; }",
        "does not export `acme:tool/count@1.0.0#lines`, which the world does | expected  lines: func() -> u32",
    ),
    (
        "an extra function",
        "world tool { export run: func(); }",
        "world tool { export run: func(); export other: func(); }",
        "exports `other`, which the world does not",
    ),
    (
        "an extra function of an interface",
        "interface count { lines: func(); } world tool { export count; }",
        "interface count { lines: func(); words: func(); } world tool { export count; }",
        "exports `acme:tool/count@1.0.0#words`, which the world does not",
    ),
    (
        "an extra interface",
        "interface count { lines: func(); } world tool {}",
        "interface count { lines: func(); } world tool { export count; }",
        "exports `acme:tool/count@1.0.0`, which the world does not",
    ),
    (
        "another parameter's name",
        "world tool { export run: func(path: string); }",
        "world tool { export run: func(url: string); }",
        "exports `run` with another type | expected  run: func(path: string) | found     run: func(url: string)",
    ),
    (
        "one parameter less",
        "world tool { export run: func(path: string, %type: u8); }",
        "world tool { export run: func(path: string); }",
        "exports `run` with another type | expected  run: func(path: string, %type: u8) | found     run: func(path: string)",
    ),
    (
        "a record's field renamed, two types deep",
        "interface i { record point { x: f64, y: f64 } record line { start: point, to: point } draw: func(line: list<line>); } world tool { export i; }",
        "interface i { record point { x: f64, z: f64 } record line { start: point, to: point } draw: func(line: list<line>); } world tool { export i; }",
        "exports `acme:tool/i@1.0.0#draw` with another type | expected  draw: func(line: list<line>) | record line { start: point, to: point } | record point { x: f64, y: f64 } | found     draw: func(line: list<line>) | record line { start: point, to: point } | record point { x: f64, z: f64 }",
    ),
    (
        "a record's fields in another order",
        "interface i { record p { a: u8, b: u8 } f: func(p: p); } world tool { export i; }",
        "interface i { record p { b: u8, a: u8 } f: func(p: p); } world tool { export i; }",
        "exports `acme:tool/i@1.0.0#f` with another type | expected  f: func(p: p) | record p { a: u8, b: u8 } | found     f: func(p: p) | record p { b: u8, a: u8 }",
    ),
    (
        "a case more",
        "interface i { variant e { a, b(string) } f: func() -> result<_, e>; } world tool { export i; }",
        "interface i { variant e { a, b(string), c } f: func() -> result<_, e>; } world tool { export i; }",
        "exports `acme:tool/i@1.0.0#f` with another type | expected  f: func() -> result<_, e> | variant e { a, b(string) } | found     f: func() -> result<_, e> | variant e { a, b(string), c }",
    ),
    (
        "a number in the place of a record",
        "interface i { record p { a: u8 } f: func() -> p; } world tool { export i; }",
        "interface i { f: func() -> u8; } world tool { export i; }",
        "exports `acme:tool/i@1.0.0#f` with another type | expected  f: func() -> p | record p { a: u8 } | found     f: func() -> u8",
    ),
    (
        "a resource of another interface",
        "interface one { resource r; } interface two { resource r; } world tool { import one; import two; use one.{r}; export f: func(r: borrow<r>); }",
        "interface one { resource r; } interface two { resource r; } world tool { import one; import two; use two.{r}; export f: func(r: borrow<r>); }",
        "exports `f` with another type | expected  f: func(r: borrow<r>) | resource r; // acme:tool/one@1.r | found     f: func(r: borrow<r>) | resource r; // acme:tool/two@1.r",
    ),
    (
        "an owned handle in the place of a borrowed one",
        "world tool { use bailiwick:files/types@0.1.0.{reader}; export f: func(r: borrow<reader>); }",
        "world tool { use bailiwick:files/types@0.1.0.{reader}; export f: func(r: reader); }",
        "exports `f` with another type | expected  f: func(r: borrow<reader>) | found     f: func(r: reader)",
    ),
    (
        "an interface in the place of a function",
        "world tool { export run: func(); }",
        "world tool { export run: interface { now: func(); } }",
        "exports `run` with another type | expected  run: func() | found     run: interface",
    ),
];

#[test]
fn each_difference_is_found_and_said() {
    for (name, declared, component_wit, sentence) in TABLE {
        let package = |world: &str| format!("package acme:tool@1.0.0; {world}");
        let found = sentences(&package(declared), &package(component_wit));
        assert_eq!(found, [sentence], "{name}");
        assert!(
            sentences(&package(declared), &package(declared)).is_empty(),
            "{name}, in order"
        );
    }
}

#[test]
fn every_kind_of_type_differs_from_every_other() {
    const KINDS: [&str; 30] = [
        "bool",
        "u8",
        "u16",
        "u32",
        "u64",
        "s8",
        "s16",
        "s32",
        "s64",
        "f32",
        "f64",
        "char",
        "string",
        "list<u8>",
        "list<s8>",
        "option<u8>",
        "option<option<u8>>",
        "tuple<u8>",
        "tuple<u8, u8>",
        "result",
        "result<u8>",
        "result<_, u8>",
        "result<u8, u8>",
        "record-one",
        "record-two",
        "variant-one",
        "enum-one",
        "enum-two",
        "flags-one",
        "flags-two",
    ];
    let package = |kind: &str| {
        format!(
            "package acme:tool; interface i {{
                record record-one {{ a: u8 }} record record-two {{ a: u8, b: u8 }}
                variant variant-one {{ a, b(u8) }}
                enum enum-one {{ a, b }} enum enum-two {{ a, c }}
                flags flags-one {{ a, b }} flags flags-two {{ a, c }}
                f: func(value: {kind});
            }} world tool {{ export i; }}"
        )
    };
    let worlds = KINDS.map(|kind| (kind, world(&package(kind))));
    let components = KINDS.map(|kind| component(&package(kind)));
    for (declared_kind, declared) in &worlds {
        for (kind, component) in KINDS.iter().zip(&components) {
            let differs = !compare(declared, component).unwrap().differences.is_empty();
            assert_eq!(differs, declared_kind != kind, "{declared_kind}, {kind}");
        }
    }
}

#[test]
fn what_a_record_is_called_is_no_difference_but_what_a_resource_is_called_is() {
    let package = |name: &str, kind: &str| {
        format!(
            "package acme:tool; interface i {{ {kind}; f: func(value: {name}); }} world tool {{ import i; }}"
        )
    };
    let one = package("one", "record one { a: u8 } type x = u8");
    let other = package("other", "record other { a: u8 } type x = u8");
    assert_eq!(differences(&one, &other), []);
    let one = package("one", "resource one");
    let other = package("other", "resource other");
    let found = differences(&one, &other);
    assert!(
        matches!(
            &*found,
            [
                Difference::ImportType { .. },
                Difference::UndeclaredItem { .. }
            ]
        ),
        "{found:?}"
    );
}

#[test]
fn an_alias_is_the_type_that_it_stands_for() {
    let aliased = "package acme:tool; interface i { type n = u32; type m = n; type l = list<m>; f: func(a: m, b: l); } world tool { export i; }";
    let plain = "package acme:tool; interface i { f: func(a: u32, b: list<u32>); } world tool { export i; }";
    assert_eq!(differences(aliased, plain), []);
    assert_eq!(differences(plain, aliased), []);
}

#[test]
fn versions_that_fit_together_are_told_and_compared() {
    let package = |version: &str, function: &str| {
        format!(
            "package acme:tool@{version}; interface i {{ f: func(); {function} }} world tool {{ import i; export j: interface {{ g: func(); }} }}"
        )
    };
    let declared = package("0.1.0", "");
    for (version, compatible) in [
        ("0.1.0", None),
        ("0.1.3", Some(true)),
        ("0.2.0", Some(false)),
    ] {
        let found = differences(&declared, &package(version, ""));
        let expected: Vec<Difference> = compatible
            .map(|compatible| Difference::ImportVersion {
                import: format!("acme:tool/i@{version}"),
                declared: "acme:tool/i@0.1.0".to_owned(),
                compatible,
            })
            .into_iter()
            .collect();
        assert_eq!(found, expected, "{version}");
        assert_eq!(
            found.iter().any(Difference::is_broken),
            compatible == Some(false)
        );
    }
    let newer = differences(&declared, &package("0.1.3", "more: func();"));
    assert!(
        matches!(
            &*newer,
            [
                Difference::ImportVersion {
                    compatible: true,
                    ..
                },
                Difference::UndeclaredItem { .. }
            ]
        ),
        "{newer:?}"
    );
}

#[test]
fn exported_versions_are_told_apart_too() {
    let package = |version: &str| {
        format!(
            "package acme:tool@{version}; interface i {{ f: func(); }} world tool {{ export i; }}"
        )
    };
    for (version, compatible) in [("1.9.9", true), ("2.0.0", false)] {
        let found = sentences(&package("1.0.0"), &package(version));
        let fit = if compatible { "fit" } else { "do not fit" };
        let sentence = format!(
            "exports `acme:tool/i@{version}` where the world exports `acme:tool/i@1.0.0`: the versions {fit} together"
        );
        assert_eq!(found, [sentence]);
    }
}

#[test]
fn wasi_stands_apart_unless_it_is_declared() {
    let wasi = "package wasi:clocks@0.2.0; interface wall-clock { now: func() -> u64; }";
    let declared = |world: &str, wasi: &str| {
        let main = format!("package acme:tool; {world}");
        let main = parse_text("tool", &main).unwrap();
        let (resolve, package) = resolve(main, vec![parse_text("wasi", wasi).unwrap()]).unwrap();
        let world = resolve.select_world(&[package], None).unwrap();
        Declared::of(resolve, world)
    };
    let import = "world tool { import wasi:clocks/wall-clock@0.2.0; export run: func(); }";
    let without = declared("world tool { export run: func(); }", wasi);
    let with = declared(import, wasi);
    let component = component_of(with.clone());

    let undeclared = compare(&without, &component).unwrap();
    assert_eq!(undeclared.wasi, ["wasi:clocks/wall-clock@0.2.0"]);
    assert_eq!(undeclared.differences, []);
    assert_eq!(undeclared.imports, undeclared.wasi);

    let same = compare(&with, &component).unwrap();
    assert!(same.wasi.is_empty());
    assert_eq!(same.differences, []);

    let other = wasi.replace("u64", "u32");
    let differs = compare(&declared(import, &other), &component).unwrap();
    assert!(
        matches!(&*differs.differences, [Difference::ImportType { .. }]),
        "{differs:?}"
    );
}

#[test]
fn only_extra_exports_and_fitting_versions_can_be_lived_with() {
    let declared = "package acme:tool; world tool { export run: func(); }";
    let extra = "package acme:tool; world tool { export run: func(); export other: func(); }";
    let comparison = compare(&world(declared), &component(extra)).unwrap();
    assert_eq!(comparison.differences.len(), 1);
    assert_eq!(comparison.broken().count(), 0);
    assert_eq!(comparison.exports, ["run", "other"]);

    let missing = compare(&world(extra), &component(declared)).unwrap();
    assert_eq!(missing.broken().count(), 1);
}

#[test]
fn says_what_is_no_component() {
    let declared = Declared::named("pure").unwrap();
    let refused = |bytes: &[u8]| compare(&declared, bytes).unwrap_err();
    let module = dummy_module(
        declared.resolve(),
        declared.world_id(),
        ManglingAndAbi::Standard32,
    );
    assert!(matches!(refused(&module), CompareError::Module));
    let package = declared.world().package.unwrap();
    let package = wit_component::encode(declared.resolve(), package).unwrap();
    assert!(matches!(refused(&package), CompareError::Package));
    let whole = component("package acme:tool; world tool { export run: func(); }");
    let half = &whole[..whole.len() / 2];
    for bytes in [b"".as_slice(), b"text", half] {
        assert!(matches!(refused(bytes), CompareError::Unreadable(_)));
    }
}
