//! The imports and exports of a world, and which of two worlds' belong to each other.

use wit_parser::{
    Interface, InterfaceId, PackageName, Resolve, World, WorldId, WorldItem, WorldKey,
};

use crate::known::Known as _;
use crate::types::{Mismatch, render};

/// One of the two worlds.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    resolve: &'a Resolve,
    world: &'a World,
}

impl<'a> Side<'a> {
    pub(crate) fn new(resolve: &'a Resolve, world: WorldId) -> Self {
        Self {
            resolve,
            world: resolve.world(world),
        }
    }

    pub(crate) fn imports(self) -> impl Iterator<Item = Item<'a>> {
        let imports = self.world.imports.iter();
        imports.filter_map(move |(key, item)| Item::new(self.resolve, key, item))
    }

    pub(crate) fn exports(self) -> impl Iterator<Item = Item<'a>> {
        let exports = self.world.exports.iter();
        exports.filter_map(move |(key, item)| Item::new(self.resolve, key, item))
    }
}

/// An import or an export: an interface, or a function without one.
#[derive(Clone)]
pub(crate) struct Item<'a> {
    pub(crate) resolve: &'a Resolve,
    /// As the binary has it: `acme:reports/csv@0.1.0`, `run`.
    pub(crate) name: String,
    pub(crate) item: &'a WorldItem,
    /// The package, and the interface in it, where it has both.
    origin: Option<(&'a PackageName, &'a str)>,
}

/// What one world has for an item of the other.
pub(crate) enum Relation<'a> {
    Same(Item<'a>),
    /// An interface of the same name in another version of its package.
    OtherVersion {
        item: Item<'a>,
        compatible: bool,
    },
    None,
}

impl<'a> Item<'a> {
    /// `None` for a type: a world's types are compared where functions use them.
    fn new(resolve: &'a Resolve, key: &WorldKey, item: &'a WorldItem) -> Option<Self> {
        if matches!(item, WorldItem::Type { .. }) {
            return None;
        }
        Some(Self {
            resolve,
            name: resolve.name_world_key(key),
            item,
            origin: match key {
                WorldKey::Interface(id) => origin(resolve, *id),
                WorldKey::Name(_) => None,
            },
        })
    }

    /// Whether it is an interface that stands in a package, and not in the world itself.
    pub(crate) fn is_of_a_package(&self) -> bool {
        self.origin.is_some()
    }

    pub(crate) fn interface(&self, id: InterfaceId) -> &'a Interface {
        self.resolve.interface(id)
    }

    /// The item of the same name, or else the one whose version is closest to fitting.
    pub(crate) fn closest<'b>(&self, others: impl Iterator<Item = Item<'b>>) -> Relation<'b> {
        let mut closest = Relation::None;
        for other in others {
            if other.name == self.name {
                return Relation::Same(other);
            }
            let Some(compatible) = self.in_another_version(&other) else {
                continue;
            };
            if compatible || matches!(closest, Relation::None) {
                closest = Relation::OtherVersion {
                    item: other,
                    compatible,
                };
            }
        }
        closest
    }

    /// Whether the versions fit together, where the two differ in nothing but the version.
    fn in_another_version(&self, other: &Item<'_>) -> Option<bool> {
        let ((package, name), (other_package, other_name)) = (self.origin?, other.origin?);
        let same = name == other_name
            && package.namespace == other_package.namespace
            && package.name == other_package.name;
        same.then(|| match (&package.version, &other_package.version) {
            (Some(one), Some(other)) => {
                PackageName::version_compat_track(one) == PackageName::version_compat_track(other)
            }
            // A package without a version promises nothing.
            (None, _) | (_, None) => false,
        })
    }

    /// The names of an interface's functions, as the binary has them; none for a function.
    pub(crate) fn function_names(&self) -> Vec<String> {
        match self.item {
            WorldItem::Interface { id, .. } => {
                self.interface(*id).functions.keys().cloned().collect()
            }
            WorldItem::Function(_) | WorldItem::Type { .. } => Vec::new(),
        }
    }

    /// What can be called: `acme:reports/csv@0.1.0#summarise` for each function of an interface, or the function itself.
    pub(crate) fn functions(&self) -> Vec<String> {
        match self.item {
            WorldItem::Interface { .. } => self.qualified(self.function_names()),
            WorldItem::Function(_) | WorldItem::Type { .. } => vec![self.name.clone()],
        }
    }

    /// Those of an interface's functions that the other interface does not have.
    pub(crate) fn functions_beyond(&self, other: &Item<'_>) -> Vec<String> {
        if !matches!(other.item, WorldItem::Interface { .. }) {
            return Vec::new();
        }
        let declared = other.function_names();
        let mut names = self.function_names();
        names.retain(|name| !declared.contains(name));
        self.qualified(names)
    }

    fn qualified(&self, functions: Vec<String>) -> Vec<String> {
        let interface = &self.name;
        functions
            .into_iter()
            .map(|function| format!("{interface}#{function}"))
            .collect()
    }

    /// The item as WIT: a function, or an interface's functions, one a line.
    pub(crate) fn as_wit(&self) -> String {
        let functions: Vec<String> = match self.item {
            WorldItem::Interface { id, .. } => {
                let functions = self.interface(*id).functions.values();
                functions
                    .map(|function| render::function(self.resolve, function))
                    .collect()
            }
            WorldItem::Function(function) => vec![render::function(self.resolve, function)],
            WorldItem::Type { .. } => Vec::new(),
        };
        functions.join("\n")
    }

    /// For a function in the place of an interface, or the other way round.
    pub(crate) fn kinds(&self, found: &Item<'_>) -> Mismatch {
        let kind = |item: &Item<'_>| match item.item {
            WorldItem::Interface { .. } => format!("{}: interface", item.name),
            WorldItem::Function(_) | WorldItem::Type { .. } => item.as_wit(),
        };
        Mismatch {
            expected: kind(self),
            found: kind(found),
        }
    }
}

fn origin(resolve: &Resolve, id: InterfaceId) -> Option<(&PackageName, &str)> {
    let interface = resolve.interface(id);
    let package = resolve.package(interface.package?);
    Some((&package.name, interface.name.as_deref()?))
}
