//! The time. The world imports `bailiwick:clock/clock`, and the policy grants `clock`.
//!
//! Use this instead of [`std::time::SystemTime::now`], which ends the call with a trap where the tool has no WASI.

use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use crate::bindings::bailiwick::clock::clock as host;

/// A point in time.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::clock::Instant;
/// let day = Instant { seconds: 86_400, nanoseconds: 5 };
/// assert_eq!(day.since_epoch().unwrap().as_nanos(), 86_400_000_000_005);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Whole seconds since 1970-01-01T00:00:00Z without leap seconds, negative before.
    pub seconds: i64,
    /// Nanoseconds of the second, below 1,000,000,000.
    pub nanoseconds: u32,
}

impl Instant {
    /// The time since 1970-01-01T00:00:00Z, and nothing for an instant before.
    ///
    /// # Examples
    /// ```
    /// # use bailiwick_sdk::clock::Instant;
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// let now = Instant { seconds: 1, nanoseconds: 0 };
    /// assert_eq!(now.since_epoch().map(|time| UNIX_EPOCH + time), Some(UNIX_EPOCH + Duration::from_secs(1)));
    /// assert_eq!(Instant { seconds: -1, nanoseconds: 0 }.since_epoch(), None);
    /// ```
    #[must_use]
    pub fn since_epoch(self) -> Option<Duration> {
        let seconds = u64::try_from(self.seconds).ok()?;
        Some(Duration::new(seconds, self.nanoseconds))
    }
}

/// Why the time was not told: the cases of `bailiwick:clock/clock`.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::clock::Error;
/// assert_eq!(Error::Denied.to_string(), "denied");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Error {
    /// This call has no clock.
    Denied,
    /// Host calls made in this call.
    Limit,
    /// The host has no usable clock.
    Unavailable,
    /// Something else, in words for the author of the tool.
    Other(String),
}

crate::generated::impl_conversions!(Error, |error| match error {
    Error::Denied => ErrorKind::PermissionDenied,
    Error::Limit => ErrorKind::QuotaExceeded,
    Error::Unavailable | Error::Other(_) => ErrorKind::Other,
});

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => formatter.write_str("denied"),
            Self::Limit => formatter.write_str("the limit `host-calls` is reached"),
            Self::Unavailable => formatter.write_str("unavailable"),
            Self::Other(words) => formatter.write_str(words),
        }
    }
}

/// The time of day now. It can jump when the host's clock is set.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::clock;
/// let seconds = clock::now()?.seconds;
/// # Ok::<(), clock::Error>(())
/// ```
pub fn now() -> Result<Instant, Error> {
    host::now()
}

/// The time since the start of this call, on a clock that never goes back.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::{clock, log};
/// let before = clock::elapsed()?;
/// // …
/// log::debug(format_args!("{:?}", clock::elapsed()? - before));
/// # Ok::<(), clock::Error>(())
/// ```
pub fn elapsed() -> Result<Duration, Error> {
    host::elapsed().map(Duration::from_nanos)
}
