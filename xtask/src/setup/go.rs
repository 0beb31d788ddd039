//! A Go module proxy of files, with the one module that generated Go code imports: `go.bytecodealliance.org/pkg`.
//!
//! Its source is part of the crate wit-bindgen-go, which generates that code, so the tests of Go need no network and always
//! have the version that fits. The layout is that of the module proxy protocol, which `GOPROXY=file://…` reads as it is:
//!
//! ```text
//! go-proxy/go.bytecodealliance.org/pkg/@v/list            the versions
//! go-proxy/go.bytecodealliance.org/pkg/@v/VERSION.info    when it was made
//! go-proxy/go.bytecodealliance.org/pkg/@v/VERSION.mod     its go.mod
//! go-proxy/go.bytecodealliance.org/pkg/@v/VERSION.zip     its files, each below MODULE@VERSION/
//! ```

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::files::remove_if_there;
use crate::progress::read;
use crate::workspace::Workspace;

const MODULE: &str = "go.bytecodealliance.org/pkg";

/// The crate that has the module's source in `src/pkg`.
const CRATE: &str = "wit-bindgen-go";

/// The proxy protocol wants a time for each version, and nothing looks at it.
const TIME: &str = "2026-01-01T00:00:00Z";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
}

/// Lays the proxy out below the toolchains' folder and returns its own folder.
pub(super) fn proxy(workspace: &Workspace, toolchains: &Path) -> Result<PathBuf> {
    let source = source(workspace)?;
    let version = version(&source)?;
    let proxy = toolchains.join("go-proxy");
    let versions = proxy.join(MODULE).join("@v");
    let zip = versions.join(format!("{version}.zip"));
    if zip.is_file() {
        return Ok(proxy);
    }
    remove_if_there(&proxy)?;
    fs::create_dir_all(&versions)
        .with_context(|| format!("cannot make `{}`", versions.display()))?;
    let module = source.join("src/pkg");
    fs::copy(
        module.join("go.mod"),
        versions.join(format!("{version}.mod")),
    )?;
    let about = serde_json::json!({ "Version": version, "Time": TIME });
    fs::write(versions.join(format!("{version}.info")), about.to_string())?;
    fs::write(versions.join("list"), format!("{version}\n"))?;
    // The archive comes last and in one step: where it is, everything is.
    let unfinished = versions.join("unfinished");
    write_zip(&unfinished, &module, &format!("{MODULE}@{version}"))?;
    fs::rename(&unfinished, &zip)?;
    Ok(proxy)
}

/// The folder of the crate as cargo unpacked it.
fn source(workspace: &Workspace) -> Result<PathBuf> {
    let json = read(
        workspace
            .cargo()
            .args(["metadata", "--format-version=1", "--locked"]),
    )?;
    let metadata: Metadata =
        serde_json::from_str(&json).context("cannot read what `cargo metadata` printed")?;
    metadata
        .packages
        .into_iter()
        .find(|package| package.name == CRATE)
        .and_then(|package| package.manifest_path.parent().map(Path::to_owned))
        .with_context(|| format!("the workspace does not depend on {CRATE}"))
}

/// The version of the module that the generated code asks for: the crate has it in its source alone.
fn version(source: &Path) -> Result<String> {
    let path = source.join("src/lib.rs");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    text.split_once("REMOTE_PKG_VERSION: &str = \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(version, _)| version.to_owned())
        .with_context(|| format!("`{}` does not say which {MODULE} it needs", path.display()))
}

fn write_zip(path: &Path, module: &Path, prefix: &str) -> Result<()> {
    let mut files = Vec::new();
    collect(module, &mut files)?;
    files.sort();
    let mut archive = ZipWriter::new(File::create(path)?);
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for file in files {
        let name = file
            .strip_prefix(module)?
            .to_string_lossy()
            .replace('\\', "/");
        archive.start_file(format!("{prefix}/{name}"), stored)?;
        archive.write_all(&fs::read(&file)?)?;
    }
    archive.finish()?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        match path.is_dir() {
            true => collect(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_has_every_file_below_the_module_and_its_version() {
        let folder = tempfile::tempdir().unwrap();
        let module = folder.path().join("pkg");
        fs::create_dir_all(module.join("wit/types")).unwrap();
        fs::write(module.join("go.mod"), "module m\n").unwrap();
        fs::write(module.join("wit/types/unit.go"), "package wit_types\n").unwrap();
        let archive = folder.path().join("v1.zip");
        write_zip(&archive, &module, "m@v1").unwrap();
        let archive = zip::ZipArchive::new(File::open(archive).unwrap()).unwrap();
        let names = archive.file_names().collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!(names, ["m@v1/go.mod", "m@v1/wit/types/unit.go"]);
    }

    #[test]
    fn the_version_is_the_one_that_the_generator_names() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        let text = "const REMOTE_PKG_VERSION: &str = \"v0.2.2\";\n";
        fs::write(folder.path().join("src/lib.rs"), text).unwrap();
        assert_eq!(version(folder.path()).unwrap(), "v0.2.2");
    }
}
