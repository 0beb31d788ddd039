//! Plays every page for authors, and the first tool of the README, as a stranger would: each in an empty folder.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bailiwick_tests::{guests, page};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One page at a time: compilers take all cores, and what they make is compiled once more within the minute of
    // `compile-time`, which a large component needs most of in a development build.
    arguments.test_threads.get_or_insert(1);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/authors");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    let trials = pages.into_iter().map(trial).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(path: PathBuf) -> Trial {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let quick = std::env::var_os("BAILIWICK_QUICK").is_some();
    let left_out = needs(&path).any(|language| guests::is_left_out(&language));
    Trial::test(format!("the_page_{name}_does_what_it_says"), move || {
        let page = std::fs::read_to_string(&path)?;
        let folder = tempfile::tempdir()?;
        page::play(&page, folder.path(), &search_path()?).map_err(Failed::from)
    })
    // `--quick` sets up no languages.
    .with_ignored_flag(quick || left_out)
}

/// The languages of the projects that a page makes.
fn needs(path: &Path) -> impl Iterator<Item = String> {
    let page = std::fs::read_to_string(path).unwrap();
    let languages: Vec<String> = page
        .split("--lang ")
        .skip(1)
        .filter_map(|after| Some(after.split_whitespace().next()?.to_owned()))
        .collect();
    languages.into_iter()
}

/// The toolchains that `cargo xtask test` set up, behind the command itself.
fn search_path() -> Result<OsString, Failed> {
    let toolchains = std::env::var_os("BAILIWICK_TOOLCHAINS").ok_or(
        "BAILIWICK_TOOLCHAINS names no toolchains: run `cargo xtask test`, which sets them up",
    )?;
    let command =
        PathBuf::from(std::env::var_os("BAILIWICK_COMMAND").ok_or("no BAILIWICK_COMMAND")?);
    let folder = command.parent().unwrap().to_owned();
    let folders = std::iter::once(folder).chain(std::env::split_paths(&toolchains));
    Ok(std::env::join_paths(folders)?)
}
