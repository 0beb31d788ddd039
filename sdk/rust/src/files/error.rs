//! Why an operation on files did not succeed.

use std::fmt;
use std::io::ErrorKind;

/// Why an operation on files did not succeed: the cases of `bailiwick:files/types`.
///
/// It becomes a [`std::io::Error`] where the standard library wants one, and the same error again when that comes back:
/// with `?`, [`Error::Denied`] stays [`Error::Denied`] through a [`std::io::BufReader`]. An error of `std::io` that is none
/// of the host's becomes [`Error::Other`]. For a tool whose own error is a string it becomes its sentence.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::files::{Error, Limit};
/// use std::io;
///
/// assert_eq!(Error::Limit(Limit::FileSize).to_string(), "the limit `file-size` is reached");
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
    /// The policy does not permit it, or the path is malformed. Whether the file exists is not told.
    Denied,
    /// The policy permits it, and there is no such file.
    NotFound,
    /// A limit of this call is reached. Trying again in the same call does not help.
    Limit(Limit),
    /// There is no space left for what was to be written. Nothing was changed.
    Quota,
    /// A secret stood in the way.
    Secret,
    /// The storage did not answer, or answered with an error. Trying again later may help.
    Unavailable,
    /// An argument is not usable, in words for the author of the tool.
    Invalid(String),
    /// Something else, in words for the author of the tool.
    Other(String),
}

/// The limit that was reached.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::files::Limit;
/// assert_eq!(Limit::HostCallBytes.to_string(), "host-call-bytes");
/// ```
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Bytes that one host call may carry. Use the handles for more.
    HostCallBytes,
    /// Bytes read from files in this call.
    FileReadBytes,
    /// Bytes written to files in this call.
    FileWriteBytes,
    /// Bytes that this rule permits for one file.
    FileSize,
    /// Entries that a listing may have.
    ListEntries,
    /// Handles that are open at once.
    Handles,
    /// Host calls made in this call.
    HostCalls,
    /// Time.
    Time,
}

crate::generated::impl_lift!(Limit {
    HostCallBytes,
    FileReadBytes,
    FileWriteBytes,
    FileSize,
    ListEntries,
    Handles,
    HostCalls,
    Time
});

crate::generated::impl_conversions!(Error, |error| match error {
    Error::Denied | Error::Secret => ErrorKind::PermissionDenied,
    Error::NotFound => ErrorKind::NotFound,
    Error::Limit(Limit::Time) => ErrorKind::TimedOut,
    Error::Limit(Limit::FileSize) => ErrorKind::FileTooLarge,
    Error::Limit(_) => ErrorKind::QuotaExceeded,
    Error::Quota => ErrorKind::StorageFull,
    Error::Invalid(_) => ErrorKind::InvalidInput,
    Error::Unavailable | Error::Other(_) => ErrorKind::Other,
});

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => formatter.write_str("denied"),
            Self::NotFound => formatter.write_str("not found"),
            Self::Limit(limit) => write!(formatter, "the limit `{limit}` is reached"),
            Self::Quota => formatter.write_str("no space is left"),
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
            Self::FileReadBytes => "file-read-bytes",
            Self::FileWriteBytes => "file-write-bytes",
            Self::FileSize => "file-size",
            Self::ListEntries => "list-entries",
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
        Limit::FileReadBytes,
        Limit::FileWriteBytes,
        Limit::FileSize,
        Limit::ListEntries,
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
        let of_http = io::Error::from(crate::http::Error::Denied);
        assert_eq!(Error::from(of_http), Error::Other("denied".to_owned()));
    }

    #[test]
    fn kinds_are_those_that_a_programmer_looks_for() {
        for (error, kind) in [
            (Error::Denied, ErrorKind::PermissionDenied),
            (Error::NotFound, ErrorKind::NotFound),
            (Error::Limit(Limit::Time), ErrorKind::TimedOut),
            (Error::Limit(Limit::FileSize), ErrorKind::FileTooLarge),
            (Error::Limit(Limit::Handles), ErrorKind::QuotaExceeded),
            (Error::Quota, ErrorKind::StorageFull),
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
