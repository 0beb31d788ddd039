//! Every value that is made fits its shape, as the runtime reads it, and shrinks to the least that shows a fault.

use bailiwick::value::{Shape, Signature, SignatureReader};
use bailiwick::wasmtime::component::Component;
use bailiwick::wasmtime::component::types::ComponentItem;
use bailiwick::wasmtime::{Config, Engine};
use serde_json::{Value, json};

use super::*;

/// The signature of a function with one parameter of each of these types, which are declared before it.
fn signature(types: &str, parameters: &str) -> Signature {
    let mut config = Config::new();
    config
        .wasm_component_model_map(true)
        .wasm_component_model_fixed_length_lists(true);
    let engine = Engine::new(&config).unwrap();
    let text = format!("(component {types} (import \"f\" (func {parameters})))");
    let component = Component::new(&engine, wat::parse_str(text).unwrap()).unwrap();
    let kinds = component.component_type();
    let item = kinds
        .imports(&engine)
        .find(|(name, _)| *name == "f")
        .unwrap()
        .1
        .ty;
    match item {
        ComponentItem::ComponentFunc(function) => {
            SignatureReader::new(&|_| None).read(&function).unwrap()
        }
        other => panic!("{other:?}"),
    }
}

/// A type of every kind, each inside of others.
const TYPES: &str = r#"
    (type $r' (record (field "a" u8) (field "b" (option string)) (field "c" (list f32))))
    (import "r" (type $r (eq $r')))
    (type $v' (variant (case "nothing") (case "some" $r) (case "bytes" (list u8))))
    (import "v" (type $v (eq $v')))
    (type $e' (enum "red" "green"))
    (import "e" (type $e (eq $e')))
    (type $g' (flags "read" "write"))
    (import "g" (type $g (eq $g')))
"#;

const EVERY: &str = r#"
    (param "bool" bool) (param "s8" s8) (param "u8" u8) (param "s16" s16) (param "u16" u16) (param "s32" s32)
    (param "u32" u32) (param "s64" s64) (param "u64" u64) (param "f32" f32) (param "f64" f64) (param "char" char)
    (param "string" string) (param "bytes" (list u8)) (param "list" (list (list string))) (param "record" $r)
    (param "variant" $v) (param "variants" (list $v)) (param "enum" $e) (param "flags" $g)
    (param "option" (option (option u8))) (param "result" (result $r (error string)))
    (param "bare" (result)) (param "tuple" (tuple u8 (tuple char $e)))
    (param "map" (map string $v)) (param "pairs" (map u8 (option string)))
    (param "fixed" (list u16 3))
"#;

fn shapes(signature: &Signature) -> Vec<&Shape> {
    signature.params().iter().map(|(_, shape)| shape).collect()
}

#[test]
fn all_arguments_fit_the_function() {
    let signature = signature(TYPES, EVERY);
    let mut seen = 0;
    for arguments in Cases::new("f", &signature, 1, 200) {
        let text = Value::from(arguments).to_string();
        let read = signature.arguments_from_json(&text);
        assert!(
            read.is_ok(),
            "{read:?}: {}",
            text.chars().take(500).collect::<String>()
        );
        seen += 1;
    }
    assert!(seen > 400, "{seen}");
}

#[test]
fn the_same_seed_gives_the_same_cases_and_another_gives_others() {
    let signature = signature("", r#"(param "a" string) (param "b" u64)"#);
    let cases = |name: &str, seed| Cases::new(name, &signature, seed, 20).collect::<Vec<_>>();
    assert_eq!(cases("f", 1), cases("f", 1));
    assert_ne!(cases("f", 1), cases("f", 2));
    assert_ne!(cases("f", 1), cases("g", 1));
}

#[test]
fn the_extremes_are_among_the_edges() {
    let edges = |parameter: &str| -> Vec<Value> {
        let signature = signature("", &format!("(param \"a\" {parameter})"));
        edge::edges(shapes(&signature)[0])
    };
    for (parameter, extremes) in [
        ("s8", vec![json!(-128), json!(127), json!(0)]),
        (
            "u64",
            vec![json!(u64::MAX), json!(0), json!(9_007_199_254_740_993_u64)],
        ),
        ("s64", vec![json!(i64::MIN), json!(i64::MAX)]),
        (
            "f32",
            vec![
                json!("NaN"),
                json!("Infinity"),
                json!("-Infinity"),
                json!(f64::from(f32::MAX)),
            ],
        ),
        ("f64", vec![json!(f64::MAX), json!(5e-324)]),
        (
            "string",
            vec![
                json!(""),
                json!("\u{10ffff}"),
                json!("e\u{301}"),
                json!("a".repeat(1 << 20)),
            ],
        ),
        ("(option u8)", vec![json!(null), json!(255)]),
        ("(list u8)", vec![json!(""), json!("AA==")]),
    ] {
        let edges = edges(parameter);
        for extreme in extremes {
            assert!(edges.contains(&extreme), "{parameter}: {extreme}");
        }
    }
    let zeros = edges("f64");
    assert!(zeros.iter().any(|zero| {
        zero.as_f64()
            .is_some_and(|zero| zero == 0.0 && zero.is_sign_negative())
    }));
    let lists = edges("(list u32)");
    assert!(
        lists
            .iter()
            .any(|list| list.as_array().is_some_and(|list| list.len() == 10_000))
    );
}

/// Shrinks the one argument of a function.
fn shrunk(types: &str, parameter: &str, start: Value, shows: impl Fn(&Value) -> bool) -> Value {
    let signature = signature(types, &format!("(param \"a\" {parameter})"));
    assert!(shows(&start));
    let smallest = shrink(&shapes(&signature), &[start], 2_000, |arguments| {
        signature
            .arguments_from_json(&Value::from(arguments).to_string())
            .unwrap();
        shows(&arguments[0])
    });
    smallest[0].clone()
}

#[test]
fn shrinks_to_the_edge_of_what_shows_the_fault() {
    let length = |value: &Value| value.as_array().map_or(0, Vec::len);
    let above =
        |least: u64| move |value: &Value| value.as_u64().is_some_and(|number| number > least);
    assert_eq!(shrunk("", "u64", json!(u64::MAX), above(1_000)), 1_001);
    assert_eq!(shrunk("", "u8", json!(255), above(254)), 255);
    let below = |value: &Value| value.as_i64().is_some_and(|number| number < -7);
    assert_eq!(shrunk("", "s32", json!(i32::MIN), below), -8);
    let holds = |value: &Value| value.as_str().is_some_and(|text| text.contains('🦀'));
    assert_eq!(
        shrunk(
            "",
            "string",
            json!(format!("{}🦀b", "a".repeat(3_000))),
            holds
        ),
        "🦀"
    );
    let long = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.chars().count() >= 10)
    };
    assert_eq!(
        shrunk("", "string", json!("漢".repeat(40)), long),
        "aaaaaaaaaa"
    );
    let two = |value: &Value| length(value) >= 2;
    assert_eq!(
        shrunk("", "(list string)", json!(vec!["abc"; 100]), two),
        json!(["", ""])
    );
    let some = |value: &Value| value.get("some").is_some_and(|inner| inner["b"] == "x");
    let record = json!({"some": {"a": 200, "b": "x", "c": [1.5, "NaN"]}});
    assert_eq!(
        shrunk(TYPES, "$v", record, some),
        json!({"some": {"a": 0, "b": "x", "c": []}})
    );
    let nan = |value: &Value| {
        value
            .as_array()
            .is_some_and(|list| list.contains(&json!("NaN")))
    };
    assert_eq!(
        shrunk("", "(list f64)", json!([1.0, "NaN", 2.5]), nan),
        json!(["NaN"])
    );
    let fraction = |value: &Value| value.as_f64().is_some_and(|number| number < -1.0);
    assert_eq!(shrunk("", "f64", json!(-123.456), fraction), -2.0);
}

#[test]
fn shrinking_ends_when_every_value_shows_the_fault() {
    let signature = signature(TYPES, EVERY);
    let arguments = Cases::new("f", &signature, 9, 1).last().unwrap();
    let smallest = shrink(&shapes(&signature), &arguments, 10_000, |_| true);
    let simplest: Vec<Value> = shapes(&signature).into_iter().map(edge::simplest).collect();
    assert_eq!(smallest, simplest);
}

#[test]
fn shrinking_makes_no_more_calls_than_it_may() {
    let signature = signature("", "(param \"a\" string)");
    let mut calls = 0;
    shrink(
        &shapes(&signature),
        &[json!("abcdef".repeat(100))],
        6,
        |_| {
            calls += 1;
            false
        },
    );
    assert!(calls <= 6, "{calls}");
}
