//! Secrets in texts that can be written in many ways: with escapes, as URLs, JSON and HTML have them, for whichever characters their writer
//! chose; and as base64 or hexadecimal digits with line breaks, spaces or colons in between, as mail and dumps have them.
//!
//! What is read is decoded on the way and compared with the secret's bytes, so that no list of spellings has to be complete. What could be an
//! escape could also mean itself: each step tries both. The attacker is also who sends the bytes: most places are settled by one or two of them,
//! so that looking costs what is looked at.

use super::patterns::{Form, spread, written};

/// Bytes between two characters of base64 or of hexadecimal digits that are passed over: a line break and an indentation.
const BETWEEN_MAX: usize = 16;

/// The longest escape of a character: `&#x0000026;`.
const ESCAPE_BYTES_MAX: usize = 11;

/// What escapes begin with.
const ESCAPES: [u8; 3] = *b"%\\&";

/// What stands at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// The longest whole secret: in so many bytes, and whose.
    pub(super) whole: Option<(usize, usize)>,
    /// Whether one, perhaps a longer one, begins, and then the bytes end.
    pub(super) begun: bool,
}

/// What stands at a place, of one form.
enum Here {
    Nothing,
    /// All of it, in so many bytes.
    Whole(usize),
    /// Its beginning, and then the bytes end.
    Begun,
}

/// Looks for the secrets of one host.
#[derive(Default)]
pub(super) struct Loose {
    forms: Vec<Sought>,
    /// The forms by the byte with which they begin, in small letters: 256 of them, or none.
    by_first: Vec<Vec<usize>>,
}

struct Sought {
    form: Form,
    secret: usize,
    /// Whether bytes in between are passed over.
    spread: bool,
}

/// One way to read what comes next.
#[derive(Clone, Copy)]
enum Next {
    /// Its bytes, how many of them there are, and how many bytes it is written with.
    Is([u8; 4], usize, usize),
    /// The bytes end within it.
    Cut,
}

impl Standing {
    fn add(&mut self, here: Here, secret: usize) {
        match here {
            Here::Nothing => {}
            Here::Begun => self.begun = true,
            Here::Whole(length) => {
                if self.whole.is_none_or(|(known, _)| length > known) {
                    self.whole = Some((length, secret));
                }
            }
        }
    }
}

/// Whether a byte may be more than itself, or nothing.
fn is_open(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&' | b'+') || is_between(&[byte])
}

impl Loose {
    pub(super) fn add(&mut self, value: &[u8], secret: usize) {
        self.by_first.resize_with(256, Vec::new);
        let written = written(value).into_iter().map(|form| (form, false));
        let spread = spread(value).into_iter().map(|form| (form, true));
        for (form, spread) in written.chain(spread) {
            let first = form.first().map(|first| usize::from(*first));
            if let Some(places) = first.and_then(|first| self.by_first.get_mut(first)) {
                places.push(self.forms.len());
            }
            self.forms.push(Sought {
                form,
                secret,
                spread,
            });
        }
    }

    /// What stands at the beginning of these bytes; `last`: nothing comes behind them.
    pub(super) fn at(&self, bytes: &[u8], last: bool) -> Standing {
        let mut standing = Standing::default();
        let Some(first) = bytes.first().copied() else {
            return standing;
        };
        if self.forms.is_empty() {
            return standing;
        }
        if !ESCAPES.contains(&first) && first != b'+' {
            let second = bytes.get(1).map(u8::to_ascii_lowercase);
            for place in self
                .by_first
                .get(usize::from(first.to_ascii_lowercase()))
                .into_iter()
                .flatten()
            {
                let Some(sought) = self.forms.get(*place) else {
                    continue;
                };
                // One comparison instead of a walk, where it decides.
                if second
                    .is_some_and(|second| sought.form.get(1) != Some(&second) && !is_open(second))
                {
                    continue;
                }
                standing.add(sought.at(bytes, last), sought.secret);
            }
            return standing;
        }
        let mut tried = [None; 4];
        let ways = readings(bytes, last);
        let plus = (first == b'+').then_some(b' ');
        let firsts = ways.iter().flatten().map(|way| match way {
            Next::Is([first, ..], _, _) => Some(first.to_ascii_lowercase()),
            Next::Cut => None,
        });
        for (at, first) in firsts.chain(plus.map(Some)).enumerate() {
            let Some(first) = first else {
                standing.begun = true;
                continue;
            };
            if tried.contains(&Some(first)) {
                continue;
            }
            if let Some(slot) = tried.get_mut(at) {
                *slot = Some(first);
            }
            for place in self.by_first.get(usize::from(first)).into_iter().flatten() {
                let Some(sought) = self.forms.get(*place) else {
                    continue;
                };
                standing.add(sought.at(bytes, last), sought.secret);
            }
        }
        standing
    }
}

impl Sought {
    fn at(&self, bytes: &[u8], last: bool) -> Here {
        let (mut rest, mut missing) = (bytes, self.form.as_slice());
        let mut between = 0;
        'next: while !missing.is_empty() {
            let Some(first) = rest.first().copied() else {
                return Here::Begun;
            };
            if !self.spread && first == b'+' && missing.first() == Some(&b' ') {
                rest = rest.get(1..).unwrap_or_default();
                missing = missing.get(1..).unwrap_or_default();
                continue;
            }
            let mut passed = None;
            let mut cut = false;
            for way in readings(rest, last).into_iter().flatten() {
                let Next::Is(character, length, written) = way else {
                    cut = true;
                    continue;
                };
                let character = character.get(..length).unwrap_or_default();
                let here = missing.get(..length).unwrap_or_default();
                if here.eq_ignore_ascii_case(character) && !cut {
                    rest = rest.get(written..).unwrap_or_default();
                    missing = missing.get(length..).unwrap_or_default();
                    between = 0;
                    continue 'next;
                }
                if is_between(character) {
                    passed = passed.or(Some(written));
                }
            }
            if cut {
                return Here::Begun;
            }
            let begun = missing.len() < self.form.len();
            let Some(written) = passed.filter(|_| self.spread && begun && between < BETWEEN_MAX)
            else {
                return Here::Nothing;
            };
            rest = rest.get(written..).unwrap_or_default();
            between += 1;
        }
        Here::Whole(bytes.len() - rest.len())
    }
}

/// The ways to read what comes next, the likeliest first: as an escape (one of a byte's value can mean the byte or the character), and as itself.
fn readings(bytes: &[u8], last: bool) -> [Option<Next>; 3] {
    let first = bytes.first().copied().unwrap_or_default();
    let itself = Some(byte(first, 1));
    let escape = match first {
        b'%' => percent(bytes),
        b'\\' => backslash(bytes),
        b'&' => entity(bytes),
        _ => return [itself, None, None],
    };
    let escape = escape.filter(|next| !(last && matches!(next, Next::Cut)));
    // `\xc3`: a byte to C and Python, a character to JavaScript.
    let as_byte = match (escape, bytes) {
        (Some(Next::Is(_, 2.., 4)), [b'\\', b'x' | b'X', high, low, ..]) => digit(*high)
            .zip(digit(*low))
            .map(|(high, low)| byte(high << 4 | low, 4)),
        _ => None,
    };
    [escape, as_byte, itself]
}

fn is_between(character: &[u8]) -> bool {
    matches!(character, b"\r" | b"\n" | b"\t" | b" " | b":")
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
    match kind.to_ascii_lowercase() {
        b'n' => Some(byte(b'\n', 2)),
        b'r' => Some(byte(b'\r', 2)),
        b't' => Some(byte(b'\t', 2)),
        b'/' | b'"' | b'\'' | b'\\' => Some(byte(*kind, 2)),
        b'x' => number(bytes, 2, 2, None),
        b'u' if bytes.get(2) == Some(&b'{') => number(bytes, 3, 6, Some(b'}')),
        b'u' => surrogates(bytes).unwrap_or_else(|| number(bytes, 2, 4, None)),
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

/// `\ud83d\ude00`: the two halves of one character. None where it does not begin so.
fn surrogates(bytes: &[u8]) -> Option<Option<Next>> {
    let half = |at: usize| -> Option<Option<u32>> {
        // The outer none: the bytes end.
        let mut code = 0;
        for at in at..at + 4 {
            match bytes.get(at).copied().map(digit) {
                None => return None,
                Some(None) => return Some(None),
                Some(Some(value)) => code = code << 4 | u32::from(value),
            }
        }
        Some(Some(code))
    };
    let high = half(2)??;
    if !(0xd800..0xdc00).contains(&high) {
        return None;
    }
    match (bytes.get(6), bytes.get(7).map(u8::to_ascii_lowercase)) {
        (Some(b'\\'), Some(b'u')) => {}
        (None, _) | (Some(b'\\'), None) => return Some(Some(Next::Cut)),
        _ => return None,
    }
    Some(match half(8) {
        None => Some(Next::Cut),
        Some(Some(low)) if (0xdc00..0xe000).contains(&low) => {
            character(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), 12)
        }
        Some(_) => None,
    })
}
