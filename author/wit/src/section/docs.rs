//! The documentation of a world's exports and of the types in them, as the section carries it.

use std::collections::BTreeMap;

use bailiwick_section::{InterfaceDocs, Name, Text, TypeDocs};
use wit_parser::{
    Docs, Interface, Resolve, TypeDef, TypeDefKind, TypeId, World, WorldItem, WorldKey,
};

use super::{SectionError, name, reached};
use crate::known::Known as _;

/// By interface, the world among them under its own id.
pub(super) fn of_world(
    resolve: &Resolve,
    world: &World,
    id: Option<&str>,
) -> Result<BTreeMap<Name, InterfaceDocs>, SectionError> {
    let mut all = BTreeMap::new();
    if let Some(id) = id {
        insert(&mut all, id, world_itself(resolve, world)?)?;
    }
    for (interface, id) in reached::interfaces(resolve, world) {
        let documented = of_interface(resolve, resolve.interface(interface))?;
        insert(&mut all, &id, documented)?;
    }
    Ok(all)
}

fn world_itself(resolve: &Resolve, world: &World) -> Result<InterfaceDocs, SectionError> {
    let mut documented = InterfaceDocs {
        docs: text(&world.docs)?,
        ..InterfaceDocs::default()
    };
    for item in world.exports.values() {
        if let WorldItem::Function(function) = item {
            insert_text(&mut documented.functions, &function.name, &function.docs)?;
        }
    }
    for (key, item) in world.imports.iter().chain(&world.exports) {
        if let (WorldKey::Name(type_name), WorldItem::Type { id, .. }) = (key, item) {
            insert_type(resolve, &mut documented.types, type_name, *id)?;
        }
    }
    Ok(documented)
}

fn of_interface(resolve: &Resolve, interface: &Interface) -> Result<InterfaceDocs, SectionError> {
    let mut documented = InterfaceDocs {
        docs: text(&interface.docs)?,
        ..InterfaceDocs::default()
    };
    for (function_name, function) in &interface.functions {
        insert_text(&mut documented.functions, function_name, &function.docs)?;
    }
    for (type_name, id) in &interface.types {
        insert_type(resolve, &mut documented.types, type_name, *id)?;
    }
    Ok(documented)
}

fn insert_type(
    resolve: &Resolve,
    types: &mut BTreeMap<Name, TypeDocs>,
    type_name: &str,
    id: TypeId,
) -> Result<(), SectionError> {
    let documented = of_type(resolve.definition(id))?;
    if documented != TypeDocs::default() {
        types.insert(name(type_name)?, documented);
    }
    Ok(())
}

fn of_type(definition: &TypeDef) -> Result<TypeDocs, SectionError> {
    let mut documented = TypeDocs {
        docs: text(&definition.docs)?,
        members: BTreeMap::new(),
    };
    for (member, docs) in members(&definition.kind) {
        insert_text(&mut documented.members, member, docs)?;
    }
    Ok(documented)
}

fn members(kind: &TypeDefKind) -> Vec<(&str, &Docs)> {
    match kind {
        TypeDefKind::Record(record) => record
            .fields
            .iter()
            .map(|field| (field.name.as_str(), &field.docs))
            .collect(),
        TypeDefKind::Variant(variant) => variant
            .cases
            .iter()
            .map(|case| (case.name.as_str(), &case.docs))
            .collect(),
        TypeDefKind::Enum(cases) => cases
            .cases
            .iter()
            .map(|case| (case.name.as_str(), &case.docs))
            .collect(),
        TypeDefKind::Flags(flags) => flags
            .flags
            .iter()
            .map(|flag| (flag.name.as_str(), &flag.docs))
            .collect(),
        _ => Vec::new(),
    }
}

fn insert(
    all: &mut BTreeMap<Name, InterfaceDocs>,
    interface: &str,
    documented: InterfaceDocs,
) -> Result<(), SectionError> {
    if documented != InterfaceDocs::default() {
        all.insert(name(interface)?, documented);
    }
    Ok(())
}

fn insert_text(
    texts: &mut BTreeMap<Name, Text>,
    of: &str,
    docs: &Docs,
) -> Result<(), SectionError> {
    let docs = text(docs)?;
    if !docs.is_empty() {
        texts.insert(name(of)?, docs);
    }
    Ok(())
}

fn text(docs: &Docs) -> Result<Text, SectionError> {
    let contents = docs
        .contents
        .as_deref()
        .unwrap_or_default()
        .replace("\r\n", "\n");
    Text::try_from(contents.trim()).map_err(|source| SectionError::Docs {
        docs: contents,
        source,
    })
}
