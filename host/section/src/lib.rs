//! The `bailiwick:tool` custom section: what a tool's author says about it, and how those bytes are written and read.
//!
//! A component carries no documentation, and the `package-docs` section of WIT packages makes a finished component
//! undecodable. So the author's words travel in a section of our own, at the top level of the component:
//!
//! ```text
//! version  one byte, 1
//! JSON     UTF-8, the serde form of `Section`
//! ```
//!
//! The bytes are as hostile as the component that they came in. The order of evaluation is: size, version, JSON (the
//! types have a fixed depth and refuse unknown keys, so nothing deeper than they are is ever built), and every string
//! on its way into a [`Name`] or a [`Text`]. Strings are refused, never repaired: what was shown to the author by
//! [`Section::encode`] is what a host shows, or the section is an error.
//!
//! Nothing here grants anything. `asks` is what the author *says*; what a tool can reach is decided by what it imports
//! and by the policy. `exports` can only narrow what is callable. A component without the section is a whole component.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod binary;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use text::{NAME_CHARS_MAX, Name, NameError, Text, TextError};

/// The section's name in the component binary.
pub const SECTION_NAME: &str = "bailiwick:tool";

/// The version byte that this crate writes, and the only one that it reads.
pub const VERSION: u8 = 1;

/// The largest section, in bytes, version byte included: twenty times the documentation of all of WASI 0.2, and small
/// enough that parsing it costs less than parsing the component around it.
pub const SECTION_BYTES_MAX: usize = 1 << 20;

/// What a tool's author says about the tool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The documentation, by interface id (`acme:reports/csv@0.1.0`). The declared world stands among them under its
    /// own id: it documents the functions and types that the world exports without an interface.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub docs: BTreeMap<Name, InterfaceDocs>,
    /// The world that the author wrote (`acme:reports/tool@0.1.0`): the key of [`Self::docs`] for functions that are
    /// exported without an interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<Name>,
    /// What the author asks for and why, one entry a capability.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Ask>,
    /// The exports of the declared world: `ns:package/interface@version#function`, or `function` for one that is
    /// exported without an interface. Only these are callable.
    pub exports: BTreeSet<Name>,
}

/// One sentence of the statement of needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The capability's policy key: `read-file`, or an embedder's `acme:db/query`.
    pub capability: Name,
    /// Why the tool needs it, for the person who writes the policy.
    pub why: Text,
}

/// The documentation of one interface, or of one world.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterfaceDocs {
    /// The doc comment of the interface itself; empty where there is none.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub docs: Text,
    /// By function name as in the binary (`summarise`, `[method]table.row`). Functions without a doc comment are absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub functions: BTreeMap<Name, Text>,
    /// By type name. Types without any doc comment are absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<Name, TypeDocs>,
}

/// The documentation of one named type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeDocs {
    /// The doc comment of the type itself; empty where there is none.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub docs: Text,
    /// By the name of a record's field, a variant's or enum's case, a flag. Members without a doc comment are absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<Name, Text>,
}

/// Why the bytes are not a section that this crate reads, or a section cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SectionError {
    /// More than [`SECTION_BYTES_MAX`].
    #[error("the `{SECTION_NAME}` section is {bytes} bytes long, the most is {SECTION_BYTES_MAX}")]
    TooLarge {
        /// How long it is.
        bytes: usize,
    },
    /// No byte at all, not even the version.
    #[error("the `{SECTION_NAME}` section is empty")]
    Empty,
    /// Another version than [`VERSION`].
    #[error("the `{SECTION_NAME}` section has version {found}, this host reads version {VERSION}")]
    Version {
        /// The byte that was found.
        found: u8,
    },
    /// Not JSON, not of the documented form, or with a name or a text that is refused.
    #[error("the `{SECTION_NAME}` section is malformed")]
    Malformed(#[source] serde_json::Error),
}

impl Section {
    /// Reads the section's bytes, the name not included.
    ///
    /// # Errors
    /// Every [`SectionError`]; nothing is allocated for a section over the size limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, SectionError> {
        within_limit(bytes.len())?;
        match bytes.split_first() {
            None => Err(SectionError::Empty),
            Some((&VERSION, json)) => serde_json::from_slice(json).map_err(SectionError::Malformed),
            Some((&found, _)) => Err(SectionError::Version { found }),
        }
    }

    /// The section's bytes, the name not included; [`Self::decode`] gives the same value back.
    ///
    /// # Errors
    /// [`SectionError::TooLarge`].
    pub fn encode(&self) -> Result<Vec<u8>, SectionError> {
        let mut bytes = vec![VERSION];
        serde_json::to_writer(&mut bytes, self).map_err(SectionError::Malformed)?;
        within_limit(bytes.len())?;
        Ok(bytes)
    }

    /// The component with this section behind its last one.
    ///
    /// # Errors
    /// [`SectionError::TooLarge`].
    pub fn append_to(&self, mut component: Vec<u8>) -> Result<Vec<u8>, SectionError> {
        binary::append_custom_section(&mut component, SECTION_NAME, &self.encode()?);
        Ok(component)
    }
}

fn within_limit(bytes: usize) -> Result<(), SectionError> {
    if bytes > SECTION_BYTES_MAX {
        return Err(SectionError::TooLarge { bytes });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
