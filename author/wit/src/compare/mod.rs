//! A component against the world that its author declared: what it really imports and exports.
//!
//! Nothing of the component is run, and nothing that it says of itself is believed: what is compared are the imports,
//! exports and types of the binary. What toolchains add is told apart from what is wrong: WASI imports, which a host may
//! have a floor for, and extra exports, which nobody can call.

mod difference;

use std::error::Error;

use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Interface, InterfaceId, Resolve, TypeDefKind, WorldId, WorldItem};

pub use difference::Difference;

use crate::Declared;
use crate::items::{Item, Relation, Side};
use crate::known::Known as _;
use crate::types::{self, render};

/// The namespace of WASI's interfaces.
const WASI: &str = "wasi:";

/// What a component has that its world has not, and the other way round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// Everything that it imports, in the order of the binary: `bailiwick:files/read-file@0.1.0`.
    pub imports: Vec<String>,
    /// What of that is WASI's and not declared: toolchains bring it along.
    pub wasi: Vec<String>,
    /// Everything that it exports: `acme:reports/csv@0.1.0#summarise`, or `run` for a function without an interface.
    pub exports: Vec<String>,
    /// The differences, imports first.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// The differences by which the component is not what its world says. What is left out can be lived with: extra exports,
    /// and versions that fit together.
    pub fn broken(&self) -> impl Iterator<Item = &Difference> {
        self.differences
            .iter()
            .filter(|difference| difference.is_broken())
    }
}

/// Why a component cannot be compared with anything.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// A core module: nothing made a component of it yet.
    #[error("this is a core module, not a component")]
    Module,
    /// The binary form of a WIT package, which has types and no code.
    #[error("this is a WIT package, not a component")]
    Package,
    /// Neither, or broken.
    #[error("this is no component that can be read")]
    Unreadable(#[source] Box<dyn Error + Send + Sync>),
}

/// Compares a component's bytes with a world.
///
/// # Errors
/// Where the bytes are no component.
pub fn compare(declared: &Declared, component: &[u8]) -> Result<Comparison, CompareError> {
    let (resolve, world) = decoded(component)?;
    let found = Side::new(&resolve, world);
    let declared = Side::new(declared.resolve(), declared.world_id());
    let mut comparison = Comparison {
        imports: found.imports().map(|item| item.name).collect(),
        exports: found.exports().flat_map(|item| item.functions()).collect(),
        ..Comparison::default()
    };
    for import in found.imports() {
        add_import(&mut comparison, &declared, &import);
    }
    for export in declared.exports() {
        add_export(&mut comparison, &export, &found);
    }
    add_extra_exports(&mut comparison, &declared, &found);
    Ok(comparison)
}

fn decoded(component: &[u8]) -> Result<(Resolve, WorldId), CompareError> {
    // The layer is the second half of the second word: 0 is a core module, 1 a component.
    if component.starts_with(b"\0asm\x01\0\0\0") {
        return Err(CompareError::Module);
    }
    match decode(component) {
        Ok(DecodedWasm::Component(resolve, world)) => Ok((resolve, world)),
        Ok(DecodedWasm::WitPackage(..)) => Err(CompareError::Package),
        Err(error) => Err(CompareError::Unreadable(error.into())),
    }
}

fn add_import(comparison: &mut Comparison, declared: &Side<'_>, import: &Item<'_>) {
    match import.closest(declared.imports()) {
        Relation::Same(expected) => compare_imports(comparison, &expected, import),
        Relation::OtherVersion {
            item: expected,
            compatible,
        } if compatible || !import.name.starts_with(WASI) => {
            comparison.differences.push(Difference::ImportVersion {
                import: import.name.clone(),
                declared: expected.name.clone(),
                compatible,
            });
            if compatible {
                compare_imports(comparison, &expected, import);
            }
        }
        Relation::None | Relation::OtherVersion { .. } => {
            if import.name.starts_with(WASI) {
                comparison.wasi.push(import.name.clone());
            } else {
                comparison.differences.push(Difference::UndeclaredImport {
                    import: import.name.clone(),
                    functions: import.function_names(),
                });
            }
        }
    }
}

/// A component names only what it uses of an interface, so that what it does not name is no difference.
fn compare_imports(comparison: &mut Comparison, expected: &Item<'_>, found: &Item<'_>) {
    match (expected.item, found.item) {
        (
            WorldItem::Interface {
                id: expected_id, ..
            },
            WorldItem::Interface { id, .. },
        ) => {
            let (interface, actual) = (expected.interface(*expected_id), found.interface(*id));
            for (name, function) in &actual.functions {
                let differs = match interface.functions.get(name) {
                    None => Some(Difference::UndeclaredItem {
                        interface: found.name.clone(),
                        item: render::function(found.resolve, function),
                    }),
                    Some(declared) => {
                        types::functions((expected.resolve, declared), (found.resolve, function))
                            .map(|mismatch| Difference::ImportType {
                                import: format!("{}#{name}", found.name),
                                mismatch,
                            })
                    }
                };
                comparison.differences.extend(differs);
            }
            let undeclared = undeclared_resources(interface, found, actual);
            comparison.differences.extend(undeclared);
        }
        (WorldItem::Function(declared), WorldItem::Function(function)) => {
            let mismatch =
                types::functions((expected.resolve, declared), (found.resolve, function));
            comparison
                .differences
                .extend(mismatch.map(|mismatch| Difference::ImportType {
                    import: found.name.clone(),
                    mismatch,
                }));
        }
        _ => comparison.differences.push(Difference::ImportType {
            import: found.name.clone(),
            mismatch: expected.kinds(found),
        }),
    }
}

/// Value types are compared where functions use them. A resource is a thing of its own that a host must have.
fn undeclared_resources(
    declared: &Interface,
    found: &Item<'_>,
    actual: &Interface,
) -> Vec<Difference> {
    let is_resource = |id| matches!(found.resolve.definition(id).kind, TypeDefKind::Resource);
    let undeclared = actual
        .types
        .iter()
        .filter(|(name, id)| is_resource(**id) && !declared.types.contains_key(*name));
    undeclared
        .map(|(name, _)| Difference::UndeclaredItem {
            interface: found.name.clone(),
            item: format!("resource {name}"),
        })
        .collect()
}

fn add_export(comparison: &mut Comparison, expected: &Item<'_>, found: &Side<'_>) {
    match expected.closest(found.exports()) {
        Relation::Same(export) => compare_exports(comparison, expected, &export),
        Relation::OtherVersion { item, compatible } => {
            comparison.differences.push(Difference::ExportVersion {
                export: item.name.clone(),
                declared: expected.name.clone(),
                compatible,
            });
            if compatible {
                compare_exports(comparison, expected, &item);
            }
        }
        Relation::None => comparison.differences.push(Difference::MissingExport {
            export: expected.name.clone(),
            expected: expected.as_wit(),
        }),
    }
}

fn compare_exports(comparison: &mut Comparison, expected: &Item<'_>, found: &Item<'_>) {
    match (expected.item, found.item) {
        (
            WorldItem::Interface {
                id: expected_id, ..
            },
            WorldItem::Interface { id, .. },
        ) => {
            let ids = (*expected_id, *id);
            compare_exported_interfaces(comparison, expected, found, ids);
        }
        (WorldItem::Function(declared), WorldItem::Function(function)) => {
            let mismatch =
                types::functions((expected.resolve, declared), (found.resolve, function));
            comparison
                .differences
                .extend(mismatch.map(|mismatch| Difference::ExportType {
                    export: found.name.clone(),
                    mismatch,
                }));
        }
        _ => comparison.differences.push(Difference::ExportType {
            export: found.name.clone(),
            mismatch: expected.kinds(found),
        }),
    }
}

fn compare_exported_interfaces(
    comparison: &mut Comparison,
    expected: &Item<'_>,
    found: &Item<'_>,
    (expected_id, id): (InterfaceId, InterfaceId),
) {
    let actual = &found.interface(id).functions;
    for (name, declared) in &expected.interface(expected_id).functions {
        let differs = match actual.get(name) {
            None => Some(Difference::MissingExport {
                export: format!("{}#{name}", found.name),
                expected: render::function(expected.resolve, declared),
            }),
            Some(function) => {
                types::functions((expected.resolve, declared), (found.resolve, function)).map(
                    |mismatch| Difference::ExportType {
                        export: format!("{}#{name}", found.name),
                        mismatch,
                    },
                )
            }
        };
        comparison.differences.extend(differs);
    }
}

fn add_extra_exports(comparison: &mut Comparison, declared: &Side<'_>, found: &Side<'_>) {
    for export in found.exports() {
        let extra = match export.closest(declared.exports()) {
            Relation::Same(expected)
            | Relation::OtherVersion {
                item: expected,
                compatible: true,
            } => export.functions_beyond(&expected),
            // Another version stands among the differences already.
            Relation::OtherVersion {
                compatible: false, ..
            } => Vec::new(),
            Relation::None => vec![export.name],
        };
        let extra = extra.into_iter();
        comparison
            .differences
            .extend(extra.map(|export| Difference::ExtraExport { export }));
    }
}

#[cfg(test)]
mod tests;
