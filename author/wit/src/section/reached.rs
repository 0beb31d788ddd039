//! Which interfaces a tool's documentation has to cover: those that it exports, and those that their types come from.

use std::collections::{BTreeMap, BTreeSet};

use crate::known::Known as _;
use wit_parser::{
    Function, Handle, Interface, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner, World,
    WorldItem,
};

/// The exported interfaces, and those that the types in their signatures come from, each with its id.
pub(super) fn interfaces(resolve: &Resolve, world: &World) -> BTreeMap<InterfaceId, String> {
    let mut interfaces = BTreeMap::new();
    let mut types = Vec::new();
    for (key, item) in &world.exports {
        match item {
            WorldItem::Interface { id, .. } => {
                interfaces.insert(*id, resolve.name_world_key(key));
                types.extend(mentioned(resolve.interface(*id)));
            }
            WorldItem::Function(function) => types.extend(signature(function)),
            WorldItem::Type { id, .. } => types.push(*id),
        }
    }
    add_owners(resolve, types, &mut interfaces);
    interfaces
}

fn mentioned(interface: &Interface) -> impl Iterator<Item = TypeId> {
    let in_signatures = interface.functions.values().flat_map(signature);
    interface.types.values().copied().chain(in_signatures)
}

fn add_owners(
    resolve: &Resolve,
    mut types: Vec<TypeId>,
    interfaces: &mut BTreeMap<InterfaceId, String>,
) {
    let mut seen = BTreeSet::new();
    while let Some(id) = types.pop() {
        if !seen.insert(id) {
            continue;
        }
        let definition = resolve.definition(id);
        if let TypeOwner::Interface(owner) = definition.owner
            && let Some(interface) = resolve.id_of(owner)
        {
            interfaces.entry(owner).or_insert(interface);
        }
        types.extend(parts(&definition.kind));
    }
}

fn signature(function: &Function) -> Vec<TypeId> {
    function
        .params
        .iter()
        .map(|parameter| &parameter.ty)
        .chain(&function.result)
        .filter_map(named)
        .collect()
}

fn named(part: &Type) -> Option<TypeId> {
    match part {
        Type::Id(id) => Some(*id),
        _ => None,
    }
}

/// The types that a type is made of.
fn parts(kind: &TypeDefKind) -> Vec<TypeId> {
    let parts: Vec<&Type> = match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| &field.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().collect(),
        TypeDefKind::Variant(variant) => variant
            .cases
            .iter()
            .filter_map(|case| case.ty.as_ref())
            .collect(),
        TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).collect(),
        TypeDefKind::Option(part) | TypeDefKind::List(part) | TypeDefKind::Type(part) => vec![part],
        TypeDefKind::FixedLengthList(part, _) => vec![part],
        TypeDefKind::Map(key, value) => vec![key, value],
        TypeDefKind::Future(part) | TypeDefKind::Stream(part) => part.iter().collect(),
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => return vec![*id],
        TypeDefKind::Resource
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => Vec::new(),
    };
    parts.into_iter().filter_map(named).collect()
}
