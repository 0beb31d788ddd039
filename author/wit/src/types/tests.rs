//! What is written as WIT is WIT.

use super::*;
use crate::sources::{parse_text, resolve};

const SOURCE: &str = "package a:b; interface types {
    record %record { %type: u8, %list: list<%record-2>, %world: option<bool> }
    record %record-2 { %with: tuple<f32, f64>, %a: char }
    variant %variant { %own(string), %borrow }
    enum %enum { %u8, %map }
    flags %flags { %static, %async }
    type %string = list<s16>;
    resource %resource { constructor(%from: string); %func: func(%use: %enum) -> result; %import: static func(of: borrow<%resource>) -> %resource; }
    %interface: func(a: %record, b: %variant, c: %flags, d: %string) -> result<result<_, u64>, result<u32>>;
}";

#[test]
fn definitions_parse_as_what_they_were_made_from() {
    let (resolved, package) = resolve(parse_text("a", SOURCE).unwrap(), Vec::new()).unwrap();
    let interface = resolved.packages[package].interfaces["types"];
    let interface = &resolved.interfaces[interface];
    let mut written = String::from("package a:b; interface types {\n");
    for (name, id) in &interface.types {
        written += &render::definition(&resolved, name, *id);
        written.push('\n');
    }
    for (name, function) in &interface.functions {
        if !name.starts_with('[') {
            written += &format!("{};\n", render::function(&resolved, function));
        }
    }
    written.push('}');
    let (again, package) = resolve(parse_text("again", &written).unwrap(), Vec::new())
        .unwrap_or_else(|error| panic!("{error:?}\n{written}"));
    let other = again.packages[package].interfaces["types"];
    let other = &again.interfaces[other];
    let function = "interface";
    let mismatch = functions(
        (&resolved, &interface.functions[function]),
        (&again, &other.functions[function]),
    );
    assert_eq!(mismatch, None, "{written}");
    for (name, id) in &interface.types {
        let there = other.types[name];
        assert_eq!(definitions(name, (&resolved, *id), (&again, there)), None);
    }
}

#[test]
fn functions_of_resources_stand_behind_them() {
    let (resolved, package) = resolve(parse_text("a", SOURCE).unwrap(), Vec::new()).unwrap();
    let interface = resolved.packages[package].interfaces["types"];
    let written: Vec<String> = resolved.interfaces[interface]
        .functions
        .values()
        .map(|function| render::function(&resolved, function))
        .collect();
    assert_eq!(
        written,
        [
            "%resource.constructor: func(%from: string) -> %resource",
            "%resource.func: func(%use: %enum) -> result",
            "%resource.import: static func(of: borrow<%resource>) -> %resource",
            "%interface: func(a: %record, b: %variant, c: %flags, d: %string) -> result<result<_, u64>, result<u32>>",
        ]
    );
}
