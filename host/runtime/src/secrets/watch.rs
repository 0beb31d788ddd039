//! Looks for secrets in bytes that pass: all forms of all secrets at once, also across the pieces of a stream.
//!
//! Four bytes at a place, without their case, are a number; a table of bits says for most places at once that no form begins so. What is left is compared byte by
//! byte; texts that can be written in many ways are read on the way ([`super::loose`]). The forms stand in memory that is overwritten when it is dropped, which is why no automaton of a library's does this: it would hold the secrets in its states.

use std::collections::HashMap;
use std::ops::Range;

use bailiwick_policy::Leak;
use zeroize::Zeroizing;

use super::Held;
use super::loose::{Loose, Standing};
use super::patterns::{Form, forms};

/// Bytes that decide whether a place is looked at. Every form is longer.
const HEAD_BYTES: usize = 4;

/// As many bytes are looked at again for each piece, however small it is.
const HELD_OFTEN: usize = 1024;

/// What stands in the place of each byte of a secret.
const MASK: u8 = b'*';

/// Looks for the secrets of one host.
#[derive(Default)]
pub(crate) struct Watch {
    names: Vec<(String, Leak)>,
    forms: Vec<(Form, usize)>,
    heads: Vec<u64>,
    by_head: HashMap<u16, Vec<usize>>,
    longest: usize,
    loose: Loose,
}

/// A secret that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its name.
    pub(crate) name: String,
    /// What the policy says is to happen.
    pub(crate) leak: Leak,
}

/// Where secrets stand in some bytes, in order, and whose.
struct Places {
    ranges: Vec<Range<usize>>,
    found: Vec<Found>,
    /// Where one may have begun whose rest is still to come.
    begun: Option<usize>,
    /// Places of which more bytes may say something else. All others are settled.
    open: Vec<usize>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Watch")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl Watch {
    pub(super) fn of(held: &[Held]) -> Self {
        let mut watch = Self::default();
        if held.is_empty() {
            return watch;
        }
        watch.heads = vec![0; 1 << 10];
        for (number, secret) in held.iter().enumerate() {
            let leak = secret.policy.leak();
            watch.names.push((secret.policy.name().to_owned(), leak));
            for form in forms(secret.value.expose()) {
                watch.add(form, number);
            }
            watch.loose.add(secret.value.expose(), number);
        }
        watch
    }

    fn add(&mut self, form: Form, secret: usize) {
        let Some(head) = form.first_chunk().map(|head| hash(*head)) else {
            return;
        };
        if let Some(bits) = self.heads.get_mut(usize::from(head >> 6)) {
            *bits |= 1 << (head & 63);
        }
        self.longest = self.longest.max(form.len());
        let place = self.forms.len();
        self.by_head.entry(head).or_default().push(place);
        self.forms.push((form, secret));
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// The first secret in these bytes.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<Found> {
        if self.is_empty() {
            return None;
        }
        let mut places = 0..bytes.len();
        places
            .find_map(|at| self.at(bytes, at, true).whole)
            .and_then(|(_, secret)| self.found(secret))
    }

    /// Overwrites every secret in these bytes, and says which were there.
    pub(crate) fn mask(&self, bytes: &mut [u8]) -> Vec<Found> {
        let Places { ranges, found, .. } = self.places(bytes, 0..bytes.len(), true);
        ranges.into_iter().for_each(|range| overwrite(bytes, range));
        found
    }

    fn places(&self, bytes: &[u8], among: impl Iterator<Item = usize>, last: bool) -> Places {
        let mut places = Places {
            ranges: Vec::new(),
            found: Vec::new(),
            begun: None,
            open: Vec::new(),
        };
        if self.is_empty() {
            return places;
        }
        for at in among {
            let standing = self.at(bytes, at, last);
            if standing.begun {
                places.begun.get_or_insert(at);
            }
            if !last
                && (standing.begun || standing.whole.is_some() || self.is_near_the_end(bytes, at))
            {
                places.open.push(at);
            }
            let Some((length, secret)) = standing.whole else {
                continue;
            };
            places.ranges.push(at..at + length);
            let found = self.found(secret);
            places
                .found
                .extend(found.filter(|found| !places.found.contains(found)));
        }
        places
    }

    fn found(&self, secret: usize) -> Option<Found> {
        let (name, leak) = self.names.get(secret)?;
        Some(Found {
            name: name.clone(),
            leak: *leak,
        })
    }

    fn may_begin(&self, head: &[u8]) -> bool {
        let head = head.first_chunk().map(|head| hash(*head));
        head.is_some_and(|head| {
            let bits = self.heads.get(usize::from(head >> 6));
            bits.is_some_and(|bits| bits >> (head & 63) & 1 == 1)
        })
    }

    /// What stands at a place: the longest, where there are several.
    fn at(&self, bytes: &[u8], at: usize, last: bool) -> Standing {
        let rest = bytes.get(at..).unwrap_or_default();
        let head = rest.get(..HEAD_BYTES);
        let plain = head.filter(|head| self.may_begin(head));
        let plain = plain.and_then(|_| self.longest_at(bytes, at));
        let loose = self.loose.at(rest, last);
        let whole = plain
            .into_iter()
            .chain(loose.whole)
            .max_by_key(|(length, _)| *length);
        Standing { whole, ..loose }
    }

    /// The longest form that stands at a place, and whose it is.
    fn longest_at(&self, bytes: &[u8], at: usize) -> Option<(usize, usize)> {
        let rest = bytes.get(at..)?;
        let head = hash(*rest.first_chunk()?);
        let forms = self.by_head.get(&head)?.iter();
        let standing = forms
            .filter_map(|place| self.forms.get(*place))
            .filter(|(form, _)| {
                rest.get(..form.len())
                    .is_some_and(|here| here.eq_ignore_ascii_case(form))
            });
        standing
            .map(|(form, secret)| (form.len(), *secret))
            .max_by_key(|(length, _)| *length)
    }

    /// Bytes at the end that could be the beginning of a secret whose rest is still to come.
    fn begun(&self, bytes: &[u8]) -> usize {
        let from = bytes.len().saturating_sub(self.longest.saturating_sub(1));
        let begins = |at: &usize| {
            let tail = bytes.get(*at..).unwrap_or_default();
            (tail.len() < HEAD_BYTES || self.may_begin(tail.get(..HEAD_BYTES).unwrap_or_default()))
                && self.is_beginning(tail)
        };
        let first = (from..bytes.len()).find(begins);
        first.map_or(0, |at| bytes.len() - at)
    }

    fn is_near_the_end(&self, bytes: &[u8], at: usize) -> bool {
        let tail = bytes.get(at..).unwrap_or_default();
        tail.len() < self.longest && self.is_beginning(tail)
    }

    fn is_beginning(&self, tail: &[u8]) -> bool {
        self.forms.iter().any(|(form, _)| {
            form.len() > tail.len()
                && form
                    .get(..tail.len())
                    .is_some_and(|beginning| tail.eq_ignore_ascii_case(beginning))
        })
    }
}

fn overwrite(bytes: &mut [u8], range: Range<usize>) {
    if let Some(secret) = bytes.get_mut(range) {
        secret.fill(MASK);
    }
}

/// Four bytes as a number of sixteen bits, the same for capitals and small letters.
fn hash(head: [u8; HEAD_BYTES]) -> u16 {
    let folded = u32::from_le_bytes(head) | 0x2020_2020;
    (folded.wrapping_mul(0x9e37_79b1) >> 16) as u16
}

/// A stream that is searched: what could be the beginning of a secret is held back until it is known not to be one.
#[derive(Default)]
pub(crate) struct Stream {
    held: Zeroizing<Vec<u8>>,
    /// Bytes at the beginning of `held` that belong to a secret which has been found.
    masked: usize,
    /// Places in `held` that are to be looked at again.
    open: Vec<usize>,
    /// Bytes behind `held` that are looked at with the next ones.
    waiting: Zeroizing<Vec<u8>>,
}

impl Stream {
    /// Takes the next piece of what comes in, as [`Self::push`]. Where much is held back, it is looked at again when an eighth more has come: looking
    /// costs what is held, and who sends it may send it byte by byte.
    pub(crate) fn push_incoming(&mut self, watch: &Watch, piece: &[u8]) -> (Vec<u8>, Vec<Found>) {
        let waits = (self.waiting.len() + piece.len()) * 8 < self.held.len();
        if waits && self.held.len() > HELD_OFTEN {
            self.waiting.extend_from_slice(piece);
            return (Vec::new(), Vec::new());
        }
        self.push(watch, piece)
    }

    /// Takes the next piece; gives what can pass, with every secret overwritten, and those that were found.
    pub(crate) fn push(&mut self, watch: &Watch, piece: &[u8]) -> (Vec<u8>, Vec<Found>) {
        if watch.is_empty() {
            return (piece.to_vec(), Vec::new());
        }
        let mut all = Zeroizing::new(Vec::with_capacity(
            self.held.len() + self.waiting.len() + piece.len(),
        ));
        all.extend_from_slice(&self.held);
        all.extend_from_slice(&std::mem::take(&mut *self.waiting));
        all.extend_from_slice(piece);
        let Places {
            ranges,
            found,
            begun,
            open,
        } = watch.places(
            &all,
            self.open.iter().copied().chain(self.held.len()..all.len()),
            false,
        );
        let passes = all.len() - watch.begun(&all);
        let passes = begun.map_or(passes, |at| passes.min(at));
        let mut clear = all.get(..passes).unwrap_or_default().to_vec();
        let masked = std::mem::take(&mut self.masked);
        let known = std::iter::once(0..masked)
            .chain(ranges.into_iter().filter(|range| range.start < passes));
        for range in known {
            self.masked = self.masked.max(range.end.saturating_sub(passes));
            overwrite(&mut clear, range.start.min(passes)..range.end.min(passes));
        }
        self.open = open
            .into_iter()
            .filter_map(|at| at.checked_sub(passes))
            .collect();
        self.held = Zeroizing::new(all.get(passes..).unwrap_or_default().to_vec());
        (clear, found)
    }

    /// What was held back when nothing more comes, searched once more as the end that it is.
    pub(crate) fn end(&mut self, watch: &Watch) -> (Vec<u8>, Vec<Found>) {
        let mut rest = std::mem::take(&mut *self.held);
        rest.append(&mut self.waiting);
        let found = watch.mask(&mut rest);
        overwrite(&mut rest, 0..std::mem::take(&mut self.masked));
        (rest, found)
    }
}
