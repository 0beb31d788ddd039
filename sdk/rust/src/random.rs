//! Random bytes of the operating system, fit for cryptography. The world imports `bailiwick:random/random`, and the policy
//! grants `random`.

use std::fmt;
use std::io::ErrorKind;

use crate::bindings::bailiwick::random::random as host;
use crate::pieces::PIECE;

/// Why no bytes were given: the cases of `bailiwick:random/random`.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::random::Error;
/// assert_eq!(Error::Unavailable.to_string(), "unavailable");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Error {
    /// This call has no random bytes.
    Denied,
    /// More bytes than one host call may carry, or more host calls than this call may make.
    Limit,
    /// The host has no source of random bytes.
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
            Self::Limit => formatter.write_str("a limit of random bytes is reached"),
            Self::Unavailable => formatter.write_str("unavailable"),
            Self::Other(words) => formatter.write_str(words),
        }
    }
}

/// `length` random bytes, from one host call.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::random;
/// let nonce = random::bytes(12)?;
/// # Ok::<(), random::Error>(())
/// ```
pub fn bytes(length: u32) -> Result<Vec<u8>, Error> {
    host::bytes(length)
}

/// Fills `buffer` with random bytes, in as many host calls as it takes.
///
/// # Errors
/// The host's. What is in `buffer` then is not to be used.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::random;
/// let mut key = [0; 32];
/// random::fill(&mut key)?;
/// # Ok::<(), random::Error>(())
/// ```
pub fn fill(buffer: &mut [u8]) -> Result<(), Error> {
    fill_from(buffer, bytes)
}

fn fill_from(
    buffer: &mut [u8],
    mut bytes: impl FnMut(u32) -> Result<Vec<u8>, Error>,
) -> Result<(), Error> {
    for piece in buffer.chunks_mut(PIECE as usize) {
        let random = bytes(u32::try_from(piece.len()).unwrap_or(PIECE))?;
        if random.len() != piece.len() {
            return Err(Error::Other(
                "the host gave another number of bytes than it was asked for".to_owned(),
            ));
        }
        piece.copy_from_slice(&random);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_every_byte_of_a_buffer_of_any_size() {
        for length in [0, 1, PIECE as usize, PIECE as usize + 1] {
            let mut buffer = vec![0; length];
            let filled = fill_from(&mut buffer, |length| Ok(vec![7; length as usize]));
            assert_eq!(filled, Ok(()));
            assert!(buffer.iter().all(|byte| *byte == 7));
        }
    }

    #[test]
    fn an_error_or_too_few_bytes_is_no_full_buffer() {
        assert_eq!(
            fill_from(&mut [0; 2], |_| Err(Error::Denied)),
            Err(Error::Denied)
        );
        assert!(fill_from(&mut [0; 2], |_| Ok(vec![7])).is_err());
    }
}
