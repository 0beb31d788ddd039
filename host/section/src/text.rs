//! The two kinds of strings in the section, each checked on the way in.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest name, in characters. Component names are far shorter; wasmparser's own limit is 100,000 bytes.
pub const NAME_CHARS_MAX: usize = 1_024;

/// A name of an interface, a function, a type, a member or a capability: 1 to 1,024 visible ASCII characters.
///
/// ASCII, because WIT names are, and because two names that look alike must be the same name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Box<str>);

/// Why a string is not a [`Name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// The empty string.
    #[error("a name is empty")]
    Empty,
    /// Longer than 1,024 characters.
    #[error("a name has {chars} characters, the most is {NAME_CHARS_MAX}")]
    TooLong {
        /// How long it is.
        chars: usize,
    },
    /// Something other than a visible ASCII character.
    #[error("a name contains U+{code:04X}, names are visible ASCII characters", code = *.found as u32)]
    Character {
        /// The first such character.
        found: char,
    },
}

impl Name {
    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        let chars = name.chars().count();
        if chars == 0 {
            return Err(NameError::Empty);
        }
        if chars > NAME_CHARS_MAX {
            return Err(NameError::TooLong { chars });
        }
        match name.chars().find(|character| !character.is_ascii_graphic()) {
            Some(found) => Err(NameError::Character { found }),
            None => Ok(Self(name.into())),
        }
    }
}

impl TryFrom<&str> for Name {
    type Error = NameError;

    fn try_from(name: &str) -> Result<Self, NameError> {
        Self::try_from(name.to_owned())
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.into()
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A text for people: any characters but those that move a cursor, colour a terminal or reorder a line.
///
/// Line feeds and tabs are allowed; all other control characters (C0, DEL, C1), the bidirectional controls and the
/// line and paragraph separators are refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text(Box<str>);

/// Why a string is not a [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// A character that texts may not hold.
    #[error("a text contains the control character U+{code:04X}", code = *.found as u32)]
    Control {
        /// The first such character.
        found: char,
    },
}

impl Text {
    /// The text as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<String> for Text {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        match text.chars().find(|&character| is_refused(character)) {
            Some(found) => Err(TextError::Control { found }),
            None => Ok(Self(text.into())),
        }
    }
}

impl TryFrom<&str> for Text {
    type Error = TextError;

    fn try_from(text: &str) -> Result<Self, TextError> {
        Self::try_from(text.to_owned())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0.into()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn is_refused(character: char) -> bool {
    let reorders = matches!(character,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    reorders || (character.is_control() && character != '\n' && character != '\t')
}
