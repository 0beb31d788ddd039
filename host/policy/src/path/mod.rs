//! A path that a tool named, checked by its spelling alone.
//!
//! **The attacker** is the tool: it chooses every byte of the path. It tries names that mean one thing to the check and another to the
//! kernel: `a/../../etc`, `/etc`, `C:\`, a NUL that ends the name early, a trailing slash that changes what a link means.
//!
//! **The order.** First the lexical rules of this file, then the rules of the policy, then (in the runtime) `openat2` with no link, no
//! mount crossing and nothing above the root, then `fstat`, then [`decide_found`](crate::decide_found). What the lexical rules let
//! through has exactly one spelling, so that a decision about the text is a decision about the name: nothing is resolved, trimmed, decoded or folded here.
//! Bytes are compared: `é` composed and `é` decomposed are two names, and so are `A` and `a`.
//!
//! **The empty case.** An empty path is refused. A capability without patterns permits nothing.
//!
//! **Deliberately absent**: normalisation (whoever writes `a/./b` is denied, not corrected), percent decoding (`%2e%2e` is a strange but
//! harmless file name), knowledge of what exists, and any way to make a [`RelativePath`] without the check. A file system that folds case or
//! composes letters gives one file several names; a `!` rule is only as good as the name it is compared with, so the walk on such systems has to compare with
//! the name on disk.

mod pattern;
mod reached;
pub(crate) mod segment;
mod trie;

pub use pattern::PathPattern;
pub(crate) use pattern::PathScope;
pub(crate) use segment::Segment;
pub(crate) use trie::{Ends, Trie};

use crate::split::at_slashes;
use std::fmt;

/// A path longer than Linux's `PATH_MAX` could not be opened in one call.
pub const PATH_BYTES_MAX: usize = 4096;
/// `NAME_MAX` of every file system in common use.
pub const SEGMENT_BYTES_MAX: usize = 255;
/// Names that the host uses for its own temporary files. No rule grants them and no listing shows them.
pub const RESERVED_PREFIX: &str = ".bailiwick-";

/// A relative path that passed every lexical rule: one spelling, no way up, no way out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelativePath {
    text: String,
}

/// The lexical rule that a path broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PathError {
    /// The path has no characters.
    #[error("the path is empty")]
    Empty,
    /// The bytes are not UTF-8.
    #[error("the path is not UTF-8")]
    NotUtf8,
    /// More than [`PATH_BYTES_MAX`] bytes.
    #[error("the path is longer than {PATH_BYTES_MAX} bytes")]
    TooLong,
    /// A segment of more than [`SEGMENT_BYTES_MAX`] bytes.
    #[error("a name in the path is longer than {SEGMENT_BYTES_MAX} bytes")]
    SegmentTooLong,
    /// The path holds a NUL.
    #[error("the path holds a NUL")]
    Nul,
    /// The path holds a control character.
    #[error("the path holds a control character")]
    Control,
    /// The path holds a `\`.
    #[error("the path holds a backslash")]
    Backslash,
    /// The path begins with two slashes, as a network name does.
    #[error("the path begins like a network name")]
    Unc,
    /// The path begins with `/`.
    #[error("the path is absolute")]
    Absolute,
    /// The path begins with a letter and a colon.
    #[error("the path begins with a drive letter")]
    Drive,
    /// Two slashes meet.
    #[error("a name in the path is empty")]
    EmptySegment,
    /// A segment is `.`.
    #[error("the path holds a `.` segment")]
    DotSegment,
    /// A segment is `..`.
    #[error("the path holds a `..` segment")]
    ParentSegment,
    /// The path ends with `/`.
    #[error("the path ends with a slash")]
    TrailingSlash,
    /// A segment begins with [`RESERVED_PREFIX`].
    #[error("names that begin with `{RESERVED_PREFIX}` belong to the host")]
    Reserved,
}

impl PathError {
    /// The stable code of the rule.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            PathError::Empty => "path-empty",
            PathError::NotUtf8 => "path-not-utf8",
            PathError::TooLong => "path-too-long",
            PathError::SegmentTooLong => "path-segment-too-long",
            PathError::Nul => "path-nul",
            PathError::Control => "path-control",
            PathError::Backslash => "path-backslash",
            PathError::Unc => "path-unc",
            PathError::Absolute => "path-absolute",
            PathError::Drive => "path-drive",
            PathError::EmptySegment => "path-empty-segment",
            PathError::DotSegment => "path-dot-segment",
            PathError::ParentSegment => "path-parent-segment",
            PathError::TrailingSlash => "path-trailing-slash",
            PathError::Reserved => "path-reserved",
        }
    }
}

impl RelativePath {
    /// Checks a path as a tool sent it.
    ///
    /// # Errors
    /// The first lexical rule of DESIGN.md ("Paths") that the text breaks.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        check(text)?;
        Ok(RelativePath {
            text: text.to_owned(),
        })
    }

    /// Checks a path of which not even the encoding is known.
    ///
    /// # Errors
    /// [`PathError::NotUtf8`] (overlong forms are not UTF-8), or what [`parse`](Self::parse) says.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PathError> {
        Self::parse(std::str::from_utf8(bytes).map_err(|_| PathError::NotUtf8)?)
    }

    /// The path, as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its names, first to last; never empty.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        at_slashes(&self.text)
    }

    /// The last name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or(&self.text)
    }
}

impl fmt::Display for RelativePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl AsRef<str> for RelativePath {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl AsRef<std::path::Path> for RelativePath {
    fn as_ref(&self) -> &std::path::Path {
        self.text.as_ref()
    }
}

fn check(text: &str) -> Result<(), PathError> {
    if text.is_empty() {
        return Err(PathError::Empty);
    }
    if text.len() > PATH_BYTES_MAX {
        return Err(PathError::TooLong);
    }
    check_characters(text)?;
    check_beginning(text)?;
    if text.ends_with('/') {
        return Err(PathError::TrailingSlash);
    }
    at_slashes(text).try_for_each(check_segment)
}

fn check_characters(text: &str) -> Result<(), PathError> {
    for byte in text.bytes() {
        match byte {
            0 => return Err(PathError::Nul),
            b'\\' => return Err(PathError::Backslash),
            1..=0x1f | 0x7f => return Err(PathError::Control),
            _ => {}
        }
    }
    // The C1 controls are two bytes in UTF-8: C2 80 to C2 9F.
    if !text.is_ascii() && text.chars().any(char::is_control) {
        return Err(PathError::Control);
    }
    Ok(())
}

fn check_beginning(text: &str) -> Result<(), PathError> {
    match text.as_bytes() {
        [b'/', b'/', ..] => Err(PathError::Unc),
        [b'/', ..] => Err(PathError::Absolute),
        [letter, b':', ..] if letter.is_ascii_alphabetic() => Err(PathError::Drive),
        _ => Ok(()),
    }
}

fn check_segment(segment: &str) -> Result<(), PathError> {
    match segment {
        "" => Err(PathError::EmptySegment),
        "." => Err(PathError::DotSegment),
        ".." => Err(PathError::ParentSegment),
        _ if segment.len() > SEGMENT_BYTES_MAX => Err(PathError::SegmentTooLong),
        _ if is_reserved(segment) => Err(PathError::Reserved),
        _ => Ok(()),
    }
}

/// In any case: some file systems fold it.
pub(crate) fn is_reserved(segment: &str) -> bool {
    segment
        .as_bytes()
        .get(..RESERVED_PREFIX.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(RESERVED_PREFIX.as_bytes()))
}

#[cfg(test)]
mod tests;
