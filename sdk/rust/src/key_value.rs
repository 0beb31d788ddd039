//! The tool's own memory from one call to the next. The world imports `bailiwick:key-value/key-value`, and the policy grants
//! `key-value`.
//!
//! Each tool has a store of its own, and where several principals call it, one for each of them. Two calls can be under way at the
//! same time: [`update`] changes a value so that neither loses what the other wrote.

use std::fmt;
use std::io::ErrorKind;

use crate::bindings::bailiwick::key_value::key_value as host;

/// Why an operation did not succeed: the cases of `bailiwick:key-value/key-value`.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::key_value::Error;
/// assert_eq!(Error::Quota.to_string(), "the store is full");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Error {
    /// The policy does not permit it.
    Denied,
    /// The value is larger than one host call may carry, or this call may make no more host calls.
    Limit,
    /// The store is full. Nothing was changed.
    Quota,
    /// A secret stood in the way.
    Secret,
    /// The store did not answer. Trying again later may help.
    Unavailable,
    /// The key or the cursor is not usable, in words for the author of the tool.
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
            Self::Limit => formatter.write_str("a limit of the store is reached"),
            Self::Quota => formatter.write_str("the store is full"),
            Self::Secret => formatter.write_str("a secret stood in the way"),
            Self::Unavailable => formatter.write_str("unavailable"),
            Self::Invalid(words) | Self::Other(words) => formatter.write_str(words),
        }
    }
}

/// A part of a listing, and where the next one begins.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::key_value::Keys;
/// let last = Keys { keys: vec!["a".to_owned()], next: None };
/// assert!(last.next.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Keys {
    /// In the order of their bytes.
    pub keys: Vec<String>,
    /// Pass it on as `after` for the next part; none when there is no more.
    pub next: Option<String>,
}

/// The value of a key; none where there is none.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::key_value;
/// let seen = key_value::get("seen")?.unwrap_or_default();
/// # Ok::<(), key_value::Error>(())
/// ```
pub fn get(key: &str) -> Result<Option<Vec<u8>>, Error> {
    host::get(key)
}

/// The value of a key as a text; none where there is none.
///
/// # Errors
/// The host's; [`Error::Other`] where the value is no text.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::key_value;
/// let name = key_value::get_string("name")?;
/// # Ok::<(), key_value::Error>(())
/// ```
pub fn get_string(key: &str) -> Result<Option<String>, Error> {
    get(key)?.map(text).transpose()
}

fn text(value: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(value).map_err(|error| Error::Other(error.to_string()))
}

/// Sets the value of a key, whatever it was before.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::key_value;
/// key_value::set("name", "a text, or bytes")?;
/// # Ok::<(), key_value::Error>(())
/// ```
pub fn set(key: &str, value: impl AsRef<[u8]>) -> Result<(), Error> {
    host::set(key, value.as_ref())
}

/// Sets the value of a key if it still is `expected` (none: if there is no such key), in one step; whether it was set.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::key_value;
/// let first = key_value::compare_and_set("first", None, "here")?;
/// # Ok::<(), key_value::Error>(())
/// ```
pub fn compare_and_set(
    key: &str,
    expected: Option<&[u8]>,
    value: impl AsRef<[u8]>,
) -> Result<bool, Error> {
    host::compare_and_set(key, expected, value.as_ref())
}

/// Sets the value of a key to what `change` makes of it, again until nobody else changed it meanwhile, and returns it.
///
/// # Errors
/// The host's; [`Error::Limit`] if others change it all the time.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::key_value;
/// let calls = key_value::update("calls", |before| {
///     let before = before.and_then(|bytes| Some(u64::from_le_bytes(bytes.try_into().ok()?)));
///     (before.unwrap_or(0) + 1).to_le_bytes()
/// })?;
/// # Ok::<(), key_value::Error>(())
/// ```
pub fn update<V: AsRef<[u8]>>(
    key: &str,
    change: impl FnMut(Option<&[u8]>) -> V,
) -> Result<V, Error> {
    let compare_and_set =
        |expected: Option<&[u8]>, value: &[u8]| host::compare_and_set(key, expected, value);
    update_by(|| get(key), compare_and_set, change)
}

fn update_by<V: AsRef<[u8]>>(
    mut get: impl FnMut() -> Result<Option<Vec<u8>>, Error>,
    mut compare_and_set: impl FnMut(Option<&[u8]>, &[u8]) -> Result<bool, Error>,
    mut change: impl FnMut(Option<&[u8]>) -> V,
) -> Result<V, Error> {
    loop {
        let before = get()?;
        let value = change(before.as_deref());
        if compare_and_set(before.as_deref(), value.as_ref())? {
            return Ok(value);
        }
    }
}

/// Removes a key. Succeeds where there is none.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::key_value;
/// key_value::delete("name")?;
/// # Ok::<(), key_value::Error>(())
/// ```
pub fn delete(key: &str) -> Result<(), Error> {
    host::delete(key)
}

/// Keys that begin with `prefix`, at most `most` of them, those behind `after` where it is given.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::key_value;
/// let first = key_value::list("page/", None, 10)?;
/// # Ok::<(), key_value::Error>(())
/// ```
pub fn list(prefix: &str, after: Option<&str>, most: u32) -> Result<Keys, Error> {
    host::list(prefix, after, most)
}

/// All keys that begin with `prefix`, in the order of their bytes.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::key_value;
/// for key in key_value::keys("page/")? {
///     key_value::delete(&key)?;
/// }
/// # Ok::<(), key_value::Error>(())
/// ```
pub fn keys(prefix: &str) -> Result<Vec<String>, Error> {
    keys_by(|after| list(prefix, after, u32::MAX))
}

fn keys_by(
    mut list: impl FnMut(Option<&str>) -> Result<Keys, Error>,
) -> Result<Vec<String>, Error> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let Keys { keys, next } = list(after.as_deref())?;
        all.extend(keys);
        match next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_begins_again_when_somebody_else_was_faster() {
        let mut values = vec![Some(b"2".to_vec()), Some(b"1".to_vec())];
        let mut tries = 0;
        let set = update_by(
            || Ok(values.pop().flatten()),
            |expected, value| {
                tries += 1;
                assert_eq!(expected.map(<[u8]>::len), Some(1));
                Ok(value == b"2+")
            },
            |before| [before.unwrap_or_default(), b"+"].concat(),
        );
        assert_eq!(set, Ok(b"2+".to_vec()));
        assert_eq!(tries, 2);
    }

    #[test]
    fn an_error_ends_an_update() {
        let denied = update_by(|| Err(Error::Denied), |_, _| Ok(true), |_| "x");
        assert_eq!(denied, Err(Error::Denied));
        let full = update_by(|| Ok(None), |_, _| Err(Error::Quota), |_| "x");
        assert_eq!(full, Err(Error::Quota));
    }

    #[test]
    fn all_keys_are_those_of_all_parts() {
        let part = |after: Option<&str>| {
            let (key, next) = match after {
                None => ("a", Some("a".to_owned())),
                Some(_) => ("b", None),
            };
            Ok(Keys {
                keys: vec![key.to_owned()],
                next,
            })
        };
        assert_eq!(keys_by(part), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(keys_by(|_| Err(Error::Denied)), Err(Error::Denied));
    }

    #[test]
    fn a_value_that_is_no_text_is_none() {
        assert_eq!(text(b"a".to_vec()), Ok("a".to_owned()));
        assert!(matches!(text(vec![0xff]), Err(Error::Other(_))));
    }
}
