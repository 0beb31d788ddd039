//! Tests of the values between callers and tools.

mod answers;
mod components;
mod hostile;
mod json;
mod random;
mod schemas;
mod shapes;
mod wave;

use wasmtime::component::Val;

use super::*;

/// A function of one parameter `x`, which returns a tuple of that type alone: so its JSON is never taken apart as a tool's error.
fn function_of(shape: &Shape) -> Signature {
    Signature::new(
        Named::new([("x", shape.clone())]),
        Some(Shape::Tuple([shape.clone()].into())),
    )
}

/// The one argument that `text` (JSON) is for a parameter of `shape`.
fn read(shape: &Shape, text: &str) -> Result<Val, ArgumentError> {
    let arguments = function_of(shape).arguments_from_json(&format!("[{text}]"))?;
    Ok(arguments.into_vals(&[]).unwrap().remove(0))
}

/// What `value` of `shape` is in JSON.
fn written(shape: &Shape, value: &Val) -> String {
    let mut text = Vec::new();
    let values = [Val::Tuple(vec![value.clone()])];
    let outcome = function_of(shape)
        .write_answer(&values, &mut text, 1 << 20)
        .unwrap();
    assert_eq!(outcome, Outcome::Answer);
    let text = String::from_utf8(text).unwrap();
    text.strip_prefix('[')
        .unwrap()
        .strip_suffix(']')
        .unwrap()
        .to_owned()
}

/// `text` is read as `value` and written as itself again.
fn both_ways(shape: &Shape, text: &str, value: Val) {
    assert_eq!(
        read(shape, text).as_ref(),
        Ok(&value),
        "reading {text} as {shape}"
    );
    assert_eq!(written(shape, &value), text, "writing {value:?} of {shape}");
}

/// `text` is another way to give `value`.
fn also(shape: &Shape, text: &str, value: Val) {
    assert_eq!(
        read(shape, text).as_ref(),
        Ok(&value),
        "reading {text} as {shape}"
    );
}

/// `text` is refused; gives the message.
fn refused(shape: &Shape, text: &str) -> String {
    match read(shape, text) {
        Ok(value) => panic!("{text} was taken as {shape}: {value:?}"),
        Err(error) => error.to_string(),
    }
}

fn record(fields: &[(&str, Shape)]) -> Shape {
    Shape::Record(Named::new(fields.iter().cloned()))
}

fn variant(cases: &[(&str, Option<Shape>)]) -> Shape {
    Shape::Variant(Named::new(cases.iter().cloned()))
}

fn option(some: Shape) -> Shape {
    Shape::Option(Box::new(some))
}

fn result(ok: Option<Shape>, err: Option<Shape>) -> Shape {
    Shape::Result(ok.map(Box::new), err.map(Box::new))
}

fn names(names: &[&str]) -> Named<()> {
    names.iter().copied().collect()
}

fn some(value: Val) -> Val {
    Val::Option(Some(Box::new(value)))
}

const NONE: Val = Val::Option(None);
const U8: Shape = Shape::Integer(Integer::U8);
const U32: Shape = Shape::Integer(Integer::U32);
const U64: Shape = Shape::Integer(Integer::U64);
const S64: Shape = Shape::Integer(Integer::S64);
const F32: Shape = Shape::Float(Float::F32);
const F64: Shape = Shape::Float(Float::F64);
