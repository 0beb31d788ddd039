//! Values to WAVE, the text form of the component model.

use std::fmt::{self, Write};

use wasmtime::component::Val;

use super::names::Named;
use super::shape::{Float, Shape};

/// Words of WAVE, which a case of the same name escapes with `%`.
const KEYWORDS: [&str; 8] = ["true", "false", "some", "none", "ok", "err", "inf", "nan"];

/// Writes `value` as wasm-tools write it. An error without one from `out` means that the value is not of the shape.
pub(super) fn write_wave(shape: &Shape, value: &Val, out: &mut impl Write) -> fmt::Result {
    match (shape, value) {
        (Shape::Bool, Val::Bool(value)) => write!(out, "{value}"),
        (Shape::Integer(kind), value) => write!(out, "{}", kind.number(value).ok_or(fmt::Error)?),
        (Shape::Float(Float::F32), Val::Float32(number)) => {
            write_float(number, number.is_nan(), out)
        }
        (Shape::Float(Float::F64), Val::Float64(number)) => {
            write_float(number, number.is_nan(), out)
        }
        (Shape::Char, Val::Char(character)) => quoted('\'', std::iter::once(*character), out),
        (Shape::String, Val::String(text)) => quoted('"', text.chars(), out),
        (Shape::Bytes, Val::List(values)) => {
            let element = &Shape::Integer(super::shape::Integer::U8);
            write_list(element, values, out)
        }
        (Shape::List(element), Val::List(values)) => write_list(element, values, out),
        (Shape::FixedList(element, _), Val::FixedLengthList(values)) => {
            write_list(element, values, out)
        }
        (Shape::Map(key, shape), Val::Map(entries)) => {
            between('[', ']', entries, out, |(name, value), out| {
                between(
                    '(',
                    ')',
                    [(&**key, name), (&**shape, value)],
                    out,
                    |(shape, value), out| write_wave(shape, value, out),
                )
            })
        }
        (Shape::Record(fields), Val::Record(values)) => write_record(fields, values, out),
        (Shape::Tuple(shapes), Val::Tuple(values)) if shapes.len() == values.len() => between(
            '(',
            ')',
            shapes.iter().zip(values),
            out,
            |(shape, value), out| write_wave(shape, value, out),
        ),
        (Shape::Variant(cases), Val::Variant(name, payload)) => {
            match (cases.find(name, 0), payload) {
                (Some((_, _, shape)), payload) => {
                    write_case(name, out)?;
                    write_payload(shape.as_ref(), payload.as_deref(), out)
                }
                (None, _) => Err(fmt::Error),
            }
        }
        (Shape::Enum(_), Val::Enum(name)) => write_case(name, out),
        (Shape::Option(_), Val::Option(None)) => out.write_str("none"),
        (Shape::Option(shape), Val::Option(Some(value))) => {
            out.write_str("some")?;
            write_payload(Some(shape), Some(value), out)
        }
        (Shape::Result(ok, _), Val::Result(Ok(value))) => {
            out.write_str("ok")?;
            write_payload(ok.as_deref(), value.as_deref(), out)
        }
        (Shape::Result(_, err), Val::Result(Err(value))) => {
            out.write_str("err")?;
            write_payload(err.as_deref(), value.as_deref(), out)
        }
        (Shape::Flags(_), Val::Flags(names)) => {
            between('{', '}', names, out, |name, out| out.write_str(name))
        }
        _ => Err(fmt::Error),
    }
}

fn write_float(number: impl fmt::Display, is_nan: bool, out: &mut impl Write) -> fmt::Result {
    match is_nan {
        true => out.write_str("nan"),
        false => write!(out, "{number}"),
    }
}

fn quoted(quote: char, text: impl Iterator<Item = char>, out: &mut impl Write) -> fmt::Result {
    out.write_char(quote)?;
    for character in text {
        match character {
            '\\' | '"' | '\'' | '\t' | '\r' | '\n' => {
                write!(out, "{}", character.escape_default())?
            }
            // Marks that combine with, hide or turn around what stands beside them come out as numbers too.
            character => write!(out, "{}", escaped(character))?,
        }
    }
    out.write_char(quote)
}

fn escaped(character: char) -> impl fmt::Display {
    match character.is_control() {
        true => Escaped::Number(character.escape_unicode()),
        false => Escaped::Shown(character.escape_debug()),
    }
}

enum Escaped {
    Number(std::char::EscapeUnicode),
    Shown(std::char::EscapeDebug),
}

impl fmt::Display for Escaped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Escaped::Number(number) => number.fmt(out),
            Escaped::Shown(shown) => shown.fmt(out),
        }
    }
}

/// `{:}` is the record whose fields are all left out; `{}` would be flags.
fn write_record(
    fields: &Named<Shape>,
    values: &[(String, Val)],
    out: &mut impl Write,
) -> fmt::Result {
    if fields.len() != values.len() {
        return Err(fmt::Error);
    }
    let mut given = fields
        .iter()
        .zip(values)
        .filter(|(_, (_, value))| !matches!(value, Val::Option(None)))
        .peekable();
    if given.peek().is_none() {
        return out.write_str("{:}");
    }
    between('{', '}', given, out, |((name, shape), (_, value)), out| {
        write!(out, "{name}: ")?;
        write_wave(shape, value, out)
    })
}

fn write_list(element: &Shape, values: &[Val], out: &mut impl Write) -> fmt::Result {
    between('[', ']', values, out, |value, out| {
        write_wave(element, value, out)
    })
}

fn write_case(name: &str, out: &mut impl Write) -> fmt::Result {
    if KEYWORDS.contains(&name) {
        out.write_char('%')?;
    }
    out.write_str(name)
}

fn write_payload(shape: Option<&Shape>, value: Option<&Val>, out: &mut impl Write) -> fmt::Result {
    match (shape, value) {
        (Some(shape), Some(value)) => {
            out.write_char('(')?;
            write_wave(shape, value, out)?;
            out.write_char(')')
        }
        (None, None) => Ok(()),
        (Some(_), None) | (None, Some(_)) => Err(fmt::Error),
    }
}

fn between<T, W: Write>(
    open: char,
    close: char,
    parts: impl IntoIterator<Item = T>,
    out: &mut W,
    mut write: impl FnMut(T, &mut W) -> fmt::Result,
) -> fmt::Result {
    out.write_char(open)?;
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        write(part, out)?;
    }
    out.write_char(close)
}
