//! Components that no compiler would write: cut, spoiled, or made to cost whoever reads them.

use std::fmt::Write as _;

use super::{HONEST, component};

/// The head of every component: magic, version, layer.
const HEAD: [u8; 8] = [0, b'a', b's', b'm', 0x0d, 0, 1, 0];

/// The bytes that a generator's name stands for.
pub(super) fn generate(name: &str) -> Result<Vec<u8>, String> {
    let honest = || component(HONEST);
    Ok(match name {
        "empty" => Vec::new(),
        "text" => b"#!/bin/sh\necho pwned\n".to_vec(),
        "elf" => [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 121]].concat(),
        "core-module" => component("(module (func (export \"attack\")))")?,
        "cut" => {
            let honest = honest()?;
            let half = honest.len() / 2;
            honest.into_iter().take(half).collect()
        }
        "unknown-version" => [
            &[0, b'a', b's', b'm', 0xff, 0, 1, 0],
            honest()?.get(8..).unwrap_or_default(),
        ]
        .concat(),
        "section-past-the-end" => [HEAD.as_slice(), &[0, 0xff, 0xff, 0xff, 0x7f, 1, b'x']].concat(),
        "number-without-end" => [HEAD.as_slice(), &[1], &[0x80; 32]].concat(),
        "unknown-section" => [HEAD.as_slice(), &[0x55, 1, 0]].concat(),
        "name-not-text" => [honest()?.as_slice(), &[0, 3, 2, 0xff, 0xfe]].concat(),
        "sections-without-end" => [HEAD.as_slice(), &[0, 2, 1, b'x'].repeat(4 << 20)].concat(),
        "count-of-four-billion" => {
            [HEAD.as_slice(), &[7, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]].concat()
        }
        "two-hundred-mebibytes" => {
            let size: u32 = 200 << 20;
            let mut bytes = honest()?;
            bytes.push(0);
            leb(&mut bytes, size + 2);
            bytes.extend([1, b'x']);
            bytes.resize(bytes.len() + size as usize, 0);
            bytes
        }
        "nested-components" => nested(),
        "deep-type" => component(&deep_type(90_000))?,
        "type-of-types" => component(&doubling_type(30))?,
        "many-functions" => component(&many_functions(60_000))?,
        "deep-blocks" => component(&deep_blocks(45_000))?,
        "wide-branch-table" => component(&wide_branch_table())?,
        "many-instances" => component(&many_instances(2_000))?,
        other => return Err(format!("there is no generator `{other}`")),
    })
}

fn leb(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// A component within a component, a thousand times.
fn nested() -> Vec<u8> {
    let mut inner = HEAD.to_vec();
    // Each level is put around the whole, which is why there are not more of them.
    for _ in 0..1_000 {
        let mut outer = HEAD.to_vec();
        outer.push(4);
        leb(&mut outer, inner.len() as u32);
        outer.append(&mut inner);
        inner = outer;
    }
    inner
}

fn with_answer(more: &str) -> String {
    format!(
        "(component {more} (core module $m (func (export \"attack\") (result i32) (i32.const 42)))
         (core instance $i (instantiate $m))
         (func (export \"attack\") (result u32) (canon lift (core func $i \"attack\"))))"
    )
}

fn deep_type(levels: usize) -> String {
    let mut text = String::from("(type $t0 (list u8))");
    for level in 1..levels {
        let _ = write!(text, "(type $t{level} (list $t{}))", level - 1);
    }
    with_answer(&text)
}

/// Each type has the one before it twice, so that the last is as large as two to the power of their number.
fn doubling_type(levels: usize) -> String {
    let mut text = String::from("(type $t0 (tuple u8 u8))");
    for level in 1..levels {
        let before = level - 1;
        let _ = write!(
            text,
            "(type $t{level} (tuple (list $t{before}) (list $t{before})))"
        );
    }
    let last = levels - 1;
    let _ = write!(text, "(import \"t\" (type (eq $t{last})))");
    with_answer(&text)
}

fn core(text: &str) -> String {
    format!(
        "(component (core module $m {text} (func (export \"attack\") (result i32) (i32.const 42)))
         (core instance $i (instantiate $m))
         (func (export \"attack\") (result u32) (canon lift (core func $i \"attack\"))))"
    )
}

fn many(text: &str, times: usize) -> String {
    core(&text.repeat(times))
}

fn many_functions(times: usize) -> String {
    many(
        "(func (param i64) (result i64) (i64.mul (i64.add (local.get 0) (i64.const 5)) (i64.rotl (local.get 0) (i64.const 3))))",
        times,
    )
}

fn deep_blocks(levels: usize) -> String {
    // In the folded form the text's own parser would end first.
    let body = "block ".repeat(levels) + &"end ".repeat(levels);
    core(&format!("(func {body})"))
}

fn wide_branch_table() -> String {
    let labels = "0 ".repeat(100_000);
    let block = format!("block local.get 0 br_table {labels} 0 end ");
    core(&format!("(func (param i32) {})", block.repeat(40)))
}

fn many_instances(count: usize) -> String {
    let mut text = String::from(
        "(core module $big (memory 16) (func (export \"attack\") (result i32) (i32.const 42)) (data (i32.const 0) \"x\"))",
    );
    for number in 0..count {
        let _ = write!(text, "(core instance $i{number} (instantiate $big))");
    }
    format!(
        "(component {text} (func (export \"attack\") (result u32) (canon lift (core func $i0 \"attack\"))))"
    )
}
