//! Runs every case below `cases`, one test each, named by its sentence.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bailiwick_tests::case::Case;
use bailiwick_tests::runner;
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Somebody who may not come there has a copy.
    let folder = std::env::var_os("BAILIWICK_CASES").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"));
    let mut files = Vec::new();
    find(&folder, &mut files);
    files.sort();
    let trials = files.iter().map(|file| trial(&folder, file)).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
}

fn trial(folder: &Path, file: &Path) -> Trial {
    let name = file.strip_prefix(folder).unwrap().with_extension("");
    let name = name.display().to_string().replace('/', "::");
    let file = file.to_owned();
    Trial::test(name, move || {
        runner::run(&Case::read(&file));
        Ok(())
    })
}
