//! Handles that a function borrows, given back before it returns.
//!
//! A function that returns while it still borrows something traps: so it is in the canonical ABI. QuickJS gives a borrowed
//! handle back only afterwards, in the function's post-return, so that every function with such a parameter would trap. Here
//! each of them gets one around it that drops its handles at the return, and its post-return does nothing, since it would
//! drop them again. What that leaves in memory goes with the instance, and a call has an instance of its own.
//!
//! Only names of the canonical ABI are looked at, none of the engine's.

#![expect(
    clippy::indexing_slicing,
    reason = "an id is of the resolved world that it is looked up in, which loses nothing"
)]

use std::ops::Range;

use bailiwick_wit::Declared;
use wasm_encoder::{Component, ComponentSectionId, RawSection};
use wasmparser::{Parser, Payload};
use wit_parser::abi::{FlatTypes, WasmType};
use wit_parser::{Function, Handle, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldItem};

use super::wrapping;
use crate::error::{BuildError, Cause};

/// With more parameters than this they arrive in memory and not one by one.
const FLAT_PARAMETERS_MAX: usize = 16;

/// A function that borrows handles.
pub(super) struct Borrower {
    /// Its name among the exports of the core module.
    pub(super) export: String,
    /// What it borrows.
    pub(super) handles: Vec<Borrowed>,
}

/// A parameter that is a borrowed handle.
pub(super) struct Borrowed {
    /// Which parameter of the core function.
    pub(super) parameter: u32,
    /// The interface that the resource is from.
    pub(super) interface: String,
    /// The function that drops it, among the imports from that interface.
    pub(super) drop: String,
}

/// The component with functions that give back what they borrow.
pub(super) fn give_back(component: Vec<u8>, declared: &Declared) -> Result<Vec<u8>, BuildError> {
    let borrowers = borrowers(declared).map_err(BuildError::Encode)?;
    if borrowers.is_empty() {
        return Ok(component);
    }
    rewritten(&component, &borrowers).map_err(BuildError::Encode)
}

fn borrowers(declared: &Declared) -> Result<Vec<Borrower>, Cause> {
    let resolve = declared.resolve();
    let mut found = Vec::new();
    for (key, item) in &declared.world().exports {
        match item {
            WorldItem::Interface { id, .. } => {
                let interface = resolve.name_world_key(key);
                for function in resolve.interfaces[*id].functions.values() {
                    let export = format!("{interface}#{}", function.name);
                    found.push(borrower(resolve, export, function)?);
                }
            }
            WorldItem::Function(function) => {
                found.push(borrower(resolve, function.name.clone(), function)?);
            }
            WorldItem::Type { .. } => {}
        }
    }
    found.retain(|borrower| !borrower.handles.is_empty());
    Ok(found)
}

fn borrower(resolve: &Resolve, export: String, function: &Function) -> Result<Borrower, Cause> {
    let mut storage = [WasmType::I32; FLAT_PARAMETERS_MAX];
    let mut flat = FlatTypes::new(&mut storage);
    let mut all_flat = true;
    let mut handles = Vec::new();
    for parameter in &function.params {
        if let Some(resource) = borrowed_resource(resolve, parameter.ty) {
            let (interface, drop) = drop_of(resolve, resource)?;
            handles.push(Borrowed {
                parameter: u32::try_from(flat.to_vec().len())?,
                interface,
                drop,
            });
        }
        all_flat &= resolve.push_flat(&parameter.ty, &mut flat);
    }
    if all_flat || handles.is_empty() {
        return Ok(Borrower { export, handles });
    }
    let name = &function.name;
    Err(format!("`{name}` has too many parameters for QuickJS to give its handles back").into())
}

/// The resource of a parameter that is a borrowed handle.
fn borrowed_resource(resolve: &Resolve, parameter: Type) -> Option<TypeId> {
    let Type::Id(id) = parameter else {
        return None;
    };
    match &resolve.types[id].kind {
        TypeDefKind::Handle(Handle::Borrow(resource)) => Some(*resource),
        TypeDefKind::Type(aliased) => borrowed_resource(resolve, *aliased),
        _ => None,
    }
}

/// What drops a resource: the interface that it is defined in, and the function's name there.
fn drop_of(resolve: &Resolve, resource: TypeId) -> Result<(String, String), Cause> {
    let definition = &resolve.types[resource];
    if let TypeDefKind::Type(Type::Id(aliased)) = definition.kind {
        return drop_of(resolve, aliased);
    }
    let name = definition.name.as_deref().unwrap_or_default();
    let interface = match definition.owner {
        TypeOwner::Interface(interface) => resolve.id_of(interface),
        TypeOwner::World(_) | TypeOwner::None => None,
    };
    let interface = interface.ok_or_else(|| format!("the resource `{name}` is of no interface"))?;
    Ok((interface, format!("[resource-drop]{name}")))
}

/// The component with its core modules rewritten, however deep they lie.
fn rewritten(bytes: &[u8], borrowers: &[Borrower]) -> Result<Vec<u8>, Cause> {
    let mut component = Component::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        let is_own = depth == 0;
        let nested = match &payload {
            Payload::ModuleSection {
                unchecked_range, ..
            } => {
                depth += 1;
                Some((ComponentSectionId::CoreModule, unchecked_range.clone()))
            }
            Payload::ComponentSection {
                unchecked_range, ..
            } => {
                depth += 1;
                Some((ComponentSectionId::Component, unchecked_range.clone()))
            }
            Payload::End(_) => {
                depth = depth.saturating_sub(1);
                None
            }
            _ => None,
        };
        if !is_own {
            continue;
        }
        if let Some((id, range)) = nested {
            let inner = part(bytes, range)?;
            let data = match id {
                ComponentSectionId::CoreModule => wrapping::wrap(inner, borrowers)?,
                _ => rewritten(inner, borrowers)?,
            };
            let id = id.into();
            component.section(&RawSection { id, data: &data });
        } else if let Some((id, range)) = payload.as_section() {
            let data = part(bytes, range)?;
            component.section(&RawSection { id, data });
        }
    }
    Ok(component.finish())
}

/// A range that a parser found in these bytes.
pub(super) fn part(bytes: &[u8], range: Range<usize>) -> Result<&[u8], Cause> {
    bytes
        .get(range)
        .ok_or_else(|| "a section ends beyond its file".into())
}

#[cfg(test)]
mod tests {
    //! What is found in a world, and what becomes of a component.

    use wasmparser::Validator;

    use super::*;

    fn declared(functions: &str) -> Declared {
        let folder = tempfile::tempdir().unwrap();
        let wit = format!(
            "package acme:shop@0.1.0;
            interface till {{
              use bailiwick:files/types@0.1.0.{{reader, writer}};
              type source = borrow<reader>;
              record pair {{ first: string, second: u64 }}
              {functions}
            }}
            world shop {{ import bailiwick:files/types@0.1.0; export till; }}"
        );
        std::fs::write(folder.path().join("world.wit"), wit).unwrap();
        Declared::from_folder(folder.path(), None).unwrap()
    }

    #[test]
    fn finds_which_parameters_of_the_core_function_are_borrowed() {
        let declared = declared(
            "none: func(text: string);
             several: func(pair: pair, source: source, maybe: option<u8>, target: borrow<writer>);",
        );
        let found = borrowers(&declared).unwrap();
        let [several] = found.as_slice() else {
            panic!("{} borrow", found.len());
        };
        assert_eq!(several.export, "acme:shop/till@0.1.0#several");
        let handles: Vec<_> = several
            .handles
            .iter()
            .map(|handle| (handle.parameter, &*handle.interface, &*handle.drop))
            .collect();
        let files = "bailiwick:files/types@0.1.0";
        assert_eq!(
            handles,
            [
                (3, files, "[resource-drop]reader"),
                (6, files, "[resource-drop]writer")
            ]
        );
    }

    #[test]
    fn a_handle_that_arrives_in_memory_is_refused() {
        let strings: String = (0..8)
            .map(|number| format!("text{number}: string, "))
            .collect();
        let declared = declared(&format!("many: func({strings} source: source);"));
        assert_eq!(
            borrowers(&declared).err().unwrap().to_string(),
            "`many` has too many parameters for QuickJS to give its handles back"
        );
        // Without a handle as many as one likes.
        let declared = self::declared(&format!("many: func({strings} text: string);"));
        assert!(borrowers(&declared).unwrap().is_empty());
    }

    #[test]
    fn a_core_module_is_rewritten_however_deep_it_lies() {
        let component = wat::parse_str(
            r#"(component (component (core module
                (import "bailiwick:files/types@0.1.0" "[resource-drop]reader" (func (param i32)))
                (func (export "acme:shop/till@0.1.0#read") (param i32)))))"#,
        )
        .unwrap();
        let declared = declared("read: func(source: source);");
        let rewritten = give_back(component.clone(), &declared).unwrap();
        Validator::new().validate_all(&rewritten).unwrap();
        assert_ne!(rewritten, component);
        let untouched = self::declared("read: func(text: string);");
        assert_eq!(give_back(component.clone(), &untouched).unwrap(), component);
    }
}
