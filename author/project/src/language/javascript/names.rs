//! WIT names as JavaScript has them.

/// `count-lines` as `countLines`.
pub(super) fn camel(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_lowercase();
    words.fold(first, |joined, word| joined + &capitalised(word))
}

/// A string as JavaScript writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + &characters.as_str().to_lowercase()
    })
}

#[cfg(test)]
mod tests {
    //! Names of every form that WIT permits.

    use super::*;

    #[test]
    fn joins_words_as_the_engines_do() {
        for (wit, javascript) in [
            ("read", "read"),
            ("count-lines", "countLines"),
            ("position-2d", "position2d"),
            ("parse-URL-quickly", "parseUrlQuickly"),
        ] {
            assert_eq!(camel(wit), javascript);
        }
    }
}
