//! The Go bindings of a world, as `wit-bindgen go` makes them, as packages of the author's module.
//!
//! Besides what [`mend`] does, two things about them are changed. What the tool offers is imported from a package with the name of the interface instead
//! of `export_NAMESPACE_PACKAGE_INTERFACE`. And where the module requires our SDK, the bindings of our packages are those of
//! the SDK, so that its readers and errors are the ones that the tool's functions get and return.

#![expect(
    clippy::indexing_slicing,
    reason = "an id is only ever used with the `Resolve` that made it"
)]

mod mend;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use wit_bindgen_core::Files;
use wit_bindgen_go::{Format, Opts};
use wit_parser::{InterfaceId, Resolve, WorldId, WorldItem};

use super::module::{Module, SDK};
use crate::error::{BuildError, Cause};
use crate::language::Language;
use crate::language::c::empty_folder;
use crate::language::files::write_changed;
use crate::project::Project;
use crate::toolchain::Tool;

/// The folder in the project, and the last part of the packages' path.
const FOLDER: &str = "bindings";

/// The package of functions that the world exports without an interface, as it is generated, and as authors write it.
const WORLD_PACKAGE: (&str, &str) = ("export_wit_world", "tool");

/// Names that no package of an author can have: Go's words, and folders that mean something to Go or to us.
const TAKEN: [&str; 30] = [
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
    "main",
    "internal",
    "vendor",
    "testdata",
    FOLDER,
];

/// Generates and writes them.
pub(super) fn write(
    project: &Project,
    module: &Module,
    go: &Tool,
    scratch: &Path,
) -> Result<(), BuildError> {
    let (resolve, world) = project.declared()?.into_parts();
    let files = generate(resolve, world, module).map_err(BuildError::binding(Language::Go))?;
    let unformatted = empty_folder(&scratch.join(FOLDER))?;
    let texts = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()));
    write_changed(&unformatted, texts)?;
    format(go, &unformatted)?;
    let mut formatted = Vec::new();
    for (name, _) in &files {
        let path = unformatted.join(name);
        formatted.push((name, fs::read(&path).map_err(BuildError::reading(path))?));
    }
    let texts = formatted
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_slice()));
    write_changed(&project.folder().join(FOLDER), texts)
}

/// People read bindings, so they are formatted where Go's own formatter is beside the compiler.
fn format(go: &Tool, folder: &Path) -> Result<(), BuildError> {
    let root = go.run_in(folder).args(["env", "GOROOT"]).read()?;
    let formatter = Path::new(root.trim())
        .join("bin")
        .join(format!("gofmt{}", std::env::consts::EXE_SUFFIX));
    if !formatter.is_file() {
        return Ok(());
    }
    Tool::at("gofmt", formatter)
        .run_in(folder)
        .args(["-w", "."])
        .run()
}

/// The files, each with its name below the folder.
fn generate(
    mut resolve: Resolve,
    world: WorldId,
    module: &Module,
) -> Result<Vec<(String, String)>, Cause> {
    let bindings = format!("{}/{FOLDER}", module.path);
    let options = Opts {
        format: Format::False,
        pkg_name: Some(bindings.clone()),
        export_pkg_name: Some(module.path.clone()),
        ..Opts::default()
    };
    let mut files = Files::default();
    options
        .build()
        .generate(&mut resolve, world, &mut files)
        .map_err(|error| error.to_string())?;
    let ours = match module.has_sdk {
        true => packages_of_the_sdk(&resolve, world),
        false => BTreeSet::new(),
    };
    let packages = match module.has_sdk {
        true => format!("{SDK}/wit"),
        false => bindings.clone(),
    };
    let mut renamed = offered(&resolve, world, &module.path);
    renamed.extend(ours.iter().map(|package| {
        let from = format!("\"{bindings}/{package}\"");
        (from, format!("\"{SDK}/wit/{package}\""))
    }));
    let mut finished: Vec<(String, String)> = files
        .iter()
        .filter(|(name, _)| !ours.contains(name.split('/').next().unwrap_or_default()))
        .map(|(name, text)| {
            let text = String::from_utf8_lossy(text);
            let text = match name.ends_with(".go") {
                true => mend::mend(&text, &packages),
                false => text.into_owned(),
            };
            let renaming = |text: String, (from, to): &(String, String)| text.replace(from, to);
            (name.to_owned(), renamed.iter().fold(text, renaming))
        })
        .collect();
    if !module.has_sdk {
        let path = format!("{0}/{0}.go", mend::BOUNDARY);
        finished.push((path, mend::BOUNDARY_TEXT.to_owned()));
    }
    Ok(finished)
}

/// Imports of what the author writes, as generated and as they shall be.
fn offered(resolve: &Resolve, world: WorldId, module: &str) -> Vec<(String, String)> {
    let mut taken: BTreeSet<String> = TAKEN.iter().map(|&name| name.to_owned()).collect();
    let mut packages = Vec::new();
    for item in resolve.worlds[world].exports.values() {
        if let WorldItem::Interface { id, .. } = item {
            packages.extend(interface_package(resolve, *id));
        }
    }
    packages.push((WORLD_PACKAGE.0.to_owned(), WORLD_PACKAGE.1.to_owned()));
    packages
        .into_iter()
        // Where two interfaces have one name, the second keeps its long one.
        .filter(|(_, name)| taken.insert(name.clone()))
        .map(|(generated, name)| {
            let from = format!("\"{module}/{generated}\"");
            (from, format!("{generated} \"{module}/{name}\""))
        })
        .collect()
}

/// The package of an exported interface: as it is generated, and the interface's name as Go writes names of packages.
fn interface_package(resolve: &Resolve, id: InterfaceId) -> Option<(String, String)> {
    let name = resolve.interfaces[id].name.as_deref()?;
    let generated = format!("export_{}", package(resolve, id)?);
    Some((generated, name.replace('-', "").to_lowercase()))
}

/// The name that the generator gives the package of an interface.
fn package(resolve: &Resolve, id: InterfaceId) -> Option<String> {
    let interface = &resolve.interfaces[id];
    let package = &resolve.packages[interface.package?].name;
    let parts = [&package.namespace, &package.name, interface.name.as_ref()?];
    Some(
        parts
            .map(|part| part.replace('-', "_").to_lowercase())
            .join("_"),
    )
}

/// The packages that the world imports and the SDK has.
fn packages_of_the_sdk(resolve: &Resolve, world: WorldId) -> BTreeSet<String> {
    let is_ours = |id: InterfaceId| {
        let package = resolve.interfaces[id].package?;
        let id = resolve.packages[package].name.to_string();
        bailiwick_wit::contract::PACKAGES
            .iter()
            .any(|ours| ours.id() == id)
            .then_some(())
    };
    resolve.worlds[world]
        .imports
        .values()
        .filter_map(|item| match item {
            WorldItem::Interface { id, .. } => is_ours(*id).and_then(|()| package(resolve, *id)),
            WorldItem::Function(_) | WorldItem::Type { .. } => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
