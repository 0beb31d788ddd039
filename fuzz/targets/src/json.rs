//! JSON and WAVE to values and back: what is accepted has the function's type, and means the same when it is written again.
//!
//! The first byte of an input chooses the function, the second whether the rest is JSON or WAVE.

use std::sync::OnceLock;

use bailiwick::value::{Answer, Signature, SignatureReader};
use bailiwick::wasmtime::component::types::ComponentItem;
use bailiwick::wasmtime::component::{Component, Val};
use bailiwick::wasmtime::{Config, Engine};

/// Functions that take and give the same type, every kind of type among them.
const FUNCTIONS: &str = r#"(component
    (type $record (record (field "a" u8) (field "b" (option string)) (field "c" (list u16))))
    (import "record" (type $r (eq $record)))
    (type $variant (variant (case "none") (case "number" f64) (case "record" $r)))
    (import "variant" (type $v (eq $variant)))
    (type $enum (enum "one" "two" "three"))
    (import "enum" (type $e (eq $enum)))
    (type $flags (flags "x" "y" "z"))
    (import "flags" (type $g (eq $flags)))
    (import "f0" (func (param "x" (tuple bool s8 u8 s16 u16 s32 u32 s64 u64 f32 f64 char string)) (result (tuple bool s8 u8 s16 u16 s32 u32 s64 u64 f32 f64 char string))))
    (import "f1" (func (param "x" (list u8)) (result (list u8))))
    (import "f2" (func (param "x" (list $r)) (result (list $r))))
    (import "f3" (func (param "x" $v) (result $v)))
    (import "f4" (func (param "x" (list $e)) (result (list $e))))
    (import "f5" (func (param "x" $g) (result $g)))
    (import "f6" (func (param "x" (option (option string))) (result (option (option string)))))
    (import "f7" (func (param "x" (list (result u8 (error string)))) (result (list (result u8 (error string))))))
    (import "f8" (func (param "x" (list (list (list string)))) (result (list (list (list string))))))
    (import "f9" (func (param "x" (tuple s64 u64 f64)) (result (tuple s64 u64 f64)))))"#;

/// Bytes of an answer: more than any input makes.
const MOST: usize = 1 << 20;

fn signatures() -> &'static [Signature] {
    static SIGNATURES: OnceLock<Vec<Signature>> = OnceLock::new();
    SIGNATURES.get_or_init(|| {
        let engine = Engine::new(&Config::new()).expect("an engine");
        let bytes = wat::parse_str(FUNCTIONS).expect("a component");
        let component = Component::new(&engine, bytes).expect("a component");
        let ty = component.component_type();
        ty.imports(&engine)
            .filter_map(|(_, item)| match item.ty {
                ComponentItem::ComponentFunc(function) => Some(function),
                _ => None,
            })
            .map(|function| {
                let read = SignatureReader::new(&|_| None).read(&function);
                read.expect("a function that can be called")
            })
            .collect()
    })
}

pub(crate) fn run(data: &[u8]) {
    let [which, form, text @ ..] = data else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let signatures = signatures();
    let signature = &signatures[usize::from(*which) % signatures.len()];
    let values = if form % 2 == 0 {
        from_json(signature, text)
    } else {
        from_wave(signature, text)
    };
    if let Some(values) = values {
        there_and_back(signature, &values);
    }
}

fn from_json(signature: &Signature, text: &str) -> Option<Vec<Val>> {
    let read = signature.arguments_from_json(text);
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(text) {
        // Only fields that came twice are lost on the way over a tree.
        if read.is_ok() {
            assert!(
                signature.arguments_from_value(&value).is_ok(),
                "{text:?} is read as text and not as a tree"
            );
        }
    } else {
        assert!(read.is_err(), "{text:?} is no JSON and is read");
    }
    values(read.ok()?)
}

fn from_wave(signature: &Signature, text: &str) -> Option<Vec<Val>> {
    values(signature.arguments_from_wave(&[text]).ok()?)
}

fn values(arguments: bailiwick::value::Arguments) -> Option<Vec<Val>> {
    assert!(arguments.handle_requests().is_empty());
    arguments.into_vals(&[]).ok()
}

fn there_and_back(signature: &Signature, values: &[Val]) {
    let Ok(answer) = signature.answer(values, MOST) else {
        panic!("what was read as {signature} cannot be written: {values:?}");
    };
    let Answer::Ok(json) = answer else {
        return;
    };
    let arguments = serde_json::json!([json]).to_string();
    let again = signature
        .arguments_from_json(&arguments)
        .unwrap_or_else(|error| panic!("{arguments} was written and is refused: {error}"));
    let again = again.into_vals(&[]).expect("no handles");
    is_same(values, &again, &arguments);
    let wave = signature
        .result_to_wave(values, MOST)
        .unwrap_or_else(|error| panic!("{values:?} cannot be written as WAVE: {error}"));
    let again = signature
        .arguments_from_wave(&[wave.as_str()])
        .unwrap_or_else(|error| panic!("{wave} was written and is refused: {error}"));
    is_same(values, &again.into_vals(&[]).expect("no handles"), &wave);
}

/// The same to the last bit, where a NaN is like every other.
fn is_same(one: &[Val], two: &[Val], text: &str) {
    assert_eq!(format!("{one:?}"), format!("{two:?}"), "through {text}");
}
