//! Python, whose interpreter componentize-py puts into the component together with the modules that the tool imports.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Invocation, Requirement, Search, Tool};

/// The driver.
pub(super) struct Python;

const COMPILER: Requirement = Requirement {
    name: "componentize-py",
    programs: &["componentize-py"],
    install: "python3 -m venv .venv && .venv/bin/python -m pip install componentize-py==0.25.1",
};

/// The version that all of this is tried with. Another may do as well, and is named where a build fails.
const VERSION: &str = "0.25.1";

/// The first version with all that is asked of it here: generated modules in `wit_world` and names for those modules.
const VERSION_LEAST: [u64; 2] = [0, 25];

/// The names of the two interfaces that have the same, so that a tool's imports do not change when its world gets the other.
const MODULES: [&str; 2] = [
    "bailiwick:files/types@0.1.0=bailiwick_files_types",
    "bailiwick:http/types@0.1.0=bailiwick_http_types",
];

/// Where the folder of generated modules lies in a project: for editors, type checkers and tests. The component gets its own.
const BINDINGS: &str = "bindings";

#[derive(Default, Deserialize)]
struct Manifest {
    #[serde(default)]
    tool: ToolTable,
}

#[derive(Default, Deserialize)]
struct ToolTable {
    #[serde(default)]
    uv: Uv,
}

/// `[tool.uv.sources]`: packages that lie in folders, the SDK before all, in the form that Python's own tools read.
#[derive(Default, Deserialize)]
struct Uv {
    #[serde(default)]
    sources: BTreeMap<String, toml::Value>,
}

impl Driver for Python {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![search.find(&COMPILER)?])
    }

    fn build(&self, project: &Project, scratch: &Path) -> Result<Built, BuildError> {
        let compiler = Compiler::find(project, scratch)?;
        let module = module(project)?;
        bindings(&compiler, project, scratch)?;
        let component = scratch.join("python.wasm");
        let mut command = compiler
            .command(project)?
            .args(["componentize", "--stub-wasi"]);
        for folder in python_path(project)? {
            command = command.arg("--python-path").arg(folder);
        }
        let command = command.arg("--output").arg(&component).arg(module);
        command.run().map_err(|error| compiler.explain(error))?;
        let component = fs::read(&component).map_err(BuildError::reading(component))?;
        Ok(Built::Component(component))
    }
}

/// componentize-py with what each call of it is told.
struct Compiler {
    tool: Tool,
    version: String,
    wit: PathBuf,
}

impl Compiler {
    fn find(project: &Project, scratch: &Path) -> Result<Self, BuildError> {
        let tool = project.search().find(&COMPILER)?;
        let version = tool.run_in(project.folder()).arg("--version").read()?;
        let version = version.split_whitespace().last().unwrap_or_default();
        if is_too_old(version) {
            return Err(BuildError::Missing {
                what: format!("componentize-py {VERSION} (this is {version})"),
                install: COMPILER.install.to_owned(),
            });
        }
        let wit = scratch.join("wit");
        project.write_wit(&wit)?;
        Ok(Self {
            tool,
            version: version.to_owned(),
            wit,
        })
    }

    /// A call up to its subcommand.
    fn command(&self, project: &Project) -> Result<Invocation, BuildError> {
        let mut command = self
            .tool
            .run_in(project.folder())
            // Its own stack, which is printed below each error otherwise, tells an author nothing.
            .env("RUST_BACKTRACE", "0");
        let environment = project.folder().join(".venv");
        if environment.is_dir() {
            command = command.env("VIRTUAL_ENV", environment);
        }
        for module in MODULES {
            command = command.args(["--import-interface-name", module]);
        }
        let world = project.declared()?.id();
        Ok(command
            .arg("--quiet")
            .arg("--wit-path")
            .arg(&self.wit)
            .args(["--world", &world]))
    }

    /// The error, with the version where it is not the one that is known to work.
    fn explain(&self, error: BuildError) -> BuildError {
        match error {
            BuildError::ToolFailed { command, output } if self.version != VERSION => {
                let version = &self.version;
                BuildError::ToolFailed {
                    command,
                    output: format!(
                        "{output}\n\nThis is componentize-py {version}; {VERSION} is the one that is known to work."
                    ),
                }
            }
            error => error,
        }
    }
}

fn is_too_old(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => [major, minor] < VERSION_LEAST,
        // Something that is no released version is somebody's own: it is taken at its word.
        _ => false,
    }
}

/// Writes the modules that an editor resolves `wit_world` to, in the place of those of the last build.
fn bindings(compiler: &Compiler, project: &Project, scratch: &Path) -> Result<(), BuildError> {
    let fresh = scratch.join(BINDINGS);
    remove(&fresh)?;
    let command = compiler.command(project)?.arg("bindings").arg(&fresh);
    command.run().map_err(|error| compiler.explain(error))?;
    let shown = project.folder().join(BINDINGS);
    // A folder of that name that we did not make is the author's.
    if shown.join("wit_world").is_dir() {
        remove(&shown)?;
    }
    fs::rename(&fresh, &shown).map_err(BuildError::writing(shown))
}

fn remove(folder: &Path) -> Result<(), BuildError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(BuildError::writing(folder))?;
    }
    Ok(())
}

/// The module that implements the world: `NAME.tool` where there is one, so that the rest of the package can be imported
/// without the generated modules, else `NAME`.
fn module(project: &Project) -> Result<String, BuildError> {
    let name = project.name().replace(['-', '.'], "_");
    let sources = sources(project);
    let has = |file: &str| sources.join(file).is_file();
    if has(&format!("{name}/tool.py")) {
        return Ok(format!("{name}.tool"));
    }
    if has(&format!("{name}/__init__.py")) || has(&format!("{name}.py")) {
        return Ok(name);
    }
    Err(BuildError::Incomplete {
        path: sources,
        what: format!("`{name}/tool.py`, which implements the world"),
    })
}

/// The folder of the project's own modules: `src`, or the project itself where it has none.
fn sources(project: &Project) -> PathBuf {
    let sources = project.folder().join("src");
    if sources.is_dir() {
        return sources;
    }
    project.folder().to_owned()
}

/// Where the tool's imports are looked for: its own modules, then the packages that its manifest has in folders. What is
/// installed in `.venv` comes after them, by componentize-py itself.
fn python_path(project: &Project) -> Result<Vec<PathBuf>, BuildError> {
    let path = project.folder().join("pyproject.toml");
    let text = fs::read_to_string(&path).map_err(BuildError::reading(&path))?;
    let manifest: Manifest = toml::from_str(&text).map_err(|source| BuildError::Manifest {
        path,
        source: Box::new(source),
    })?;
    let packages = manifest.tool.uv.sources.values();
    let folders = packages.filter_map(|source| source.get("path")?.as_str());
    let folders = folders.map(|folder| modules_of(&project.folder().join(folder)));
    Ok([sources(project)].into_iter().chain(folders).collect())
}

/// The folder of a package's modules.
fn modules_of(package: &Path) -> PathBuf {
    let sources = package.join("src");
    if sources.is_dir() {
        return sources;
    }
    package.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_old_is_below_the_least_version_and_nothing_else() {
        for (version, too_old) in [
            ("0.24.9", true),
            ("0.25.0", false),
            ("0.25.1", false),
            ("0.100.0", false),
            ("1.0.0", false),
            ("main", false),
        ] {
            assert_eq!(is_too_old(version), too_old, "{version}");
        }
    }

    #[test]
    fn the_module_is_the_tool_in_the_package_or_the_package_or_the_module() {
        for (files, expected) in [
            (
                &["src/csv_report/tool.py", "src/csv_report/__init__.py"][..],
                "csv_report.tool",
            ),
            (&["src/csv_report/__init__.py"], "csv_report"),
            (&["src/csv_report.py"], "csv_report"),
            (&["csv_report.py"], "csv_report"),
        ] {
            let project = project(files, "");
            assert_eq!(module(&project.1).unwrap(), expected, "{files:?}");
        }
    }

    #[test]
    fn without_a_module_the_error_names_the_file() {
        let project = project(&[], "");
        let error = module(&project.1).unwrap_err().to_string();
        assert!(
            error.ends_with("has no `csv_report/tool.py`, which implements the world"),
            "{error}"
        );
    }

    #[test]
    fn imports_are_looked_for_in_the_sources_and_in_packages_that_lie_in_folders() {
        let sources = "[tool.uv.sources]\nsdk = { path = \"vendor/sdk\" }\nflat = { path = \"flat\" }\nother = { git = \"x\" }\n";
        let (folder, project) = project(
            &["src/csv_report.py", "vendor/sdk/src/sdk.py", "flat/flat.py"],
            sources,
        );
        let path = python_path(&project).unwrap();
        let expected = ["src", "flat", "vendor/sdk/src"].map(|place| folder.path().join(place));
        assert_eq!(path, expected);
    }

    /// A project of these files.
    fn project(files: &[&str], more: &str) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let manifest = format!("[project]\nname = \"csv-report\"\n{more}");
        fs::write(folder.path().join("pyproject.toml"), manifest).unwrap();
        let project = Project::open(folder.path()).unwrap();
        (folder, project)
    }
}
