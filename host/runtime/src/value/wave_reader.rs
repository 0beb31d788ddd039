//! WAVE to arguments: what a person types on a command line, read against the shapes.
//!
//! `wasm-wave` checks the syntax and its depth; the tree that it makes is read here, because its own typed reading knows no handles, drops
//! fields that a record does not have and turns numbers that are too large into infinities.

use wasm_wave::ast::{Node, NodeType};
use wasm_wave::parser::ParserError;
use wasm_wave::untyped::UntypedValue;
use wasmtime::component::Val;

use super::arguments::{Arguments, Reading};
use super::error::{ArgumentError, Step, listed, shown};
use super::names::Named;
use super::shape::{Float, Integer, Shape};
use super::signature::Signature;

/// What the texts of one call may weigh together, in bytes: more than a command line holds, and the tree of a text weighs fifty times
/// the text.
const WAVE_BYTES_MAX: usize = 1 << 20;

/// How many characters of the text an error shows on each side of the place.
const EXCERPT_CHARS: usize = 40;

impl Signature {
    /// Reads a call's arguments from WAVE, one text a parameter. Options at the end may be left out.
    ///
    /// A handle is the path of its file, as a string or, where it is the whole argument, without the quotes.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place in the text.
    pub fn arguments_from_wave(
        &self,
        texts: &[impl AsRef<str>],
    ) -> Result<Arguments, ArgumentError> {
        if texts.iter().map(|text| text.as_ref().len()).sum::<usize>() > WAVE_BYTES_MAX {
            return Err(ArgumentError::TooLarge {
                what: "text",
                limit: WAVE_BYTES_MAX,
            });
        }
        let may_end = self
            .params
            .iter()
            .skip(texts.len())
            .all(|(_, shape)| shape.is_option());
        if texts.len() > self.params.len() || !may_end {
            return Err(self.wrong_count(texts.len()));
        }
        let mut reading = Reading::new();
        let mut values = Vec::with_capacity(self.params.len());
        for ((name, shape), text) in self.params.iter().zip(texts) {
            reading.path.push(Step::Name(name));
            values.push(argument(shape, text.as_ref(), &mut reading)?);
            reading.path.pop();
        }
        values.resize(self.params.len(), Val::Option(None));
        Ok(reading.finish(values))
    }

    fn wrong_count(&self, found: usize) -> ArgumentError {
        let expected = match self.params.len() {
            0 => "no arguments".to_owned(),
            1 => listed("one argument for", self.params.names()),
            count => listed(&format!("{count} arguments for"), self.params.names()),
        };
        ArgumentError::Count { expected, found }
    }
}

fn argument<'s>(
    shape: &'s Shape,
    text: &str,
    reading: &mut Reading<'s>,
) -> Result<Val, ArgumentError> {
    if let Shape::Handle(kind) = shape
        && !text.trim_start().starts_with('"')
    {
        return Ok(reading.request(*kind, text));
    }
    let fault = |fault: Fault, reading: &Reading<'_>| fault.in_text(text, reading);
    let tree = UntypedValue::parse(text).map_err(|error| fault(error.into(), reading))?;
    let mut reader = Reader { text, reading };
    let value = reader.value(shape, tree.node());
    value.map_err(|error| fault(error, reading))
}

/// What is wrong, and the bytes of the text that are.
enum Fault {
    At {
        message: String,
        span: std::ops::Range<usize>,
    },
    Whole(ArgumentError),
}

impl From<ParserError> for Fault {
    fn from(error: ParserError) -> Self {
        let message = match error.detail() {
            Some(detail) => format!("{}: {}", error.kind(), shown(detail)),
            None => error.kind().to_string(),
        };
        Fault::At {
            message,
            span: error.span(),
        }
    }
}

impl From<ArgumentError> for Fault {
    fn from(error: ArgumentError) -> Self {
        Fault::Whole(error)
    }
}

impl Fault {
    fn in_text(self, text: &str, reading: &Reading<'_>) -> ArgumentError {
        let (message, span) = match self {
            Fault::At { message, span } => (message, span),
            Fault::Whole(error) => return error,
        };
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text
            .get(line_start..)
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
        let before_in_line = before.get(line_start..).unwrap_or_default().chars().count();
        let width = text.get(span).map_or(1, |part| {
            part.lines().next().unwrap_or_default().chars().count()
        });
        ArgumentError::Wave {
            path: reading.path.to_string(),
            message,
            line: before.matches('\n').count() + 1,
            column: before_in_line + 1,
            excerpt: excerpt(line, before_in_line, width),
        }
    }
}

/// The part of a line around a place, and carets under the place. Characters that would not be one column wide are shown as `·`.
fn excerpt(line: &str, start: usize, width: usize) -> String {
    let cut = start.saturating_sub(EXCERPT_CHARS);
    let column_wide = |character: char| match character.escape_debug().count() {
        1 => character,
        _ if character == '"' || character == '\'' || character == '\\' => character,
        _ => '·',
    };
    let shown: String = line
        .chars()
        .skip(cut)
        .take(2 * EXCERPT_CHARS)
        .map(column_wide)
        .collect();
    let carets = width.clamp(1, EXCERPT_CHARS);
    format!(
        "{shown}\n{:indent$}{}",
        "",
        "^".repeat(carets),
        indent = start - cut
    )
}

struct Reader<'t, 'r, 's> {
    text: &'t str,
    reading: &'r mut Reading<'s>,
}

impl<'s> Reader<'_, '_, 's> {
    fn value(&mut self, shape: &'s Shape, node: &Node) -> Result<Val, Fault> {
        self.reading.charge(1, 0)?;
        match shape {
            Shape::Bool => node
                .as_bool()
                .map(Val::Bool)
                .or_else(|_| self.refuse(node, "`true` or `false`")),
            Shape::Integer(kind) => self.integer(*kind, node),
            Shape::Float(kind) => self.float(*kind, node),
            Shape::Char => Ok(Val::Char(node.as_char(self.text).or_else(|error| {
                self.mistyped(node, error, "a character in single quotes")
            })?)),
            Shape::String => self.string(node).map(Val::String),
            Shape::Bytes => self.list(&Shape::Integer(Integer::U8), node).map(Val::List),
            Shape::List(element) => self.list(element, node).map(Val::List),
            Shape::FixedList(element, length) => self.fixed_list(element, *length, node),
            Shape::Map(key, value) => self.map(key, value, node),
            Shape::Record(fields) => self.record(fields, node),
            Shape::Tuple(parts) => self.tuple(parts, node).map(Val::Tuple),
            Shape::Variant(cases) => self.variant(cases, node),
            Shape::Enum(names) => self.case(names, node),
            Shape::Option(some) => self.option(some, node),
            Shape::Result(ok, err) => self.result(ok.as_deref(), err.as_deref(), node),
            Shape::Flags(names) => self.flags(names, node),
            Shape::Handle(kind) => {
                let path = self.string(node)?;
                Ok(self.reading.request(*kind, &path))
            }
        }
    }

    fn refuse<T>(&self, node: &Node, expected: &str) -> Result<T, Fault> {
        let found = shown(self.text.get(node.span()).unwrap_or_default());
        Err(Fault::At {
            message: format!("expected {expected}, found `{found}`"),
            span: node.span(),
        })
    }

    /// A node of another type is told what was expected; a malformed node of the right type what is wrong with it.
    fn mistyped<T>(&self, node: &Node, error: ParserError, expected: &str) -> Result<T, Fault> {
        match error.kind() {
            wasm_wave::parser::ParserErrorKind::InvalidType => self.refuse(node, expected),
            _ => Err(error.into()),
        }
    }

    fn within<T>(
        &mut self,
        step: Step<'s>,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.reading.path.push(step);
        let value = read(self)?;
        self.reading.path.pop();
        Ok(value)
    }

    fn integer(&self, kind: Integer, node: &Node) -> Result<Val, Fault> {
        let number: Option<i128> = node.as_number(self.text).ok();
        let (least, most) = kind.range();
        match number.and_then(|number| kind.value(number)) {
            Some(value) => Ok(value),
            None => self.refuse(node, &format!("an integer from {least} to {most}")),
        }
    }

    /// Read in the precision that it will have. Only `inf` is infinite.
    fn float(&self, kind: Float, node: &Node) -> Result<Val, Fault> {
        let is_digits = !matches!(self.text.get(node.span()), Some("inf" | "-inf" | "nan"));
        let value = match kind {
            Float::F32 => node
                .as_number(self.text)
                .ok()
                .filter(|number: &f32| !is_digits || number.is_finite())
                .map(Val::Float32),
            Float::F64 => node
                .as_number(self.text)
                .ok()
                .filter(|number: &f64| !is_digits || number.is_finite())
                .map(Val::Float64),
        };
        match value {
            Some(value) => Ok(value),
            None => self.refuse(
                node,
                &format!(
                    "a number that fits in an {}, `inf`, `-inf` or `nan`",
                    kind.name()
                ),
            ),
        }
    }

    fn string(&mut self, node: &Node) -> Result<String, Fault> {
        let text = match node.as_str(self.text) {
            Ok(text) => text.into_owned(),
            Err(error) => return self.mistyped(node, error, "a string in double quotes"),
        };
        self.reading.charge(0, text.len())?;
        Ok(text)
    }

    fn list(&mut self, element: &'s Shape, node: &Node) -> Result<Vec<Val>, Fault> {
        let Ok(parts) = node.as_list() else {
            return self.refuse(node, "a list in `[` and `]`");
        };
        parts
            .enumerate()
            .map(|(index, part)| {
                self.within(Step::Index(index), |reader| reader.value(element, part))
            })
            .collect()
    }

    fn fixed_list(&mut self, element: &'s Shape, length: u32, node: &Node) -> Result<Val, Fault> {
        let values = self.list(element, node)?;
        match u32::try_from(values.len()) {
            Ok(found) if found == length => Ok(Val::FixedLengthList(values)),
            Ok(_) | Err(_) => self.refuse(node, &format!("a list of exactly {length} elements")),
        }
    }

    /// A list of tuples of key and value.
    fn map(&mut self, key: &'s Shape, value: &'s Shape, node: &Node) -> Result<Val, Fault> {
        let Ok(pairs) = node.as_list() else {
            return self.refuse(node, "a list of tuples of key and value");
        };
        let mut seen = std::collections::HashSet::new();
        let mut entries = Vec::with_capacity(pairs.len());
        for (index, pair) in pairs.enumerate() {
            let (key, value) =
                self.within(Step::Index(index), |reader| reader.pair(key, value, pair))?;
            if !seen.insert(format!("{key:?}")) {
                return self.refuse(pair, "each key once");
            }
            entries.push((key, value));
        }
        Ok(Val::Map(entries))
    }

    fn pair(&mut self, key: &'s Shape, value: &'s Shape, node: &Node) -> Result<(Val, Val), Fault> {
        let parts: Vec<&Node> = node.as_tuple().map(Iterator::collect).unwrap_or_default();
        match parts.as_slice() {
            [first, second] => Ok((self.value(key, first)?, self.value(value, second)?)),
            _ => self.refuse(node, "a tuple of key and value"),
        }
    }

    fn tuple(&mut self, shapes: &'s [Shape], node: &Node) -> Result<Vec<Val>, Fault> {
        let parts: Vec<&Node> = node.as_tuple().map(Iterator::collect).unwrap_or_default();
        if parts.len() != shapes.len() {
            return self.refuse(
                node,
                &format!("a tuple of {} elements in `(` and `)`", shapes.len()),
            );
        }
        shapes
            .iter()
            .zip(parts)
            .enumerate()
            .map(|(index, (shape, part))| {
                self.within(Step::Index(index), |reader| reader.value(shape, part))
            })
            .collect()
    }

    fn record(&mut self, fields: &'s Named<Shape>, node: &Node) -> Result<Val, Fault> {
        let Ok(parts) = node.as_record(self.text) else {
            return self.refuse(
                node,
                &format!(
                    "a record in `{{` and `}}` with {}",
                    listed("the fields", fields.names())
                ),
            );
        };
        let mut values: Vec<Option<Val>> = fields.iter().map(|_| None).collect();
        for (index, (name, part)) in parts.enumerate() {
            let Some((index, name, shape)) = fields.find(name, index) else {
                return Err(Fault::At {
                    message: format!(
                        "unknown field `{}`, expected {}",
                        shown(name),
                        listed("the fields", fields.names())
                    ),
                    span: part.span(),
                });
            };
            let value = self.within(Step::Name(name), |reader| reader.value(shape, part))?;
            // The parser has refused fields that come twice.
            if let Some(slot) = values.get_mut(index) {
                *slot = Some(value);
            }
        }
        let names_bytes = fields
            .names()
            .map(|name| size_of::<String>() + name.len())
            .sum();
        self.reading.charge(fields.len(), names_bytes)?;
        let complete = fields
            .iter()
            .zip(values)
            .map(|((name, shape), value)| match value {
                Some(value) => Ok((name.to_owned(), value)),
                None if shape.is_option() => Ok((name.to_owned(), Val::Option(None))),
                None => Err(Fault::At {
                    message: format!("missing field `{name}`"),
                    span: node.span(),
                }),
            });
        complete.collect::<Result<_, _>>().map(Val::Record)
    }

    fn variant(&mut self, cases: &'s Named<Option<Shape>>, node: &Node) -> Result<Val, Fault> {
        let found = node
            .as_variant(self.text)
            .ok()
            .and_then(|(name, part)| Some((cases.find(name, 0)?, part)));
        let Some(((_, name, shape), part)) = found else {
            return self.refuse(node, &listed("one of the cases", cases.names()));
        };
        let payload = self.payload(name, shape.as_ref(), part, node)?;
        self.reading.charge(0, name.len())?;
        Ok(Val::Variant(name.to_owned(), payload))
    }

    fn payload(
        &mut self,
        name: &'s str,
        shape: Option<&'s Shape>,
        part: Option<&Node>,
        node: &Node,
    ) -> Result<Option<Box<Val>>, Fault> {
        match (shape, part) {
            (Some(shape), Some(part)) => self
                .within(Step::Name(name), |reader| reader.value(shape, part))
                .map(|value| Some(Box::new(value))),
            (None, None) => Ok(None),
            (Some(_), None) => self.refuse(node, &format!("`{name}(…)` with a value")),
            (None, Some(_)) => self.refuse(node, &format!("`{name}` without a value")),
        }
    }

    fn case(&mut self, names: &'s Named<()>, node: &Node) -> Result<Val, Fault> {
        match node
            .as_enum(self.text)
            .ok()
            .and_then(|name| names.find(name, 0))
        {
            Some((_, name, ())) => {
                self.reading.charge(0, name.len())?;
                Ok(Val::Enum(name.to_owned()))
            }
            None => self.refuse(node, &listed("one of", names.names())),
        }
    }

    /// `some(…)` may be left away around what is neither an option nor a result, as WAVE has it.
    fn option(&mut self, some: &'s Shape, node: &Node) -> Result<Val, Fault> {
        let value = match node.as_option() {
            Ok(None) => return Ok(Val::Option(None)),
            Ok(Some(part)) => self.within(Step::Name("some"), |reader| reader.value(some, part))?,
            Err(_) if matches!(some, Shape::Option(_) | Shape::Result(..)) => {
                return self.refuse(node, "`none` or `some(…)`");
            }
            Err(_) => self.value(some, node)?,
        };
        Ok(Val::Option(Some(Box::new(value))))
    }

    /// `ok(…)` may be left away like `some(…)`.
    fn result(
        &mut self,
        ok: Option<&'s Shape>,
        err: Option<&'s Shape>,
        node: &Node,
    ) -> Result<Val, Fault> {
        let result = match (node.as_result(), ok) {
            (Ok(Ok(part)), ok) => Ok(self.payload("ok", ok, part, node)?),
            (Ok(Err(part)), _) => Err(self.payload("err", err, part, node)?),
            (Err(_), Some(Shape::Option(_) | Shape::Result(..)) | None) => {
                return self.refuse(node, "`ok` or `err`");
            }
            (Err(_), Some(ok)) => Ok(Some(Box::new(self.value(ok, node)?))),
        };
        Ok(Val::Result(result))
    }

    fn flags(&mut self, names: &'s Named<()>, node: &Node) -> Result<Val, Fault> {
        if node.ty() != NodeType::Flags {
            return self.refuse(
                node,
                &listed("in `{` and `}` any of the flags", names.names()),
            );
        }
        let mut set = vec![false; names.len()];
        for name in node.as_flags(self.text)? {
            // The parser leaves the escape on the names of flags, and on those alone.
            let name = name.strip_prefix('%').unwrap_or(name);
            match names
                .find(name, 0)
                .and_then(|(index, _, ())| set.get_mut(index))
            {
                Some(set) => *set = true,
                None => {
                    return self.refuse(
                        node,
                        &listed("in `{` and `}` any of the flags", names.names()),
                    );
                }
            }
        }
        let names: Vec<String> = names
            .names()
            .zip(set)
            .filter(|(_, set)| *set)
            .map(|(name, _)| name.to_owned())
            .collect();
        self.reading.charge(
            0,
            names
                .iter()
                .map(|name| size_of::<String>() + name.len())
                .sum(),
        )?;
        Ok(Val::Flags(names))
    }
}
