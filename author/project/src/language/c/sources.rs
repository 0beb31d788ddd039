//! What is compiled: every file below `src` whose name says that it is C or C++.

use std::fs;
use std::path::{Path, PathBuf};

use super::Language;
use crate::error::BuildError;

const FOLDER: &str = "src";

/// Which of the two languages a file is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::language) enum Dialect {
    /// C.
    C,
    /// C++.
    Cpp,
}

/// A file to compile.
#[derive(Debug)]
pub(super) struct Source {
    /// Relative to the project, so that what the compiler writes of it (`__FILE__`) is the same wherever the project is.
    pub(super) path: PathBuf,
    pub(super) dialect: Dialect,
}

impl Dialect {
    /// What the compiler calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Cpp => "c++",
        }
    }

    /// Whether a flag is one for this language: a standard of the other would be an error.
    pub(super) fn accepts(self, flag: &str) -> bool {
        match flag.strip_prefix("-std=") {
            Some(standard) => standard.contains("++") == (self == Self::Cpp),
            None => true,
        }
    }

    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "c" => Some(Self::C),
            "cpp" | "cc" | "cxx" => Some(Self::Cpp),
            _ => None,
        }
    }
}

impl Source {
    /// The file's name without its ending.
    pub(super) fn stem(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }
}

/// The sources of a project, in the order of their paths: the order of linking is part of what comes out.
pub(super) fn find(project: &Path, language: Language) -> Result<Vec<Source>, BuildError> {
    let mut sources = Vec::new();
    let folder = project.join(FOLDER);
    if folder.is_dir() {
        collect(project, &folder, &mut sources)?;
    }
    if language == Language::C {
        // A tool in C has no C++ library to link.
        sources.retain(|source| source.dialect == Dialect::C);
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    if sources.is_empty() {
        return Err(BuildError::Incomplete {
            path: folder,
            what: format!("source in {}", language.title()),
        });
    }
    Ok(sources)
}

fn collect(project: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<(), BuildError> {
    let entries = fs::read_dir(folder).map_err(BuildError::reading(folder))?;
    for entry in entries {
        let path = entry.map_err(BuildError::reading(folder))?.path();
        if path.is_dir() {
            collect(project, &path, sources)?;
        } else if let Some(dialect) = Dialect::of(&path) {
            let path = path.strip_prefix(project).unwrap_or(&path).to_owned();
            sources.push(Source { path, dialect });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    fn found(files: &[&str], language: Language) -> Vec<String> {
        let project = project(files);
        let sources = find(project.path(), language).unwrap();
        sources
            .iter()
            .map(|source| source.path.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn finds_sources_below_src_in_the_order_of_their_paths() {
        let files = ["src/b.c", "src/a.h", "src/deep/c.c", "src/a.c", "tests/t.c"];
        assert_eq!(
            found(&files, Language::C),
            ["src/a.c", "src/b.c", "src/deep/c.c"]
        );
    }

    #[test]
    fn c_is_compiled_into_a_tool_in_cpp_and_not_the_other_way_round() {
        let files = ["src/a.cpp", "src/b.c", "src/c.cc"];
        assert_eq!(
            found(&files, Language::Cpp),
            ["src/a.cpp", "src/b.c", "src/c.cc"]
        );
        assert_eq!(found(&files, Language::C), ["src/b.c"]);
    }

    #[test]
    fn says_that_there_is_nothing_to_compile() {
        let project = project(&["src/a.h"]);
        let error = find(project.path(), Language::C).unwrap_err();
        assert!(error.to_string().ends_with("has no source in C"), "{error}");
    }

    #[test]
    fn a_standard_is_for_its_own_language() {
        let accepted = |flag| (Dialect::C.accepts(flag), Dialect::Cpp.accepts(flag));
        assert_eq!(accepted("-std=c11"), (true, false));
        assert_eq!(accepted("-std=gnu++20"), (false, true));
        assert_eq!(accepted("-Wall"), (true, true));
    }
}
