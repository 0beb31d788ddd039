//! The lexical rules of a URL, and its normal form.

use super::{URL_BYTES_MAX, UrlError};
use crate::split::at_slashes;
use std::borrow::Cow;

/// Refuses what no URL can hold, and what some parser would drop or repair.
pub(super) fn check_characters(raw: &str) -> Result<(), UrlError> {
    if raw.len() > URL_BYTES_MAX {
        return Err(UrlError::TooLong);
    }
    raw.bytes().try_for_each(|byte| match byte {
        0..=0x20 | 0x7f => Err(UrlError::Space),
        0x80.. => Err(UrlError::NotAscii),
        b'\\' => Err(UrlError::Backslash),
        b'#' => Err(UrlError::Fragment),
        b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}' => Err(UrlError::Character),
        _ => Ok(()),
    })
}

/// Appends the path in normal form; an empty one is `/`.
pub(super) fn push_path(text: &mut String, raw: &str) -> Result<(), UrlError> {
    let Some(raw) = raw.strip_prefix('/') else {
        text.push('/');
        return Ok(());
    };
    let mut segments = at_slashes(raw).peekable();
    while let Some(segment) = segments.next() {
        if segment.is_empty() && segments.peek().is_some() {
            return Err(UrlError::EmptySegment);
        }
        text.push('/');
        push_segment(text, segment)?;
    }
    Ok(())
}

/// Appends `?` and the query in normal form; returns where the query begins.
pub(super) fn push_query(text: &mut String, raw: &str) -> Result<usize, UrlError> {
    text.push('?');
    let start = text.len();
    push_decoded(text, raw)?;
    Ok(start)
}

/// Appends one segment of a path, or the literal part of one.
pub(super) fn push_segment(text: &mut String, raw: &str) -> Result<(), UrlError> {
    if raw.bytes().any(|byte| byte == b'[' || byte == b']') {
        return Err(UrlError::Character);
    }
    if raw.contains('%') && hides_something(raw) {
        return Err(UrlError::HiddenCharacter);
    }
    if is_dot_segment(raw) {
        return Err(UrlError::DotSegment);
    }
    push_decoded(text, raw)
}

/// A segment as the most forgiving server reads it: escapes decoded until none is left. Used to deny, never to permit.
pub(super) fn forgiving(segment: &str) -> Cow<'_, str> {
    let mut level = Cow::Borrowed(segment);
    while level.contains('%') {
        let next = decoded(&level);
        if next == *level {
            break;
        }
        level = Cow::Owned(next);
    }
    level
}

/// Every escape decoded once; what is no escape stays.
fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push_str(before);
        match escaped_byte(after) {
            Some(byte) => {
                decoded.push(char::from(byte));
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push('%');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// `.` and `..`, alone or between `;`, which some servers cut off before they resolve the path.
fn is_dot_segment(raw: &str) -> bool {
    if !raw.contains('.') {
        return false;
    }
    let dots = |part: &str| part == "." || part == "..";
    if !raw.contains('%') {
        return raw.split(';').any(dots);
    }
    raw.to_ascii_lowercase()
        .replace("%3b", ";")
        .split(';')
        .any(dots)
}

/// In a path, an escape must not hide what separates or names directories, however often `%` itself is escaped.
/// Nobody honest escapes four times.
fn hides_something(raw: &str) -> bool {
    let telling = |text: &str| {
        text.chars()
            .filter(|&c| c.is_control() || matches!(c, '.' | '/' | '\\'))
            .count()
    };
    let plain = telling(raw);
    let mut level = Cow::Borrowed(raw);
    for _ in 0..4 {
        let next = decoded(&level);
        if telling(&next) > plain {
            return true;
        }
        if next == *level {
            return false;
        }
        level = Cow::Owned(next);
    }
    true
}

/// Decodes escapes of unreserved characters, once, and writes the others in upper case.
fn push_decoded(text: &mut String, raw: &str) -> Result<(), UrlError> {
    if !raw.contains('%') {
        text.push_str(raw);
        return Ok(());
    }
    let mut parts = raw.split('%');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let byte = escaped_byte(part).ok_or(UrlError::Escape)?;
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.extend(part.chars().take(2).map(|digit| digit.to_ascii_uppercase()));
        }
        text.push_str(part.get(2..).unwrap_or_default());
    }
    Ok(())
}

fn escaped_byte(after: &str) -> Option<u8> {
    let digits = after
        .get(..2)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}
