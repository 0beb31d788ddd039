//! The slow and obvious meaning of patterns, which the matchers are held against.

/// One character of a name in a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Any characters, or none.
    Any,
    /// This one.
    One(char),
}

/// What a pattern says between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Any number of names.
    Crossing,
    /// A name.
    Name(Vec<Piece>),
}

/// The parts of a path pattern, or of the path of a URL pattern, that was accepted.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    text.split('/').map(part).collect()
}

fn part(text: &str) -> Part {
    if text == "**" {
        return Part::Crossing;
    }
    let mut pieces = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        pieces.push(match character {
            '*' => Piece::Any,
            '\\' => Piece::One(characters.next().unwrap_or('\\')),
            other => Piece::One(other),
        });
    }
    Part::Name(pieces)
}

/// Whether a pattern covers a path: `**` at the end stands for one name or more, elsewhere for any number.
pub(crate) fn covers(pattern: &[Part], path: &[&str]) -> bool {
    match pattern {
        [] => path.is_empty(),
        [Part::Crossing] => !path.is_empty(),
        [Part::Crossing, rest @ ..] => (0..=path.len()).any(|skip| covers(rest, &path[skip..])),
        [Part::Name(pieces), rest @ ..] => {
            let Some((name, path)) = path.split_first() else {
                return false;
            };
            let name_fits = if pieces.contains(&Piece::Any) {
                !name.is_empty() && fits(pieces, name)
            } else {
                fits(pieces, name)
            };
            name_fits && covers(rest, path)
        }
    }
}

fn fits(pieces: &[Piece], name: &str) -> bool {
    match pieces {
        [] => name.is_empty(),
        [Piece::Any, rest @ ..] => name
            .char_indices()
            .map(|(place, _)| place)
            .chain([name.len()])
            .any(|place| fits(rest, &name[place..])),
        [Piece::One(one), rest @ ..] => {
            name.strip_prefix(*one).is_some_and(|name| fits(rest, name))
        }
    }
}

/// Whether a `!` pattern covers a path: what it names, and everything below.
pub(crate) fn denies(pattern: &[Part], path: &[&str]) -> bool {
    (1..=path.len()).any(|end| covers(pattern, &path[..end]))
}

/// Parts that make the model slow: it tries every way.
pub(crate) fn is_slow(text: &str) -> bool {
    text.matches('*').count() > 12
}
