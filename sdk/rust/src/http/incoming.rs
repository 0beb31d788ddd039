//! An answer whose body is read in pieces.

use super::response::first;
use super::{Error, Header};
use crate::bindings::bailiwick::http::types;

/// An answer whose body is read in pieces, with [`std::io::Read`].
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::http;
/// use std::io::{BufRead, BufReader};
///
/// let answer = http::open("https://api.example.com/v1/events")?;
/// let first = BufReader::new(answer).lines().next().transpose()?;
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
pub struct Incoming {
    raw: types::Incoming,
}

impl Incoming {
    pub(super) fn new(raw: types::Incoming) -> Self {
        Self { raw }
    }

    /// The status code.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http;
    /// let status = http::open("https://api.example.com/v1/events")?.status();
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn status(&self) -> u16 {
        self.raw.status()
    }

    /// The URL that answered: the last one when there were redirects.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http;
    /// let moved_to = http::open("https://api.example.com/v1/events")?.url();
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        self.raw.url()
    }

    /// The headers, in the order of the answer; those of the same name stand together.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http;
    /// let headers = http::open("https://api.example.com/v1/events")?.headers();
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn headers(&self) -> Vec<Header> {
        self.raw.headers()
    }

    /// The value of the first header of this name, in whatever case. To look at several, take [`Incoming::headers`] once.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http;
    /// let kind = http::open("https://api.example.com/v1/events")?.header("content-type");
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        first(&self.headers(), name).map(ToOwned::to_owned)
    }

    /// At most `max` bytes of the body; none at its end. Waits for at least one.
    ///
    /// This is the host's own function; [`std::io::Read`] is made of it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the body breaks off: what came before it is then not the whole. Others of the host's.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http;
    /// let piece = http::open("https://api.example.com/v1/events")?.read_piece(512)?;
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn read_piece(&self, max: u32) -> Result<Vec<u8>, Error> {
        self.raw.read(max)
    }
}

crate::pieces::impl_read!(Incoming, &Incoming);
crate::generated::impl_handle!(Incoming, types::Incoming, Self::new);
