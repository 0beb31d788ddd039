//! Templates: which files a project gets, and the words that are put into them.

use std::collections::BTreeSet;

use bailiwick_wit::contract;

use super::addition::Addition;
use super::bundle::{Bundle, Variant};
use super::embedded::{File, TEMPLATES, sdk};
use super::name::Name;
use super::{CreateError, Wanted};
use crate::language::Language;

/// What stands in the name of a template that tools would take for a file of ours: `Cargo.toml.template`.
const ENDING: &str = ".template";

/// A file of a new project.
pub(crate) struct Planned {
    /// Its path below the project's folder.
    pub(crate) path: String,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
}

/// All files of a new project.
pub(crate) fn plan(wanted: &Wanted) -> Result<Vec<Planned>, CreateError> {
    let words = Words::of(wanted);
    let mut planned = Vec::new();
    for file in TEMPLATES {
        if let Some(path) = place(file.path, wanted) {
            planned.push(words.filled(&path, file)?);
        }
    }
    for package in contract::PACKAGES {
        planned.push(Planned {
            path: format!("wit/deps/{}", package.path()),
            bytes: package.text.into(),
        });
    }
    planned.extend(
        sdk(wanted.language)
            .iter()
            .map(|file| vendored(wanted.language, file)),
    );
    Ok(planned)
}

fn vendored(language: Language, file: &File) -> Planned {
    Planned {
        path: format!("{}/{}", language.sdk_place(), file.path),
        bytes: file.bytes.to_vec(),
    }
}

/// Where a template goes in this project, if it is one of its.
fn place(path: &str, wanted: &Wanted) -> Option<String> {
    let (folder, rest) = path.split_once('/')?;
    if folder != "common" && folder != wanted.language.name() {
        return None;
    }
    let chosen = wanted.bundle.variant().folder();
    let path = match rest.split_once('/') {
        Some((variant, inner)) if variant == chosen => inner,
        Some((other, _)) if Variant::ALL.map(Variant::folder).contains(&other) => return None,
        _ => rest,
    };
    Some(path.strip_suffix(ENDING).unwrap_or(path).to_owned())
}

/// What each placeholder stands for.
struct Words(Vec<(&'static str, String)>);

impl Words {
    fn of(wanted: &Wanted) -> Self {
        let Wanted {
            name,
            namespace,
            language,
            bundle,
            additions,
        } = wanted;
        let variant = bundle.variant();
        Self(vec![
            ("name", name.to_string()),
            ("name_snake", name.snake()),
            ("NamePascal", name.pascal()),
            ("namespace", namespace.to_string()),
            ("namespace_snake", namespace.snake()),
            ("NamespacePascal", namespace.pascal()),
            ("world", bundle.name().to_owned()),
            ("imports", imports(bundle, additions)),
            ("language", language.title().to_owned()),
            ("function_comment", variant.comment().to_owned()),
            (
                "asks_toml",
                asks(variant, |key, why| format!("{key} = {why:?}"), "\n"),
            ),
            (
                "asks_json",
                asks(variant, |key, why| format!("{key:?}: {why:?}"), ", "),
            ),
            ("cargo_component_with", with_sdk(variant)),
            ("grants", grants(name, bundle, additions)),
            (
                "run",
                format!("{} --policy bailiwick.toml", variant.argument()),
            ),
        ])
    }

    fn filled(&self, path: &str, file: &File) -> Result<Planned, CreateError> {
        let bytes = match std::str::from_utf8(file.bytes) {
            Ok(text) => self.fill(text, file.path)?.into_bytes(),
            Err(_) => file.bytes.to_vec(),
        };
        let path = self.fill(path, file.path)?;
        Ok(Planned { path, bytes })
    }

    /// The text with every `{{word}}` replaced.
    fn fill(&self, text: &str, template: &str) -> Result<String, CreateError> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("{{") {
            filled.push_str(before);
            match behind.split_once("}}").filter(|(word, _)| is_word(word)) {
                Some((word, after)) => {
                    filled.push_str(self.meaning(word, template)?);
                    rest = after;
                }
                None => {
                    filled.push_str("{{");
                    rest = behind;
                }
            }
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn meaning(&self, word: &str, template: &str) -> Result<&str, CreateError> {
        let found = self.0.iter().find(|(known, _)| *known == word);
        found
            .map(|(_, meaning)| meaning.as_str())
            .ok_or_else(|| CreateError::Placeholder {
                template: template.to_owned(),
                word: word.to_owned(),
            })
    }
}

/// Braces are doubled in many languages; a placeholder has nothing but a word between them.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|character| character.is_ascii_alphabetic() || character == '_')
}

fn asks(variant: Variant, line: impl Fn(&str, &str) -> String, between: &str) -> String {
    let lines: Vec<String> = variant
        .asks()
        .iter()
        .map(|(key, why)| line(key, why))
        .collect();
    lines.join(between)
}

/// cargo-component generates its own types unless it is told that the SDK has them.
fn with_sdk(variant: Variant) -> String {
    let Some(module) = variant.sdk_module() else {
        return String::new();
    };
    format!(
        "\n[package.metadata.component.bindings.with]\n\
         \"bailiwick:{module}/types@0.1.0\" = \"bailiwick_sdk::{module}\"\n"
    )
}

/// The interfaces that the world has besides the bundle's, each once.
fn imports(bundle: &Bundle, additions: &[Addition]) -> String {
    let ids: BTreeSet<&str> = additions.iter().map(Addition::id).collect();
    let more = ids.into_iter().filter(|id| !bundle.imports(id));
    more.map(|id| format!("  import {id};\n")).collect()
}

/// The lines of the policy: what the sample uses is granted where the sample uses it, the rest of the world is there to be
/// filled in, and denies until then.
fn grants(name: &Name, bundle: &Bundle, additions: &[Addition]) -> String {
    let used = bundle.variant().asks().iter().map(|(key, _)| *key);
    let mut keys: Vec<&str> = used.collect();
    let added = additions.iter().filter_map(Addition::capability);
    for key in bundle.capabilities().into_iter().chain(added) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let lines: Vec<String> = keys
        .iter()
        .map(|key| grant(key, bundle.variant()))
        .collect();
    format!(
        "[tools.{name}]\ncomponent = \"{name}.wasm\"\n{}",
        lines.concat()
    )
}

fn grant(key: &str, variant: Variant) -> String {
    match key {
        // These are granted whole or not at all.
        "clock" | "random" | "key-value" => format!("{key} = true\n"),
        "http-get" if variant == Variant::Web => {
            "http-get = [\"https://example.com/**\"]\n".to_owned()
        }
        "read-file" => "read-file = [\"data/**\"]\n".to_owned(),
        _ => format!("{key} = []\n"),
    }
}

#[cfg(test)]
mod tests;
