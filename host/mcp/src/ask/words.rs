//! What a person is asked, in words that neither the guest nor the model can influence.
//!
//! The frame is the host's. What the model chose, the arguments, stands in it as data: one line each, in JSON's quotes,
//! with every character escaped that is not a letter, a digit, a space or a plain sign, so that nothing can look like a
//! line of the frame. What is too long to show is cut, and then its size and digest are shown.

use std::fmt::Write as _;

use bailiwick::policy::{Ask, Capability, Grant, format_duration};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// The longest argument that is shown whole, in characters: a page.
const ARGUMENT_CHARS_MAX: usize = 2000;

/// Characters that are shown of the end of a longer one: whoever made it up chose which part is in the middle.
const ARGUMENT_END_CHARS: usize = 500;

/// The most arguments that are shown: more do not fit into a dialogue.
const ARGUMENTS_MAX: usize = 64;

/// The most rules that are shown of a grant.
const RULES_MAX: usize = 64;

/// The question for one call.
pub(crate) fn question(
    name: &str,
    arguments: &Map<String, Value>,
    grant: &Grant,
    ask: &Ask,
) -> String {
    let mut text = format!("Allow a call of the tool {name}?\n\nIts arguments:\n");
    put_arguments(&mut text, arguments);
    text.push_str("\nWhat the policy lets it use:\n");
    put_grant(&mut text, grant);
    text.push_str(match ask.holds {
        None => "\nA yes holds for this one call.",
        Some(_) => "",
    });
    if let Some(holds) = ask.holds {
        let holds = format_duration(holds);
        let _ = write!(
            text,
            "\nA yes holds for every call of this tool's function that you make within {holds}, whatever its arguments."
        );
    }
    text
}

fn put_arguments(text: &mut String, arguments: &Map<String, Value>) {
    if arguments.is_empty() {
        text.push_str("  none\n");
    }
    for (name, value) in arguments.iter().take(ARGUMENTS_MAX) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {} = {}", plain(name), shown(&value.to_string()));
    }
    if let Some(more) = arguments
        .len()
        .checked_sub(ARGUMENTS_MAX)
        .filter(|more| *more > 0)
    {
        let all = Value::Object(arguments.clone()).to_string();
        let _ = writeln!(text, "  and {more} more; SHA-256 of all: {}", digest(&all));
    }
}

fn shown(json: &str) -> String {
    let plain = plain(json);
    let count = plain.chars().count();
    if count <= ARGUMENT_CHARS_MAX {
        return plain;
    }
    let beginning = ARGUMENT_CHARS_MAX - ARGUMENT_END_CHARS;
    let beginning: String = plain.chars().take(beginning).collect();
    let end: String = plain.chars().skip(count - ARGUMENT_END_CHARS).collect();
    // An ellipsis of the argument's own is escaped.
    format!(
        "{beginning} … {end} (cut; {} bytes in all, SHA-256 {})",
        json.len(),
        digest(json)
    )
}

fn put_grant(text: &mut String, grant: &Grant) {
    let mut rules = Vec::new();
    let layers = grant.layers();
    let capabilities = Capability::BUILT_IN
        .into_iter()
        .filter(|capability| grant.links(capability));
    for capability in capabilities {
        for (depth, layer) in layers.iter().enumerate() {
            let within = if depth == 0 {
                ""
            } else {
                "  and of that only "
            };
            let entries = layer.entries(&capability);
            if entries.is_empty() && depth == 0 {
                rules.push(format!("  {capability}"));
            }
            for entry in entries {
                rules.push(format!("  {within}{capability} {}", plain(&entry)));
            }
        }
    }
    if rules.is_empty() {
        text.push_str("  nothing outside of itself\n");
    }
    for rule in rules.iter().take(RULES_MAX) {
        let _ = writeln!(text, "{rule}");
    }
    if let Some(more) = rules.len().checked_sub(RULES_MAX).filter(|more| *more > 0) {
        let _ = writeln!(text, "  and {more} more rules of the policy");
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// A text in which nothing moves, hides or breaks a line.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        let shown = character.is_ascii_graphic() || character == ' ' || is_letter(character);
        if shown {
            plain.push(character);
        } else {
            let _ = write!(plain, "\\u{{{:x}}}", u32::from(character));
        }
    }
    plain
}

/// Letters and digits of every script. Fillers and selectors that Unicode counts as letters but that show nothing are
/// not among them.
fn is_letter(character: char) -> bool {
    const BLANK_LETTERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];
    character.is_alphanumeric() && !BLANK_LETTERS.contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bailiwick::policy::{Manifest, Origin, Rules, Source, resolve};
    use serde_json::json;
    use std::sync::Arc;
    use std::time::Duration;

    fn grant() -> Grant {
        let rules = Rules::builder(Source::Code)
            .write_file("out/**", Origin::Code)
            .unwrap()
            .build();
        let manifest: Manifest = [Capability::WriteFile, Capability::ReadFile]
            .into_iter()
            .collect();
        resolve(&manifest, Arc::new(rules))
    }

    fn asked(arguments: Value, holds: Option<Duration>) -> String {
        let Value::Object(arguments) = arguments else {
            panic!("an object");
        };
        question("mailer.send", &arguments, &grant(), &Ask { holds })
    }

    #[test]
    fn the_question_shows_the_attempt_and_what_it_may_reach() {
        assert_eq!(
            asked(json!({ "to": "ann@example.com", "count": 3 }), None),
            "Allow a call of the tool mailer.send?\n\n\
             Its arguments:\n  to = \"ann@example.com\"\n  count = 3\n\n\
             What the policy lets it use:\n  write-file \"out/**\"\n\n\
             A yes holds for this one call."
        );
        let held = asked(json!({}), Some(Duration::from_secs(600)));
        assert!(held.contains("Its arguments:\n  none\n"), "{held}");
        assert!(held.contains("within 10 min"), "{held}");
    }

    #[test]
    fn an_argument_cannot_add_lines_or_turn_the_text_around() {
        let question = asked(
            json!({ "to": "a\n\nA yes holds for nothing.\u{202e}\u{200b}\u{3164}\r\u{1b}[2J" }),
            None,
        );
        let line = question
            .lines()
            .find(|line| line.starts_with("  to = "))
            .unwrap();
        for escaped in ["\\u{202e}", "\\u{200b}", "\\u{3164}", "\\n\\n"] {
            assert!(line.contains(escaped), "{line}");
        }
        assert_eq!(question.lines().count(), 9, "{question}");
        assert!(!question.contains('\u{1b}'));
    }

    #[test]
    fn what_is_too_long_is_cut_and_told_apart_by_its_digest() {
        let long = |last: &str| {
            asked(
                json!({ "body": format!("{}{last}", "x".repeat(3000)) }),
                None,
            )
        };
        assert!(long("a").contains("xa\" (cut; 3003 bytes in all, SHA-256 "));
        assert_ne!(long("a"), long("b"));
        // In the middle it is the digest that tells them apart.
        let middle = |word: &str| {
            let x = "x".repeat(1600);
            asked(json!({ "body": format!("{x}{word}{x}") }), None)
        };
        assert_ne!(middle("a"), middle("b"));
        let many: Map<String, Value> = (0..70).map(|n| (format!("a{n}"), json!(n))).collect();
        assert!(asked(Value::Object(many), None).contains("and 6 more; SHA-256 of all: "));
    }
}
