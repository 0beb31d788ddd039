//! The name that somebody probably meant.

/// The candidate that is most like the word, unless none is.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let close = |candidate: &str| distance(word, candidate) <= 2.max(word.len() / 3);
    candidates
        .into_iter()
        .filter(|candidate| close(candidate) || (word.len() > 1 && candidate.starts_with(word)))
        .min_by_key(|candidate| distance(word, candidate))
}

/// How many characters have to be changed, added or taken away to make the one of the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut costs: Vec<usize> = (0..=to.len()).collect();
    for (row, left) in from.chars().enumerate() {
        let mut diagonal = row;
        let mut before = row + 1;
        for (cost, right) in costs.iter_mut().skip(1).zip(&to) {
            let changed = diagonal + usize::from(left != *right);
            diagonal = *cost;
            before = changed.min(*cost + 1).min(before + 1);
            *cost = before;
        }
        if let Some(first) = costs.first_mut() {
            *first = row + 1;
        }
    }
    costs.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_has_to_be_changed() {
        for (from, to, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("go", "go", 0),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn names_what_is_like_the_word_and_nothing_else() {
        let names = ["rust", "rust-cargo-component", "python", "typescript"];
        assert_eq!(nearest("rsut", names), Some("rust"));
        assert_eq!(nearest("pyhton", names), Some("python"));
        assert_eq!(nearest("type", names), Some("typescript"));
        assert_eq!(nearest("fortran77", names), None);
    }
}
