//! Where the command keeps things when nobody says where.

use std::env;
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

use bailiwick::audit::Timestamp;

use crate::failure::Failure;

/// The variable that names the compile cache.
const CACHE_VARIABLE: &str = "BAILIWICK_CACHE_DIR";

/// The directory of compiled components: the flag, `BAILIWICK_CACHE_DIR`, or the user's cache. None without a home.
pub(crate) fn cache(flag: Option<&Path>) -> Option<PathBuf> {
    flag.map(Path::to_owned)
        .or_else(|| named(CACHE_VARIABLE))
        .or_else(|| Some(user("XDG_CACHE_HOME", ".cache")?.join("bailiwick")))
}

/// The folder of the trails that nobody named a place for. None without a home.
pub(crate) fn audit_folder() -> Option<PathBuf> {
    Some(
        user("XDG_STATE_HOME", ".local/state")?
            .join("bailiwick")
            .join("audit"),
    )
}

/// A new file for the audit trail of this process, in a folder that only this user can read.
pub(crate) fn audit() -> Result<PathBuf, Failure> {
    let folder = audit_folder().ok_or_else(|| {
        Failure::host_fault(
            "there is no place for the audit trail: neither `XDG_STATE_HOME` nor `HOME` is set",
        )
        .hint("name a file with `--audit FILE`")
    })?;
    private(&folder).map_err(|error| {
        Failure::host_fault(format!(
            "cannot make the folder `{}` for the audit trail",
            folder.display()
        ))
        .because(&error)
        .hint("name a file elsewhere with `--audit FILE`")
    })?;
    Ok(folder.join(audit_name(&Timestamp::now().to_string())))
}

/// The file of a store that nobody named a place for, in a folder that only this user can read.
pub(crate) fn store(name: &str) -> Result<PathBuf, Failure> {
    let folder = user("XDG_STATE_HOME", ".local/state").ok_or_else(|| {
        Failure::host_fault(
            "there is no place for the tools' store: neither `XDG_STATE_HOME` nor `HOME` is set",
        )
        .hint("name a file as `[key-value] file` in the policy")
    })?;
    let folder = folder.join("bailiwick").join("key-value");
    private(&folder).map_err(|error| {
        Failure::host_fault(format!(
            "cannot make the folder `{}` for the tools' store",
            folder.display()
        ))
        .because(&error)
        .hint("name a file elsewhere as `[key-value] file` in the policy")
    })?;
    Ok(folder.join(format!("{name}.db")))
}

/// `2026-01-02T03:04:05.678Z` and the process make `20260102T030405Z-42.jsonl`: names sort by time, and no system
/// minds their characters.
fn audit_name(time: &str) -> String {
    let seconds: String = time
        .split('.')
        .next()
        .unwrap_or_default()
        .replace(['-', ':'], "");
    format!("{seconds}Z-{}.jsonl", std::process::id())
}

/// One of the user's directories. The XDG specification: "If an implementation encounters a relative path … it should
/// consider the path invalid and ignore it."
fn user(variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    named(variable)
        .filter(absolute)
        .or_else(|| Some(named("HOME").filter(absolute)?.join(below_home)))
}

/// What the help names: `BAILIWICK_CACHE_DIR`, the XDG directories and the home that they start from.
#[expect(
    clippy::disallowed_methods,
    reason = "the command's help says which variables it reads"
)]
fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// Makes a folder, and those above it, that only this user can read.
pub(crate) fn private(folder: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The directory that a file is in.
pub(crate) fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trails_are_named_by_time_and_process() {
        let name = audit_name("2026-01-02T03:04:05.123456789Z");
        assert_eq!(
            name,
            format!("20260102T030405Z-{}.jsonl", std::process::id())
        );
    }

    #[test]
    fn a_file_without_a_folder_is_in_this_one() {
        for (file, folder) in [("a", "."), ("a/b", "a"), ("/a", "/"), ("../a", "..")] {
            assert_eq!(folder_of(Path::new(file)), Path::new(folder), "{file}");
        }
    }
}
