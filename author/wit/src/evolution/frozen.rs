//! Released packages do not change, not even in a comment: each release has a list of its files' digests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use sha2::{Digest as _, Sha256};

/// The list: what `sha256sum` writes and `sha256sum --check` reads.
pub const SUMS: &str = "SHA256SUMS";

/// A file of a release that is not what it was when it was released.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Altered {
    /// It is in the list, and has another digest.
    Changed(String),
    /// It is in the list, and not in the folder.
    Gone(String),
    /// It is in the folder, and not in the list.
    Unlisted(String),
}

/// Why a release cannot be compared with its list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrozenError {
    /// A file or folder cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The list has a line that is no digest and path.
    #[error("`{SUMS}` has a line that is no digest with a path: `{}`", line.escape_debug())]
    Malformed {
        /// The line.
        line: String,
    },
}

impl Altered {
    /// The file's path in the release, with `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Changed(path) | Self::Gone(path) | Self::Unlisted(path) => path,
        }
    }
}

impl fmt::Display for Altered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        match self {
            Self::Changed(_) => write!(out, "`{path}` is released and has been changed"),
            Self::Gone(_) => write!(out, "`{path}` is released and is gone"),
            Self::Unlisted(_) => write!(out, "`{path}` is not in `{SUMS}`: it was not released"),
        }
    }
}

/// Every file of a release that is not as the release's list says.
///
/// # Errors
/// Where the list or a file cannot be read.
pub fn altered(release: &Path) -> Result<Vec<Altered>, FrozenError> {
    let list = release.join(SUMS);
    let listed = parse(&fs::read_to_string(&list).map_err(reading(&list))?)?;
    let mut present = BTreeSet::new();
    add_files(release, "", &mut present)?;
    present.remove(SUMS);
    let mut altered = Vec::new();
    for (path, digest) in &listed {
        if !present.contains(path) {
            altered.push(Altered::Gone(path.clone()));
        } else if digest_of(&release.join(path))? != *digest {
            altered.push(Altered::Changed(path.clone()));
        }
    }
    let unlisted = present
        .into_iter()
        .filter(|path| !listed.contains_key(path));
    altered.extend(unlisted.map(Altered::Unlisted));
    Ok(altered)
}

/// Digests by path.
fn parse(list: &str) -> Result<BTreeMap<String, String>, FrozenError> {
    let entry = |line: &str| {
        let (digest, path) = line.split_once("  ")?;
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_digest && !path.is_empty()).then(|| (path.to_owned(), digest.to_ascii_lowercase()))
    };
    list.lines()
        .map(|line| {
            entry(line).ok_or_else(|| FrozenError::Malformed {
                line: line.to_owned(),
            })
        })
        .collect()
}

fn add_files(folder: &Path, prefix: &str, files: &mut BTreeSet<String>) -> Result<(), FrozenError> {
    for entry in fs::read_dir(folder).map_err(reading(folder))? {
        let entry = entry.map_err(reading(folder))?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            add_files(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path);
        }
    }
    Ok(())
}

fn digest_of(path: &Path) -> Result<String, FrozenError> {
    let digest = Sha256::digest(fs::read(path).map_err(reading(path))?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn reading(path: &Path) -> impl FnOnce(io::Error) -> FrozenError {
    let path = path.to_owned();
    |source| FrozenError::Read { path, source }
}
