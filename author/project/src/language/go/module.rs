//! What is read of `go.mod`.

use std::fs;
use std::path::Path;

use crate::error::BuildError;

/// The module of our SDK.
pub(super) const SDK: &str = "bailiwick.dev/sdk";

/// The author's module.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Module {
    /// The path that its packages are imported by.
    pub(super) path: String,
    /// Whether it requires our SDK, which has the bindings of our own packages.
    pub(super) has_sdk: bool,
    /// Whether all its modules are in `vendor`, in which case nothing may be added to `go.mod`.
    pub(super) is_vendored: bool,
}

impl Module {
    /// Reads it.
    pub(super) fn read(folder: &Path) -> Result<Self, BuildError> {
        let path = folder.join("go.mod");
        let text = fs::read_to_string(&path).map_err(BuildError::reading(&path))?;
        let is_vendored = folder.join("vendor/modules.txt").is_file();
        Self::parse(&text, is_vendored).ok_or_else(|| BuildError::Incomplete {
            path,
            what: "line `module …`".to_owned(),
        })
    }

    fn parse(text: &str, is_vendored: bool) -> Option<Self> {
        let lines = || text.lines().map(|line| without_comment(line).trim());
        let path = lines().find_map(|line| line.strip_prefix("module "))?;
        let has_sdk = lines().any(|line| {
            let line = line.strip_prefix("require ").unwrap_or(line);
            line.split_whitespace().next() == Some(SDK)
        });
        Some(Self {
            path: path.trim().trim_matches(['"', '`']).to_owned(),
            has_sdk,
            is_vendored,
        })
    }
}

fn without_comment(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_path_and_whether_the_sdk_is_required() {
        for (text, path, has_sdk) in [
            ("module example/a\n\ngo 1.25\n", "example/a", false),
            (
                "module \"a\" // x\nrequire bailiwick.dev/sdk v0.1.0\n",
                "a",
                true,
            ),
            (
                "module a\nrequire (\n\tbailiwick.dev/sdk v0.1.0\n)\n",
                "a",
                true,
            ),
            (
                "module a\n// require bailiwick.dev/sdk v0.1.0\n",
                "a",
                false,
            ),
            ("module a\nreplace bailiwick.dev/sdk => ./x\n", "a", false),
        ] {
            let module = Module::parse(text, false).unwrap();
            assert_eq!(
                (module.path.as_str(), module.has_sdk),
                (path, has_sdk),
                "{text}"
            );
        }
    }

    #[test]
    fn a_file_without_a_path_is_incomplete() {
        assert_eq!(Module::parse("go 1.25\n", false), None);
    }
}
