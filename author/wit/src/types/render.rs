//! Functions and types, written as WIT for people to read.

use wit_parser::{
    Case, Field, Function, FunctionKind, Handle, Param, Resolve, Type, TypeDefKind, TypeId,
};

use super::{behind_aliases, resource_name};
use crate::known::Known as _;

/// A function with its signature: `read: func(path: string) -> result<list<u8>, error>`.
///
/// A method stands behind its resource: `reader.size: func() -> u64`.
pub(crate) fn function(resolve: &Resolve, function: &Function) -> String {
    let name = match resource(resolve, function) {
        Some(resource) => format!("{}.{}", escaped(&resource), function.item_name()),
        None => escaped(function.item_name()),
    };
    let (keyword, parameters) = match function.kind {
        FunctionKind::Freestanding => ("func", &*function.params),
        FunctionKind::AsyncFreestanding => ("async func", &*function.params),
        FunctionKind::Method(_) => ("func", behind_self(&function.params)),
        FunctionKind::AsyncMethod(_) => ("async func", behind_self(&function.params)),
        FunctionKind::Static(_) => ("static func", &*function.params),
        FunctionKind::AsyncStatic(_) => ("static async func", &*function.params),
        FunctionKind::Constructor(_) => ("func", &*function.params),
    };
    let parameters: Vec<String> = parameters
        .iter()
        .map(|parameter| {
            format!(
                "{}: {}",
                escaped(&parameter.name),
                type_name(resolve, &parameter.ty)
            )
        })
        .collect();
    let result = function.result.as_ref();
    let result = result.map(|part| format!(" -> {}", type_name(resolve, part)));
    format!(
        "{name}: {keyword}({}){}",
        parameters.join(", "),
        result.unwrap_or_default()
    )
}

fn resource(resolve: &Resolve, function: &Function) -> Option<String> {
    resolve.definition(function.kind.resource()?).name.clone()
}

/// A method's first parameter is the resource itself, which WIT does not write.
fn behind_self(parameters: &[Param]) -> &[Param] {
    parameters.split_first().map_or(&[], |(_, rest)| rest)
}

/// The definition of a type under a name: `record point { x: f64, y: f64 }`.
pub(crate) fn definition(resolve: &Resolve, name: &str, id: TypeId) -> String {
    let id = behind_aliases(resolve, id);
    let name = escaped(name);
    match &resolve.definition(id).kind {
        TypeDefKind::Record(record) => block("record", &name, &record.fields, |field: &Field| {
            format!(
                "{}: {}",
                escaped(&field.name),
                type_name(resolve, &field.ty)
            )
        }),
        TypeDefKind::Variant(variant) => block("variant", &name, &variant.cases, |case: &Case| {
            let name = escaped(&case.name);
            match &case.ty {
                Some(payload) => format!("{name}({})", type_name(resolve, payload)),
                None => name,
            }
        }),
        TypeDefKind::Enum(cases) => block("enum", &name, &cases.cases, |case| escaped(&case.name)),
        TypeDefKind::Flags(flags) => {
            block("flags", &name, &flags.flags, |flag| escaped(&flag.name))
        }
        TypeDefKind::Resource => {
            format!("resource {name}; // {}", resource_name(resolve, id))
        }
        kind => format!("type {name} = {};", structure(resolve, kind)),
    }
}

fn block<T>(keyword: &str, name: &str, members: &[T], member: impl Fn(&T) -> String) -> String {
    let members: Vec<String> = members.iter().map(member).collect();
    format!("{keyword} {name} {{ {} }}", members.join(", "))
}

/// A type where it is used: its name where it has one, else its structure.
pub(crate) fn type_name(resolve: &Resolve, part: &Type) -> String {
    let primitive = match part {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(id) => return defined(resolve, *id),
    };
    primitive.to_owned()
}

fn defined(resolve: &Resolve, id: TypeId) -> String {
    let definition = resolve.definition(id);
    definition
        .name
        .as_deref()
        .map_or_else(|| structure(resolve, &definition.kind), escaped)
}

fn structure(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let name = |part: &Type| type_name(resolve, part);
    match kind {
        TypeDefKind::Tuple(tuple) => {
            let parts: Vec<String> = tuple.types.iter().map(name).collect();
            format!("tuple<{}>", parts.join(", "))
        }
        TypeDefKind::Option(part) => format!("option<{}>", name(part)),
        TypeDefKind::List(part) => format!("list<{}>", name(part)),
        TypeDefKind::FixedLengthList(part, length) => format!("list<{}, {length}>", name(part)),
        TypeDefKind::Map(key, value) => format!("map<{}, {}>", name(key), name(value)),
        TypeDefKind::Result(result) => match (&result.ok, &result.err) {
            (Some(ok), Some(error)) => format!("result<{}, {}>", name(ok), name(error)),
            (Some(ok), None) => format!("result<{}>", name(ok)),
            (None, Some(error)) => format!("result<_, {}>", name(error)),
            (None, None) => "result".to_owned(),
        },
        TypeDefKind::Future(Some(part)) => format!("future<{}>", name(part)),
        TypeDefKind::Stream(Some(part)) => format!("stream<{}>", name(part)),
        // A handle that one owns is written as the resource alone.
        TypeDefKind::Handle(Handle::Own(id)) => defined(resolve, *id),
        TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", defined(resolve, *id)),
        TypeDefKind::Type(part) => name(part),
        // Without a name these are only what they are.
        TypeDefKind::Future(None)
        | TypeDefKind::Stream(None)
        | TypeDefKind::Record(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Resource
        | TypeDefKind::Unknown => kind.as_str().to_owned(),
    }
}

/// The words that WIT wants a `%` before where they are names.
const KEYWORDS: [&str; 46] = [
    "_",
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "error-context",
    "export",
    "f32",
    "f64",
    "flags",
    "float32",
    "float64",
    "from",
    "func",
    "future",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "u8",
    "use",
    "variant",
    "with",
    "world",
];

pub(crate) fn escaped(name: &str) -> String {
    if KEYWORDS.contains(&name) {
        format!("%{name}")
    } else {
        name.to_owned()
    }
}
