//! What goes into a guest's `bailiwick:tool` section: its WIT's documentation, its declared exports, its statement of needs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bailiwick_section::{Ask, InterfaceDocs, Name, Section, Text, TypeDocs};
use wit_parser::{
    Docs, Function, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner,
    UnresolvedPackageGroup, World, WorldItem, WorldKey,
};

/// Reads a guest's WIT and says what its section is.
///
/// `contract` is the folder of our own packages, `folder` the guest's, whose `wit` has the world; `world` may be left
/// out where there is only one.
///
/// # Errors
/// Fails where the WIT does not parse, lacks the world, or documents something with a text that no host would show.
pub(crate) fn describe(
    contract: &Path,
    folder: &Path,
    world: Option<&str>,
    asks: &BTreeMap<String, String>,
) -> Result<Section> {
    let (resolve, world) = declared_world(contract, folder, world)?;
    let world_name = world
        .package
        .map(|package| resolve.id_of_name(package, &world.name));
    let mut section = Section {
        docs: BTreeMap::new(),
        world: world_name.as_deref().map(name).transpose()?,
        asks: asks
            .iter()
            .map(|(capability, why)| ask(capability, why))
            .collect::<Result<_>>()?,
        exports: exports(&resolve, &world)?,
    };
    if let Some(world_name) = &world_name {
        insert_docs(&mut section.docs, world_name, world_docs(&resolve, &world)?)?;
    }
    for (id, interface) in documented_interfaces(&resolve, &world) {
        insert_docs(&mut section.docs, &interface, interface_docs(&resolve, id)?)?;
    }
    Ok(section)
}

fn declared_world(contract: &Path, folder: &Path, world: Option<&str>) -> Result<(Resolve, World)> {
    let mut packages = Vec::new();
    for path in packages_in(contract)?
        .into_iter()
        .chain(packages_in(&folder.join("wit/deps"))?)
    {
        packages.push(parse(&path)?);
    }
    let mut resolve = Resolve::default();
    let own = folder.join("wit");
    let package = resolve.push_groups(parse(&own)?, packages);
    let package = package.map_err(|error| anyhow::anyhow!(error.render(&resolve.source_map)))?;
    let world = resolve.select_world(&[package], world)?;
    let world = resolve.worlds.get(world).cloned();
    Ok((resolve, world.context("the selected world is not there")?))
}

/// Each entry of a folder of packages: a folder or a single file. None where there is no such folder.
pub(crate) fn packages_in(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut packages = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_package =
            path.is_dir() || path.extension().is_some_and(|extension| extension == "wit");
        if is_package && !path.ends_with("released") {
            packages.push(path);
        }
    }
    packages.sort();
    Ok(packages)
}

/// One package, its folder's or its file's.
pub(crate) fn parse(path: &Path) -> Result<UnresolvedPackageGroup> {
    let parsed = if path.is_dir() {
        UnresolvedPackageGroup::parse_dir(path)
    } else {
        parse_file(path)
    };
    parsed.with_context(|| format!("cannot parse the WIT in `{}`", path.display()))
}

fn parse_file(path: &Path) -> Result<UnresolvedPackageGroup> {
    let parsed = UnresolvedPackageGroup::parse(path, &fs::read_to_string(path)?);
    parsed.map_err(|(source, error)| anyhow::anyhow!(error.render(&source)))
}

fn exports(resolve: &Resolve, world: &World) -> Result<BTreeSet<Name>> {
    let mut exports = BTreeSet::new();
    for (key, item) in &world.exports {
        match item {
            WorldItem::Interface { id, .. } => {
                let interface = resolve.name_world_key(key);
                for function in resolve
                    .interfaces
                    .get(*id)
                    .iter()
                    .flat_map(|interface| interface.functions.keys())
                {
                    exports.insert(name(&format!("{interface}#{function}"))?);
                }
            }
            WorldItem::Function(function) => {
                exports.insert(name(&function.name)?);
            }
            WorldItem::Type { .. } => {}
        }
    }
    Ok(exports)
}

/// The exported interfaces, and those that the types in their signatures come from.
fn documented_interfaces(resolve: &Resolve, world: &World) -> BTreeMap<InterfaceId, String> {
    let mut interfaces = BTreeMap::new();
    let mut types = Vec::new();
    for (key, item) in &world.exports {
        match item {
            WorldItem::Interface { id, .. } => {
                interfaces.insert(*id, resolve.name_world_key(key));
                types.extend(
                    resolve
                        .interfaces
                        .get(*id)
                        .iter()
                        .flat_map(|interface| interface.types.values()),
                );
            }
            WorldItem::Function(function) => types.extend(signature(function)),
            WorldItem::Type { id, .. } => types.push(*id),
        }
    }
    let own: Vec<InterfaceId> = interfaces.keys().copied().collect();
    for interface in own {
        let functions = resolve
            .interfaces
            .get(interface)
            .into_iter()
            .flat_map(|interface| interface.functions.values());
        types.extend(functions.flat_map(signature));
    }
    add_owners(resolve, types, &mut interfaces);
    interfaces
}

fn add_owners(
    resolve: &Resolve,
    mut types: Vec<TypeId>,
    interfaces: &mut BTreeMap<InterfaceId, String>,
) {
    let mut seen = BTreeSet::new();
    while let Some(id) = types.pop() {
        let Some(definition) = resolve.types.get(id).filter(|_| seen.insert(id)) else {
            continue;
        };
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
        TypeDefKind::Handle(wit_parser::Handle::Own(id) | wit_parser::Handle::Borrow(id)) => {
            return vec![*id];
        }
        TypeDefKind::Resource
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => Vec::new(),
    };
    parts.into_iter().filter_map(named).collect()
}

fn world_docs(resolve: &Resolve, world: &World) -> Result<InterfaceDocs> {
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

fn interface_docs(resolve: &Resolve, id: InterfaceId) -> Result<InterfaceDocs> {
    let mut documented = InterfaceDocs::default();
    let Some(interface) = resolve.interfaces.get(id) else {
        return Ok(documented);
    };
    documented.docs = text(&interface.docs)?;
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
) -> Result<()> {
    let Some(definition) = resolve.types.get(id) else {
        return Ok(());
    };
    let mut documented = TypeDocs {
        docs: text(&definition.docs)?,
        members: BTreeMap::new(),
    };
    for (member, docs) in members(&definition.kind) {
        insert_text(&mut documented.members, member, docs)?;
    }
    if documented != TypeDocs::default() {
        types.insert(name(type_name)?, documented);
    }
    Ok(())
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

fn insert_docs(
    all: &mut BTreeMap<Name, InterfaceDocs>,
    interface: &str,
    documented: InterfaceDocs,
) -> Result<()> {
    if documented != InterfaceDocs::default() {
        all.insert(name(interface)?, documented);
    }
    Ok(())
}

fn insert_text(texts: &mut BTreeMap<Name, Text>, of: &str, docs: &Docs) -> Result<()> {
    let docs = text(docs)?;
    if !docs.is_empty() {
        texts.insert(name(of)?, docs);
    }
    Ok(())
}

fn ask(capability: &str, why: &str) -> Result<Ask> {
    let why =
        Text::try_from(why).with_context(|| format!("the reason for asking for `{capability}`"))?;
    Ok(Ask {
        capability: name(capability)?,
        why,
    })
}

fn name(written: &str) -> Result<Name> {
    Name::try_from(written).with_context(|| format!("the name `{}`", written.escape_debug()))
}

fn text(docs: &Docs) -> Result<Text> {
    let contents = docs
        .contents
        .as_deref()
        .unwrap_or_default()
        .replace("\r\n", "\n");
    Text::try_from(contents.trim())
        .with_context(|| format!("the documentation `{}`", contents.escape_debug()))
}

#[cfg(test)]
mod tests;
