//! Packages of ours that an author's folder brings along: each must be one that this host has, or an older form of it.

use std::collections::BTreeSet;

use wit_parser::{PackageId, PackageName, Resolve, UnresolvedPackageGroup};

use crate::contract::{self, NAMESPACE};
use crate::evolution::{Break, Change, between};
use crate::known::Known as _;
use crate::sources::WitError;

/// The names of all packages of some groups that are in our namespace.
pub(super) fn ours(groups: &[UnresolvedPackageGroup]) -> BTreeSet<PackageName> {
    let packages = groups
        .iter()
        .flat_map(|group| std::iter::once(&group.main).chain(&group.nested));
    packages
        .map(|package| &package.name)
        .filter(|name| name.namespace == NAMESPACE)
        .cloned()
        .collect()
}

/// Holds these packages, which are part of `resolve`, against the embedded ones.
pub(super) fn check(resolve: &Resolve, vendored: &BTreeSet<PackageName>) -> Result<(), WitError> {
    if vendored.is_empty() {
        return Ok(());
    }
    let (current, _) = contract::resolved()?;
    let packages = vendored
        .iter()
        .filter_map(|name| resolve.package_names.get(name));
    for package in packages {
        compatible(resolve, *package, &current)?;
    }
    Ok(())
}

fn compatible(resolve: &Resolve, package: PackageId, current: &Resolve) -> Result<(), WitError> {
    let name = &resolve.package(package).name;
    let known = contract::PACKAGES
        .iter()
        .find(|known| known.name == name.name);
    let Some(known) = known else {
        return Err(WitError::UnknownPackage {
            package: name.to_string(),
            known: contract::PACKAGES
                .iter()
                .map(contract::Package::id)
                .collect(),
        });
    };
    let mut breaks = between(resolve, current, package).breaks;
    // A newer form of which nothing is missing here fits all the same.
    breaks.retain(|found| !matches!(found.change, Change::VersionLowered { .. }));
    if breaks.is_empty() {
        return Ok(());
    }
    Err(WitError::Incompatible {
        package: name.to_string(),
        current: known.id(),
        differences: differences(&breaks),
    })
}

fn differences(breaks: &[Break]) -> String {
    let differences: Vec<String> = breaks.iter().map(|found| said(&found.change)).collect();
    differences.join("; ")
}

/// A change from the vendored form to the host's, in the words of somebody for whom neither is newer.
fn said(change: &Change) -> String {
    match change {
        Change::PackageGone => "the version lines are two".to_owned(),
        Change::Gone { kind, item } => format!("the host has no {} `{item}`", kind.word()),
        Change::Changed {
            kind,
            item,
            mismatch,
        } => format!(
            "the {} `{item}` is `{}` there, and `{}` in the host",
            kind.word(),
            mismatch.expected,
            mismatch.found
        ),
        Change::VersionLowered { .. }
        | Change::VersionNotRaised { .. }
        | Change::ExportAdded { .. }
        | Change::Unexplained { .. } => change.to_string(),
    }
}
