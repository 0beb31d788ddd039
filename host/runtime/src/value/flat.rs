//! Signatures as a flat list of parts, for their way between processes.
//!
//! A tree that is read as it nests would let whoever wrote it choose how deep the reader recurses. Here a part names the parts that it is
//! made of by their places, which must be before its own, and each part is used once: the reader builds from the front, counts
//! the depth, and makes no more than was sent. The writer is the process that compiled a hostile component: nothing that it says is
//! believed beyond that.

use serde::{Deserialize, Serialize};

use super::names::Named;
use super::shape::{Float, HandleKind, Integer, Shape};
use super::signature::{SHAPE_DEPTH_MAX, Signature};

/// Bytes of one name. WIT has no limit; the longest that people write has some fifty.
const NAME_BYTES_MAX: usize = 1024;

/// What was sent is no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a description of a function that none has")]
pub(crate) struct Malformed;

/// A signature as it travels.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FlatSignature {
    parts: Vec<Part>,
    params: Vec<(String, u32)>,
    result: Option<u32>,
}

/// A shape whose parts are somewhere before it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Part {
    Bool,
    Integer(Integer),
    Float(Float),
    Char,
    String,
    Bytes,
    List(u32),
    FixedList(u32, u32),
    Map(u32, u32),
    Record(Vec<(String, u32)>),
    Tuple(Vec<u32>),
    Variant(Vec<(String, Option<u32>)>),
    Enum(Vec<String>),
    Option(u32),
    Result(Option<u32>, Option<u32>),
    Flags(Vec<String>),
    Handle(HandleKind),
}

impl FlatSignature {
    /// A signature, taken apart.
    pub(crate) fn of(signature: &Signature) -> Self {
        let mut flat = Self {
            parts: Vec::new(),
            params: Vec::new(),
            result: None,
        };
        for (name, shape) in signature.params.iter() {
            let at = flat.add(shape);
            flat.params.push((name.to_owned(), at));
        }
        flat.result = signature.result.as_ref().map(|shape| flat.add(shape));
        flat
    }

    /// Adds a shape behind what it is made of. As deep as the shape.
    fn add(&mut self, shape: &Shape) -> u32 {
        let part = match shape {
            Shape::Bool => Part::Bool,
            Shape::Integer(integer) => Part::Integer(*integer),
            Shape::Float(float) => Part::Float(*float),
            Shape::Char => Part::Char,
            Shape::String => Part::String,
            Shape::Bytes => Part::Bytes,
            Shape::List(element) => Part::List(self.add(element)),
            Shape::FixedList(element, length) => Part::FixedList(self.add(element), *length),
            Shape::Map(key, value) => Part::Map(self.add(key), self.add(value)),
            Shape::Record(fields) => {
                let fields = fields.iter();
                Part::Record(
                    fields
                        .map(|(name, field)| (name.to_owned(), self.add(field)))
                        .collect(),
                )
            }
            Shape::Tuple(parts) => Part::Tuple(parts.iter().map(|part| self.add(part)).collect()),
            Shape::Variant(cases) => {
                let cases = cases.iter();
                Part::Variant(
                    cases
                        .map(|(name, case)| {
                            (name.to_owned(), case.as_ref().map(|case| self.add(case)))
                        })
                        .collect(),
                )
            }
            Shape::Enum(names) => Part::Enum(names.names().map(ToOwned::to_owned).collect()),
            Shape::Option(some) => Part::Option(self.add(some)),
            Shape::Result(ok, err) => {
                let ok = ok.as_deref().map(|ok| self.add(ok));
                Part::Result(ok, err.as_deref().map(|err| self.add(err)))
            }
            Shape::Flags(names) => Part::Flags(names.names().map(ToOwned::to_owned).collect()),
            Shape::Handle(kind) => Part::Handle(*kind),
        };
        self.parts.push(part);
        u32::try_from(self.parts.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Puts it together again.
    ///
    /// # Errors
    /// [`Malformed`], when no signature was ever taken apart into this.
    pub(crate) fn signature(self) -> Result<Signature, Malformed> {
        let mut building = Building { built: Vec::new() };
        for part in self.parts {
            let built = building.shape(part)?;
            building.built.push(Some(built));
        }
        let mut params = Vec::new();
        for (name, at) in self.params {
            params.push((named(name)?, building.take(at)?.shape));
        }
        let result = self.result.map(|at| building.take(at)).transpose()?;
        Ok(Signature::new(
            Named::new(params),
            result.map(|built| built.shape),
        ))
    }
}

/// A shape, and how deep it is.
struct Built {
    shape: Shape,
    depth: usize,
}

/// The shapes that were built and not yet used.
struct Building {
    built: Vec<Option<Built>>,
}

impl Building {
    fn take(&mut self, at: u32) -> Result<Built, Malformed> {
        let slot = self.built.get_mut(at as usize).ok_or(Malformed)?;
        slot.take().ok_or(Malformed)
    }

    fn shape(&mut self, part: Part) -> Result<Built, Malformed> {
        let mut depth = 0;
        let mut take = |at: u32| -> Result<Shape, Malformed> {
            let built = self.take(at)?;
            depth = depth.max(built.depth);
            Ok(built.shape)
        };
        let shape = match part {
            Part::Bool => Shape::Bool,
            Part::Integer(integer) => Shape::Integer(integer),
            Part::Float(float) => Shape::Float(float),
            Part::Char => Shape::Char,
            Part::String => Shape::String,
            Part::Bytes => Shape::Bytes,
            Part::List(element) => Shape::List(Box::new(take(element)?)),
            Part::FixedList(element, length) => Shape::FixedList(Box::new(take(element)?), length),
            Part::Map(key, value) => Shape::Map(Box::new(take(key)?), Box::new(take(value)?)),
            Part::Record(fields) => {
                let fields = fields
                    .into_iter()
                    .map(|(name, at)| Ok((named(name)?, take(at)?)));
                Shape::Record(Named::new(fields.collect::<Result<Vec<_>, Malformed>>()?))
            }
            Part::Tuple(parts) => {
                let parts = parts.into_iter().map(&mut take);
                Shape::Tuple(parts.collect::<Result<_, _>>()?)
            }
            Part::Variant(cases) => {
                let cases = cases
                    .into_iter()
                    .map(|(name, at)| Ok((named(name)?, at.map(&mut take).transpose()?)));
                Shape::Variant(Named::new(cases.collect::<Result<Vec<_>, Malformed>>()?))
            }
            Part::Enum(names) => Shape::Enum(all_named(names)?),
            Part::Option(some) => Shape::Option(Box::new(take(some)?)),
            Part::Result(ok, err) => {
                let ok = ok.map(&mut take).transpose()?.map(Box::new);
                Shape::Result(ok, err.map(&mut take).transpose()?.map(Box::new))
            }
            Part::Flags(names) => Shape::Flags(all_named(names)?),
            Part::Handle(kind) => Shape::Handle(kind),
        };
        let depth = depth + 1;
        match depth > SHAPE_DEPTH_MAX {
            true => Err(Malformed),
            false => Ok(Built { shape, depth }),
        }
    }
}

/// A name as WIT has them: it goes into schemas and to terminals.
fn named(name: String) -> Result<String, Malformed> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let sound = !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.bytes().all(fits);
    sound.then_some(name).ok_or(Malformed)
}

fn all_named(names: Vec<String>) -> Result<Named<()>, Malformed> {
    names.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature() -> Signature {
        let record = Shape::Record(Named::new([
            ("name", Shape::String),
            ("tags", Shape::list(Shape::String)),
            (
                "kind",
                Shape::Variant(Named::new([("file", Some(Shape::Bytes)), ("none", None)])),
            ),
        ]));
        let params = Named::new([
            ("one", record),
            ("two", Shape::Option(Box::new(Shape::Char))),
            ("csv", Shape::Handle(HandleKind::Reader)),
        ]);
        let flags = Shape::Flags(["a", "b-c"].into_iter().collect());
        let result = Shape::Result(Some(Box::new(flags)), Some(Box::new(Shape::Bool)));
        Signature::new(params, Some(result))
    }

    fn flat(parts: Vec<Part>, result: u32) -> FlatSignature {
        FlatSignature {
            parts,
            params: Vec::new(),
            result: Some(result),
        }
    }

    #[test]
    fn a_signature_is_the_same_after_its_way() {
        let bytes = postcard::to_allocvec(&FlatSignature::of(&signature())).unwrap();
        let flat: FlatSignature = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(flat.signature(), Ok(signature()));
    }

    #[test]
    fn a_part_that_is_not_there_yet_or_was_used_is_refused() {
        assert_eq!(flat(vec![Part::List(0)], 0).signature(), Err(Malformed));
        assert_eq!(flat(vec![Part::Bool], 1).signature(), Err(Malformed));
        let twice = vec![Part::Bool, Part::Tuple(vec![0, 0])];
        assert_eq!(flat(twice, 1).signature(), Err(Malformed));
        assert!(flat(vec![Part::Bool], 0).signature().is_ok());
    }

    #[test]
    fn no_signature_is_deeper_than_one_that_is_read_from_a_component() {
        let nested = |levels: u32| {
            let mut parts = vec![Part::Bool];
            parts.extend((0..levels - 1).map(Part::Option));
            flat(parts, levels - 1).signature()
        };
        let most = SHAPE_DEPTH_MAX as u32;
        assert!(nested(most).is_ok());
        assert_eq!(nested(most + 1), Err(Malformed));
        assert_eq!(nested(100_000), Err(Malformed));
    }

    #[test]
    fn names_are_those_that_wit_has() {
        let named = |name: &str| flat(vec![Part::Enum(vec![name.to_owned()])], 0).signature();
        assert!(named("red-2").is_ok());
        for wrong in ["", "a b", "a\u{1b}[2J", "é", "a\n", &"a".repeat(1025)] {
            assert_eq!(named(wrong), Err(Malformed), "{wrong:?}");
        }
    }
}
