//! What this host makes of a path: everything that some host somewhere has made of one.

use std::path::{Path, PathBuf};

/// The places that a path may mean, the plainest first. The first that can be opened is opened.
pub(crate) fn meanings(root: &Path, path: &str) -> Vec<PathBuf> {
    let mut meanings = vec![path.to_owned()];
    let readings: [fn(&str) -> String; 15] = [
        |path| path.trim_end_matches('/').to_owned(),
        |path| path.split('\0').next().unwrap_or_default().to_owned(),
        |path| path.lines().last().unwrap_or_default().to_owned(),
        |path| path.replace('\\', "/"),
        decoded,
        |path| decoded(&decoded(path)),
        |path| without_parameters(path),
        |path| wide_to_narrow(path),
        |path| path.trim_start_matches("file://").to_owned(),
        |path| {
            path.trim_start_matches("//?/")
                .trim_start_matches("\\\\?\\")
                .to_owned()
        },
        |path| {
            path.split_once(':')
                .map_or(path, |(_, rest)| rest)
                .to_owned()
        },
        |path| path.split("::").next().unwrap_or_default().to_owned(),
        expanded,
        |path| {
            path.split('/')
                .map(|part| {
                    if part == ".." {
                        part
                    } else {
                        part.trim_end_matches([' ', '.'])
                    }
                })
                .collect::<Vec<_>>()
                .join("/")
        },
        |path| path.replace(['\u{200b}', '\u{ad}', '\u{feff}'], ""),
    ];
    meanings.extend(readings.iter().map(|read| read(path)));
    meanings.push(composed(path));
    let mut places: Vec<PathBuf> = meanings.iter().map(|meaning| root.join(meaning)).collect();
    places.push(whatever_case(root, path));
    places.retain(|place| !place.as_os_str().as_encoded_bytes().contains(&0));
    places
}

/// `%2e` is a dot.
pub(crate) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten();
        let code = code.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn without_parameters(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        part.split(';')
            .find(|part| !part.is_empty())
            .unwrap_or_default()
    });
    parts.collect::<Vec<_>>().join("/")
}

/// As a normalisation of compatibility has it.
pub(crate) fn wide_to_narrow(text: &str) -> String {
    let narrow = |character: char| match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        '\u{2460}'..='\u{2468}' => {
            char::from_u32(character as u32 - 0x2460 + 0x31).unwrap_or(character)
        }
        '\u{24d0}'..='\u{24e9}' => {
            char::from_u32(character as u32 - 0x24d0 + 0x61).unwrap_or(character)
        }
        '\u{3002}' | '\u{2024}' => '.',
        other => other,
    };
    text.replace('\u{2025}', "..").chars().map(narrow).collect()
}

fn composed(path: &str) -> String {
    path.replace("e\u{301}", "\u{e9}")
}

fn expanded(path: &str) -> String {
    let home = std::env::var("HOME").unwrap_or_default();
    path.replace("$HOME", &home)
        .replace("${HOME}", &home)
        .replace('~', &home)
}

/// As a file system has it to which capitals are the same.
fn whatever_case(root: &Path, path: &str) -> PathBuf {
    let mut place = root.to_owned();
    if path.len() > 4096 {
        return place;
    }
    for part in path.split('/') {
        let entries = std::fs::read_dir(&place).into_iter().flatten().flatten();
        let same = entries
            .map(|entry| entry.file_name())
            .find(|name| name.to_string_lossy().eq_ignore_ascii_case(part));
        place = place.join(same.unwrap_or_else(|| part.into()));
    }
    place
}
