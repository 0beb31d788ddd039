//! The guests: of a script, of text, or of bytes that no compiler would write.

mod bytes;
mod op;
mod script;

use crate::case::Case;
use crate::error::AttackError;
use crate::world::World;

pub(crate) use op::{Op, parse};

/// The honest tool: it answers 42, and counts the calls of its instance.
pub(crate) const HONEST: &str = r#"(component
  (core module $m
    (global $n (mut i32) (i32.const 0))
    (func (export "answer") (result i32) (i32.const 42))
    (func (export "count") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
  (core instance $i (instantiate $m))
  (func (export "answer") (result u32) (canon lift (core func $i "answer")))
  (func (export "count") (result u32) (canon lift (core func $i "count"))))"#;

/// The component of WASI's floor, which is the suite's too.
const FLOOR: &str = include_str!("../../../components/floor.wat");

/// The component that hands over what are no values, which is the suite's too.
const BAD_VALUES: &str = include_str!("../../../components/bad-values.wat");

/// The attacker of a case.
pub(crate) fn attacker(case: &Case, world: &World) -> Result<Vec<u8>, AttackError> {
    let wrong = |why: String| AttackError::Data {
        class: case.id(),
        why,
    };
    if let Some(generator) = &case.bytes {
        return bytes::generate(generator).map_err(wrong);
    }
    let text = match case.component.as_deref() {
        Some("floor") => FLOOR.to_owned(),
        Some("bad-values") => BAD_VALUES.to_owned(),
        Some("honest") => HONEST.to_owned(),
        Some(text) => world.fill(text),
        None => script::compile(&parse(&case.script, world).map_err(wrong)?),
    };
    component(&text).map_err(wrong)
}

/// A component of its text.
pub(crate) fn component(text: &str) -> Result<Vec<u8>, String> {
    wat::parse_str(text).map_err(|error| error.to_string())
}
