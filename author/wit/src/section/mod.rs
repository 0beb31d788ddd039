//! What goes into a tool's `bailiwick:tool` section: its WIT's documentation, its declared exports, its statement of needs.

mod docs;
mod reached;

use std::collections::{BTreeMap, BTreeSet};

use crate::known::Known as _;
use bailiwick_section::{Ask, Name, NameError, Section, Text, TextError};
use wit_parser::{Resolve, World, WorldItem};

/// Why a section cannot be made of a world: no host would show what it says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SectionError {
    /// A name of the WIT.
    #[error("the name `{}` cannot be shown", name.escape_debug())]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        source: NameError,
    },
    /// A doc comment of the WIT.
    #[error("the documentation `{}` cannot be shown", docs.escape_debug())]
    Docs {
        /// The comment.
        docs: String,
        /// What is wrong with it.
        source: TextError,
    },
    /// A reason in the statement of needs.
    #[error("the reason for asking for `{}` cannot be shown", capability.escape_debug())]
    Reason {
        /// What is asked for.
        capability: String,
        /// What is wrong with the reason.
        source: TextError,
    },
}

/// Says what the section of a tool of this world is.
pub(crate) fn describe(
    resolve: &Resolve,
    world: &World,
    asks: &BTreeMap<String, String>,
) -> Result<Section, SectionError> {
    let id = world
        .package
        .map(|package| resolve.id_of_name(package, &world.name));
    Ok(Section {
        docs: docs::of_world(resolve, world, id.as_deref())?,
        world: id.as_deref().map(name).transpose()?,
        asks: asks
            .iter()
            .map(|(capability, why)| ask(capability, why))
            .collect::<Result<_, _>>()?,
        exports: exports(resolve, world)?,
    })
}

fn exports(resolve: &Resolve, world: &World) -> Result<BTreeSet<Name>, SectionError> {
    let mut exports = BTreeSet::new();
    for (key, item) in &world.exports {
        match item {
            WorldItem::Interface { id, .. } => {
                let interface = resolve.name_world_key(key);
                for function in resolve.interface(*id).functions.keys() {
                    exports.insert(name(&format!("{interface}#{function}"))?);
                }
            }
            WorldItem::Function(function) => {
                exports.insert(name(&function.name)?);
            }
            WorldItem::Type { .. } => {}
        }
    }
    Ok(exports)
}

fn ask(capability: &str, why: &str) -> Result<Ask, SectionError> {
    let why = Text::try_from(why).map_err(|source| SectionError::Reason {
        capability: capability.to_owned(),
        source,
    })?;
    Ok(Ask {
        capability: name(capability)?,
        why,
    })
}

fn name(written: &str) -> Result<Name, SectionError> {
    Name::try_from(written).map_err(|source| SectionError::Name {
        name: written.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests;
