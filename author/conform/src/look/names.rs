//! Names and descriptions: short, plain, and what they look like.

use bailiwick::Tool;
use bailiwick::audit::is_deceptive;
use bailiwick::section::{SECTION_NAME, VERSION};
use bailiwick::value::{Shape, Signature};
use serde_json::Value;
use unicode_security::MixedScript as _;
use wasmparser::{Parser, Payload};

use super::found;
use crate::kit::Kit;
use crate::report::Ledger;
use crate::rule::Rule;

/// Characters of a name or of a description: a screen of text, and more than an agent reads of one function.
const CHARACTERS_MAX: usize = 1_024;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Name,
    /// Several lines, in which lines end and columns are set.
    Description,
}

/// The names and texts in the component's section. It is read as it is: what a host would refuse is to be shown.
pub(super) fn section(kit: &Kit, component: &[u8], ledger: &mut Ledger) {
    for payload in Parser::new(0).parse_all(component) {
        let Ok(Payload::CustomSection(section)) = payload else {
            continue;
        };
        if section.name() == SECTION_NAME
            && let Some((&VERSION, json)) = section.data().split_first()
            && let Ok(value) = serde_json::from_slice::<Value>(json)
        {
            walk(kit, &value, "", Kind::Description, ledger);
        }
    }
}

/// Keys are names, and so is what stands in these fields; other texts are descriptions.
const NAME_FIELDS: [&str; 3] = ["exports", "world", "capability"];

fn walk(kit: &Kit, value: &Value, place: &str, kind: Kind, ledger: &mut Ledger) {
    match value {
        Value::String(text) => check(kit, text, kind, &format!("of `{place}`"), ledger),
        Value::Array(values) => values
            .iter()
            .for_each(|value| walk(kit, value, place, kind, ledger)),
        Value::Object(fields) => {
            for (name, value) in fields {
                check(kit, name, Kind::Name, "in the component's section", ledger);
                let kind = if NAME_FIELDS.contains(&name.as_str()) {
                    Kind::Name
                } else {
                    kind
                };
                let place = if place.is_empty() {
                    name.clone()
                } else {
                    format!("{place}.{name}")
                };
                walk(kit, value, &place, kind, ledger);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The names in the functions' types.
pub(crate) fn signatures(kit: &Kit, tool: &Tool, ledger: &mut Ledger) {
    let before = ledger.has(Rule::NameText);
    for function in tool.functions() {
        let mut names = vec![function.name().to_owned()];
        if let Ok(signature) = function.signature() {
            collect(signature, &mut names);
        }
        names.sort_unstable();
        names.dedup();
        // What the section already shows is not shown again.
        for name in names.iter().filter(|_| !before) {
            check(
                kit,
                name,
                Kind::Name,
                &format!("in `{}`", shown(function.name())),
                ledger,
            );
        }
    }
}

fn collect(signature: &Signature, names: &mut Vec<String>) {
    for (name, shape) in signature.params().iter() {
        names.push(name.to_owned());
        collect_shape(shape, names);
    }
    signature
        .result()
        .into_iter()
        .for_each(|shape| collect_shape(shape, names));
}

fn collect_shape(shape: &Shape, names: &mut Vec<String>) {
    match shape {
        Shape::Record(fields) => fields.iter().for_each(|(name, shape)| {
            names.push(name.to_owned());
            collect_shape(shape, names);
        }),
        Shape::Variant(cases) => cases.iter().for_each(|(name, payload)| {
            names.push(name.to_owned());
            payload.iter().for_each(|shape| collect_shape(shape, names));
        }),
        Shape::Enum(words) | Shape::Flags(words) => names.extend(words.names().map(str::to_owned)),
        Shape::List(part) | Shape::FixedList(part, _) | Shape::Option(part) => {
            collect_shape(part, names)
        }
        Shape::Map(key, part) => [key, part]
            .into_iter()
            .for_each(|part| collect_shape(part, names)),
        Shape::Tuple(parts) => parts.iter().for_each(|part| collect_shape(part, names)),
        Shape::Result(ok, err) => {
            [ok, err]
                .into_iter()
                .flatten()
                .for_each(|part| collect_shape(part, names));
        }
        Shape::Bool | Shape::Integer(_) | Shape::Float(_) | Shape::Char => {}
        Shape::String | Shape::Bytes | Shape::Handle(_) => {}
    }
}

fn check(kit: &Kit, text: &str, kind: Kind, place: &str, ledger: &mut Ledger) {
    ledger.check(Rule::NameText);
    if let Some(fault) = fault(text, kind) {
        let noun = match kind {
            Kind::Name => "name",
            Kind::Description => "description",
        };
        let what = format!("the {noun} \"{}\" {} {fault}", shown(text), shown(place));
        ledger.find(found(kit, Rule::NameText, what));
    }
}

/// What is wrong with a text.
fn fault(text: &str, kind: Kind) -> Option<String> {
    let characters = text.chars().count();
    if characters > CHARACTERS_MAX {
        return Some(format!(
            "has {characters} characters, and may have {CHARACTERS_MAX}"
        ));
    }
    let harmless = |character: char| kind == Kind::Description && matches!(character, '\n' | '\t');
    let deceptive = text
        .chars()
        .find(|character| is_deceptive(*character) && !harmless(*character));
    if let Some(character) = deceptive {
        let code = u32::from(character);
        return Some(format!(
            "holds U+{code:04X}, which controls, turns around or hides text"
        ));
    }
    let words = text.split(|character: char| !character.is_alphanumeric());
    let mixed = words.into_iter().find(|word| !word.is_single_script())?;
    Some(format!("mixes scripts in the word \"{mixed}\""))
}

/// The beginning of a text, fit to be shown.
fn shown(text: &str) -> String {
    const SHOWN_MAX: usize = 60;
    let visible = bailiwick::audit::visible(text);
    if visible.chars().count() <= SHOWN_MAX {
        return visible.into_owned();
    }
    let beginning: String = visible.chars().take(SHOWN_MAX).collect();
    format!("{beginning}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_at_both_edges_of_every_demand() {
        for (text, kind, wrong) in [
            ("count-lines".to_owned(), Kind::Name, None),
            ("n".repeat(1_024), Kind::Name, None),
            ("n".repeat(1_025), Kind::Name, Some("1025 characters")),
            (
                "Grüße, 世界 🦀\n\tλ-calculus, Москва".to_owned(),
                Kind::Description,
                None,
            ),
            (
                "ひらがなとカタカナと漢字".to_owned(),
                Kind::Description,
                None,
            ),
            ("two\nlines".to_owned(), Kind::Name, Some("U+000A")),
            ("a\u{1b}[2J".to_owned(), Kind::Description, Some("U+001B")),
            ("a\u{202e}b".to_owned(), Kind::Description, Some("U+202E")),
            ("a\u{200b}b".to_owned(), Kind::Description, Some("U+200B")),
            ("a\u{ad}b".to_owned(), Kind::Description, Some("U+00AD")),
            // The second letter is Cyrillic.
            (
                "pаypal".to_owned(),
                Kind::Description,
                Some("mixes scripts"),
            ),
        ] {
            let fault = fault(&text, kind);
            match wrong {
                None => assert_eq!(fault, None, "{text:?}"),
                Some(part) => assert!(fault.unwrap().contains(part), "{text:?}"),
            }
        }
    }
}
