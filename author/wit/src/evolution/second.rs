//! A second opinion, of those who wrote the encoder: a component of the released form in the place of the current one.

use semver::{Prerelease, Version};
use wit_component::semver_check;
use wit_parser::{InterfaceId, Package, PackageName, Resolve};

use super::EvolutionError;
use super::breaks::{Break, Change};
use super::packages::successor;
use crate::known::Known as _;
use crate::types::render::escaped;

/// The namespace and the name of the package that is made here.
const MADE: (&str, &str) = ("evolution", "check");

/// The mark on the versions of released packages, so that both forms of a package can be in one `Resolve`.
const RELEASED: &str = "released";

/// Asks about every world of the released packages, and about every interface by a world that imports it: tools were built
/// against them, hosts implement them.
///
/// Our own comparison has found nothing before: everything that is released is there.
pub(super) fn opinion(released: &Resolve, current: &Resolve) -> Result<Vec<Break>, EvolutionError> {
    let pairs = interfaces(released, current);
    let both = side_by_side(
        with_worlds(released, pairs.iter().map(|pair| pair.released))?,
        with_worlds(current, pairs.iter().map(|pair| pair.current))?,
    )?;
    let mut breaks = Vec::new();
    for (number, pair) in pairs.iter().enumerate() {
        let found = ask(&both, (&made(), &made()), &world_name(number));
        let found = found.map(|message| pair.unexplained(message));
        breaks.extend(found);
    }
    for (_, package) in released.packages.iter() {
        let Some(there) = successor(current, &package.name) else {
            continue;
        };
        for world in package.worlds.keys() {
            let found = ask(&both, (&package.name, &there.name), world);
            breaks.extend(found.map(|message| unexplained(package, world, message)));
        }
    }
    Ok(breaks)
}

/// An interface in its two forms.
struct Pair<'a> {
    package: &'a Package,
    name: &'a str,
    released: InterfaceId,
    current: InterfaceId,
}

impl Pair<'_> {
    fn unexplained(&self, message: String) -> Break {
        unexplained(self.package, self.name, message)
    }
}

fn unexplained(package: &Package, item: &str, message: String) -> Break {
    let item = item.to_owned();
    Break::new(&package.name, Change::Unexplained { item, message })
}

fn interfaces<'a>(released: &'a Resolve, current: &Resolve) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (_, package) in released.packages.iter() {
        let there = successor(current, &package.name);
        for (name, id) in &package.interfaces {
            let current = there.and_then(|there| there.interfaces.get(name));
            pairs.extend(current.map(|current| Pair {
                package,
                name,
                released: *id,
                current: *current,
            }));
        }
    }
    pairs
}

/// The packages, and one more with a world for each of these interfaces.
fn with_worlds(
    resolve: &Resolve,
    interfaces: impl Iterator<Item = InterfaceId>,
) -> Result<Resolve, EvolutionError> {
    let mut wit = format!("package {};\n", made());
    for (number, id) in interfaces.enumerate() {
        let world = world_name(number);
        let interface = imported_as(resolve, id).unwrap_or_default();
        wit += &format!("world {world} {{ import {interface}; }}\n");
    }
    let mut resolve = resolve.clone();
    let pushed = resolve.push_source("check.wit", &wit);
    pushed.map_err(|error| EvolutionError::SideBySide(error.into()))?;
    Ok(resolve)
}

fn imported_as(resolve: &Resolve, id: InterfaceId) -> Option<String> {
    let interface = resolve.interface(id);
    let PackageName {
        namespace,
        name,
        version,
    } = &resolve.package(interface.package?).name;
    let interface = escaped(interface.name.as_deref()?);
    let version = version.as_ref().map(|version| format!("@{version}"));
    let version = version.unwrap_or_default();
    Some(format!("{namespace}:{name}/{interface}{version}"))
}

fn side_by_side(mut released: Resolve, mut current: Resolve) -> Result<Resolve, EvolutionError> {
    for (_, package) in released.packages.iter_mut() {
        package.name = marked(&package.name);
    }
    released.package_names = released
        .packages
        .iter()
        .map(|(id, package)| (package.name.clone(), id))
        .collect();
    let merged = current.merge(released);
    merged.map_err(|error| EvolutionError::SideBySide(error.into()))?;
    Ok(current)
}

/// What wit-component says about a world, where it is not satisfied.
fn ask(
    both: &Resolve,
    (released, current): (&PackageName, &PackageName),
    world: &str,
) -> Option<String> {
    let find = |name: &PackageName| {
        let package = both.package_names.get(name)?;
        both.package(*package).worlds.get(world).copied()
    };
    let (Some(released), Some(current)) = (find(&marked(released)), find(current)) else {
        return Some("the world is not there".to_owned());
    };
    let answer = semver_check(both.clone(), released, current);
    answer.err().map(|error| format!("{error:#}"))
}

fn marked(name: &PackageName) -> PackageName {
    let mut marked = name.clone();
    let version = marked.version.get_or_insert(Version::new(0, 0, 0));
    // The word is a valid pre-release by its letters; if it were not, the merge would say that both are the same package.
    version.pre = Prerelease::new(RELEASED).unwrap_or(Prerelease::EMPTY);
    marked
}

fn made() -> PackageName {
    PackageName {
        namespace: MADE.0.to_owned(),
        name: MADE.1.to_owned(),
        version: Some(Version::new(1, 0, 0)),
    }
}

fn world_name(number: usize) -> String {
    format!("imports-{number}")
}
