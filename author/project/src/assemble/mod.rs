//! From a project to the component that ships: what the toolchain built, made a component, stripped, held against the world
//! that it declares, described, and put in place in one step.

mod encode;
mod output;
mod strip;

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_section::Section;
use bailiwick_wit::{Comparison, Declared, Difference, compare, contract};
use sha2::{Digest as _, Sha256};

use crate::error::BuildError;
use crate::language::Built;
use crate::project::Project;

/// The folder in a project for what builds keep.
const SCRATCH: &str = "target/bailiwick";

/// What was built.
#[derive(Clone, Debug)]
pub struct Report {
    /// Where the component is.
    pub component: PathBuf,
    /// Its size in bytes.
    pub bytes: usize,
    /// Its SHA-256, in hexadecimal digits: what `sha256` in a policy pins.
    pub sha256: String,
    /// The interfaces that it imports, without the floor.
    pub imports: Vec<String>,
    /// The interfaces of WASI that the language's runtime brings along: a host has a floor for them, with nothing behind it.
    pub floor: Vec<String>,
    /// The functions that can be called.
    pub functions: Vec<String>,
    /// Exports that the toolchain adds, which nobody can call.
    pub not_callable: Vec<String>,
    /// Capabilities that it asks for without saying why.
    pub unexplained: Vec<String>,
}

/// Builds a project and writes its component.
///
/// The file at `output` is replaced in one step, and only by a component that is what its world says.
///
/// # Errors
/// [`BuildError`].
pub fn build(project: &Project, output: &Path) -> Result<Report, BuildError> {
    let declared = project.declared()?;
    let section = declared.section(project.asks());
    let section = section.map_err(|source| BuildError::Section(Box::new(source)))?;
    let component = encode::encode(run_toolchain(project)?, &declared)?;
    let component = strip::strip(&component).map_err(|source| BuildError::Encode(source.into()))?;
    let comparison = held_against(&declared, &component)?;
    let component = section.append_to(component);
    let component = component.map_err(|source| BuildError::Section(Box::new(source)))?;
    let report = report(output, &component, comparison, &section);
    output::replace(output, &component)?;
    Ok(report)
}

fn run_toolchain(project: &Project) -> Result<Built, BuildError> {
    let scratch = project.folder().join(SCRATCH);
    fs::create_dir_all(&scratch).map_err(BuildError::writing(&scratch))?;
    project.language().driver().build(project, &scratch)
}

fn held_against(declared: &Declared, component: &[u8]) -> Result<Comparison, BuildError> {
    let comparison = compare(declared, component);
    let comparison = comparison.map_err(|source| BuildError::Encode(source.into()))?;
    let broken: Vec<Difference> = comparison.broken().cloned().collect();
    if broken.is_empty() {
        return Ok(comparison);
    }
    Err(BuildError::NotItsWorld {
        world: declared.id(),
        differences: broken,
    })
}

fn report(output: &Path, component: &[u8], comparison: Comparison, section: &Section) -> Report {
    let Comparison {
        mut imports,
        wasi: floor,
        exports,
        differences,
        ..
    } = comparison;
    imports.retain(|import| !floor.contains(import));
    let not_callable = differences.iter().filter_map(extra_export).collect();
    let functions = exports
        .into_iter()
        .filter(|export| section.exports.contains(export.as_str()))
        .collect();
    Report {
        component: output.to_owned(),
        bytes: component.len(),
        sha256: hexadecimal(&Sha256::digest(component)),
        unexplained: unexplained(&imports, section),
        imports,
        floor,
        functions,
        not_callable,
    }
}

fn extra_export(difference: &Difference) -> Option<String> {
    match difference {
        Difference::ExtraExport { export } => Some(export.clone()),
        _ => None,
    }
}

fn unexplained(imports: &[String], section: &Section) -> Vec<String> {
    imports
        .iter()
        .filter_map(|import| contract::capability(import))
        .map(|capability| capability.key().to_owned())
        .filter(|key| {
            section
                .asks
                .iter()
                .all(|ask| ask.capability.as_str() != key)
        })
        .collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
