//! The component against its world, and against the WIT of the host.

use std::collections::BTreeSet;

use bailiwick::Outline;
use bailiwick_wit::{CompareError, Comparison, Declared, Difference, compare};

use super::found;
use crate::kit::{Kit, World};
use crate::report::Ledger;
use crate::rule::Rule;

/// The rules that nothing can be said about where the types of a component cannot be read.
const NEED_TYPES: [Rule; 6] = [
    Rule::UndeclaredImport,
    Rule::ImportType,
    Rule::WitVersion,
    Rule::MissingExport,
    Rule::ExtraExport,
    Rule::ExportType,
];

pub(super) fn world(kit: &Kit, component: &[u8], ledger: &mut Ledger) {
    ledger.check(Rule::ValidComponent);
    let section = Outline::read(component)
        .ok()
        .and_then(|outline| outline.section);
    let declared: Option<BTreeSet<String>> = section.map(|section| {
        section
            .exports
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect()
    });
    match held_against(kit, component) {
        Ok((own, hosts)) => {
            NEED_TYPES.iter().for_each(|rule| ledger.check(*rule));
            for difference in &own.differences {
                difference_found(kit, difference, declared.as_ref(), ledger);
            }
            for difference in hosts
                .differences
                .iter()
                .filter(|difference| is_the_hosts(difference))
            {
                difference_found(kit, difference, declared.as_ref(), ledger);
            }
            missing_of_section(kit, &own, declared.as_ref(), ledger);
        }
        Err(error) => {
            let mut what = error.to_string();
            if let Some(source) = std::error::Error::source(&error) {
                what += &format!(": {source}");
            }
            ledger.find(found(kit, Rule::ValidComponent, what));
            NEED_TYPES
                .iter()
                .for_each(|rule| ledger.leave(*rule, "the component cannot be read"));
        }
    }
}

/// The component held against its world, and against everything that a host has.
fn held_against(kit: &Kit, component: &[u8]) -> Result<(Comparison, Comparison), CompareError> {
    let hosts = Declared::everything().map_err(|error| CompareError::Unreadable(error.into()))?;
    let hosts = compare(&hosts, component)?;
    let own = match &kit.world {
        World::Whole(declared) | World::Imports(declared) => compare(declared, component)?,
        World::Unknown => hosts.clone(),
    };
    Ok((own, hosts))
}

/// What a world of the author's may say otherwise, and no host goes along with: its WIT is an older or a changed one.
fn is_the_hosts(difference: &Difference) -> bool {
    let ours = difference.subject().starts_with("bailiwick:");
    let imports = match difference {
        Difference::ImportVersion { compatible, .. } => !compatible,
        Difference::ImportType { .. } | Difference::UndeclaredItem { .. } => true,
        _ => false,
    };
    ours && imports
}

fn difference_found(
    kit: &Kit,
    difference: &Difference,
    section: Option<&BTreeSet<String>>,
    ledger: &mut Ledger,
) {
    let whole = matches!(kit.world, World::Whole(_));
    let rule = match difference {
        Difference::UndeclaredImport { .. } | Difference::UndeclaredItem { .. } => {
            Rule::UndeclaredImport
        }
        Difference::ImportVersion { compatible, .. } if !compatible => Rule::WitVersion,
        Difference::ImportType { .. } => Rule::ImportType,
        Difference::ExportVersion { compatible, .. } if whole && !compatible => Rule::WitVersion,
        Difference::MissingExport { .. } if whole => Rule::MissingExport,
        Difference::ExtraExport { export } if whole && is_callable(export, section) => {
            Rule::ExtraExport
        }
        Difference::ExportType { .. } if whole => Rule::ExportType,
        // A bundle to include says nothing of exports, and versions that fit together are none of a tool's faults.
        _ => return,
    };
    let finding = found(kit, rule, format!("the component {difference}"));
    if !ledger.knows(&finding) {
        ledger.find(finding);
    }
}

/// Whether a host calls what is exported under this name: an interface, or a function.
fn is_callable(export: &str, section: Option<&BTreeSet<String>>) -> bool {
    section.is_none_or(|section| {
        let mut listed = section.iter();
        listed.any(|name| name == export || name.split('#').next() == Some(export))
    })
}

/// What the component itself says that can be called, and has not.
fn missing_of_section(
    kit: &Kit,
    own: &Comparison,
    section: Option<&BTreeSet<String>>,
    ledger: &mut Ledger,
) {
    for name in section
        .into_iter()
        .flatten()
        .filter(|name| !own.exports.contains(name))
    {
        let what =
            format!("the component lists `{name}` among its functions, and does not export it");
        let known = matches!(kit.world, World::Whole(_)) && ledger.has(Rule::MissingExport);
        if !known {
            ledger.find(found(kit, Rule::MissingExport, what));
        }
    }
}
