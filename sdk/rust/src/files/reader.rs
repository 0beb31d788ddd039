//! A file that is open for reading.

use std::cell::Cell;
use std::io::{self, ErrorKind, Seek, SeekFrom};

use super::Error;
use crate::bindings::bailiwick::files::types;

/// A file that is open for reading: opened with [`super::open`], or handed over by the caller of the tool.
///
/// Reading works through a shared reference too, since that is what an exported function is handed. What is read is the
/// file as it was opened: when it is replaced meanwhile, this reader still sees the old content.
///
/// Each read is a host call. Wrap the reader in a [`std::io::BufReader`] to read lines or small pieces.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::files::{Error, Reader};
/// use std::io::{BufRead, BufReader};
///
/// /// The function `longest: func(text: borrow<reader>) -> result<u32, error>`.
/// fn longest(text: &Reader) -> Result<u32, Error> {
///     let mut longest = 0;
///     for line in BufReader::new(text).lines() {
///         longest = longest.max(line?.chars().count() as u32);
///     }
///     Ok(longest)
/// }
/// ```
#[derive(Debug)]
pub struct Reader {
    raw: types::Reader,
    /// Where it stands. A reader that was handed over may stand anywhere, and no function tells.
    position: Cell<Option<u64>>,
}

impl Reader {
    pub(super) fn at_start(raw: types::Reader) -> Self {
        Self {
            raw,
            position: Cell::new(Some(0)),
        }
    }

    fn anywhere(raw: types::Reader) -> Self {
        Self {
            raw,
            position: Cell::new(None),
        }
    }

    /// At most `max` bytes from where the reader stands, which moves past them. Fewer come only at the end of the file.
    ///
    /// This is the host's own function; [`std::io::Read`] is made of it.
    ///
    /// # Errors
    /// [`Error::Limit`] with [`super::Limit::HostCallBytes`] where `max` is more than one host call may carry, and others of
    /// the host's.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::files;
    /// let reader = files::open("data/large.bin")?;
    /// let magic = reader.read_piece(4)?;
    /// # Ok::<(), files::Error>(())
    /// ```
    pub fn read_piece(&self, max: u32) -> Result<Vec<u8>, Error> {
        let bytes = self.raw.read(max)?;
        let position = self.position.get();
        self.position
            .set(position.map(|position| position.saturating_add(bytes.len() as u64)));
        Ok(bytes)
    }

    /// The size of the file in bytes, as it was when it was opened.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::files;
    /// let size = files::open("data/large.bin")?.size();
    /// # Ok::<(), files::Error>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> u64 {
        self.raw.size()
    }

    fn seek_to(&self, target: SeekFrom) -> io::Result<u64> {
        let position = position(target, self.position.get(), || self.size())?;
        self.raw.seek(position);
        self.position.set(Some(position));
        Ok(position)
    }
}

/// Where a reader shall stand.
fn position(target: SeekFrom, now: Option<u64>, size: impl FnOnce() -> u64) -> io::Result<u64> {
    let position = match target {
        SeekFrom::Start(offset) => Some(offset),
        SeekFrom::End(offset) => size().checked_add_signed(offset),
        SeekFrom::Current(offset) => now.ok_or_else(unknown)?.checked_add_signed(offset),
    };
    position.ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "no position before the start"))
}

fn unknown() -> io::Error {
    let why = "where a reader that was handed over stands is known after a seek from the start or the end";
    io::Error::new(ErrorKind::Unsupported, why)
}

crate::pieces::impl_read!(Reader, &Reader);
crate::generated::impl_handle!(Reader, types::Reader, Self::anywhere);

/// A position past the end is allowed: reads there are empty. From [`SeekFrom::Current`] works where the position is known:
/// for a reader that this tool opened, and for one that was handed over after a seek from the start or the end.
impl Seek for Reader {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        self.seek_to(target)
    }
}

/// As for [`Reader`] itself.
impl Seek for &Reader {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        self.seek_to(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(target: SeekFrom, now: Option<u64>) -> Result<u64, ErrorKind> {
        position(target, now, || 10).map_err(|error| error.kind())
    }

    #[test]
    fn seeks_from_the_start_the_end_and_where_it_stands() {
        assert_eq!(at(SeekFrom::Start(99), None), Ok(99));
        assert_eq!(at(SeekFrom::End(-3), None), Ok(7));
        assert_eq!(at(SeekFrom::End(3), None), Ok(13));
        assert_eq!(at(SeekFrom::Current(-5), Some(5)), Ok(0));
        assert_eq!(at(SeekFrom::Current(0), Some(u64::MAX)), Ok(u64::MAX));
    }

    #[test]
    fn there_is_no_position_before_the_start_or_past_64_bits() {
        assert_eq!(at(SeekFrom::End(-11), None), Err(ErrorKind::InvalidInput));
        assert_eq!(
            at(SeekFrom::Current(-6), Some(5)),
            Err(ErrorKind::InvalidInput)
        );
        assert_eq!(
            at(SeekFrom::Current(1), Some(u64::MAX)),
            Err(ErrorKind::InvalidInput)
        );
    }

    #[test]
    fn where_an_unknown_reader_stands_is_not_guessed() {
        assert_eq!(at(SeekFrom::Current(0), None), Err(ErrorKind::Unsupported));
    }
}
