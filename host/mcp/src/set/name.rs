//! What agents call a function: the tool's name in the policy, and the function's where there are several.

use std::collections::BTreeSet;

use bailiwick::{Function, Tool};
use sha2::{Digest as _, Sha256};

/// The longest name. MCP: tool names "SHOULD be between 1 and 128 characters in length".
const NAME_CHARS_MAX: usize = 128;

/// The functions of a tool that can be called, each with its name, in the order of the tool's exports.
pub fn names(tool: &Tool) -> Vec<(String, &Function)> {
    let functions: Vec<&Function> = tool
        .functions()
        .iter()
        .filter(|function| function.signature().is_ok())
        .collect();
    if let [only] = functions.as_slice() {
        return vec![(bounded(tool.name().to_owned()), only)];
    }
    let ends = ends(&functions);
    ends.into_iter()
        .zip(functions)
        .map(|(end, function)| (bounded(format!("{}.{end}", tool.name())), function))
        .collect()
}

/// The shortest ends of the functions' full names that tell them all apart.
fn ends(functions: &[&Function]) -> Vec<String> {
    let mut ends = Vec::new();
    for parts in 1..=PARTS {
        ends = functions
            .iter()
            .map(|function| end(function.interface(), function.item(), parts))
            .collect();
        let different: BTreeSet<&String> = ends.iter().collect();
        if different.len() == ends.len() {
            break;
        }
    }
    ends
}

/// Function, interface, package, namespace and version.
const PARTS: usize = 5;

/// The last parts of `acme:csv/report@0.1.0` and `summarise`: `summarise`, `report.summarise`, `csv.report.summarise` …
fn end(interface: Option<&str>, item: &str, parts: usize) -> String {
    let interface = interface.unwrap_or_default();
    let (path, version) = interface.split_once('@').unwrap_or((interface, ""));
    let mut words: Vec<&str> = path
        .split([':', '/'])
        .filter(|word| !word.is_empty())
        .collect();
    words.push(item);
    let kept = words.len().saturating_sub(parts);
    let mut name = words.split_off(kept).join(".");
    if parts == PARTS && !version.is_empty() {
        name.push('-');
        name.push_str(version);
    }
    name.chars().map(plain).collect()
}

/// MCP: names hold letters, digits, `_`, `-` and `.`.
fn plain(character: char) -> char {
    if character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.') {
        character
    } else {
        '_'
    }
}

/// A name that is too long is cut, with a digest of the whole in place of its end.
fn bounded(name: String) -> String {
    if name.len() <= NAME_CHARS_MAX {
        return name;
    }
    let digest: String = Sha256::digest(&name)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let kept: String = name
        .chars()
        .take(NAME_CHARS_MAX - digest.len() - 1)
        .collect();
    format!("{kept}-{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_grows_by_one_word_at_a_time() {
        let interface = Some("acme:csv/report@0.1.0");
        let grown: Vec<String> = (1..=5)
            .map(|parts| end(interface, "summarise", parts))
            .collect();
        assert_eq!(
            grown,
            [
                "summarise",
                "report.summarise",
                "csv.report.summarise",
                "acme.csv.report.summarise",
                "acme.csv.report.summarise-0.1.0",
            ]
        );
        assert_eq!(end(None, "count", 5), "count");
    }

    #[test]
    fn a_long_name_is_cut_and_stays_different_from_others_with_its_beginning() {
        let names: Vec<String> = ["a", "b"]
            .map(|last| bounded(format!("{}{last}", "x".repeat(200))))
            .into();
        assert!(names.iter().all(|name| name.len() == NAME_CHARS_MAX));
        assert_ne!(names[0], names[1]);
        assert_eq!(bounded("x".repeat(128)).len(), 128);
    }
}
