//! The C bindings of a world, as `wit-bindgen c` makes them, in `bindings/` where editors find them.

#![expect(
    clippy::indexing_slicing,
    reason = "an id is only ever used with the `Resolve` that made it"
)]

use std::path::{Path, PathBuf};

use wit_bindgen_c::{Enabled, Opts};
use wit_bindgen_core::Files;
use wit_parser::{Handle, Resolve, Type, TypeDefKind, WorldId, WorldItem};

use super::compiler::Compiler;
use super::sources::Dialect;
use crate::error::BuildError;
use crate::language::Language;
use crate::language::files::write_changed;
use crate::project::Project;

/// The folder in the project.
const FOLDER: &str = "bindings";

/// The bindings of one project, written.
pub(in crate::language) struct Bindings {
    folder: PathBuf,
    world: String,
}

impl Bindings {
    /// Generates and writes them.
    ///
    /// # Errors
    /// Where the WIT is wrong, or the folder cannot be written.
    pub(in crate::language) fn write(
        project: &Project,
        language: Language,
    ) -> Result<Self, BuildError> {
        let (resolve, world) = project.declared()?.into_parts();
        let files = generate(resolve, world).map_err(BuildError::binding(language))?;
        let folder = project.folder().join(FOLDER);
        write_changed(&folder, files.iter())?;
        Ok(Self {
            folder,
            world: world_name(&files),
        })
    }

    /// The flags that sources which include them need.
    pub(in crate::language) fn flags(&self) -> [String; 2] {
        [
            format!("-I{FOLDER}"),
            format!("-DBAILIWICK_WORLD={}", self.world),
        ]
    }

    /// The object that says what the component's types are.
    pub(in crate::language) fn types(&self) -> PathBuf {
        self.folder.join(format!("{}_component_type.o", self.world))
    }

    /// Where they are.
    pub(in crate::language) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of a file among them, relative to the project.
    pub(in crate::language) fn path(&self, name: &str) -> String {
        format!("{FOLDER}/{name}")
    }

    /// Compiles them.
    pub(in crate::language) fn compile(
        &self,
        compiler: &Compiler,
        project: &Path,
        objects: &Path,
    ) -> Result<PathBuf, BuildError> {
        let object = objects.join("bindings.o");
        compiler
            .compile(project, Dialect::C)
            .arg("-w")
            .arg(format!("{FOLDER}/{}.c", self.world))
            .arg("-o")
            .arg(&object)
            .run()?;
        Ok(object)
    }
}

fn generate(mut resolve: Resolve, world: WorldId) -> Result<Files, crate::error::Cause> {
    let options = Opts {
        autodrop_borrows: match borrows_can_be_dropped(&resolve, world) {
            true => Enabled::Yes,
            false => Enabled::No,
        },
        ..Opts::default()
    };
    let mut files = Files::default();
    let mut generator = options.build();
    generator
        .generate(&mut resolve, world, &mut files)
        .map_err(|error| error.to_string())?;
    Ok(files)
}

/// The name of the world as the bindings spell it: that of their header.
fn world_name(files: &Files) -> String {
    let header = files.iter().find_map(|(name, _)| name.strip_suffix(".h"));
    header.unwrap_or_default().to_owned()
}

/// Whether the bindings can give borrowed handles back by themselves: they cannot where one stands inside another value, and
/// say so with a panic. A host calls no such function; the author gives those back by hand.
fn borrows_can_be_dropped(resolve: &Resolve, world: WorldId) -> bool {
    let exports = resolve.worlds[world].exports.values();
    exports
        .flat_map(|item| match item {
            WorldItem::Interface { id, .. } => resolve.interfaces[*id].functions.values().collect(),
            WorldItem::Function(function) => vec![function],
            WorldItem::Type { .. } => Vec::new(),
        })
        .flat_map(|function| &function.params)
        .all(|parameter| is_borrow(resolve, &parameter.ty) || !has_borrow(resolve, &parameter.ty))
}

fn is_borrow(resolve: &Resolve, ty: &Type) -> bool {
    let Type::Id(id) = ty else { return false };
    match &resolve.types[*id].kind {
        TypeDefKind::Handle(Handle::Borrow(_)) => true,
        TypeDefKind::Type(aliased) => is_borrow(resolve, aliased),
        _ => false,
    }
}

fn has_borrow(resolve: &Resolve, ty: &Type) -> bool {
    let Type::Id(id) = ty else { return false };
    let inner: Vec<&Type> = match &resolve.types[*id].kind {
        TypeDefKind::Handle(Handle::Borrow(_)) => return true,
        TypeDefKind::Type(inner) | TypeDefKind::List(inner) | TypeDefKind::Option(inner) => {
            vec![inner]
        }
        TypeDefKind::Record(record) => record.fields.iter().map(|field| &field.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().collect(),
        TypeDefKind::Variant(variant) => variant
            .cases
            .iter()
            .filter_map(|case| case.ty.as_ref())
            .collect(),
        TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).collect(),
        _ => Vec::new(),
    };
    inner.into_iter().any(|ty| has_borrow(resolve, ty))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(function: &str) -> (Resolve, WorldId) {
        let text = format!(
            "package a:b; interface i {{ resource r; }}
             interface e {{ use i.{{r}}; f: func({function}); }}
             world w {{ import i; export e; }}"
        );
        let mut resolve = Resolve::default();
        let package = resolve.push_str("a.wit", &text).unwrap();
        let world = resolve.select_world(&[package], Some("w")).unwrap();
        (resolve, world)
    }

    fn names(files: &Files) -> Vec<&str> {
        files.iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn the_bindings_are_a_source_a_header_and_an_object() {
        let (resolve, world) = world("x: borrow<r>");
        let files = generate(resolve, world).unwrap();
        assert_eq!(names(&files), ["w.c", "w.h", "w_component_type.o"]);
        assert_eq!(world_name(&files), "w");
    }

    #[test]
    fn borrows_that_are_parameters_are_given_back_by_the_bindings() {
        for (parameters, dropped) in [
            ("x: u32", true),
            ("x: borrow<r>, y: string", true),
            ("x: list<borrow<r>>", false),
            ("x: tuple<u8, option<borrow<r>>>", false),
        ] {
            let (resolve, world) = world(parameters);
            assert_eq!(
                borrows_can_be_dropped(&resolve, world),
                dropped,
                "{parameters}"
            );
            generate(resolve, world).unwrap();
        }
    }
}
