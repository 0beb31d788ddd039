//! JavaScript and TypeScript: jco makes a component of one module, which is the tool's own and what stands around it.
//!
//! ```text
//! package.json     which module is the tool's, which engine runs it, where the SDK is
//! entry.js         written here: the world's functions, around those of the tool
//! globals.mjs      what programs expect to be there: a console
//! values.mjs       what entry.js is made of: values on their way between host and function
//! ENGINE.mjs       the same where the engines differ
//! bundle.mjs       how jco finds the SDK before anything is installed
//! ```

mod conversions;
mod entry;
mod handles;
mod names;
mod package;
mod wrapping;

use std::fs;
use std::path::Path;

use bailiwick_wit::Declared;

use self::package::{Engine, Package};
use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver of JavaScript.
pub(super) struct JavaScript;

/// The driver of TypeScript.
pub(super) struct TypeScript;

const NODE: Requirement = Requirement {
    name: "node",
    programs: &["node"],
    install: "apt-get install nodejs npm",
};

const NPM: Requirement = Requirement {
    name: "npm",
    programs: &["npm"],
    install: NODE.install,
};

/// Every project brings its own, with the versions that belong together in its `package.json`.
const JCO: Requirement = Requirement {
    name: "jco",
    programs: &["jco"],
    install: "npm install",
};

const TYPESCRIPT: Requirement = Requirement {
    name: "tsc",
    programs: &["tsc"],
    install: "npm install",
};

/// QuickJS as it is needed here: without the asynchronous functions that no host of ours has, and without WASI.
const QUICKJS: &[&str] = &[
    "--backend",
    "quickjs",
    "--backend-qjs-disable-async",
    "--backend-qjs-stub-wasi",
];

/// StarlingMonkey without WASI.
const STARLINGMONKEY: &[&str] = &["--backend", "starlingmonkey", "--disable", "all"];

impl Driver for JavaScript {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![search.find(&NODE)?, search.find(&NPM)?])
    }

    fn build(&self, project: &Project, scratch: &Path) -> Result<Built, BuildError> {
        Build::begin(project, scratch)?.componentize()
    }
}

impl Driver for TypeScript {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        JavaScript.toolchain(search)
    }

    fn build(&self, project: &Project, scratch: &Path) -> Result<Built, BuildError> {
        let build = Build::begin(project, scratch)?;
        build.check_types()?;
        build.componentize()
    }
}

/// One build.
struct Build<'a> {
    project: &'a Project,
    scratch: &'a Path,
    package: Package,
    declared: Declared,
    jco: Tool,
}

impl<'a> Build<'a> {
    /// Finds everything, and writes the type definitions of the world for compilers and editors.
    fn begin(project: &'a Project, scratch: &'a Path) -> Result<Self, BuildError> {
        let build = Self {
            project,
            scratch,
            package: Package::read(project.folder())?,
            declared: project.declared()?,
            jco: project.search().find(&JCO)?,
        };
        project.write_wit(&scratch.join("wit"))?;
        build.write_types()?;
        Ok(build)
    }

    fn write_types(&self) -> Result<(), BuildError> {
        self.jco
            .run_in(self.project.folder())
            .arg("guest-types")
            .arg(self.scratch.join("wit"))
            .args(["--world-name", &self.declared.id(), "--quiet", "--out-dir"])
            .arg(self.project.folder().join("bindings"))
            .env("NO_COLOR", "1")
            .run()
    }

    /// jco takes the types away without looking at them.
    fn check_types(&self) -> Result<(), BuildError> {
        let compiler = self.project.search().find(&TYPESCRIPT)?;
        let folder = self.project.folder();
        compiler
            .run_in(folder)
            .args(["--noEmit", "--pretty", "false", "--project"])
            .arg(folder)
            .run()
    }

    fn componentize(&self) -> Result<Built, BuildError> {
        let entry = self.write_entry()?;
        let component = self.scratch.join("component.wasm");
        self.jco
            .run_in(self.project.folder())
            .arg("componentize")
            .arg(entry)
            .arg("--wit")
            .arg(self.scratch.join("wit"))
            .args(["--world-name", &self.declared.id()])
            .args(match self.package.engine() {
                Engine::Quickjs => QUICKJS,
                Engine::Starlingmonkey => STARLINGMONKEY,
            })
            .args(["--bundle", "--bundle-config"])
            .arg(self.scratch.join("bundle.mjs"))
            .arg("--out")
            .arg(&component)
            .env("NO_COLOR", "1")
            .run()?;
        let component = fs::read(&component).map_err(BuildError::reading(component))?;
        Ok(Built::Component(match self.package.engine() {
            Engine::Quickjs => handles::give_back(component, &self.declared)?,
            Engine::Starlingmonkey => component,
        }))
    }

    /// Writes the modules around the tool's own, and gives the path of the first.
    fn write_entry(&self) -> Result<std::path::PathBuf, BuildError> {
        let engine = self.package.engine();
        let entry = entry::text(
            &self.declared,
            &self.package.main(self.project.folder())?,
            engine,
        );
        self.write("globals.mjs", include_str!("globals.mjs"))?;
        self.write("values.mjs", include_str!("values.mjs"))?;
        self.write(engine.module(), engine.text())?;
        self.write("bundle.mjs", &self.package.bundling(self.project.folder()))?;
        self.write("entry.js", &entry)?;
        Ok(self.scratch.join("entry.js"))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), BuildError> {
        let path = self.scratch.join(name);
        fs::write(&path, text).map_err(BuildError::writing(path))
    }
}

#[cfg(test)]
mod tests;
