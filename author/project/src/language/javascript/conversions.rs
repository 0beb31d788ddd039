//! For each WIT type, how its values are converted: an expression over `values.mjs` and the engine's file.

#![expect(
    clippy::indexing_slicing,
    reason = "an id is of the resolved world that it is looked up in, which loses nothing"
)]

use std::collections::HashMap;

use wit_parser::{Resolve, Type, TypeDefKind, TypeId};

use super::names::{camel, quoted};

/// Expressions for types; a type with parts has a constant of its own, so that it is written once.
pub(super) struct Conversions<'a> {
    resolve: &'a Resolve,
    names: HashMap<TypeId, String>,
    constants: Vec<String>,
}

impl<'a> Conversions<'a> {
    pub(super) fn new(resolve: &'a Resolve) -> Self {
        Self {
            resolve,
            names: HashMap::new(),
            constants: Vec::new(),
        }
    }

    /// The constants that the expressions given so far refer to, each after those that it refers to itself.
    pub(super) fn constants(&self) -> &[String] {
        &self.constants
    }

    /// The type behind aliases.
    pub(super) fn resolved(&self, wit_type: Type) -> Type {
        match self.kind(wit_type) {
            Some(TypeDefKind::Type(aliased)) => self.resolved(*aliased),
            _ => wit_type,
        }
    }

    /// What kind of type it is, for those that are not built in.
    pub(super) fn kind(&self, wit_type: Type) -> Option<&'a TypeDefKind> {
        match wit_type {
            Type::Id(id) => Some(&self.resolve.types[id].kind),
            _ => None,
        }
    }

    /// For a value anywhere.
    pub(super) fn of(&mut self, wit_type: Type) -> String {
        match self.resolved(wit_type) {
            Type::Bool => "$values.bool".to_owned(),
            Type::U8 => "$values.u8".to_owned(),
            Type::U16 => "$values.u16".to_owned(),
            Type::U32 => "$values.u32".to_owned(),
            Type::U64 => "$engine.u64".to_owned(),
            Type::S8 => "$values.s8".to_owned(),
            Type::S16 => "$values.s16".to_owned(),
            Type::S32 => "$values.s32".to_owned(),
            Type::S64 => "$engine.s64".to_owned(),
            Type::F32 | Type::F64 => "$values.float".to_owned(),
            Type::Char => "$values.char".to_owned(),
            Type::String => "$values.string".to_owned(),
            Type::ErrorContext => "$values.unchanged".to_owned(),
            Type::Id(id) => self.named(id),
        }
    }

    /// For a value that may be absent from the type: the payload of a case.
    pub(super) fn of_optional(&mut self, wit_type: Option<Type>) -> String {
        wit_type.map_or_else(
            || "$values.nothing".to_owned(),
            |wit_type| self.of(wit_type),
        )
    }

    /// For a whole answer, which travels in a register where it is a single number.
    pub(super) fn of_answer(&mut self, wit_type: Type) -> String {
        let wit_type = self.resolved(wit_type);
        match (wit_type, self.kind(wit_type)) {
            (Type::U32, _) => "$engine.directU32".to_owned(),
            (Type::S64, _) => "$engine.directS64".to_owned(),
            (_, Some(TypeDefKind::Record(record))) if record.fields.len() == 1 => {
                let fields = record.fields.iter();
                let fields =
                    fields.map(|field| field_of(&camel(&field.name), &self.of_answer(field.ty)));
                format!("$values.record({{ {} }})", listed(fields))
            }
            (_, Some(TypeDefKind::Tuple(tuple))) if tuple.types.len() == 1 => {
                let items = tuple.types.iter().map(|item| self.of_answer(*item));
                format!("$values.tuple({})", listed(items))
            }
            _ => self.of(wit_type),
        }
    }

    fn named(&mut self, id: TypeId) -> String {
        if let Some(name) = self.names.get(&id) {
            return name.clone();
        }
        let expression = self.expression(&self.resolve.types[id].kind);
        let name = format!("$type{}", self.constants.len());
        self.constants.push(format!("const {name} = {expression};"));
        self.names.insert(id, name.clone());
        name
    }

    fn expression(&mut self, kind: &'a TypeDefKind) -> String {
        match kind {
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter();
                let fields = fields.map(|field| field_of(&camel(&field.name), &self.of(field.ty)));
                format!("$values.record({{ {} }})", listed(fields))
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter();
                let cases = cases.map(|case| field_of(&case.name, &self.of_optional(case.ty)));
                format!("$values.variant({{ {} }})", listed(cases))
            }
            TypeDefKind::Enum(cases) => {
                let names = cases.cases.iter().map(|case| quoted(&case.name));
                format!("$values.enumeration({})", listed(names))
            }
            TypeDefKind::Tuple(tuple) => {
                let items = tuple.types.iter().map(|item| self.of(*item));
                format!("$values.tuple({})", listed(items))
            }
            TypeDefKind::Option(some) => {
                let inner = self.resolved(*some);
                let function = match self.kind(inner) {
                    Some(TypeDefKind::Option(_)) => "nestedOption",
                    _ => "option",
                };
                format!("$values.{function}({})", self.of(*some))
            }
            TypeDefKind::Result(result) => {
                let ok = self.of_optional(result.ok);
                format!("$values.result({ok}, {})", self.of_optional(result.err))
            }
            TypeDefKind::List(item) => self.list(*item),
            TypeDefKind::Flags(_) => "$values.flags()".to_owned(),
            TypeDefKind::Type(aliased) => self.of(*aliased),
            // Handles are the engine's objects. The rest has no place in a function that a host of ours calls.
            TypeDefKind::Handle(_)
            | TypeDefKind::Resource
            | TypeDefKind::Map(..)
            | TypeDefKind::FixedLengthList(..)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Unknown => "$values.unchanged".to_owned(),
        }
    }

    fn list(&mut self, item: Type) -> String {
        let array = match self.resolved(item) {
            Type::U8 => "Uint8Array",
            Type::U16 => "Uint16Array",
            Type::U32 => "Uint32Array",
            Type::U64 => "BigUint64Array",
            Type::S8 => "Int8Array",
            Type::S16 => "Int16Array",
            Type::S32 => "Int32Array",
            Type::S64 => "BigInt64Array",
            Type::F32 => "Float32Array",
            Type::F64 => "Float64Array",
            Type::Bool | Type::Char | Type::String | Type::ErrorContext | Type::Id(_) => {
                return format!("$values.list({})", self.of(item));
            }
        };
        format!("$values.numbers({array}, {})", self.of(item))
    }
}

fn field_of(name: &str, expression: &str) -> String {
    format!("{}: {expression}", quoted(name))
}

fn listed(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}
