//! Replays every seed, and every input that the fuzzer found to break something: each is a test of its own.

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_fuzz::TARGETS;
use libtest_mimic::{Arguments, Failed, Trial};

/// The folders below `fuzz/`, each with one folder a target.
const FOLDERS: [&str; 2] = ["seeds", "found"];

fn main() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut trials = Vec::new();
    for target in TARGETS {
        let mut inputs = Vec::new();
        for folder in FOLDERS {
            inputs.extend(files(&fuzz.join(folder).join(target.name)));
        }
        let name = format!("{}::has_seeds", target.name);
        let count = inputs.len();
        trials.push(Trial::test(name, move || {
            if count == 0 {
                return Err(Failed::from("a target without a seed begins with nothing"));
            }
            Ok(())
        }));
        for input in inputs {
            let stem = input
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let run = target.run;
            trials.push(Trial::test(format!("{}::{stem}", target.name), move || {
                run(&fs::read(&input)?);
                Ok(())
            }));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}
