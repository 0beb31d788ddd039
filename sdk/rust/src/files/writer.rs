//! A file that is being written.

use super::Error;
use crate::bindings::bailiwick::files::types;

/// A file that is being written: started with [`super::create`], or handed over by the caller of the tool.
///
/// Nothing is visible to anybody before [`Writer::commit`]. A writer that is dropped without it leaves the old file, or no
/// file, as it was. A writer that was handed over needs no commit: the host commits when the function returns without an
/// error, and discards otherwise.
///
/// Each write is a host call. Wrap the writer in a [`std::io::BufWriter`] for many small ones, and flush that before the
/// commit.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::files::{Error, Reader, Writer};
/// /// The function `copy: func(source: borrow<reader>, target: borrow<writer>) -> result<u64, error>`.
/// fn copy(mut source: &Reader, mut target: &Writer) -> Result<u64, Error> {
///     Ok(std::io::copy(&mut source, &mut target)?)
/// }
/// ```
#[derive(Debug)]
pub struct Writer {
    raw: types::Writer,
}

impl Writer {
    pub(super) fn new(raw: types::Writer) -> Self {
        Self { raw }
    }

    /// Appends all of `bytes` in one host call.
    ///
    /// This is the host's own function; [`std::io::Write`] is made of it.
    ///
    /// # Errors
    /// [`Error::Limit`] with [`super::Limit::HostCallBytes`] where that is more than one host call may carry;
    /// [`Error::Invalid`] after [`Writer::commit`]; others of the host's.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::files;
    /// let file = files::create("report.bin")?;
    /// file.write_piece(b"\x89PNG")?;
    /// file.commit()?;
    /// # Ok::<(), files::Error>(())
    /// ```
    pub fn write_piece(&self, bytes: &[u8]) -> Result<(), Error> {
        self.raw.write(bytes)
    }

    /// Makes what was written the content of the file, durably and in one step. A second commit does nothing and succeeds.
    ///
    /// # Errors
    /// The host's. After an error the old content is in place.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::files;
    /// files::create("empty")?.commit()?;
    /// # Ok::<(), files::Error>(())
    /// ```
    pub fn commit(&self) -> Result<(), Error> {
        self.raw.commit()
    }
}

crate::pieces::impl_write!(Writer, &Writer);
crate::generated::impl_handle!(Writer, types::Writer, Self::new);
