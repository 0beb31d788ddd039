//! The tool `word-count`, built with cargo-component: counts what is in a text of any size.

mod count;

/// Made from the world in `wit/` by `cargo component build`, before it compiles.
#[rustfmt::skip]
#[allow(warnings, clippy::restriction, reason = "generated")]
mod bindings;

use bindings::bailiwick::files::read_file;
use bindings::bailiwick::files::types::{Error, Reader};
use bindings::exports::demo::word_count::counter::{Counts, Guest};
use count::Count;

/// Bytes that are read at once: large enough that calls do not matter, small enough that memory does not.
const PIECE: u32 = 64 * 1024;

struct WordCount;

impl Guest for WordCount {
    fn count(text: &Reader) -> Result<Counts, Error> {
        let mut count = Count::default();
        loop {
            let piece = text.read(PIECE)?;
            if piece.is_empty() {
                return Ok(counts(count.finish()));
            }
            count.add(&piece);
        }
    }

    fn count_file(path: String) -> Result<Counts, Error> {
        Self::count(&read_file::open(&path)?)
    }
}

bindings::export!(WordCount with_types_in bindings);

fn counts(totals: count::Totals) -> Counts {
    Counts {
        bytes: totals.bytes,
        characters: totals.characters,
        words: totals.words,
        lines: totals.lines,
    }
}
