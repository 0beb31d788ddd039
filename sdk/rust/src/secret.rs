//! Secrets that the host puts into requests, and that no tool ever sees. The world imports `bailiwick:secret/secret`, and the policy grants
//! `secret` with their names.
//!
//! The operator says where a secret comes from, to which URLs it may go, and where in a request it stands. A tool names it and attaches it:
//!
//! ```no_run
//! # use bailiwick_sdk::{http::Request, secret};
//! let key = secret::get("api-key").map_err(std::io::Error::from)?;
//! let request = Request::get("https://api.example.com/v1/orders");
//! key.attach(&request).map_err(std::io::Error::from)?;
//! let orders = request.send()?;
//! # Ok::<(), bailiwick_sdk::http::Error>(())
//! ```

use std::fmt;
use std::io::ErrorKind;

use crate::bindings::bailiwick::secret::secret as host;
use crate::http::Request;

/// Why a secret cannot be had or attached: the cases of `bailiwick:secret/secret`.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::secret::Error;
/// assert_eq!(Error::Secret.to_string(), "the secret is not bound to the URL of the request");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Error {
    /// The policy does not permit this tool to name the secret. Whether there is one of that name is not told.
    Denied,
    /// A limit is reached.
    Limit,
    /// A budget that is kept across calls is used up.
    Quota,
    /// The secret is not bound to the URL of this request.
    Secret,
    /// The host has no value for it. Trying again later may help.
    Unavailable,
    /// An argument is not usable, in words for the author of the tool: the request carries a secret already.
    Invalid(String),
    /// Something else, in words for the author of the tool.
    Other(String),
}

crate::generated::impl_conversions!(Error, |error| match error {
    Error::Denied | Error::Secret => ErrorKind::PermissionDenied,
    Error::Limit | Error::Quota => ErrorKind::QuotaExceeded,
    Error::Invalid(_) => ErrorKind::InvalidInput,
    Error::Unavailable | Error::Other(_) => ErrorKind::Other,
});

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => formatter.write_str("denied"),
            Self::Limit => formatter.write_str("a limit of naming secrets is reached"),
            Self::Quota => formatter.write_str("a budget of secrets is used up"),
            Self::Secret => {
                formatter.write_str("the secret is not bound to the URL of the request")
            }
            Self::Unavailable => formatter.write_str("unavailable"),
            Self::Invalid(words) | Self::Other(words) => formatter.write_str(words),
        }
    }
}

/// A secret that may be put into requests. It cannot be read.
#[derive(Debug)]
pub struct Secret {
    raw: host::Secret,
}

/// The secret of this name.
///
/// # Errors
/// [`Error::Denied`] where the policy does not grant it, whether or not there is one.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::secret;
/// let key = secret::get("api-key")?;
/// # Ok::<(), secret::Error>(())
/// ```
pub fn get(name: &str) -> Result<Secret, Error> {
    host::get(name).map(|raw| Secret { raw })
}

impl Secret {
    /// Has the secret put into the request when it is sent. A request carries at most one.
    ///
    /// # Errors
    /// [`Error::Secret`] where it is not bound to the request's URL; [`Error::Invalid`] where one is attached already.
    ///
    /// # Examples
    /// ```no_run
    /// # use bailiwick_sdk::{http::Request, secret};
    /// let request = Request::post("https://api.example.com/v1/orders");
    /// secret::get("api-key")?.attach(&request)?;
    /// # Ok::<(), secret::Error>(())
    /// ```
    pub fn attach(&self, request: &Request) -> Result<(), Error> {
        self.raw.attach(request.raw())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_a_sentence_and_a_kind() {
        for (error, kind) in [
            (Error::Denied, ErrorKind::PermissionDenied),
            (Error::Secret, ErrorKind::PermissionDenied),
            (Error::Limit, ErrorKind::QuotaExceeded),
            (
                Error::Invalid("it carries one".to_owned()),
                ErrorKind::InvalidInput,
            ),
            (Error::Unavailable, ErrorKind::Other),
        ] {
            let sentence = error.to_string();
            assert!(!sentence.is_empty());
            let shown = std::io::Error::from(error.clone());
            assert_eq!((shown.kind(), shown.to_string()), (kind, sentence));
            assert_eq!(Error::from(shown), error);
        }
    }
}
