//! One segment of a pattern: a name, a name with `*` in it, or `**`.

use crate::rule::RuleError;

/// What a pattern says between two slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Exactly this name.
    Literal(Box<str>),
    /// A name with `*` in it.
    Wildcard(Wildcard),
    /// `**`: any number of names.
    Crossing,
}

/// Text between the `*`s of a segment; `*` alone is two empty texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wildcard {
    first: Box<str>,
    middle: Vec<Box<str>>,
    last: Box<str>,
}

impl Segment {
    /// Reads a segment: `\` takes the meaning from the character behind it, which no path can hold otherwise.
    pub(crate) fn parse(text: &str) -> Result<Segment, RuleError> {
        if text == "**" {
            return Ok(Segment::Crossing);
        }
        let mut parts = split_at_stars(text)?;
        let last = parts.pop().unwrap_or_default();
        if parts.is_empty() {
            return Ok(Segment::Literal(last.into()));
        }
        let mut parts = parts.into_iter().map(Box::from);
        let first = parts.next().unwrap_or_default();
        let middle = parts.collect();
        Ok(Segment::Wildcard(Wildcard {
            first,
            middle,
            last: last.into(),
        }))
    }

    /// Replaces the literal texts, as the URL patterns do to normalise them.
    pub(crate) fn map_texts<E>(
        &self,
        map: impl Fn(&str) -> Result<String, E>,
    ) -> Result<Segment, E> {
        let map = |text: &str| map(text).map(Box::from);
        Ok(match self {
            Segment::Crossing => Segment::Crossing,
            Segment::Literal(text) => Segment::Literal(map(text)?),
            Segment::Wildcard(Wildcard {
                first,
                middle,
                last,
            }) => Segment::Wildcard(Wildcard {
                first: map(first)?,
                middle: middle
                    .iter()
                    .map(|text| map(text))
                    .collect::<Result<_, _>>()?,
                last: map(last)?,
            }),
        })
    }

    /// The text where there is no wildcard.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self {
            Segment::Literal(text) => Some(text),
            Segment::Wildcard(_) | Segment::Crossing => None,
        }
    }

    /// Whether the segment says nothing at all about the name: `*` or `**`.
    pub(crate) fn is_free(&self) -> bool {
        match self {
            Segment::Crossing => true,
            Segment::Literal(_) => false,
            Segment::Wildcard(Wildcard {
                first,
                middle,
                last,
            }) => first.is_empty() && last.is_empty() && middle.is_empty(),
        }
    }
}

impl Wildcard {
    /// Whether the segment is of this form. An empty segment (behind a trailing slash of a URL) is of none.
    pub(crate) fn covers(&self, segment: &str) -> bool {
        let Some(rest) = segment.strip_prefix(&*self.first) else {
            return false;
        };
        let Some(mut rest) = rest.strip_suffix(&*self.last) else {
            return false;
        };
        for part in &self.middle {
            let Some(place) = rest.find(&**part) else {
                return false;
            };
            rest = rest.get(place + part.len()..).unwrap_or_default();
        }
        !segment.is_empty()
    }
}

fn split_at_stars(text: &str) -> Result<Vec<String>, RuleError> {
    let mut parts = vec![String::new()];
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        let here = place..place + character.len_utf8();
        match character {
            '*' if text
                .get(place + 1..)
                .is_some_and(|rest| rest.starts_with('*')) =>
            {
                return Err(RuleError::new("pattern-stars", "`**` stands alone between slashes")
                    .hint("write `*` for a part of one name, `**` as a name of its own for any number of names")
                    .at(place..place + 2));
            }
            '*' => parts.push(String::new()),
            '\\' => match characters.next() {
                Some((_, escaped)) if ESCAPABLE.contains(escaped) => push(&mut parts, escaped),
                Some(_) | None => {
                    return Err(
                        RuleError::new("pattern-backslash", "a backslash is no separator")
                            .hint("write `/` between names; `\\*` stands for a `*` in a name")
                            .at(here),
                    );
                }
            },
            '?' | '[' | ']' | '{' | '}' => {
                return Err(RuleError::new("pattern-ambiguous", format!("`{character}` could be meant as a wildcard"))
                    .hint(format!("only `*` and `**` are wildcards; write `\\{character}`, in single quotes, for the character itself"))
                    .at(here));
            }
            other => push(&mut parts, other),
        }
    }
    Ok(parts)
}

/// What has a meaning in patterns, here or elsewhere.
const ESCAPABLE: &str = "*?[]{}!";

fn push(parts: &mut [String], character: char) {
    if let Some(part) = parts.last_mut() {
        part.push(character);
    }
}

/// The pattern that covers exactly this text, for remedies.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (place, character) in text.char_indices() {
        let special = match character {
            '!' => place == 0,
            other => ESCAPABLE.contains(other),
        };
        if special {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
