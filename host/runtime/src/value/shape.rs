//! The shape of a value: our own mirror of a WIT type, without an engine behind it.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};
use wasmtime::component::Val;

use super::names::Named;

/// A WIT type, read once at load.
///
/// Everything that turns text into values or values into text works on a `Shape`: it needs no store, no engine and no lock.
/// Its depth is bounded where it is made ([`SignatureReader`](super::SignatureReader)), so walking it needs no bound of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// `bool`
    Bool,
    /// `s8` … `u64`
    Integer(Integer),
    /// `f32`, `f64`
    Float(Float),
    /// `char`: one Unicode scalar value
    Char,
    /// `string`
    String,
    /// `list<u8>`, which is base64 in JSON
    Bytes,
    /// `list<T>` of anything but `u8`
    List(Box<Shape>),
    /// `list<T, N>`
    FixedList(Box<Shape>, u32),
    /// `map<K, V>`
    Map(Box<Shape>, Box<Shape>),
    /// `record`
    Record(Named<Shape>),
    /// `tuple`
    Tuple(Box<[Shape]>),
    /// `variant`
    Variant(Named<Option<Shape>>),
    /// `enum`
    Enum(Named<()>),
    /// `option<T>`
    Option(Box<Shape>),
    /// `result<T, E>`, either of which may be absent
    Result(Option<Box<Shape>>, Option<Box<Shape>>),
    /// `flags`
    Flags(Named<()>),
    /// `borrow` of a file handle that the host opens from a path
    Handle(HandleKind),
}

/// The integer types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Integer {
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
}

/// The floating-point types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Float {
    F32,
    F64,
}

/// What a handle parameter lets the tool do with the file that the caller names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HandleKind {
    /// `borrow<reader>`: counts as asking for `read-file`
    Reader,
    /// `borrow<writer>`: counts as asking for `write-file`
    Writer,
}

impl HandleKind {
    /// The key of the capability that such a parameter asks for.
    pub fn capability_key(self) -> &'static str {
        match self {
            HandleKind::Reader => "read-file",
            HandleKind::Writer => "write-file",
        }
    }

    /// The name of the resource in WIT.
    pub fn resource_name(self) -> &'static str {
        match self {
            HandleKind::Reader => "reader",
            HandleKind::Writer => "writer",
        }
    }
}

impl Integer {
    /// The name in WIT.
    pub fn name(self) -> &'static str {
        match self {
            Integer::S8 => "s8",
            Integer::U8 => "u8",
            Integer::S16 => "s16",
            Integer::U16 => "u16",
            Integer::S32 => "s32",
            Integer::U32 => "u32",
            Integer::S64 => "s64",
            Integer::U64 => "u64",
        }
    }

    /// The smallest and the largest value.
    pub fn range(self) -> (i128, i128) {
        match self {
            Integer::S8 => (i8::MIN.into(), i8::MAX.into()),
            Integer::U8 => (0, u8::MAX.into()),
            Integer::S16 => (i16::MIN.into(), i16::MAX.into()),
            Integer::U16 => (0, u16::MAX.into()),
            Integer::S32 => (i32::MIN.into(), i32::MAX.into()),
            Integer::U32 => (0, u32::MAX.into()),
            Integer::S64 => (i64::MIN.into(), i64::MAX.into()),
            Integer::U64 => (0, u64::MAX.into()),
        }
    }

    /// Whether JSON may carry it as a string of decimal digits, because numbers beyond 2^53 - 1 do not survive every reader.
    pub fn is_wide(self) -> bool {
        matches!(self, Integer::S64 | Integer::U64)
    }

    /// The value, unless it is out of range.
    pub(super) fn value(self, number: i128) -> Option<Val> {
        Some(match self {
            Integer::S8 => Val::S8(number.try_into().ok()?),
            Integer::U8 => Val::U8(number.try_into().ok()?),
            Integer::S16 => Val::S16(number.try_into().ok()?),
            Integer::U16 => Val::U16(number.try_into().ok()?),
            Integer::S32 => Val::S32(number.try_into().ok()?),
            Integer::U32 => Val::U32(number.try_into().ok()?),
            Integer::S64 => Val::S64(number.try_into().ok()?),
            Integer::U64 => Val::U64(number.try_into().ok()?),
        })
    }

    /// The number that a value of this type holds.
    pub(super) fn number(self, value: &Val) -> Option<i128> {
        Some(match (self, value) {
            (Integer::S8, Val::S8(number)) => (*number).into(),
            (Integer::U8, Val::U8(number)) => (*number).into(),
            (Integer::S16, Val::S16(number)) => (*number).into(),
            (Integer::U16, Val::U16(number)) => (*number).into(),
            (Integer::S32, Val::S32(number)) => (*number).into(),
            (Integer::U32, Val::U32(number)) => (*number).into(),
            (Integer::S64, Val::S64(number)) => (*number).into(),
            (Integer::U64, Val::U64(number)) => (*number).into(),
            _ => return None,
        })
    }
}

impl Float {
    /// The name in WIT.
    pub fn name(self) -> &'static str {
        match self {
            Float::F32 => "f32",
            Float::F64 => "f64",
        }
    }

    /// The value, rounded to nearest; nothing where a finite number would become an infinite one.
    pub(super) fn finite(self, number: f64) -> Option<Val> {
        match self {
            Float::F32 => narrowed(number).map(Val::Float32),
            Float::F64 => number.is_finite().then_some(Val::Float64(number)),
        }
    }

    /// A value that may be infinite or not a number.
    pub(super) fn special(self, number: f64) -> Val {
        match self {
            Float::F32 => Val::Float32(number as f32),
            Float::F64 => Val::Float64(number),
        }
    }
}

/// A decimal that was read in 64 bits, in 32.
///
/// Rounding twice is not rounding once: `7.038531e-26` lands exactly between two floats on the way and then goes to the wrong one. The
/// digits that the 64 bits print as are the ones that were written, so they are read again where it may matter.
fn narrowed(number: f64) -> Option<f32> {
    let narrow = number as f32;
    if !narrow.is_finite() || f64::from(narrow) == number {
        return narrow.is_finite().then_some(narrow);
    }
    format!("{number:e}").parse().ok()
}

impl Shape {
    /// `list<u8>` becomes [`Shape::Bytes`], every other element a [`Shape::List`].
    pub fn list(element: Shape) -> Shape {
        match element {
            Shape::Integer(Integer::U8) => Shape::Bytes,
            element => Shape::List(Box::new(element)),
        }
    }

    /// Whether a record may leave out a field of this shape.
    pub fn is_option(&self) -> bool {
        matches!(self, Shape::Option(_))
    }

    /// The kinds of handles inside, each once.
    pub(super) fn collect_handles(&self, kinds: &mut Vec<HandleKind>) {
        match self {
            Shape::Handle(kind) if !kinds.contains(kind) => kinds.push(*kind),
            Shape::List(part) | Shape::FixedList(part, _) | Shape::Option(part) => {
                part.collect_handles(kinds)
            }
            Shape::Map(key, value) => [key, value]
                .into_iter()
                .for_each(|part| part.collect_handles(kinds)),
            Shape::Record(fields) => fields
                .iter()
                .for_each(|(_, field)| field.collect_handles(kinds)),
            Shape::Tuple(parts) => parts.iter().for_each(|part| part.collect_handles(kinds)),
            Shape::Variant(cases) => cases
                .iter()
                .flat_map(|(_, case)| case)
                .for_each(|part| part.collect_handles(kinds)),
            Shape::Result(ok, err) => [ok, err]
                .into_iter()
                .flatten()
                .for_each(|part| part.collect_handles(kinds)),
            Shape::Handle(_) | Shape::Bool | Shape::Integer(_) | Shape::Float(_) | Shape::Char => {}
            Shape::String | Shape::Bytes | Shape::Enum(_) | Shape::Flags(_) => {}
        }
    }
}

/// As WIT writes it, with anonymous records and variants spelled out.
impl fmt::Display for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Bool => out.write_str("bool"),
            Shape::Integer(integer) => out.write_str(integer.name()),
            Shape::Float(float) => out.write_str(float.name()),
            Shape::Char => out.write_str("char"),
            Shape::String => out.write_str("string"),
            Shape::Bytes => out.write_str("list<u8>"),
            Shape::List(element) => write!(out, "list<{element}>"),
            Shape::FixedList(element, length) => write!(out, "list<{element}, {length}>"),
            Shape::Map(key, value) => write!(out, "map<{key}, {value}>"),
            Shape::Record(fields) => {
                out.write_str("record { ")?;
                separated(out, fields.iter(), |out, (name, shape)| {
                    write!(out, "{name}: {shape}")
                })?;
                out.write_str(" }")
            }
            Shape::Tuple(parts) => {
                out.write_str("tuple<")?;
                separated(out, parts.iter(), |out, part| write!(out, "{part}"))?;
                out.write_char('>')
            }
            Shape::Variant(cases) => {
                out.write_str("variant { ")?;
                separated(out, cases.iter(), |out, (name, payload)| match payload {
                    Some(payload) => write!(out, "{name}({payload})"),
                    None => out.write_str(name),
                })?;
                out.write_str(" }")
            }
            Shape::Enum(names) => write_names(out, "enum", names),
            Shape::Flags(names) => write_names(out, "flags", names),
            Shape::Option(some) => write!(out, "option<{some}>"),
            Shape::Result(ok, err) => write_result(out, ok.as_deref(), err.as_deref()),
            Shape::Handle(kind) => write!(out, "borrow<{}>", kind.resource_name()),
        }
    }
}

fn write_names(out: &mut fmt::Formatter<'_>, keyword: &str, names: &Named<()>) -> fmt::Result {
    write!(out, "{keyword} {{ ")?;
    separated(out, names.names(), |out, name| out.write_str(name))?;
    out.write_str(" }")
}

fn write_result(
    out: &mut fmt::Formatter<'_>,
    ok: Option<&Shape>,
    err: Option<&Shape>,
) -> fmt::Result {
    match (ok, err) {
        (None, None) => out.write_str("result"),
        (Some(ok), None) => write!(out, "result<{ok}>"),
        (None, Some(err)) => write!(out, "result<_, {err}>"),
        (Some(ok), Some(err)) => write!(out, "result<{ok}, {err}>"),
    }
}

/// Writes `parts` with commas between them.
pub(super) fn separated<T>(
    out: &mut fmt::Formatter<'_>,
    parts: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (index, part) in parts.enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        write(out, part)?;
    }
    Ok(())
}
