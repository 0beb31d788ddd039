//! The description of a request.

use super::{Error, Incoming, Outgoing, Response};
use crate::bindings::bailiwick::http::{http_request, types};

/// The description of a request. Making one does nothing and needs no authority; sending it does: the world imports
/// `bailiwick:http/http-request`, and the policy names the URL, the method and the headers.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::http::{self, Request};
/// let answer = Request::post("https://api.example.com/v1/orders")
///     .header("content-type", "application/json")?
///     .body(r#"{"item": 7}"#)?
///     .send()?;
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
pub struct Request {
    raw: types::Request,
}

impl Request {
    /// A request with this method, in capitals, to this URL, without headers of the tool's own and without a body. Nothing
    /// is checked before it is sent.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http::{self, Request};
    /// Request::new("DELETE", "https://api.example.com/v1/orders/7").send()?;
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn new(method: &str, url: &str) -> Self {
        Self::from_raw(types::Request::new(method, url))
    }

    /// A GET. To do no more than that, [`super::get`] needs less authority.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http::{self, Request};
    /// let table = Request::get("https://api.example.com/v1/rates").header("accept", "text/csv")?.send()?;
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn get(url: &str) -> Self {
        Self::new("GET", url)
    }

    /// A POST.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http::{self, Request};
    /// Request::post("https://api.example.com/v1/orders").body("7")?.send()?;
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn post(url: &str) -> Self {
        Self::new("POST", url)
    }

    /// A PUT.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http::{self, Request};
    /// Request::put("https://api.example.com/v1/orders/7").body("8")?.send()?;
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn put(url: &str) -> Self {
        Self::new("PUT", url)
    }

    /// The request with one header more.
    ///
    /// # Errors
    /// [`Error::Invalid`] where no header may be like that, or there are too many.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http::{self, Request};
    /// let request = Request::get("https://api.example.com/v1/rates").header("accept", "text/csv")?;
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn header(self, name: &str, value: &str) -> Result<Self, Error> {
        self.raw.add_header(name, value)?;
        Ok(self)
    }

    /// The request with this whole body.
    ///
    /// # Errors
    /// [`Error::Limit`] where it is more than one host call may carry: then [`Request::upload`] it.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http::{self, Request};
    /// let request = Request::post("https://api.example.com/v1/orders").body([1, 2, 3])?;
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn body(self, body: impl AsRef<[u8]>) -> Result<Self, Error> {
        self.raw.set_body(body.as_ref())?;
        Ok(self)
    }

    /// Sends the request and returns the whole answer. Redirects are followed, each decided again.
    ///
    /// # Errors
    /// The host's.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http::{self, Request};
    /// let status = Request::new("HEAD", "https://api.example.com/v1/rates").send()?.status;
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn send(self) -> Result<Response, Error> {
        http_request::send(self.raw)
    }

    /// Sends the request and returns the answer, its body to be read in pieces.
    ///
    /// # Errors
    /// The host's.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::{files, http::{self, Request}};
    /// let mut answer = Request::post("https://api.example.com/v1/export").body("all")?.open()?;
    /// let mut file = files::create("export.csv").map_err(std::io::Error::from)?;
    /// std::io::copy(&mut answer, &mut file)?;
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn open(self) -> Result<Incoming, Error> {
        http_request::open(self.raw).map(Incoming::new)
    }

    /// Starts the request; its body follows in pieces. With a length, exactly as many bytes must be written; with `None`,
    /// the body is sent in chunks.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a body was set; others of the host's.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::http::{self, Request};
    /// use std::io::Write;
    ///
    /// let mut body = Request::put("https://api.example.com/v1/log").upload(Some(6))?;
    /// body.write_all(b"abc")?;
    /// body.write_all(b"def")?;
    /// let status = body.finish()?.status();
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn upload(self, length: Option<u64>) -> Result<Outgoing, Error> {
        http_request::upload(self.raw, length).map(Outgoing::new)
    }

    /// The host's handle, for what is attached to it.
    pub(crate) fn raw(&self) -> &types::Request {
        &self.raw
    }

    fn from_raw(raw: types::Request) -> Self {
        Self { raw }
    }
}

crate::generated::impl_handle!(Request, types::Request, Self::from_raw);
