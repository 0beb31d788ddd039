//! WIT from folders, files and texts: parsed alone, resolved together.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use wit_parser::{PackageId, Resolve, SourceMap, UnresolvedPackageGroup};

/// Why WIT is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WitError {
    /// A file or folder cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no WIT.
    #[error("cannot parse the WIT in `{place}`")]
    Parse {
        /// The folder, the file, or the package where it is a text.
        place: String,
        /// The line and what is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Something is named that is nowhere.
    #[error("the WIT of `{package}` does not resolve")]
    Unresolved {
        /// The package.
        package: String,
        /// The line and what is missing.
        source: Rendered,
    },
    /// There is no such world, or there are several and none was named.
    #[error("cannot tell which world is meant")]
    World {
        /// Which there are.
        source: Box<dyn Error + Send + Sync>,
    },
    /// None of our worlds has this name.
    #[error("there is no world `{name}`; there are {}", quoted(known))]
    UnknownWorld {
        /// What was asked for.
        name: String,
        /// The worlds that there are.
        known: Vec<String>,
    },
    /// A folder brings along a package of ours that this host does not have.
    #[error("`{package}` is no package of this host, which has {}", quoted(known))]
    UnknownPackage {
        /// The package.
        package: String,
        /// The packages that there are.
        known: Vec<String>,
    },
    /// A folder brings along a form of one of our packages for which this host's is no replacement.
    #[error("`{package}` does not fit this host's `{current}`: {differences}")]
    Incompatible {
        /// The package that the folder has.
        package: String,
        /// The package that this host has.
        current: String,
        /// What of the former the latter does not have, or has otherwise.
        differences: String,
    },
    /// A list of packages without any.
    #[error("there is no WIT package")]
    Empty,
}

/// A message of several lines with the place in the source, as the parser renders it.
#[derive(Debug)]
pub struct Rendered(String);

impl fmt::Display for Rendered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0.trim_end())
    }
}

impl Error for Rendered {}

/// Each package of a folder of packages, sorted: a folder or a single file. None where there is no such folder.
///
/// The folder `released` is none: it has frozen copies of the packages beside it.
///
/// # Errors
/// [`WitError::Read`].
pub fn packages_in(folder: &Path) -> Result<Vec<PathBuf>, WitError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut packages = Vec::new();
    for entry in fs::read_dir(folder).map_err(reading(folder))? {
        let path = entry.map_err(reading(folder))?.path();
        let is_package =
            path.is_dir() || path.extension().is_some_and(|extension| extension == "wit");
        if is_package && !path.ends_with("released") {
            packages.push(path);
        }
    }
    packages.sort();
    Ok(packages)
}

/// One package, in a folder or in a file.
///
/// # Errors
/// [`WitError::Read`], [`WitError::Parse`].
pub fn parse(path: &Path) -> Result<UnresolvedPackageGroup, WitError> {
    let mut sources = SourceMap::default();
    if path.is_dir() {
        let pushed = sources.push_dir(path);
        pushed.map_err(|source| WitError::Parse {
            place: path.display().to_string(),
            source: source.into(),
        })?;
    } else {
        let text = fs::read_to_string(path).map_err(reading(path))?;
        sources.push(path, text);
    }
    parsed(&path.to_string_lossy(), sources)
}

/// One package as a text; `place` stands in messages for where it came from.
///
/// # Errors
/// [`WitError::Parse`].
pub fn parse_text(place: &str, text: &str) -> Result<UnresolvedPackageGroup, WitError> {
    let mut sources = SourceMap::default();
    sources.push_str(place, text);
    parsed(place, sources)
}

fn parsed(place: &str, sources: SourceMap) -> Result<UnresolvedPackageGroup, WitError> {
    sources.parse().map_err(|(sources, error)| WitError::Parse {
        place: place.to_owned(),
        source: Box::new(Rendered(error.render(&sources))),
    })
}

/// A package together with those that it needs; the id is that of `main`.
///
/// # Errors
/// [`WitError::Unresolved`].
pub fn resolve(
    main: UnresolvedPackageGroup,
    others: Vec<UnresolvedPackageGroup>,
) -> Result<(Resolve, PackageId), WitError> {
    let package = main.main.name.to_string();
    let mut resolve = Resolve::default();
    match resolve.push_groups(main, others) {
        Ok(id) => Ok((resolve, id)),
        Err(error) => Err(WitError::Unresolved {
            package,
            source: Rendered(error.render(&resolve.source_map)),
        }),
    }
}

fn reading(path: &Path) -> impl FnOnce(io::Error) -> WitError {
    let path = path.to_owned();
    |source| WitError::Read { path, source }
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
