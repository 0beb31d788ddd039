//! Whether WIT packages are a compatible evolution of released ones: whether every tool that was built then still loads.
//!
//! A released version says one thing for ever, since a tool carries the types that it was built against and a host that has
//! others refuses it. Within a version line (`0.1.x`, `1.x`) only additions are possible, and each raises the version. What
//! is looked at here is what can break: first by our own comparison, which can say what changed and what to do instead;
//! where that finds nothing, wit-component is asked, which makes a component of the released world and tries to put it
//! into the current one.

mod breaks;
mod frozen;
mod packages;
mod second;

use std::error::Error;
use std::path::Path;

use wit_parser::Resolve;

pub use breaks::{Break, Change, Kind};
pub use frozen::{Altered, FrozenError, SUMS, altered};
pub(crate) use packages::between;

use crate::sources::{self, WitError, packages_in, parse};

/// Why an evolution could not be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvolutionError {
    /// One of the two folders has no packages that resolve.
    #[error("the packages in `{folder}` cannot be compared")]
    Wit {
        /// The folder.
        folder: String,
        /// What is wrong with it.
        source: WitError,
    },
    /// The released and the current packages cannot be put side by side for wit-component.
    #[error("the released and the current packages do not go together")]
    SideBySide(#[source] Box<dyn Error + Send + Sync>),
}

/// Everything by which the packages in `current` are no compatible evolution of those in `released`; both folders have one
/// folder a package. Empty where they are.
///
/// # Errors
/// Where the packages of a folder do not parse or resolve.
pub fn check(released: &Path, current: &Path) -> Result<Vec<Break>, EvolutionError> {
    let (released, current) = (all_in(released)?, all_in(current)?);
    let mut breaks = Vec::new();
    for (id, package) in released.packages.iter() {
        let found = between(&released, &current, id);
        if found.breaks.is_empty() {
            breaks.extend(found.unraised(&package.name));
        }
        breaks.extend(found.breaks);
    }
    if breaks.is_empty() {
        breaks = second::opinion(&released, &current)?;
    }
    Ok(breaks)
}

/// All packages of a folder of packages.
fn all_in(folder: &Path) -> Result<Resolve, EvolutionError> {
    let resolved = || {
        let paths = packages_in(folder)?;
        let mut groups = paths
            .iter()
            .map(|path| parse(path))
            .collect::<Result<Vec<_>, _>>()?;
        let last = groups.pop().ok_or(WitError::Empty)?;
        sources::resolve(last, groups)
    };
    match resolved() {
        Ok((resolve, _)) => Ok(resolve),
        Err(source) => Err(EvolutionError::Wit {
            folder: folder.display().to_string(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests;
