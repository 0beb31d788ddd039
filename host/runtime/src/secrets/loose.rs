//! Secrets in texts that can be written in many ways: with escapes, as URLs, JSON and HTML have them, for whichever characters their writer
//! chose; and as base64 or hexadecimal digits with line breaks, spaces or colons in between, as mail and dumps have them.
//!
//! What is read is decoded on the way and compared with the secret's bytes, so that no list of spellings has to be complete. What an escape
//! could also be, a text that means itself, is found by the forms of [`super::patterns`].

use super::patterns::{Form, spread, written};

/// Bytes between two characters of base64 or of hexadecimal digits that are passed over: a line break and an indentation.
const BETWEEN_MAX: usize = 16;

/// The longest escape of a character: `&#x0000026;`.
const ESCAPE_BYTES_MAX: usize = 11;

/// What escapes begin with.
const ESCAPES: [u8; 3] = *b"%\\&";

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// No secret.
    Nothing,
    /// The whole of this one, in so many bytes.
    Whole(usize, usize),
    /// The beginning of one, and then the bytes end.
    Begun,
}

/// Looks for the secrets of one host.
pub(super) struct Loose {
    forms: Vec<Sought>,
    /// Bytes with which one of them may begin.
    first: [bool; 256],
}

struct Sought {
    form: Form,
    secret: usize,
    /// Whether bytes in between are passed over.
    spread: bool,
}

/// The next character of a text.
enum Next {
    /// Its bytes, how many of them there are, and how many bytes it is written with.
    Is([u8; 4], usize, usize),
    /// The bytes end within it.
    Cut,
}

impl Default for Loose {
    fn default() -> Self {
        Self {
            forms: Vec::new(),
            first: [false; 256],
        }
    }
}

impl Loose {
    pub(super) fn add(&mut self, value: &[u8], secret: usize) {
        let written = written(value).into_iter().map(|form| (form, false));
        let spread = spread(value).into_iter().map(|form| (form, true));
        for (form, spread) in written.chain(spread) {
            let begins = form.first().copied();
            let begins = begins.into_iter().chain(ESCAPES);
            for byte in begins {
                for byte in [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] {
                    if let Some(first) = self.first.get_mut(usize::from(byte)) {
                        *first = true;
                    }
                }
            }
            self.forms.push(Sought {
                form,
                secret,
                spread,
            });
        }
    }

    /// What stands at the beginning of these bytes: the longest, where there are several.
    pub(super) fn at(&self, bytes: &[u8]) -> Standing {
        let first = bytes
            .first()
            .and_then(|byte| self.first.get(usize::from(*byte)));
        if first != Some(&true) {
            return Standing::Nothing;
        }
        let mut standing = Standing::Nothing;
        for sought in &self.forms {
            standing = match (sought.at(bytes), standing) {
                (Standing::Whole(length, secret), Standing::Whole(known, _)) if length > known => {
                    Standing::Whole(length, secret)
                }
                (_, Standing::Whole(..)) | (Standing::Nothing, _) => standing,
                (found, _) => found,
            };
        }
        standing
    }
}

impl Sought {
    fn at(&self, bytes: &[u8]) -> Standing {
        let may_begin = bytes
            .first()
            .zip(self.form.first())
            .is_some_and(|(byte, first)| {
                byte.eq_ignore_ascii_case(first) || ESCAPES.contains(byte)
            });
        if !may_begin {
            return Standing::Nothing;
        }
        let (mut rest, mut missing) = (bytes, self.form.as_slice());
        let mut between = 0;
        while !missing.is_empty() {
            let Next::Is(character, length, written) = next(rest) else {
                return Standing::Begun;
            };
            rest = rest.get(written..).unwrap_or_default();
            let character = character.get(..length).unwrap_or_default();
            let here = missing.get(..length).unwrap_or_default();
            if here.eq_ignore_ascii_case(character) {
                missing = missing.get(length..).unwrap_or_default();
                between = 0;
                continue;
            }
            let begun = missing.len() < self.form.len();
            if !(self.spread && begun && is_between(character)) {
                return Standing::Nothing;
            }
            between += 1;
            if between > BETWEEN_MAX {
                return Standing::Nothing;
            }
        }
        Standing::Whole(bytes.len() - rest.len(), self.secret)
    }
}

fn is_between(character: &[u8]) -> bool {
    matches!(character, b"\r" | b"\n" | b"\t" | b" " | b":")
}

fn next(bytes: &[u8]) -> Next {
    let escape = match bytes.first() {
        None => return Next::Cut,
        Some(b'%') => percent(bytes),
        Some(b'\\') => backslash(bytes),
        Some(b'&') => entity(bytes),
        Some(_) => None,
    };
    // What is no escape means itself.
    escape.unwrap_or_else(|| byte(bytes.first().copied().unwrap_or_default(), 1))
}

fn byte(byte: u8, written: usize) -> Next {
    Next::Is([byte, 0, 0, 0], 1, written)
}

fn character(code: u32, written: usize) -> Option<Next> {
    let mut bytes = [0; 4];
    let length = char::from_u32(code)?.encode_utf8(&mut bytes).len();
    Some(Next::Is(bytes, length, written))
}

/// `%2f`, as URLs have it.
fn percent(bytes: &[u8]) -> Option<Next> {
    match (
        bytes.get(1).copied().map(digit),
        bytes.get(2).copied().map(digit),
    ) {
        (Some(Some(high)), Some(Some(low))) => Some(byte(high << 4 | low, 3)),
        (Some(Some(_)) | None, None) => Some(Next::Cut),
        (_, Some(_)) | (Some(None), None) => None,
    }
}

/// `\n`, `\/`, `\x2f`, `\u002f` and `\u{2f}`, as JSON and programs have them.
fn backslash(bytes: &[u8]) -> Option<Next> {
    let Some(kind) = bytes.get(1) else {
        return Some(Next::Cut);
    };
    match kind {
        b'n' => Some(byte(b'\n', 2)),
        b'r' => Some(byte(b'\r', 2)),
        b't' => Some(byte(b'\t', 2)),
        b'/' | b'"' | b'\'' | b'\\' => Some(byte(*kind, 2)),
        b'x' => number(bytes, 2, 2, None),
        b'u' if bytes.get(2) == Some(&b'{') => number(bytes, 3, 6, Some(b'}')),
        b'u' => number(bytes, 2, 4, None),
        _ => None,
    }
}

/// `&amp;`, `&#38;` and `&#x26;`, as HTML has them.
fn entity(bytes: &[u8]) -> Option<Next> {
    const NAMES: [(&[u8], u8); 5] = [
        (b"&amp;", b'&'),
        (b"&lt;", b'<'),
        (b"&gt;", b'>'),
        (b"&quot;", b'"'),
        (b"&apos;", b'\''),
    ];
    match (bytes.get(1), bytes.get(2)) {
        (Some(b'#'), Some(b'x' | b'X')) => number(bytes, 3, 7, Some(b';')),
        (Some(b'#'), Some(_)) => decimal(bytes),
        (Some(b'#') | None, None) => Some(Next::Cut),
        (_, _) => NAMES.iter().find_map(|(name, is)| {
            let here = bytes.get(..name.len().min(bytes.len()))?;
            let fits = name.get(..here.len())?.eq_ignore_ascii_case(here);
            fits.then(|| match here.len() == name.len() {
                true => byte(*is, name.len()),
                false => Next::Cut,
            })
        }),
    }
}

/// Hexadecimal digits from `start`: as many as `most`, or, where something ends them, up to that.
fn number(bytes: &[u8], start: usize, most: usize, end: Option<u8>) -> Option<Next> {
    let mut code = 0;
    for at in start..=start + most {
        let Some(here) = bytes.get(at).copied() else {
            return Some(Next::Cut);
        };
        match (digit(here), end) {
            (_, Some(end)) if here == end && at > start => return character(code, at + 1),
            (Some(value), _) if at < start + most => code = code << 4 | u32::from(value),
            _ => return None,
        }
        if end.is_none() && at + 1 == start + most {
            return character(code, at + 1);
        }
    }
    None
}

fn decimal(bytes: &[u8]) -> Option<Next> {
    let mut code = 0;
    for at in 2..ESCAPE_BYTES_MAX {
        match bytes.get(at).copied() {
            None => return Some(Next::Cut),
            Some(b';') if at > 2 => return character(code, at + 1),
            Some(digit @ b'0'..=b'9') => code = code * 10 + u32::from(digit - b'0'),
            Some(_) => return None,
        }
    }
    None
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}
