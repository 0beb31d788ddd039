//! The section read back, and what a hostile one gets.

use super::*;

fn name(name: &str) -> Name {
    Name::try_from(name).unwrap()
}

fn text(text: &str) -> Text {
    Text::try_from(text).unwrap()
}

fn sample() -> Section {
    let record = TypeDocs {
        docs: text("One line of the table."),
        members: BTreeMap::from([(
            name("amount"),
            text("In the currency's smallest unit.\n\tNever negative."),
        )]),
    };
    let interface = InterfaceDocs {
        docs: text("Reports – über Beträge."),
        functions: BTreeMap::from([(name("[method]table.sum"), text("Adds up."))]),
        types: BTreeMap::from([(name("line"), record)]),
    };
    Section {
        docs: BTreeMap::from([(name("acme:reports/csv@0.1.0"), interface)]),
        world: Some(name("acme:reports/tool@0.1.0")),
        asks: vec![Ask {
            capability: name("read-file"),
            why: text("the table"),
        }],
        exports: BTreeSet::from([name("acme:reports/csv@0.1.0#sum"), name("version")]),
    }
}

fn decode(json: &str) -> Result<Section, SectionError> {
    Section::decode(&[&[VERSION], json.as_bytes()].concat())
}

fn malformed(json: &str) -> String {
    match decode(json) {
        Err(SectionError::Malformed(source)) => source.to_string(),
        other => panic!("expected a malformed section, got {other:?}"),
    }
}

#[test]
fn reads_back_what_it_wrote() {
    assert_eq!(
        Section::decode(&sample().encode().unwrap()).unwrap(),
        sample()
    );
}

#[test]
fn looks_up_names_by_plain_strings() {
    let docs = sample().docs;
    assert_eq!(
        docs["acme:reports/csv@0.1.0"].functions["[method]table.sum"].as_str(),
        "Adds up."
    );
}

#[test]
fn appends_a_custom_section_with_its_name_and_size() {
    let section = sample();
    let component = section.append_to(b"\0asm".to_vec()).unwrap();
    let bytes = section.encode().unwrap();
    let size = 1 + SECTION_NAME.len() + bytes.len();
    assert_eq!(
        component[4..7],
        [0, (size & 0x7f) as u8 | 0x80, (size >> 7) as u8]
    );
    assert_eq!(component[7] as usize, SECTION_NAME.len());
    assert_eq!(
        component[8..8 + SECTION_NAME.len()],
        *SECTION_NAME.as_bytes()
    );
    assert_eq!(component[8 + SECTION_NAME.len()..], bytes);
}

#[test]
fn accepts_the_largest_section_and_refuses_one_byte_more() {
    let padding = |total: usize| {
        let json = r#"{"exports":[]}"#;
        format!("{json}{}", " ".repeat(total - 1 - json.len()))
    };
    assert!(decode(&padding(SECTION_BYTES_MAX)).is_ok());
    let refused = decode(&padding(SECTION_BYTES_MAX + 1));
    assert!(
        matches!(refused, Err(SectionError::TooLarge { bytes }) if bytes == SECTION_BYTES_MAX + 1)
    );
}

#[test]
fn does_not_write_a_section_that_it_would_not_read() {
    let why = text(&"x".repeat(SECTION_BYTES_MAX));
    let section = Section {
        asks: vec![Ask {
            capability: name("clock"),
            why,
        }],
        ..sample()
    };
    assert!(matches!(
        section.encode(),
        Err(SectionError::TooLarge { .. })
    ));
}

#[test]
fn refuses_no_bytes_and_other_versions() {
    assert!(matches!(Section::decode(&[]), Err(SectionError::Empty)));
    for found in [0, 2, b'{', 255] {
        let refused = Section::decode(&[found, b'{', b'}']);
        assert!(matches!(refused, Err(SectionError::Version { found: named }) if named == found));
    }
}

#[test]
fn refuses_what_is_not_of_the_documented_form() {
    assert!(malformed("").contains("EOF"));
    assert!(malformed("{}").contains("missing field `exports`"));
    assert!(
        malformed(r#"{"exports":[],"grants":["read-file"]}"#).contains("unknown field `grants`")
    );
    assert!(malformed(r#"{"exports":[]} x"#).contains("trailing"));
    assert!(
        malformed(r#"{"exports":[],"docs":{"a":{"docs":"x","types":{"t":{"fields":{}}}}}}"#)
            .contains("unknown field")
    );
    assert!(malformed(&format!(r#"{{"exports":{}"#, "[".repeat(200_000))).contains("invalid type"));
    let not_text = Section::decode(&[VERSION, b'"', 0xff, b'"']);
    assert!(matches!(not_text, Err(SectionError::Malformed(_))));
}

#[test]
fn refuses_names_at_both_edges() {
    let exports = |export: &str| {
        format!(
            r#"{{"exports":[{}]}}"#,
            serde_json::to_string(export).unwrap()
        )
    };
    assert!(decode(&exports(&"n".repeat(1_024))).is_ok());
    assert!(malformed(&exports(&"n".repeat(1_025))).contains("1025 characters"));
    assert!(malformed(&exports("")).contains("empty"));
    for hostile in ["a b", "a\u{1b}[31m", "a\n", "é", "a\u{202e}b", "\u{0}"] {
        assert!(
            malformed(&exports(hostile)).contains("a name contains U+"),
            "{hostile:?}"
        );
    }
}

#[test]
fn refuses_texts_that_steer_a_terminal_or_reorder_a_line() {
    for hostile in [
        '\u{0}', '\u{7}', '\u{8}', '\r', '\u{1b}', '\u{7f}', '\u{9b}', '\u{200f}', '\u{2028}',
        '\u{202e}', '\u{2066}',
    ] {
        assert_eq!(
            Text::try_from(format!("a{hostile}")),
            Err(TextError::Control { found: hostile })
        );
    }
    for harmless in [
        "",
        "\n\t",
        "Grüße, 世界 🦀",
        "a\u{200d}b",
        "\u{2027}",
        "\u{202f}",
        "\u{2065}",
    ] {
        assert!(Text::try_from(harmless).is_ok(), "{harmless:?}");
    }
}
