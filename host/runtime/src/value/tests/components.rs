//! Signatures of real components, and values that go through one.

use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, Linker, Resource, ResourceAny, ResourceType};
use wasmtime::{Config, Engine, Store};

use super::*;

fn engine() -> Engine {
    let mut config = Config::new();
    config
        .wasm_component_model_map(true)
        .wasm_component_model_fixed_length_lists(true);
    Engine::new(&config).unwrap()
}

fn component(wat: &str) -> Component {
    Component::new(&engine(), wat::parse_str(wat).unwrap()).unwrap()
}

/// The function that `component` imports as `name`.
fn imported(component: &Component, name: &str) -> ComponentFunc {
    let ty = component.component_type();
    let item = ty
        .imports(component.engine())
        .find(|(import, _)| *import == name)
        .unwrap()
        .1
        .ty;
    match item {
        ComponentItem::ComponentFunc(function) => function,
        other => panic!("{name} is {other:?}"),
    }
}

fn signature(wat: &str) -> Result<Signature, NotCallable> {
    SignatureReader::new(&|_| None).read(&imported(&component(wat), "f"))
}

/// A type nested in `levels` options.
fn nested(levels: usize) -> String {
    let mut wat = String::from("(component (type $t0 u8)");
    for level in 1..=levels {
        wat.push_str(&format!("(type $t{level} (option $t{}))", level - 1));
    }
    wat + &format!("(import \"f\" (func (param \"x\" $t{levels}))))")
}

#[test]
fn every_type_is_recognised() {
    let function = signature(
        r#"(component
            (type $r (record (field "a" u8) (field "b" (option string))))
            (import "r" (type $record (eq $r)))
            (type $v (variant (case "c") (case "d" f64)))
            (import "v" (type $variant (eq $v)))
            (type $e (enum "e" "f"))
            (import "e" (type $enum (eq $e)))
            (type $g (flags "g" "h"))
            (import "g" (type $flags (eq $g)))
            (import "f" (func
                (param "scalars" (tuple bool s8 u8 s16 u16 s32 u32 s64 u64 f32 f64 char string))
                (param "lists" (tuple (list u8) (list s8) (list u8 4) (map string u32)))
                (param "named" (tuple $record $variant $enum $flags))
                (param "sides" (tuple (result) (result u8) (result (error u8)) (result u8 (error string))))
                (result (option (option u8)))
            )))"#,
    )
    .unwrap();
    assert_eq!(
        function.to_string(),
        "func(scalars: tuple<bool, s8, u8, s16, u16, s32, u32, s64, u64, f32, f64, char, string>, \
         lists: tuple<list<u8>, list<s8>, list<u8, 4>, map<string, u32>>, \
         named: tuple<record { a: u8, b: option<string> }, variant { c, d(f64) }, enum { e, f }, flags { g, h }>, \
         sides: tuple<result, result<u8>, result<_, u8>, result<u8, string>>) -> option<option<u8>>"
    );
}

#[test]
fn what_no_caller_can_give_is_not_callable_and_says_where() {
    let error = signature(
        r#"(component
            (import "res" (type $res (sub resource)))
            (type $r (record (field "a" u8) (field "inner" (list (own $res)))))
            (import "r" (type $record (eq $r)))
            (import "f" (func (param "x" (option $record)))))"#,
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "parameter `x`, its `some`, field `inner`, an element: it is a resource that no path or value of the caller's can stand for"
    );
}

#[test]
fn types_may_nest_to_the_bound_and_not_one_level_deeper() {
    let deepest = signature(&nested(SHAPE_DEPTH_MAX - 1)).unwrap();
    let text = format!(
        "[{}7{}]",
        "{\"some\":".repeat(SHAPE_DEPTH_MAX - 2),
        "}".repeat(SHAPE_DEPTH_MAX - 2)
    );
    let value = deepest
        .arguments_from_json(&text)
        .unwrap()
        .into_vals(&[])
        .unwrap()
        .remove(0);
    let shape = deepest.params().get(0).unwrap().1;
    assert_eq!(format!("[{}]", written(shape, &value)), text);
    let error = signature(&nested(SHAPE_DEPTH_MAX)).unwrap_err();
    assert!(error.why.contains("deeper than 64"), "{error}");
}

#[test]
fn a_type_that_doubles_at_every_level_does_not_fill_the_memory() {
    let mut wat = String::from("(component (type $t0 u8)");
    // The engine itself refuses types of more than a million parts.
    let levels = 11;
    for level in 1..=levels {
        wat.push_str(&format!(
            "(type $t{level} (tuple $t{0} $t{0} $t{0}))",
            level - 1
        ));
    }
    wat.push_str(&format!("(import \"f\" (func (param \"x\" $t{levels}))))"));
    let error = signature(&wat).unwrap_err();
    assert!(error.why.contains("weigh more"), "{error}");
}

#[test]
fn all_functions_of_a_component_share_one_budget() {
    let component = component(&nested(40));
    let function = imported(&component, "f");
    let mut reader = SignatureReader::new(&|_| None);
    let mut read = 0;
    while reader.read(&function).is_ok() {
        read += 1;
        assert!(read < 10_000);
    }
    assert!(read > 300, "{read}");
}

/// More than sixteen flat parameters travel through memory, and so does every large result: returning the pointer returns the value.
const ECHO: &str = r#"(component
    (core module $m
        (memory (export "memory") 4)
        (global $free (mut i32) (i32.const 1024))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
            (local $at i32)
            (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
            (global.set $free (i32.add (local.get $at) (local.get 3)))
            (local.get $at))
        (func (export "echo") (param i32) (result i32) (local.get 0)))
    (core instance $i (instantiate $m))
    (type $p (record (field "x" s32) (field "y" (option (option f32)))))
    (export $point "point" (type $p))
    (type $v (variant (case "nothing") (case "number" u64) (case "point" $point)))
    (export $choice "choice" (type $v))
    (type $e (enum "red" "green"))
    (export $colour "colour" (type $e))
    (type $f (flags "a" "b" "c"))
    (export $set "set" (type $f))
    (type $w (record
        (field "boolean" bool) (field "s8" s8) (field "u8" u8) (field "s16" s16) (field "u16" u16)
        (field "s32" s32) (field "u32" u32) (field "s64" s64) (field "u64" u64) (field "f32" f32)
        (field "f64" f64) (field "char" char) (field "text" string) (field "bytes" (list u8))
        (field "points" (list $point)) (field "choice" $choice) (field "colour" $colour) (field "set" $set)
        (field "pair" (tuple string u8)) (field "side" (result string (error u8))) (field "fixed" (list u16 3))
        (field "map" (map string u32))))
    (export $whole "whole" (type $w))
    (func (export "echo") (param "whole" $whole) (result $whole)
        (canon lift (core func $i "echo") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"#;

#[test]
fn a_real_component_takes_what_was_read_and_gives_back_what_is_written() {
    let component = component(ECHO);
    let mut store = Store::new(component.engine(), ());
    let instance = Linker::new(component.engine())
        .instantiate(&mut store, &component)
        .unwrap();
    let echo = instance.get_func(&mut store, "echo").unwrap();
    let function = SignatureReader::new(&|_| None)
        .read(&echo.ty(&store))
        .unwrap();
    let whole = concat!(
        r#"{"boolean":true,"s8":-128,"u8":255,"s16":-32768,"u16":65535,"s32":-2147483648,"u32":4294967295,"#,
        r#""s64":"-9223372036854775808","u64":"18446744073709551615","f32":-0.0,"f64":5e-324,"char":"😀","#,
        r#""text":"a\u0000é","bytes":"AP8=","points":[{"x":1,"y":null},{"x":2,"y":{"some":null}},{"x":3,"y":{"some":"NaN"}}],"#,
        r#""choice":{"point":{"x":0,"y":{"some":0.1}}},"colour":"green","set":["a","c"],"pair":["",0],"#,
        r#""side":{"err":7},"fixed":[1,2,3],"map":{"k":1,"l":2}}"#
    );
    let arguments = function
        .arguments_from_json(&format!(r#"{{"whole":{whole}}}"#))
        .unwrap();
    let mut results = [Val::Bool(false)];
    echo.call(&mut store, &arguments.into_vals(&[]).unwrap(), &mut results)
        .unwrap();
    let mut text = Vec::new();
    assert_eq!(
        function.write_answer(&results, &mut text, 1 << 16),
        Ok(Outcome::Answer)
    );
    assert_eq!(String::from_utf8(text).unwrap(), whole);
}

struct ReaderMark;
struct WriterMark;

fn classify(resource: &ResourceType) -> Option<HandleKind> {
    if *resource == ResourceType::host::<ReaderMark>() {
        Some(HandleKind::Reader)
    } else if *resource == ResourceType::host::<WriterMark>() {
        Some(HandleKind::Writer)
    } else {
        None
    }
}

/// Answers the number of the reader behind the second of its handles.
const SECOND: &str = r#"(component
    (import "reader" (type $reader (sub resource)))
    (import "writer" (type $writer (sub resource)))
    (import "number" (func $number (param "r" (borrow $reader)) (result u32)))
    (core func $number-core (canon lower (func $number)))
    (core func $drop-reader (canon resource.drop $reader))
    (core func $drop-writer (canon resource.drop $writer))
    (core module $m
        (import "" "number" (func $number (param i32) (result i32)))
        (import "" "drop-reader" (func $drop-reader (param i32)))
        (import "" "drop-writer" (func $drop-writer (param i32)))
        (func (export "second") (param $a i32) (param $has i32) (param $b i32) (param $w i32) (result i32)
            (local $n i32)
            (if (local.get $has) (then
                (local.set $n (call $number (local.get $b)))
                (call $drop-reader (local.get $b))))
            (call $drop-reader (local.get $a))
            (call $drop-writer (local.get $w))
            (local.get $n)))
    (core instance $i (instantiate $m (with "" (instance
        (export "number" (func $number-core))
        (export "drop-reader" (func $drop-reader))
        (export "drop-writer" (func $drop-writer))))))
    (func (export "second")
        (param "first" (borrow $reader)) (param "second" (option (borrow $reader))) (param "out" (borrow $writer)) (result u32)
        (canon lift (core func $i "second")))
    (func (export "keep") (param "r" (own $reader)) (canon lift (core func $drop-reader))))"#;

fn linker(engine: &Engine) -> Linker<()> {
    let mut linker = Linker::new(engine);
    let mut root = linker.root();
    root.resource("reader", ResourceType::host::<ReaderMark>(), |_, _| Ok(()))
        .unwrap();
    root.resource("writer", ResourceType::host::<WriterMark>(), |_, _| Ok(()))
        .unwrap();
    root.func_wrap("number", |_, (reader,): (Resource<ReaderMark>,)| {
        Ok((reader.rep(),))
    })
    .unwrap();
    linker
}

#[test]
fn opened_handles_go_where_their_paths_stood() {
    let component = component(SECOND);
    let mut store = Store::new(component.engine(), ());
    let instance = linker(component.engine())
        .instantiate(&mut store, &component)
        .unwrap();
    let second = instance.get_func(&mut store, "second").unwrap();
    let function = SignatureReader::new(&classify)
        .read(&second.ty(&store))
        .unwrap();
    assert_eq!(
        function.to_string(),
        "func(first: borrow<reader>, second: option<borrow<reader>>, out: borrow<writer>) -> u32"
    );
    let arguments = function
        .arguments_from_json(r#"{"second":"b.csv","out":"o","first":"a.csv"}"#)
        .unwrap();
    let numbers = [("b.csv", 22), ("o", 33), ("a.csv", 11)];
    let handles: Vec<ResourceAny> = arguments
        .handle_requests()
        .iter()
        .map(|request| {
            let number = numbers
                .iter()
                .find(|(path, _)| *path == request.path)
                .unwrap()
                .1;
            match request.kind {
                HandleKind::Reader => ResourceAny::try_from_resource(
                    Resource::<ReaderMark>::new_own(number),
                    &mut store,
                ),
                HandleKind::Writer => ResourceAny::try_from_resource(
                    Resource::<WriterMark>::new_own(number),
                    &mut store,
                ),
            }
            .unwrap()
        })
        .collect();
    let values = arguments.into_vals(&handles).unwrap();
    let mut results = [Val::Bool(false)];
    second.call(&mut store, &values, &mut results).unwrap();
    assert_eq!(results, [Val::U32(22)]);
}

#[test]
fn handles_are_recognised_before_anything_runs() {
    let component = component(SECOND);
    let ty = linker(component.engine())
        .substituted_component_type(&component)
        .unwrap();
    let export = |name: &str| match ty.get_export(component.engine(), name).unwrap().ty {
        ComponentItem::ComponentFunc(function) => function,
        other => panic!("{name} is {other:?}"),
    };
    let mut reader = SignatureReader::new(&classify);
    assert_eq!(
        reader.read(&export("second")).unwrap().asks(),
        [HandleKind::Reader, HandleKind::Writer]
    );
    let error = reader.read(&export("keep")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "parameter `r`: it takes or gives a handle for good; declare `borrow<reader>` as a parameter"
    );
}
