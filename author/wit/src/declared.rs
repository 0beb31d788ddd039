//! An author's world: what a tool says that it imports and exports.

mod vendored;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bailiwick_policy::Capability;
use bailiwick_section::Section;
use wit_parser::{PackageName, Resolve, UnresolvedPackageGroup, World, WorldId};

use crate::contract;
use crate::known::Known as _;
use crate::section::{self, SectionError};
use crate::sources::{WitError, packages_in, parse, parse_text, resolve};

/// A world, resolved together with all that it refers to.
#[derive(Clone, Debug)]
pub struct Declared {
    resolve: Resolve,
    world: WorldId,
}

impl Declared {
    /// The world in a `wit` folder, with the packages of its `deps` and, where those have them not, with ours.
    ///
    /// `world` may be left out where the folder's package has only one. It is a name (`tool`) or an id
    /// (`acme:reports/tool@0.1.0`), which may be that of a world in another package.
    ///
    /// # Errors
    /// Where the WIT cannot be read, does not parse or resolve, or does not have the world; where it brings along a package
    /// of ours that this host does not have ([`WitError::UnknownPackage`]) or has another form of
    /// ([`WitError::Incompatible`]).
    pub fn from_folder(wit: &Path, world: Option<&str>) -> Result<Self, WitError> {
        let main = parse(wit)?;
        let mut others = packages_in(&wit.join("deps"))?
            .iter()
            .map(|path| parse(path))
            .collect::<Result<Vec<_>, _>>()?;
        let vendored = vendored::ours(&others);
        add_ours(&main, &vendored, &mut others)?;
        let (resolve, package) = resolve(main, others)?;
        vendored::check(&resolve, &vendored)?;
        let chosen = resolve.select_world(&[package], world);
        match chosen {
            Ok(world) => Ok(Self { resolve, world }),
            Err(source) => Err(WitError::World {
                source: source.into(),
            }),
        }
    }

    /// One of our worlds: `file-reader`, or `bailiwick:worlds/file-reader@0.1.0`, with the version or without.
    ///
    /// ```
    /// let declared = bailiwick_wit::Declared::named("file-reader")?;
    /// assert_eq!(declared.id(), "bailiwick:worlds/file-reader@0.1.0");
    /// # Ok::<(), bailiwick_wit::WitError>(())
    /// ```
    ///
    /// # Errors
    /// [`WitError::UnknownWorld`], with the names that there are.
    pub fn named(world: &str) -> Result<Self, WitError> {
        let (resolve, package) = contract::resolved()?;
        let worlds = &resolve.package(package).worlds;
        let is_meant = |name: &String| {
            let id = resolve.id_of_name(package, name);
            name == world || id == world || id.split('@').next() == Some(world)
        };
        let found = worlds.iter().find(|(name, _)| is_meant(name));
        match found.map(|(_, id)| *id) {
            Some(world) => Ok(Self { resolve, world }),
            None => Err(WitError::UnknownWorld {
                name: world.to_owned(),
                known: worlds.keys().cloned().collect(),
            }),
        }
    }

    /// A made-up world that imports every interface of ours: all that a tool could ask a host for.
    ///
    /// ```
    /// let everything = bailiwick_wit::Declared::everything()?;
    /// assert!(everything.capabilities().iter().any(|capability| capability.key() == "call-tool"));
    /// # Ok::<(), bailiwick_wit::WitError>(())
    /// ```
    ///
    /// # Errors
    /// Where the embedded packages do not resolve, which a test of this crate rules out.
    pub fn everything() -> Result<Self, WitError> {
        let main = parse_text("everything", &contract::everything()?)?;
        let mut others = Vec::new();
        add_ours(&main, &BTreeSet::new(), &mut others)?;
        let (resolve, package) = resolve(main, others)?;
        match resolve.select_world(&[package], None) {
            Ok(world) => Ok(Self { resolve, world }),
            Err(source) => Err(WitError::World {
                source: source.into(),
            }),
        }
    }

    /// A world that was resolved elsewhere.
    #[cfg(test)]
    pub(crate) fn of(resolve: Resolve, world: WorldId) -> Self {
        Self { resolve, world }
    }

    /// All packages, for whoever generates something from their types.
    #[must_use]
    pub fn resolve(&self) -> &Resolve {
        &self.resolve
    }

    /// The world's key in [`Self::resolve`].
    #[must_use]
    pub fn world_id(&self) -> WorldId {
        self.world
    }

    /// Both, for generators of bindings, which change what they are given.
    #[must_use]
    pub fn into_parts(self) -> (Resolve, WorldId) {
        (self.resolve, self.world)
    }

    /// The world itself.
    #[must_use]
    pub fn world(&self) -> &World {
        self.resolve.world(self.world)
    }

    /// The world's name: `tool`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.world().name
    }

    /// The world's name with its package: `acme:reports/tool@0.1.0`.
    #[must_use]
    pub fn id(&self) -> String {
        let world = self.world();
        world.package.map_or_else(
            || world.name.clone(),
            |package| self.resolve.id_of_name(package, &world.name),
        )
    }

    /// What the WIT says about the world; empty where it says nothing.
    #[must_use]
    pub fn docs(&self) -> &str {
        let docs = self.world().docs.contents.as_deref();
        docs.unwrap_or_default().trim()
    }

    /// The capabilities that a tool of this world can ask for.
    #[must_use]
    pub fn capabilities(&self) -> Vec<Capability> {
        contract::capabilities(&contract::imports(&self.resolve, self.world()))
    }

    /// The tool's `bailiwick:tool` section; `asks` says for each capability why the tool needs it.
    ///
    /// # Errors
    /// Where a name or a text is one that no host would show.
    pub fn section(&self, asks: &BTreeMap<String, String>) -> Result<Section, SectionError> {
        section::describe(&self.resolve, self.world(), asks)
    }
}

/// Adds those of our packages that are not among them already.
fn add_ours(
    main: &UnresolvedPackageGroup,
    vendored: &BTreeSet<PackageName>,
    others: &mut Vec<UnresolvedPackageGroup>,
) -> Result<(), WitError> {
    let own = vendored::ours(std::slice::from_ref(main));
    let present: BTreeSet<String> = own.union(vendored).map(ToString::to_string).collect();
    for package in contract::PACKAGES {
        if !present.contains(&package.id()) {
            others.push(parse_text(&package.id(), package.text)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
