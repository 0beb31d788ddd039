//! The case files as data, for what is asked about all of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::run::Kind;

/// A call of a case file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The file's name, without its ending.
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) function: String,
}

/// The case files for a kind of language, sorted.
pub(crate) fn files(kind: Kind) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(super::run::folder().join("cases")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    if kind == Kind::Compiled {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("suites/conformance/compiled.toml");
        files.push(own);
    }
    files
}

/// Every call of every file for a kind of language, in order.
pub(crate) fn all(kind: Kind) -> Vec<Named> {
    files(kind).iter().flat_map(calls_of).collect()
}

fn calls_of(path: &PathBuf) -> Vec<Named> {
    let file = path.file_stem().unwrap().to_string_lossy().into_owned();
    let table = read(path);
    let calls = table["call"].as_array().unwrap();
    let word = |call: &Value, key: &str| call[key].as_str().unwrap().to_owned();
    calls
        .iter()
        .map(|call| Named {
            file: file.clone(),
            name: word(call, "name"),
            function: word(call, "function"),
        })
        .collect()
}

/// The errors that scenes have: `files denied`, `http limit redirects`, `clock other`.
pub(crate) fn errors_injected() -> BTreeSet<String> {
    let mut errors = BTreeSet::new();
    for path in files(Kind::Interpreted) {
        let table = read(&path);
        let mut add = |place: &str, entry: &Value| {
            if let Some(error) = entry.as_table().and_then(|entry| entry.get("error")) {
                errors.insert(format!("{place} {}", words(error)));
            }
        };
        for entry in table
            .get("files")
            .and_then(Value::as_table)
            .into_iter()
            .flat_map(Table::values)
        {
            add("files", entry);
        }
        for entry in table
            .get("http")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            add("http", entry);
        }
        for place in ["clock", "random"] {
            if let Some(entry) = table.get(place) {
                add(place, entry);
            }
        }
    }
    errors
}

fn words(error: &Value) -> String {
    match error {
        Value::Table(error) => {
            let (name, payload) = error.iter().next().unwrap();
            match name.as_str() {
                "limit" => format!("limit {}", payload.as_str().unwrap()),
                name => name.to_owned(),
            }
        }
        error => error.as_str().unwrap().to_owned(),
    }
}

fn read(path: &PathBuf) -> Table {
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}
