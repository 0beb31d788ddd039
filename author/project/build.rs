//! Lists the templates and the SDKs, so that the command carries them: `bailiwick new` needs no other file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const SDKS: [&str; 5] = ["rust", "python", "javascript", "c", "go"];

/// What lies beside an SDK's sources: results of builds, and tests and checks that do not run without the
/// repository.
const LEFT_OUT: [&str; 11] = [
    "__pycache__",
    "build",
    "check.mjs",
    "check.py",
    "check.sh",
    "dist",
    "node_modules",
    "package-lock.json",
    "target",
    "test",
    "tests",
];

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut list = String::new();
    let templates = here.join("templates");
    append(
        &mut list,
        "TEMPLATES",
        &files(&templates, &|_| true)?,
        &templates,
    );
    for sdk in SDKS {
        let folder = here.join("../../sdk").join(sdk);
        let name = format!("SDK_{}", sdk.to_uppercase());
        append(&mut list, &name, &files(&folder, &ships)?, &folder);
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("embedded.rs"), list)
}

fn ships(name: &str) -> bool {
    !name.starts_with('.') && !name.ends_with(".egg-info") && !LEFT_OUT.contains(&name)
}

/// All files below a folder, sorted, and the folders told to cargo, so that a new file is seen.
fn files(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !wanted(&entry.file_name().to_string_lossy()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path(), wanted)?);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn append(list: &mut String, name: &str, files: &[PathBuf], folder: &Path) {
    let _ = writeln!(list, "pub(crate) static {name}: &[File] = &[");
    for file in files {
        let relative = file.strip_prefix(folder).unwrap_or(file);
        let relative = relative.to_string_lossy().replace('\\', "/");
        let _ = writeln!(
            list,
            "    File {{ path: {relative:?}, bytes: include_bytes!({:?}) }},",
            file.display().to_string()
        );
    }
    list.push_str("];\n");
}
