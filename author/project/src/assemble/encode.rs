//! A core module made a component.

use bailiwick_wit::Declared;
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

use crate::error::{BuildError, Cause};
use crate::language::Built;

/// How the sections begin in which a module says what its component's types are; binding generators write them.
const TYPES_SECTION: &str = "component-type";

/// The component: made of a module, or as it is.
pub(super) fn encode(built: Built, declared: &Declared) -> Result<Vec<u8>, BuildError> {
    match built {
        Built::Component(component) => Ok(component),
        Built::Module(module) => component_of(module, declared).map_err(BuildError::Encode),
    }
}

fn component_of(mut module: Vec<u8>, declared: &Declared) -> Result<Vec<u8>, Cause> {
    let found = look_at(&module)?;
    if !found.has_types {
        let (resolve, world) = (declared.resolve(), declared.world_id());
        embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)?;
    }
    let mut encoder = ComponentEncoder::default().validate(true).module(&module)?;
    if found.imports_preview1 {
        encoder = encoder.adapter(
            WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )?;
    }
    Ok(encoder.encode()?)
}

/// What decides how a module is encoded.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    has_types: bool,
    imports_preview1: bool,
}

fn look_at(module: &[u8]) -> Result<Found, Cause> {
    let mut found = Found::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::CustomSection(section) => {
                found.has_types |= section.name().starts_with(TYPES_SECTION);
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let module = import?.module;
                    found.imports_preview1 |= module == WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME;
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURE: &str = "pure";

    fn module(text: &str) -> Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    fn imports(component: &[u8]) -> Vec<String> {
        let declared = Declared::named(PURE).unwrap();
        bailiwick_wit::compare(&declared, component)
            .unwrap()
            .imports
    }

    #[test]
    fn a_module_without_types_gets_those_of_the_world() {
        let module = module(
            r#"(module
                (import "bailiwick:log/log@0.1.0" "log" (func (param i32 i32 i32)))
                (memory (export "memory") 1))"#,
        );
        let declared = Declared::named(PURE).unwrap();
        let component = encode(Built::Module(module), &declared).unwrap();
        assert_eq!(imports(&component), ["bailiwick:log/log@0.1.0"]);
    }

    #[test]
    fn preview1_is_adapted_where_it_is_imported_and_nowhere_else() {
        let declared = Declared::named(PURE).unwrap();
        let with = r#"(module
            (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
            (memory (export "memory") 1)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))"#;
        let component = encode(Built::Module(module(with)), &declared).unwrap();
        assert!(
            imports(&component)
                .iter()
                .any(|import| import.starts_with("wasi:random/"))
        );

        let without = encode(Built::Module(module("(module)")), &declared).unwrap();
        assert!(imports(&without).is_empty());
    }

    #[test]
    fn what_the_world_does_not_have_is_no_import_of_a_component() {
        let module = module(r#"(module (import "env" "system" (func (param i32) (result i32))))"#);
        let declared = Declared::named(PURE).unwrap();
        let refused = encode(Built::Module(module), &declared).unwrap_err();
        let BuildError::Encode(cause) = refused else {
            panic!("{refused}");
        };
        assert!(format!("{cause:?}").contains("env"), "{cause:?}");
    }

    #[test]
    fn a_component_stays_as_it_is() {
        let declared = Declared::named(PURE).unwrap();
        let component = encode(Built::Component(b"as it is".to_vec()), &declared).unwrap();
        assert_eq!(component, b"as it is");
    }
}
