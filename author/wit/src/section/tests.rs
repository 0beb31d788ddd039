//! Sections of small tools.

use std::error::Error;
use std::fs;

use bailiwick_section::{Name, Section};

use crate::Declared;

const TOOL: &str = r#"
/// The package.
package acme:tool@0.1.0;

/// What is counted.
interface count {
  use units.{unit};
  /// A result.
  record answer {
    /// How many.
    number: u64,
    unit: unit,
  }
  resource table {
    /// Rows of the table.
    rows: func() -> u64;
  }
  /// Counts.
  count: func(text: string) -> result<answer, string>;
  plain: func();
}

/// Units.
interface units {
  /// A unit.
  enum unit { /** Words. */ words, letters }
}

/// Nothing of it is exported.
interface unrelated {
  /// Nobody asks.
  ask: func();
}

/// Counts things.
world tool {
  import unrelated;
  export count;
  /// Says the version.
  export version: func() -> string;
}
"#;

fn describe_source(source: &str, asks: &[(&str, &str)]) -> Result<Section, Box<dyn Error>> {
    let wit = tempfile::tempdir().unwrap();
    fs::write(wit.path().join("tool.wit"), source).unwrap();
    let asks = asks
        .iter()
        .map(|(capability, why)| ((*capability).to_owned(), (*why).to_owned()))
        .collect();
    Ok(Declared::from_folder(wit.path(), None)?.section(&asks)?)
}

/// An error and what caused it, in one line.
fn chain(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

#[test]
fn lists_the_exports_of_the_declared_world() {
    let section = describe_source(TOOL, &[]).unwrap();
    let exports: Vec<&str> = section.exports.iter().map(Name::as_str).collect();
    let count = "acme:tool/count@0.1.0#";
    assert_eq!(
        exports,
        [
            format!("{count}[method]table.rows").as_str(),
            &format!("{count}count"),
            &format!("{count}plain"),
            "version"
        ]
    );
    assert_eq!(section.world.unwrap().as_str(), "acme:tool/tool@0.1.0");
}

#[test]
fn takes_the_documentation_of_exports_and_of_the_types_in_them() {
    let section = describe_source(TOOL, &[]).unwrap();
    let interfaces: Vec<&str> = section.docs.keys().map(Name::as_str).collect();
    assert_eq!(
        interfaces,
        [
            "acme:tool/count@0.1.0",
            "acme:tool/tool@0.1.0",
            "acme:tool/units@0.1.0"
        ]
    );

    let count = &section.docs["acme:tool/count@0.1.0"];
    assert_eq!(count.docs.as_str(), "What is counted.");
    assert_eq!(count.functions["count"].as_str(), "Counts.");
    assert_eq!(
        count.functions["[method]table.rows"].as_str(),
        "Rows of the table."
    );
    assert!(!count.functions.contains_key("plain"));
    assert_eq!(count.types["answer"].docs.as_str(), "A result.");
    assert_eq!(
        count.types["answer"].members["number"].as_str(),
        "How many."
    );
    assert_eq!(
        section.docs["acme:tool/units@0.1.0"].types["unit"].members["words"].as_str(),
        "Words."
    );
    assert_eq!(
        section.docs["acme:tool/tool@0.1.0"].functions["version"].as_str(),
        "Says the version."
    );
}

#[test]
fn carries_the_statement_of_needs() {
    let section = describe_source(TOOL, &[("read-file", "the table")]).unwrap();
    assert_eq!(section.asks[0].capability.as_str(), "read-file");
    assert_eq!(section.asks[0].why.as_str(), "the table");
}

#[test]
fn refuses_a_reason_that_steers_a_terminal() {
    let refused = describe_source(TOOL, &[("read-file", "\u{1b}[2J")]).unwrap_err();
    assert!(chain(&*refused).contains("U+001B"), "{refused}");
}

#[test]
fn says_what_is_wrong_with_wit_that_does_not_parse() {
    let refused = describe_source("package a:b;\nworld w { import nothing; }", &[]).unwrap_err();
    assert!(chain(&*refused).contains("nothing"), "{refused}");
}

#[test]
fn refuses_a_name_that_no_host_shows() {
    let long = "a".repeat(1_025);
    let source = format!("package a:b;\nworld w {{ export {long}: func(); }}");
    let refused = describe_source(&source, &[]).unwrap_err();
    assert!(chain(&*refused).contains("1025 characters"), "{refused}");
}

#[test]
fn resolves_against_our_own_packages() {
    let source = "package acme:tool;\nworld tool { include bailiwick:worlds/agent-tool@0.1.0; export run: func(); }";
    let section = describe_source(source, &[]).unwrap();
    let exports: Vec<&str> = section.exports.iter().map(Name::as_str).collect();
    assert_eq!(exports, ["run"]);
    assert!(section.asks.is_empty());
}
