//! The signature of a function that an agent may call, read from the component's types.

use std::fmt;

use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{ResourceType, Type};

use super::names::Named;
use super::shape::{Float, HandleKind, Integer, Shape, separated};

/// How deep types may nest. Every walk over a value recurses as deep as its type, and 64 levels of the largest frame fit many
/// times over into the smallest stack that we run on; types that people write nest five deep.
pub const SHAPE_DEPTH_MAX: usize = 64;

/// What all shapes of one component may weigh, in bytes. Types are shared in a component and spelled out in shapes, so a few
/// hundred bytes of component could ask for gigabytes of shapes (a record of two of a record of two …). This is room for 16,000 parts;
/// a tool of fifty functions has some thousand.
pub const SHAPES_BYTES_MAX: usize = 1 << 20;

/// What a part of a shape weighs besides its name: itself, its entry in the list and in the index.
const SHAPE_BYTES: usize = 64;

/// Parameters and result of a callable function.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    pub(super) params: Named<Shape>,
    pub(super) result: Option<Shape>,
}

/// Why no agent can call an export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {why}")]
pub struct NotCallable {
    /// The place in the signature: ``parameter `x`, field `y` ``.
    pub at: String,
    /// What is wrong with it, in one sentence without a full stop.
    pub why: String,
}

impl Signature {
    pub(super) fn new(params: Named<Shape>, result: Option<Shape>) -> Self {
        Self { params, result }
    }

    /// The parameters in declared order.
    pub fn params(&self) -> &Named<Shape> {
        &self.params
    }

    /// The result, when the function has one.
    pub fn result(&self) -> Option<&Shape> {
        self.result.as_ref()
    }

    /// The kinds of handles that the parameters take. Each counts as asking for its capability ([`HandleKind::capability_key`]).
    pub fn asks(&self) -> Vec<HandleKind> {
        let mut kinds = Vec::new();
        self.params
            .iter()
            .for_each(|(_, shape)| shape.collect_handles(&mut kinds));
        kinds.sort_unstable();
        kinds
    }
}

/// As WIT writes it: `func(csv: borrow<reader>, limit: u32) -> result<string, string>`.
impl fmt::Display for Signature {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("func(")?;
        separated(out, self.params.iter(), |out, (name, shape)| {
            write!(out, "{name}: {shape}")
        })?;
        out.write_str(")")?;
        match &self.result {
            Some(result) => write!(out, " -> {result}"),
            None => Ok(()),
        }
    }
}

/// Reads the signatures of one component.
///
/// Take the functions from [`Linker::substituted_component_type`](wasmtime::component::Linker::substituted_component_type) or from an
/// instance: in [`Component::component_type`](wasmtime::component::Component::component_type) an imported resource is not yet known to
/// be the host's, and `classify` would not recognise it.
///
/// All signatures that one reader reads share one budget of [`SHAPES_BYTES_MAX`]: use one reader for each component.
pub struct SignatureReader<'a> {
    classify: &'a dyn Fn(&ResourceType) -> Option<HandleKind>,
    bytes_left: usize,
}

impl fmt::Debug for SignatureReader<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SignatureReader")
            .field("bytes_left", &self.bytes_left)
            .finish_non_exhaustive()
    }
}

impl<'a> SignatureReader<'a> {
    /// `classify` recognises the resources that the host can open from a path; every other resource makes a function not callable.
    pub fn new(classify: &'a dyn Fn(&ResourceType) -> Option<HandleKind>) -> Self {
        Self {
            classify,
            bytes_left: SHAPES_BYTES_MAX,
        }
    }

    /// The signature of `function`.
    ///
    /// # Errors
    /// When an agent cannot make or read one of its values: resources that are not ours, owned handles, handles in results,
    /// streams, futures, asynchronous functions, types that are too deep or too large.
    pub fn read(&mut self, function: &ComponentFunc) -> Result<Signature, NotCallable> {
        if function.async_() {
            return Err(refuse("it is asynchronous").at("the function"));
        }
        let params = function
            .params()
            .map(|(name, ty)| {
                self.charge(name)
                    .and_then(|()| self.shape(&ty, Side::Parameter, 1))
                    .map(|shape| (name.to_owned(), shape))
                    .map_err(|refusal| refusal.at(format!("parameter `{name}`")))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let result = function
            .results()
            .next()
            .map(|ty| {
                self.shape(&ty, Side::Result, 1)
                    .map_err(|refusal| refusal.at("the result"))
            })
            .transpose()?;
        Ok(Signature::new(Named::new(params), result))
    }

    fn shape(&mut self, ty: &Type, side: Side, depth: usize) -> Result<Shape, Refusal> {
        if depth > SHAPE_DEPTH_MAX {
            return Err(refuse(format!(
                "its type nests deeper than {SHAPE_DEPTH_MAX} levels"
            )));
        }
        self.charge("")?;
        Ok(match ty {
            Type::Bool => Shape::Bool,
            Type::S8 => Shape::Integer(Integer::S8),
            Type::U8 => Shape::Integer(Integer::U8),
            Type::S16 => Shape::Integer(Integer::S16),
            Type::U16 => Shape::Integer(Integer::U16),
            Type::S32 => Shape::Integer(Integer::S32),
            Type::U32 => Shape::Integer(Integer::U32),
            Type::S64 => Shape::Integer(Integer::S64),
            Type::U64 => Shape::Integer(Integer::U64),
            Type::Float32 => Shape::Float(Float::F32),
            Type::Float64 => Shape::Float(Float::F64),
            Type::Char => Shape::Char,
            Type::String => Shape::String,
            Type::Own(resource) => return Err(self.refuse_owned(resource)),
            Type::Borrow(resource) => self.handle(resource, side)?,
            Type::Stream(_) => return Err(refuse("it is a stream")),
            Type::Future(_) => return Err(refuse("it is a future")),
            Type::ErrorContext => return Err(refuse("it is an error-context")),
            compound => self.compound(compound, side, depth + 1)?,
        })
    }

    fn compound(&mut self, ty: &Type, side: Side, depth: usize) -> Result<Shape, Refusal> {
        let mut part = |ty: Type, step: &dyn Fn() -> String| {
            self.shape(&ty, side, depth)
                .map_err(|refusal| refusal.within(step()))
        };
        let boxed = |shape| Box::new(shape);
        Ok(match ty {
            Type::List(list) => Shape::list(part(list.ty(), &|| "an element".into())?),
            Type::FixedLengthList(list) => Shape::FixedList(
                part(list.ty(), &|| "an element".into()).map(boxed)?,
                list.len(),
            ),
            // An array of pairs nests two levels where every other type nests one, and the parser of JSON counts levels too.
            Type::Map(map) => self.map(map, side, depth + 1)?,
            Type::Option(option) => {
                Shape::Option(part(option.ty(), &|| "its `some`".into()).map(boxed)?)
            }
            Type::Result(result) => Shape::Result(
                result
                    .ok()
                    .map(|ty| part(ty, &|| "its `ok`".into()).map(boxed))
                    .transpose()?,
                result
                    .err()
                    .map(|ty| part(ty, &|| "its `err`".into()).map(boxed))
                    .transpose()?,
            ),
            Type::Tuple(tuple) => Shape::Tuple(
                (0..)
                    .zip(tuple.types())
                    .map(|(index, ty): (usize, _)| part(ty, &|| format!("element {index}")))
                    .collect::<Result<_, _>>()?,
            ),
            Type::Record(record) => Shape::Record(self.record(record, side, depth)?),
            Type::Variant(variant) => Shape::Variant(self.variant(variant, side, depth)?),
            Type::Enum(names) => Shape::Enum(self.names(names.names())?),
            Type::Flags(names) => Shape::Flags(self.names(names.names())?),
            _ => return Err(refuse("its type is unknown to this host")),
        })
    }

    fn map(
        &mut self,
        map: &wasmtime::component::types::Map,
        side: Side,
        depth: usize,
    ) -> Result<Shape, Refusal> {
        let key = self
            .shape(&map.key(), side, depth)
            .map_err(|refusal| refusal.within("its key"))?;
        let value = self
            .shape(&map.value(), side, depth)
            .map_err(|refusal| refusal.within("its value"))?;
        Ok(Shape::Map(Box::new(key), Box::new(value)))
    }

    fn record(
        &mut self,
        record: &wasmtime::component::types::Record,
        side: Side,
        depth: usize,
    ) -> Result<Named<Shape>, Refusal> {
        let fields = record.fields().map(|field| {
            self.charge(field.name)?;
            let shape = self
                .shape(&field.ty, side, depth)
                .map_err(|refusal| refusal.within(format!("field `{}`", field.name)))?;
            Ok((field.name.to_owned(), shape))
        });
        Ok(Named::new(fields.collect::<Result<Vec<_>, _>>()?))
    }

    fn variant(
        &mut self,
        variant: &wasmtime::component::types::Variant,
        side: Side,
        depth: usize,
    ) -> Result<Named<Option<Shape>>, Refusal> {
        let cases = variant.cases().map(|case| {
            self.charge(case.name)?;
            let payload = case.ty.map(|ty| self.shape(&ty, side, depth)).transpose();
            let payload = payload
                .map_err(|refusal: Refusal| refusal.within(format!("case `{}`", case.name)))?;
            Ok((case.name.to_owned(), payload))
        });
        Ok(Named::new(cases.collect::<Result<Vec<_>, _>>()?))
    }

    fn names<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> Result<Named<()>, Refusal> {
        names.map(|name| self.charge(name).map(|()| name)).collect()
    }

    fn handle(&self, resource: &ResourceType, side: Side) -> Result<Shape, Refusal> {
        match ((self.classify)(resource), side) {
            (Some(kind), Side::Parameter) => Ok(Shape::Handle(kind)),
            (Some(_), Side::Result) => Err(refuse(
                "handles are passed to a tool, never returned by one",
            )),
            (None, Side::Parameter | Side::Result) => Err(unknown_resource()),
        }
    }

    fn refuse_owned(&self, resource: &ResourceType) -> Refusal {
        match (self.classify)(resource) {
            Some(kind) => {
                let name = kind.resource_name();
                refuse(format!(
                    "it takes or gives a handle for good; declare `borrow<{name}>` as a parameter"
                ))
            }
            None => unknown_resource(),
        }
    }

    fn charge(&mut self, name: &str) -> Result<(), Refusal> {
        let rest = self
            .bytes_left
            .checked_sub(SHAPE_BYTES.saturating_add(name.len()));
        self.bytes_left = rest.ok_or_else(|| {
            refuse(format!("the types of this component's functions weigh more than {SHAPES_BYTES_MAX} bytes spelled out"))
        })?;
        Ok(())
    }
}

/// Which way a value goes.
#[derive(Debug, Clone, Copy)]
enum Side {
    Parameter,
    Result,
}

/// A refusal on its way up, collecting where it happened.
struct Refusal {
    steps_inside_out: Vec<String>,
    why: String,
}

fn refuse(why: impl Into<String>) -> Refusal {
    Refusal {
        steps_inside_out: Vec::new(),
        why: why.into(),
    }
}

fn unknown_resource() -> Refusal {
    refuse("it is a resource that no path or value of the caller's can stand for")
}

impl Refusal {
    fn within(mut self, step: impl Into<String>) -> Self {
        self.steps_inside_out.push(step.into());
        self
    }

    fn at(self, step: impl Into<String>) -> NotCallable {
        let Refusal {
            mut steps_inside_out,
            why,
        } = self.within(step);
        steps_inside_out.reverse();
        NotCallable {
            at: steps_inside_out.join(", "),
            why,
        }
    }
}
