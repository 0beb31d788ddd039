//! Bytes as a case file writes them: a text, `{ base64 = "…" }`, or `{ repeat = "…", bytes = N }`.

use std::fmt;

use bailiwick_fake::Content;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// Bytes as a case file writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Described(pub(crate) Content);

/// The table forms. The keys of whoever holds bytes among others are the same.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) base64: Option<String>,
    pub(super) repeat: Option<String>,
    pub(super) bytes: Option<u64>,
}

impl Keys {
    pub(super) fn is_empty(&self) -> bool {
        self.base64.is_none() && self.repeat.is_none() && self.bytes.is_none()
    }

    /// The bytes that the keys describe.
    pub(super) fn describe<E: Error>(self) -> Result<Content, E> {
        match self {
            Self {
                base64: Some(text),
                repeat: None,
                bytes: None,
            } => {
                let bytes = STANDARD.decode(&text);
                let bytes = bytes.map_err(|error| E::custom(format!("not base64: {error}")))?;
                Ok(bytes.into())
            }
            Self {
                base64: None,
                repeat: Some(unit),
                bytes: Some(bytes),
            } => Ok(Content::repeated(unit, bytes)),
            Self { .. } => Err(E::custom(
                "expected a text, `{ base64 = \"…\" }` or `{ repeat = \"…\", bytes = N }`",
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Described {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Described;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a table that describes bytes")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Described, E> {
                Ok(Described(text.into()))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Described, M::Error> {
                let keys = Keys::deserialize(MapAccessDeserializer::new(map))?;
                keys.describe().map(Described)
            }
        }

        deserializer.deserialize_any(Text)
    }
}

/// The base64 of what is no text.
pub(crate) fn base64_of(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
