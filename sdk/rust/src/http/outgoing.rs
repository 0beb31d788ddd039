//! A request whose body is sent in pieces.

use super::{Error, Incoming};
use crate::bindings::bailiwick::http::types;

/// A request whose body is sent in pieces, with [`std::io::Write`]: started by [`super::Request::upload`].
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::{files, http::{self, Request}};
/// let mut file = files::open("export.csv").map_err(std::io::Error::from)?;
/// let mut body = Request::put("https://api.example.com/v1/import").upload(Some(file.size()))?;
/// std::io::copy(&mut file, &mut body)?;
/// let answer = body.finish()?;
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
pub struct Outgoing {
    raw: types::Outgoing,
}

impl Outgoing {
    pub(super) fn new(raw: types::Outgoing) -> Self {
        Self { raw }
    }

    /// Sends all of `bytes` as the next piece of the body, in one host call.
    ///
    /// This is the host's own function; [`std::io::Write`] is made of it.
    ///
    /// # Errors
    /// [`Error::Invalid`] where it is more than the announced length; others of the host's.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http::{self, Request};
    /// Request::put("https://api.example.com/v1/log").upload(None)?.write_piece(b"a line\n")?;
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn write_piece(&self, bytes: &[u8]) -> Result<(), Error> {
        self.raw.write(bytes)
    }

    /// Ends the body and waits for the answer. A redirect is not followed: the answer is the redirect.
    ///
    /// # Errors
    /// [`Error::Invalid`] where fewer bytes than the announced length were written; others of the host's.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http::{self, Request};
    /// let answer = Request::put("https://api.example.com/v1/log").upload(Some(0))?.finish()?;
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn finish(self) -> Result<Incoming, Error> {
        types::Outgoing::finish(self.raw).map(Incoming::new)
    }
}

crate::pieces::impl_write!(Outgoing, &Outgoing);
crate::generated::impl_handle!(Outgoing, types::Outgoing, Self::new);
