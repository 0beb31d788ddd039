//! Strings: what breaks tools, random ones, and smaller ones.

use super::Random;

/// Characters of a large string: sixteen times what most tools are tried with, and a sixty-fourth of the memory that a tool
/// has by default, so that a few copies of it fit.
const LARGE_CHARACTERS: usize = 1 << 20;

/// Characters of a text that stands in another value.
const LONG_CHARACTERS: usize = 100_000;

/// How deep a text nests that is meant for a parser: deeper than one that recurses can go in the stack that it has.
const NESTING: usize = 100_000;

/// Texts with an edge each. The empty one is left to [`super::edge::simplest`].
const EDGES: [&str; 37] = [
    // Nothing to see, and what a parser of lines or of words may stumble over.
    " ",
    "a",
    "\n",
    "\r\n",
    "a\nb",
    "a\nb\n",
    "\t",
    "\0",
    "a\0b",
    "\u{1b}[31m",
    "\u{7f}",
    // What is written in two ways, grows when its case changes, or is many code points and one character.
    "é",
    "e\u{301}",
    "İıßŉ",
    "ﬃ",
    "🦀",
    "👩‍👩‍👧‍👦",
    "\u{301}",
    // Right to left, and what turns a line around.
    "مرحبا",
    "\u{202e}abc\u{202c}",
    "\u{feff}a",
    "\u{200b}",
    // Next to what no text may hold: the surrogates, and what lies past the last code point.
    "\u{d7ff}",
    "\u{e000}",
    "\u{fffd}",
    "\u{ffff}",
    "\u{10ffff}",
    // Numbers, and what other formats take for something else.
    "0",
    "-1",
    "1e999",
    "NaN",
    "18446744073709551616",
    "null",
    "\"\\",
    "{}",
    "a,b;c\td",
    "%00%s${x}{0}",
];

/// Texts that name things: malformed paths, paths and addresses that lead out, and the ones that the fake has.
const NAMES: [&str; 9] = [
    ".",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "a//b",
    "https://conform.example/",
    "https://conform.example/empty",
    "http://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
];

/// What a random string is made of: one of each kind, so that kinds meet.
const ALPHABET: [char; 24] = [
    'a',
    'b',
    'Z',
    '0',
    '9',
    ' ',
    '\n',
    '\r',
    '\t',
    '"',
    '\\',
    '/',
    '.',
    ',',
    '{',
    '[',
    '<',
    '\0',
    'é',
    '\u{301}',
    'ש',
    '漢',
    '🦀',
    '\u{10ffff}',
];

/// The edges, `paths` among them.
pub(super) fn edges(paths: &[&str]) -> Vec<String> {
    let small = EDGES.iter().chain(&NAMES).chain(paths);
    let combining = format!("e{}", "\u{301}".repeat(1_000));
    let small = small.map(|text| (*text).to_owned());
    small.chain([combining]).collect()
}

/// Texts that are large.
pub(super) fn large() -> Vec<String> {
    vec![
        "a".repeat(LARGE_CHARACTERS),
        "🦀".repeat(LARGE_CHARACTERS / 4),
        "a\n".repeat(LARGE_CHARACTERS / 2),
        "[".repeat(NESTING),
        "{\"a\":".repeat(NESTING),
        format!("{}{}", "[".repeat(NESTING), "]".repeat(NESTING)),
    ]
}

/// A text that is large for one of many: longer than a page of linear memory.
pub(super) fn long() -> String {
    "a".repeat(LONG_CHARACTERS)
}

/// Characters with an edge each.
pub(super) fn characters() -> [char; 12] {
    [
        'a',
        '\0',
        '\n',
        '"',
        '\u{7f}',
        'é',
        '\u{301}',
        '\u{202e}',
        '\u{d7ff}',
        '\u{e000}',
        '🦀',
        '\u{10ffff}',
    ]
}

/// A text of at most so many characters.
pub(super) fn random(random: &mut Random, characters_max: usize) -> String {
    let length = random.below(characters_max + 1);
    (0..length).map(|_| character(random)).collect()
}

/// A character: mostly one of the alphabet, sometimes any that there is.
pub(super) fn character(random: &mut Random) -> char {
    if random.once_in(8) {
        // Surrogates are no characters; what falls among them becomes the one before.
        let code = u32::try_from(random.below(0x11_0000)).unwrap_or(0);
        return char::from_u32(code).unwrap_or('\u{d7ff}');
    }
    random.pick(&ALPHABET).copied().unwrap_or('a')
}

/// Shorter texts, then plainer ones of the same length.
pub(super) fn smaller(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut smaller: Vec<String> = super::shrink::without_parts(&characters)
        .into_iter()
        .map(|rest| rest.into_iter().collect())
        .collect();
    smaller.extend(plainer(&characters));
    smaller
}

/// All characters plain at once, then one after the other, where that is not too much work.
fn plainer(characters: &[char]) -> Vec<String> {
    const ONE_BY_ONE_MAX: usize = 64;
    let all: String = "a".repeat(characters.len());
    if characters.iter().all(|character| *character == 'a') {
        return Vec::new();
    }
    let mut plainer = vec![all];
    if characters.len() <= ONE_BY_ONE_MAX {
        for (at, _) in characters
            .iter()
            .enumerate()
            .filter(|(_, character)| **character != 'a')
        {
            let one = characters.iter().enumerate();
            plainer.push(
                one.map(|(index, character)| if index == at { 'a' } else { *character })
                    .collect(),
            );
        }
    }
    plainer
}
