//! Characters that let a definition say something else than it shows.

use bailiwick::audit::is_deceptive;
use serde_json::Value;

use super::LockError;
use crate::set::Definition;

/// Refuses definitions with a character that nobody sees, or that makes a text look like another: controls other than
/// line feed and tab, directional marks and overrides, zero widths, tags, variation selectors, interlinear marks.
///
/// The reader of a component's section refuses some of them; this holds for all of a definition, wherever it comes from.
///
/// # Errors
/// [`LockError::Deceptive`], with the first such character and where it stands.
pub fn refuse_deceptive(tool: &str, definitions: &[Definition]) -> Result<(), LockError> {
    for definition in definitions {
        in_text(tool, &definition.name, &definition.name, "name")?;
        // A definition is JSON by its type.
        let value = serde_json::to_value(&definition.tool).unwrap_or_default();
        in_value(tool, &definition.name, &value, &mut Vec::new())?;
    }
    Ok(())
}

/// The same for one definition as JSON.
pub(super) fn in_value<'v>(
    tool: &str,
    definition: &str,
    value: &'v Value,
    place: &mut Vec<&'v str>,
) -> Result<(), LockError> {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        Value::String(text) => in_text(tool, definition, text, &place.join(".")),
        Value::Array(values) => values
            .iter()
            .try_for_each(|value| in_value(tool, definition, value, place)),
        Value::Object(members) => members.iter().try_for_each(|(key, value)| {
            in_text(tool, definition, key, &place.join("."))?;
            place.push(key);
            let result = in_value(tool, definition, value, place);
            place.pop();
            result
        }),
    }
}

fn in_text(tool: &str, definition: &str, text: &str, place: &str) -> Result<(), LockError> {
    let foreign = |character: &char| is_deceptive(*character) && !matches!(character, '\n' | '\t');
    match text.chars().find(foreign) {
        None => Ok(()),
        Some(found) => Err(LockError::Deceptive {
            tool: tool.to_owned(),
            definition: definition.to_owned(),
            place: place.to_owned(),
            found,
        }),
    }
}

/// Words of a text whose letters come from scripts that do not belong together (a Cyrillic `а` in `pаypal`), with the
/// letters that are not ASCII as code points. They may be honest; whoever approves should know.
pub fn mixed_scripts(text: &str) -> Vec<String> {
    use unicode_security::MixedScript as _;
    let mut words: Vec<String> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_ascii() && !word.is_single_script())
        .map(spelled_out)
        .collect();
    words.dedup();
    words
}

fn spelled_out(word: &str) -> String {
    word.chars()
        .map(|letter| match letter.is_ascii() {
            true => letter.to_string(),
            false => letter.escape_unicode().to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_two_scripts_are_spelled_out() {
        assert_eq!(mixed_scripts("ask p\u{430}ypal for it"), ["p\\u{430}ypal"]);
        for honest in [
            "naïve café",
            "счёт и отчёт",
            "東京タワー",
            "βeta".trim_start_matches('β'),
        ] {
            assert!(mixed_scripts(honest).is_empty(), "{honest}");
        }
    }
}
