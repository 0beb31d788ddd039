//! Why a request did not succeed.

use std::fmt;
use std::io::ErrorKind;

/// Why a request did not succeed: the cases of `bailiwick:http/types`.
///
/// It becomes a [`std::io::Error`] where the standard library wants one, and the same error again when that comes back:
/// with `?`, [`Error::Denied`] stays [`Error::Denied`] through a [`std::io::BufReader`]. An error of `std::io` that is none
/// of the host's becomes [`Error::Other`]. For a tool whose own error is a string it becomes its sentence.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::http::{Error, Limit};
/// use std::io;
///
/// assert_eq!(Error::Limit(Limit::ResponseSize).to_string(), "the limit `response-size` is reached");
/// assert_eq!(io::Error::from(Error::NotFound).kind(), io::ErrorKind::NotFound);
/// assert_eq!(Error::from(io::Error::from(Error::Denied)), Error::Denied);
///
/// fn tool() -> Result<u32, String> {
///     Err(Error::Denied)?
/// }
/// assert_eq!(tool(), Err("denied".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Error {
    /// The policy does not permit it: the URL (a malformed one, too), the method, a header, an address or a redirect.
    Denied,
    /// There is nothing by that name. Reserved: a host name that does not resolve is [`Error::Unavailable`].
    NotFound,
    /// A limit of this call is reached. Trying again in the same call does not help.
    Limit(Limit),
    /// A budget that is kept across calls is used up.
    Quota,
    /// A secret stood in the way.
    Secret,
    /// The server could not be reached, broke off, or broke the protocol. Trying again later may help.
    Unavailable,
    /// An argument is not usable, in words for the author of the tool: a malformed header or method.
    Invalid(String),
    /// Something else, in words for the author of the tool.
    Other(String),
}

/// The limit that was reached.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::http::Limit;
/// assert_eq!(Limit::HostCallBytes.to_string(), "host-call-bytes");
/// ```
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Bytes that one host call may carry. Use the handles for more.
    HostCallBytes,
    /// Requests made in this call, redirects included.
    HttpRequests,
    /// Bytes sent and received in this call.
    HttpBytes,
    /// Bytes that this rule permits for one response.
    ResponseSize,
    /// Redirects followed for one request.
    Redirects,
    /// Handles that are open at once.
    Handles,
    /// Host calls made in this call.
    HostCalls,
    /// Time.
    Time,
}

crate::generated::impl_lift!(Limit {
    HostCallBytes,
    HttpRequests,
    HttpBytes,
    ResponseSize,
    Redirects,
    Handles,
    HostCalls,
    Time
});

crate::generated::impl_conversions!(Error, |error| match error {
    Error::Denied | Error::Secret => ErrorKind::PermissionDenied,
    Error::NotFound => ErrorKind::NotFound,
    Error::Limit(Limit::Time) => ErrorKind::TimedOut,
    Error::Limit(Limit::ResponseSize) => ErrorKind::FileTooLarge,
    Error::Limit(_) | Error::Quota => ErrorKind::QuotaExceeded,
    Error::Invalid(_) => ErrorKind::InvalidInput,
    Error::Unavailable | Error::Other(_) => ErrorKind::Other,
});

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => formatter.write_str("denied"),
            Self::NotFound => formatter.write_str("not found"),
            Self::Limit(limit) => write!(formatter, "the limit `{limit}` is reached"),
            Self::Quota => formatter.write_str("a budget is used up"),
            Self::Secret => formatter.write_str("a secret stood in the way"),
            Self::Unavailable => formatter.write_str("unavailable"),
            Self::Invalid(words) | Self::Other(words) => formatter.write_str(words),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::HostCallBytes => "host-call-bytes",
            Self::HttpRequests => "http-requests",
            Self::HttpBytes => "http-bytes",
            Self::ResponseSize => "response-size",
            Self::Redirects => "redirects",
            Self::Handles => "handles",
            Self::HostCalls => "host-calls",
            Self::Time => "time",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    const LIMITS: [Limit; 8] = [
        Limit::HostCallBytes,
        Limit::HttpRequests,
        Limit::HttpBytes,
        Limit::ResponseSize,
        Limit::Redirects,
        Limit::Handles,
        Limit::HostCalls,
        Limit::Time,
    ];

    fn every_error() -> Vec<Error> {
        let mut errors = vec![
            Error::Denied,
            Error::NotFound,
            Error::Quota,
            Error::Secret,
            Error::Unavailable,
            Error::Invalid("i".to_owned()),
            Error::Other("o".to_owned()),
        ];
        errors.extend(LIMITS.map(Error::Limit));
        errors
    }

    #[test]
    fn every_error_comes_back_from_the_standard_library_as_it_went_in() {
        for error in every_error() {
            assert_eq!(Error::from(io::Error::from(error.clone())), error);
        }
    }

    #[test]
    fn an_error_of_another_origin_keeps_its_words() {
        let error = io::Error::new(ErrorKind::UnexpectedEof, "half a line");
        assert_eq!(Error::from(error), Error::Other("half a line".to_owned()));
        let of_files = io::Error::from(crate::files::Error::Denied);
        assert_eq!(Error::from(of_files), Error::Other("denied".to_owned()));
    }

    #[test]
    fn kinds_are_those_that_a_programmer_looks_for() {
        for (error, kind) in [
            (Error::Denied, ErrorKind::PermissionDenied),
            (Error::NotFound, ErrorKind::NotFound),
            (Error::Limit(Limit::Time), ErrorKind::TimedOut),
            (Error::Limit(Limit::ResponseSize), ErrorKind::FileTooLarge),
            (Error::Limit(Limit::Handles), ErrorKind::QuotaExceeded),
            (Error::Quota, ErrorKind::QuotaExceeded),
            (Error::Secret, ErrorKind::PermissionDenied),
            (Error::Unavailable, ErrorKind::Other),
            (Error::Invalid(String::new()), ErrorKind::InvalidInput),
            (Error::Other(String::new()), ErrorKind::Other),
        ] {
            assert_eq!(io::Error::from(error.clone()).kind(), kind, "{error:?}");
        }
    }

    #[test]
    fn no_kind_is_one_that_the_standard_library_tries_again_at() {
        for error in every_error() {
            let kind = io::Error::from(error).kind();
            assert!(!matches!(
                kind,
                ErrorKind::Interrupted | ErrorKind::WouldBlock
            ));
        }
    }

    #[test]
    #[expect(unsafe_code, reason = "as generated code calls it")]
    fn limits_have_the_order_of_the_wit() {
        for (number, limit) in (0..).zip(LIMITS) {
            // SAFETY: there is a limit with this number.
            assert_eq!(unsafe { Limit::_lift(number) }, limit);
            assert_eq!(limit as u8, number);
        }
    }
}
