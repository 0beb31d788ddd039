//! Zig: the C bindings of the world, translated for `@import("c")`, and one object of the author's sources.
//!
//! A project with a `build.zig.zon` has dependencies, which only Zig's build system knows: there `zig build` is called, and has
//! to install `NAME.wasm`. Without one the compiler is called directly, since the first `zig build` on a machine compiles that
//! build system, which takes minutes.

use std::fs;
use std::path::Path;

use super::c::{Bindings, Compiler, empty_folder};
use super::files::write_changed;
use super::{Built, Driver, Language};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver.
pub(super) struct Zig;

/// A package that has the compiler, the C and the C++ library and the linker. A virtual environment, because distributions
/// refuse to install into their own Python; the build looks into `.venv` by itself.
pub(super) const INSTALL: &str =
    "python3 -m venv .venv && .venv/bin/python -m pip install ziglang==0.17.1";

/// The target, which has a C library and, as long as nothing prints or opens files, needs nothing of WASI.
pub(super) const TARGET: &str = "wasm32-wasi";

const COMPILER: Requirement = Requirement {
    name: "zig",
    programs: &["zig", "python-zig"],
    install: INSTALL,
};

/// The C headers that the author's sources use, and what they are imported as.
const HEADER: &str = "src/c.h";
const TRANSLATED: &str = "c.zig";

const ROOT: &str = "src/main.zig";

/// Zig: by its own name, or as the package `ziglang` of a Python.
pub(super) fn find(search: &Search) -> Option<Tool> {
    if let Ok(zig) = search.find(&COMPILER) {
        return Some(zig);
    }
    let python = search.program("python3")?;
    let zig = Tool::at(COMPILER.name, python).with_arguments(["-m", "ziglang"]);
    let answers = zig.run_in(Path::new("/")).arg("version").read().is_ok();
    answers.then_some(zig)
}

impl Driver for Zig {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![require(search)?])
    }

    fn build(&self, project: &Project, scratch: &Path) -> Result<Built, BuildError> {
        let zig = require(&project.search())?;
        let bindings = Bindings::write(project, Language::Zig)?;
        let module = match project.folder().join("build.zig.zon").is_file() {
            true => build_system(project, &zig, scratch)?,
            false => compile(project, &zig, &bindings, scratch)?,
        };
        Ok(Built::Module(module))
    }
}

fn require(search: &Search) -> Result<Tool, BuildError> {
    find(search).ok_or_else(|| COMPILER.missing())
}

/// Calls the build system, with its output kept apart from what the author installs by hand.
fn build_system(project: &Project, zig: &Tool, scratch: &Path) -> Result<Vec<u8>, BuildError> {
    let installed = scratch.join("zig-out");
    zig.run_in(project.folder())
        .args(["build", "--release=small", "--prefix"])
        .arg(&installed)
        .run_and_pass_on()?;
    let module = installed.join(format!("bin/{}.wasm", project.name()));
    fs::read(&module).map_err(BuildError::reading(module))
}

/// Does the same with the compiler alone.
fn compile(
    project: &Project,
    zig: &Tool,
    bindings: &Bindings,
    scratch: &Path,
) -> Result<Vec<u8>, BuildError> {
    let folder = project.folder();
    let objects = empty_folder(&scratch.join("objects"))?;
    let compiler = Compiler::of_zig(zig.clone(), Language::C);
    let imported = translate(project, zig, bindings)?;
    let object = objects.join("main.o");
    zig.run_in(folder)
        .args(["build-obj", "-target", TARGET, "-O", "ReleaseSmall"])
        .args(["-fstrip", "-lc", "--dep", "c"])
        .arg(format!("-Mroot={ROOT}"))
        .arg(format!("-Mc={imported}"))
        .arg("--cache-dir")
        .arg(scratch.join("zig-cache"))
        .arg(format!("-femit-bin={}", object.display()))
        .run_and_pass_on()?;
    let module = scratch.join("module.wasm");
    compiler
        .link(folder)
        .arg(bindings.compile(&compiler, folder, &objects)?)
        .arg(object)
        .arg(bindings.types())
        .arg("-o")
        .arg(&module)
        .run_and_pass_on()?;
    fs::read(&module).map_err(BuildError::reading(module))
}

/// Translates the headers to Zig, beside the bindings, where editors find them; the path is relative to the project.
fn translate(project: &Project, zig: &Tool, bindings: &Bindings) -> Result<String, BuildError> {
    let text = zig
        .run_in(project.folder())
        .args(["translate-c", "-target", TARGET, "-lc"])
        .args(bindings.flags())
        .arg(HEADER)
        .read()?;
    write_changed(bindings.folder(), [(TRANSLATED, text.as_bytes())])?;
    Ok(bindings.path(TRANSLATED))
}
