//! Requests to the URLs that the operator's policy names.
//!
//! URLs are `https` unless the policy says otherwise. What the policy does not permit is [`Error::Denied`], without telling
//! which part of the request it was. An answer with a status of 400 or more is no error: see [`Response::is_success`].

mod error;
mod incoming;
mod outgoing;
mod request;
mod response;

pub use error::{Error, Limit};
pub use incoming::Incoming;
pub use outgoing::Outgoing;
pub use request::Request;
pub use response::{Header, Response};

use crate::bindings::bailiwick::http::http_get;

/// The whole answer of `url` to a GET. Redirects are followed, each decided again. The world imports
/// `bailiwick:http/http-get`.
///
/// # Errors
/// [`Error::Limit`] with [`Limit::HostCallBytes`] where the body is larger than one host call may carry: then [`open`] it.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::http;
/// let answer = http::get("https://api.example.com/v1/rates")?;
/// if !answer.is_success() {
///     return Err(http::Error::Other(format!("the status is {}", answer.status)));
/// }
/// let rates = answer.text()?;
/// # Ok::<(), http::Error>(())
/// ```
pub fn get(url: &str) -> Result<Response, Error> {
    http_get::get(url)
}

/// The answer of `url` to a GET, its body to be read in pieces. The world imports `bailiwick:http/http-get`.
///
/// # Errors
/// As for [`get`].
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::http;
/// use std::io::{BufRead, BufReader};
///
/// let answer = http::open("https://api.example.com/v1/events")?;
/// for line in BufReader::new(answer).lines() {
///     let event = line?;
/// }
/// # Ok::<(), http::Error>(())
/// ```
pub fn open(url: &str) -> Result<Incoming, Error> {
    http_get::open(url).map(Incoming::new)
}
