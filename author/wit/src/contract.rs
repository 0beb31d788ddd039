//! Our WIT packages, as the host that this was built with speaks them.

use std::fs;
use std::path::Path;

use bailiwick_policy::Capability;
use wit_parser::{Docs, FunctionKind, Resolve, WorldItem};

use crate::known::Known as _;
use crate::sources::{WitError, parse_text, resolve};

/// The namespace that is ours. Whoever names a package so means the contract.
pub const NAMESPACE: &str = "bailiwick";

/// One of our packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name without the namespace: `files`.
    pub name: &'static str,
    /// Its version: `0.1.0`.
    pub version: &'static str,
    /// Its whole WIT.
    pub text: &'static str,
}

impl Package {
    /// Its name as WIT writes it: `bailiwick:files@0.1.0`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{NAMESPACE}:{}@{}", self.name, self.version)
    }

    /// The path of its file below a `deps` folder: `files/files.wit`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{0}/{0}.wit", self.name)
    }
}

/// All of them: what stands alone first, then the worlds.
pub const PACKAGES: [Package; 11] = [
    package("clock", include_str!("../../../wit/clock/clock.wit")),
    package("content", include_str!("../../../wit/content/content.wit")),
    package("files", include_str!("../../../wit/files/files.wit")),
    package("http", include_str!("../../../wit/http/http.wit")),
    package(
        "key-value",
        include_str!("../../../wit/key-value/key-value.wit"),
    ),
    package("log", include_str!("../../../wit/log/log.wit")),
    package(
        "progress",
        include_str!("../../../wit/progress/progress.wit"),
    ),
    package("random", include_str!("../../../wit/random/random.wit")),
    package("secret", include_str!("../../../wit/secret/secret.wit")),
    package("tools", include_str!("../../../wit/tools/tools.wit")),
    package("worlds", include_str!("../../../wit/worlds/worlds.wit")),
];

/// Every package of the contract is in its first version line; a test compares this with what the texts say.
const VERSION: &str = "0.1.0";

const fn package(name: &'static str, text: &'static str) -> Package {
    Package {
        name,
        version: VERSION,
        text,
    }
}

/// A world of `bailiwick:worlds`: a bundle of authority that an author's world includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// Its name: `file-reader`.
    pub name: String,
    /// Its name as WIT writes it: `bailiwick:worlds/file-reader@0.1.0`.
    pub id: String,
    /// What the WIT says about it.
    pub docs: String,
    /// The interfaces that it imports, as a component names them.
    pub imports: Vec<String>,
    /// The capabilities that a tool of this world can ask for.
    pub capabilities: Vec<Capability>,
}

/// An interface that a world can import by itself: a part of the contract that has functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its name: `key-value`.
    pub name: String,
    /// Its name as WIT writes it: `bailiwick:key-value/key-value@0.1.0`.
    pub id: String,
    /// What the WIT says about it.
    pub docs: String,
    /// The capability that a tool asks for by importing it; `None` where it needs no grant.
    pub capability: Option<Capability>,
}

/// The interfaces with functions of their own, in the order of the packages.
///
/// ```
/// let interfaces = bailiwick_wit::contract::interfaces()?;
/// assert!(interfaces.iter().any(|interface| interface.name == "key-value"));
/// # Ok::<(), bailiwick_wit::WitError>(())
/// ```
///
/// # Errors
/// Where the embedded packages do not resolve, which a test of this crate rules out.
pub fn interfaces() -> Result<Vec<Interface>, WitError> {
    let (resolve, _) = resolved()?;
    let mut interfaces = Vec::new();
    for package in PACKAGES {
        interfaces.extend(of_package(&resolve, &package));
    }
    Ok(interfaces)
}

fn of_package(resolve: &Resolve, package: &Package) -> Vec<Interface> {
    let mut ids = resolve.package_names.iter();
    let Some((_, id)) = ids.find(|(name, _)| name.to_string() == package.id()) else {
        return Vec::new();
    };
    let interfaces = resolve.package(*id).interfaces.iter();
    let described = interfaces.filter_map(|(name, id)| {
        let interface = resolve.interface(*id);
        // What has only functions of resources is reached through another interface.
        let has_own = interface
            .functions
            .values()
            .any(|function| matches!(function.kind, FunctionKind::Freestanding));
        let id = resolve.id_of(*id)?;
        has_own.then(|| Interface {
            name: name.clone(),
            capability: capability(&id),
            docs: docs(&interface.docs),
            id,
        })
    });
    described.collect()
}

/// The worlds, in the order of the WIT: from the least authority to the most.
///
/// ```
/// let worlds = bailiwick_wit::contract::worlds()?;
/// assert_eq!(worlds[0].name, "pure");
/// assert!(worlds[0].capabilities.is_empty());
/// # Ok::<(), bailiwick_wit::WitError>(())
/// ```
///
/// # Errors
/// Where the embedded packages do not resolve, which a test of this crate rules out.
pub fn worlds() -> Result<Vec<World>, WitError> {
    let (resolve, package) = resolved()?;
    let worlds = resolve.package(package).worlds.values();
    Ok(worlds.map(|world| described(&resolve, *world)).collect())
}

/// The capability that a tool asks for by importing an interface; `None` where it asks for none, or is not of ours.
///
/// ```
/// use bailiwick_wit::contract::capability;
///
/// let capability = capability("bailiwick:files/read-file@0.1.0").unwrap();
/// assert_eq!(capability.key(), "read-file");
/// ```
#[must_use]
pub fn capability(interface: &str) -> Option<Capability> {
    let (package, name) = interface.split_once('/')?;
    if package.split_once(':')?.0 != NAMESPACE {
        return None;
    }
    let name = name.split('@').next()?;
    // WIT: "A tool that imports this interface asks for the capability `…`": each by its own name.
    Capability::BUILT_IN
        .into_iter()
        .find(|capability| capability.key() == name)
}

/// Writes all packages below `wit`, as `deps/NAME/NAME.wit`, in the place of what stood there under these names.
///
/// # Errors
/// [`WitError::Write`].
pub fn vendor(wit: &Path) -> Result<(), WitError> {
    for package in PACKAGES {
        let path = wit.join("deps").join(package.path());
        let folder = path.parent().unwrap_or(wit);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, package.text))
            .map_err(|source| WitError::Write {
                path: path.clone(),
                source,
            })?;
    }
    Ok(())
}

/// All packages together; the id is that of `bailiwick:worlds`.
pub(crate) fn resolved() -> Result<(Resolve, wit_parser::PackageId), WitError> {
    let mut groups = PACKAGES
        .iter()
        .map(|package| parse_text(&package.id(), package.text))
        .collect::<Result<Vec<_>, _>>()?;
    let worlds = groups.pop().ok_or(WitError::Empty)?;
    resolve(worlds, groups)
}

fn described(resolve: &Resolve, id: wit_parser::WorldId) -> World {
    let world = resolve.world(id);
    let imports = imports(resolve, world);
    World {
        name: world.name.clone(),
        id: world.package.map_or_else(
            || world.name.clone(),
            |package| resolve.id_of_name(package, &world.name),
        ),
        docs: docs(&world.docs),
        capabilities: capabilities(&imports),
        imports,
    }
}

fn docs(docs: &Docs) -> String {
    docs.contents
        .as_deref()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// A world that imports all interfaces of ours, those with nothing but types too: for [`crate::Declared::everything`].
pub(crate) fn everything() -> Result<String, WitError> {
    let (resolve, _) = resolved()?;
    let ids = resolve
        .interfaces
        .iter()
        .filter_map(|(id, _)| resolve.id_of(id));
    let imports: Vec<String> = ids.map(|id| format!("import {id};")).collect();
    Ok(format!(
        "package {NAMESPACE}:everything; world everything {{ {} }}",
        imports.join(" ")
    ))
}

/// Those that these interfaces ask for, in the order in which the capabilities are documented.
pub(crate) fn capabilities(interfaces: &[String]) -> Vec<Capability> {
    let asked: Vec<Capability> = interfaces
        .iter()
        .filter_map(|interface| capability(interface))
        .collect();
    Capability::BUILT_IN
        .into_iter()
        .filter(|capability| asked.contains(capability))
        .collect()
}

/// The interfaces that a world imports, as a component names them.
pub(crate) fn imports(resolve: &Resolve, world: &wit_parser::World) -> Vec<String> {
    world
        .imports
        .iter()
        .filter(|(_, item)| matches!(item, WorldItem::Interface { .. }))
        .map(|(key, _)| resolve.name_world_key(key))
        .collect()
}

#[cfg(test)]
mod tests;
