//! The operating system's keyring: on Linux the kernel's own (keyutils), which needs neither a library nor a bus.

use super::SecretError;
use super::source::taken;
use super::value::Value;

/// Reads an entry. On Linux it is the key `keyring-rs:USER@SERVICE` of the session's keyring or the user's.
pub(super) fn read(service: &str, user: &str) -> Result<Value, SecretError> {
    let failed = |error: keyring::Error| SecretError::Keyring {
        service: service.to_owned(),
        user: user.to_owned(),
        reason: in_words(&error),
    };
    let entry = keyring::Entry::new(service, user).map_err(failed)?;
    taken(entry.get_secret().map_err(failed)?)
}

/// The library's words, but for those that would hold the bytes.
fn in_words(error: &keyring::Error) -> String {
    match error {
        keyring::Error::NoEntry => "there is none".to_owned(),
        keyring::Error::BadEncoding(_) => "what is there is not text".to_owned(),
        keyring::Error::PlatformFailure(source) | keyring::Error::NoStorageAccess(source) => {
            source.to_string()
        }
        other => other.to_string(),
    }
}
