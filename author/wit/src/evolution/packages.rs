//! A released package against the current one: what is gone, what changed, what has been added.

use semver::Version;
use wit_parser::{
    Interface, InterfaceId, Package, PackageId, PackageName, Resolve, TypeDefKind, TypeId,
    TypeOwner, WorldId, WorldItem,
};

use super::breaks::{Break, Change, Kind};
use crate::items::{Item, Relation, Side};
use crate::known::Known as _;
use crate::types::{self, behind_aliases, render};

/// What became of a package.
#[derive(Debug, Default)]
pub(crate) struct Evolution {
    /// What breaks tools.
    pub(crate) breaks: Vec<Break>,
    /// What does not: `read-file.read-lines`.
    additions: Vec<String>,
    /// The current version, where the package is there.
    version: Option<Version>,
}

impl Evolution {
    /// Additions under the version that is released.
    pub(super) fn unraised(&self, released: &PackageName) -> Option<Break> {
        let version = released.version.as_ref()?;
        if self.additions.is_empty() || self.version.as_ref() != Some(version) {
            return None;
        }
        let next = Version::new(
            version.major,
            version.minor,
            version.patch.saturating_add(1),
        );
        let change = Change::VersionNotRaised {
            additions: self.additions.clone(),
            next: next.to_string(),
        };
        Some(Break::new(released, change))
    }
}

/// Compares a released package with that of its version line among the current ones.
pub(crate) fn between(released: &Resolve, current: &Resolve, package: PackageId) -> Evolution {
    let package = released.package(package);
    let mut found = Evolution::default();
    let Some(successor) = successor(current, &package.name) else {
        let change = Change::PackageGone;
        found.breaks.push(Break::new(&package.name, change));
        return found;
    };
    let mut comparing = Comparing {
        released,
        current,
        name: &package.name,
        found: &mut found,
    };
    comparing.versions(&successor.name);
    comparing.packages(package, successor);
    found.version.clone_from(&successor.name.version);
    found
}

/// The package of the same version line; the highest where there are several.
pub(super) fn successor<'a>(current: &'a Resolve, name: &PackageName) -> Option<&'a Package> {
    let line = |name: &PackageName| name.version.as_ref().map(PackageName::version_compat_track);
    current
        .packages
        .iter()
        .map(|(_, package)| package)
        .filter(|package| {
            let other = &package.name;
            (&other.namespace, &other.name) == (&name.namespace, &name.name)
                && line(other) == line(name)
        })
        .max_by_key(|package| package.name.version.clone())
}

struct Comparing<'a> {
    released: &'a Resolve,
    current: &'a Resolve,
    name: &'a PackageName,
    found: &'a mut Evolution,
}

impl<'a> Comparing<'a> {
    fn breaks(&mut self, change: Change) {
        self.found.breaks.push(Break::new(self.name, change));
    }

    fn gone(&mut self, kind: Kind, item: impl Into<String>) {
        let item = item.into();
        self.breaks(Change::Gone { kind, item });
    }

    fn versions(&mut self, current: &PackageName) {
        if let (Some(released), Some(current)) = (&self.name.version, &current.version)
            && current < released
        {
            let current = current.to_string();
            self.breaks(Change::VersionLowered { current });
        }
    }

    fn packages(&mut self, released: &Package, current: &Package) {
        for (name, id) in &released.interfaces {
            match current.interfaces.get(name) {
                None => self.gone(Kind::Interface, name),
                Some(there) => self.interfaces(name, *id, *there),
            }
        }
        for (name, id) in &released.worlds {
            match current.worlds.get(name) {
                None => self.gone(Kind::World, name),
                Some(there) => self.worlds(name, *id, *there),
            }
        }
        let interfaces = current.interfaces.keys();
        let interfaces = interfaces.filter(|name| !released.interfaces.contains_key(*name));
        let worlds = current.worlds.keys();
        let worlds = worlds.filter(|name| !released.worlds.contains_key(*name));
        self.found
            .additions
            .extend(interfaces.chain(worlds).cloned());
    }

    fn interfaces(&mut self, place: &str, released: InterfaceId, current: InterfaceId) {
        let released = self.released.interface(released);
        let current = self.current.interface(current);
        self.types(place, released, current);
        self.functions(place, released, current);
        let types = current.types.keys();
        let types = types.filter(|name| !released.types.contains_key(*name));
        let functions = current.functions.keys();
        let functions = functions.filter(|name| !released.functions.contains_key(*name));
        let additions = types.chain(functions).map(|name| inside(place, name));
        self.found.additions.extend(additions);
    }

    fn types(&mut self, place: &str, released: &Interface, current: &Interface) {
        for (name, id) in &released.types {
            let item = inside(place, name);
            let kind = kind(&self.released.definition(*id).kind);
            match current.types.get(name) {
                None => self.gone(kind, item),
                Some(there) => self.definitions(name, item, (*id, *there)),
            }
        }
    }

    fn definitions(&mut self, name: &str, item: String, (released, current): (TypeId, TypeId)) {
        let ids = ((self.released, released), (self.current, current));
        if used_from(ids.0.0, released).is_some_and(|place| {
            // The definition that both use is compared where it stands.
            used_from(ids.1.0, current) == Some(place)
        }) {
            return;
        }
        let kind = kind(&self.released.definition(released).kind);
        let Some(mismatch) = types::definitions(name, ids.0, ids.1) else {
            return;
        };
        // The same words: what differs is in a definition that they name, which is compared where it stands.
        if render::definition(self.released, name, released)
            == render::definition(self.current, name, current)
        {
            return;
        }
        self.breaks(Change::Changed {
            kind,
            item,
            mismatch,
        });
    }

    fn functions(&mut self, place: &str, released: &Interface, current: &Interface) {
        for (name, function) in &released.functions {
            let item = inside(place, name);
            let Some(there) = current.functions.get(name) else {
                self.gone(Kind::Function, item);
                continue;
            };
            self.signatures(item, function, there);
        }
    }

    fn signatures(
        &mut self,
        item: String,
        released: &wit_parser::Function,
        current: &wit_parser::Function,
    ) {
        let mismatch = types::functions((self.released, released), (self.current, current));
        // As for definitions.
        let same =
            render::function(self.released, released) == render::function(self.current, current);
        if let Some(mismatch) = mismatch.filter(|_| !same) {
            let kind = Kind::Function;
            self.breaks(Change::Changed {
                kind,
                item,
                mismatch,
            });
        }
    }

    fn worlds(&mut self, world: &str, released: WorldId, current: WorldId) {
        let released = Side::new(self.released, released);
        let current = Side::new(self.current, current);
        for import in released.imports() {
            match fitting(import.closest(current.imports())) {
                None => self.gone(Kind::Import, inside(world, &import.name)),
                Some(there) => self.items(world, &import, &there),
            }
        }
        for export in current.exports() {
            match fitting(export.closest(released.exports())) {
                None => self.export_added(world, export.name),
                Some(before) => {
                    for function in export.functions_beyond(&before) {
                        self.export_added(world, function);
                    }
                    self.items(world, &before, &export);
                }
            }
        }
        let imports = current.imports();
        let added = imports.filter(|import| fitting(import.closest(released.imports())).is_none());
        let added = added.map(|import| inside(world, &import.name));
        self.found.additions.extend(added);
    }

    fn export_added(&mut self, world: &str, export: String) {
        let world = world.to_owned();
        self.breaks(Change::ExportAdded { world, export });
    }

    /// Interfaces of packages are compared where they stand; functions and interfaces of the world itself, here.
    fn items(&mut self, world: &str, released: &Item<'_>, current: &Item<'_>) {
        let place = inside(world, &released.name);
        match (released.item, current.item) {
            (WorldItem::Function(function), WorldItem::Function(there)) => {
                self.signatures(place, function, there);
            }
            (WorldItem::Interface { id, .. }, WorldItem::Interface { id: there, .. }) => {
                if !released.is_of_a_package() {
                    self.interfaces(&place, *id, *there);
                }
            }
            _ => {
                let mismatch = released.kinds(current);
                self.breaks(Change::Changed {
                    kind: Kind::Import,
                    item: place,
                    mismatch,
                });
            }
        }
    }
}

/// `read-file.read`, `types.reader.read`: the marks of the binary are of no use to a reader.
fn inside(place: &str, item: &str) -> String {
    match item.split_once(']') {
        Some(("[constructor", resource)) => format!("{place}.{resource}.constructor"),
        Some((_, name)) => format!("{place}.{name}"),
        None => format!("{place}.{item}"),
    }
}

fn fitting(relation: Relation<'_>) -> Option<Item<'_>> {
    match relation {
        Relation::Same(item)
        | Relation::OtherVersion {
            item,
            compatible: true,
        } => Some(item),
        Relation::None
        | Relation::OtherVersion {
            compatible: false, ..
        } => None,
    }
}

/// For a type that was taken from another interface by `use`: the interface in its version line, and the name there.
fn used_from(resolve: &Resolve, id: TypeId) -> Option<String> {
    let original = behind_aliases(resolve, id);
    let definition = resolve.definition(original);
    match definition.owner {
        TypeOwner::Interface(owner) if original != id => {
            let name = definition.name.as_deref()?;
            Some(format!("{}.{name}", resolve.canonicalized_id_of(owner)?))
        }
        TypeOwner::Interface(_) | TypeOwner::World(_) | TypeOwner::None => None,
    }
}

fn kind(kind: &TypeDefKind) -> Kind {
    match kind {
        TypeDefKind::Record(_) => Kind::Record,
        TypeDefKind::Variant(_) => Kind::Variant,
        TypeDefKind::Enum(_) => Kind::Enum,
        TypeDefKind::Flags(_) => Kind::Flags,
        TypeDefKind::Resource => Kind::Resource,
        _ => Kind::Alias,
    }
}
