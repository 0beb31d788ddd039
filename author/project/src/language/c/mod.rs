//! C and C++: bindings from the world, then every source below `src`, by whichever compiler for WebAssembly is here.
//!
//! The flags of `compile_flags.txt`, which clangd reads too, are the author's; the target, the optimisation and the kind of
//! output are fixed. The bindings are compiled without warnings: nobody can do anything about those.

mod bindings;
mod compiler;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

pub(super) use bindings::Bindings;
pub(super) use compiler::Compiler;

use super::{Built, Driver, Language};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Search, Tool};

/// The driver of C.
pub(super) struct C;

/// The driver of C++.
pub(super) struct Cpp;

/// The author's flags, one a line.
const FLAGS: &str = "compile_flags.txt";

/// What every object is compiled with: tools are small, and their start is paid for by each call.
pub(super) const OPTIMISATION: &str = "-Os";

impl Driver for C {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![Compiler::find(search, Language::C)?.into_tool()])
    }

    fn build(&self, project: &Project, scratch: &Path) -> Result<Built, BuildError> {
        build(project, scratch, Language::C)
    }
}

impl Driver for Cpp {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![Compiler::find(search, Language::Cpp)?.into_tool()])
    }

    fn build(&self, project: &Project, scratch: &Path) -> Result<Built, BuildError> {
        build(project, scratch, Language::Cpp)
    }
}

fn build(project: &Project, scratch: &Path, language: Language) -> Result<Built, BuildError> {
    let compiler = Compiler::find(&project.search(), language)?;
    let bindings = Bindings::write(project, language)?;
    let sources = sources::find(project.folder(), language)?;
    let flags = flags(project.folder())?;
    let objects = empty_folder(&scratch.join("objects"))?;
    let mut linked = vec![bindings.compile(&compiler, project.folder(), &objects)?];
    for (number, source) in sources.iter().enumerate() {
        let object = objects.join(format!("{number:04}-{}.o", source.stem()));
        compiler
            .compile(project.folder(), source.dialect)
            .args(flags.iter().filter(|flag| source.dialect.accepts(flag)))
            .args(bindings.flags().iter().filter(|flag| !flags.contains(flag)))
            .arg(&source.path)
            .arg("-o")
            .arg(&object)
            .run_and_pass_on()?;
        linked.push(object);
    }
    linked.push(bindings.types());
    let module = scratch.join("module.wasm");
    compiler
        .link(project.folder())
        .args(&linked)
        .arg("-o")
        .arg(&module)
        .run_and_pass_on()?;
    let module = fs::read(&module).map_err(BuildError::reading(module))?;
    Ok(Built::Module(module))
}

fn flags(folder: &Path) -> Result<Vec<String>, BuildError> {
    let path = folder.join(FLAGS);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(&path).map_err(BuildError::reading(path))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(str::to_owned).collect())
}

/// A folder with nothing in it from the build before: a source that is gone must not be linked.
pub(super) fn empty_folder(folder: &Path) -> Result<PathBuf, BuildError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(BuildError::writing(folder))?;
    }
    fs::create_dir_all(folder).map_err(BuildError::writing(folder))?;
    Ok(folder.to_owned())
}
