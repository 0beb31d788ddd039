//! Taking away what need not ship: names and debugging information, which are most of some modules.
//!
//! No custom section has a meaning for what a component does. Two kinds stay: `producers`, a few words about who made it,
//! and `metadata.code.…`, by which engines compile better.

use wasm_encoder::{Component, ComponentSectionId, Encode as _, Module};
use wasmparser::{BinaryReaderError, Encoding, Parser, Payload};

/// The component, and all modules and components in it, without other custom sections.
pub(super) fn strip(component: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut output = Vec::new();
    let mut around = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload?;
        match &payload {
            Payload::Version { encoding, .. } => output.extend_from_slice(header(*encoding)),
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                around.push(std::mem::take(&mut output));
                continue;
            }
            Payload::End(_) => {
                let Some(outer) = around.pop() else { break };
                output = nested(outer, &output);
            }
            Payload::CustomSection(section) if !stays(section.name()) => continue,
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            output.push(id);
            component.get(range).unwrap_or_default().encode(&mut output);
        }
    }
    Ok(output)
}

fn stays(name: &str) -> bool {
    name == "producers" || name.starts_with("metadata.code.")
}

fn header(encoding: Encoding) -> &'static [u8] {
    match encoding {
        Encoding::Module => &Module::HEADER,
        Encoding::Component => &Component::HEADER,
    }
}

fn nested(mut outer: Vec<u8>, inner: &[u8]) -> Vec<u8> {
    let id = match inner.starts_with(&Component::HEADER) {
        true => ComponentSectionId::Component,
        false => ComponentSectionId::CoreModule,
    };
    outer.push(id as u8);
    inner.encode(&mut outer);
    outer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom_sections(component: &[u8]) -> Vec<String> {
        Parser::new(0)
            .parse_all(component)
            .filter_map(|payload| match payload.unwrap() {
                Payload::CustomSection(section) => Some(section.name().to_owned()),
                _ => None,
            })
            .collect()
    }

    const NESTED: &str = r#"(component $named
        (core module $inner
            (@custom ".debug_info" "debug")
            (@custom "metadata.code.hint" (before code) "hint")
            (@custom "producers" "\00")
            (func $function (export "f") (result i32) i32.const 7)
            (data "some data"))
        (component $component (@custom "anything" "x") (core module $deep (func $g)))
        (core instance $i (instantiate $inner))
        (func (export "f") (result u32) (canon lift (core func $i "f"))))"#;

    #[test]
    fn only_what_means_something_stays_at_every_depth() {
        let component = wat::parse_str(NESTED).unwrap();
        assert!(custom_sections(&component).len() > 5);
        let stripped = strip(&component).unwrap();
        assert_eq!(
            custom_sections(&stripped),
            ["metadata.code.hint", "producers"]
        );
        wasmparser::validate(&stripped).unwrap();
    }

    #[test]
    fn nothing_else_changes() {
        let component = wat::parse_str(NESTED).unwrap();
        let stripped = strip(&component).unwrap();
        assert_eq!(strip(&stripped).unwrap(), stripped);
        assert!(stripped.windows(9).any(|bytes| bytes == b"some data"));
        let without = wat::parse_str("(component)").unwrap();
        assert_eq!(strip(&without).unwrap(), Component::HEADER);
    }

    #[test]
    fn what_is_no_component_is_an_error() {
        assert!(strip(b"").is_err());
        assert!(strip(b"\0asm\x0d\0\x01\0\x01\xff").is_err());
    }
}
