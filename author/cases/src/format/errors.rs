//! Errors of the WIT as a case file writes them: `"not-found"`, `{ limit = "file-size" }`, `{ other = "…" }`.

use std::fmt;

use bailiwick_fake::{Case, Family};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// A name and, perhaps, what goes with it; which names there are depends on whose error it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) name: String,
    pub(crate) payload: Option<String>,
}

impl Words {
    /// The case of a package that the words name.
    pub(super) fn case<E: Error>(&self, family: Family) -> Result<Case, E> {
        Case::new(family, &self.name, self.payload.as_deref()).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Words;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name, or a table of one name and what goes with it")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Words, E> {
                Ok(Words {
                    name: name.to_owned(),
                    payload: None,
                })
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Words, M::Error> {
                let entry: Option<(String, String)> = map.next_entry()?;
                let (name, payload) = entry.ok_or_else(|| Error::invalid_length(0, &self))?;
                if map.next_key::<String>()?.is_some() {
                    return Err(Error::invalid_length(2, &self));
                }
                Ok(Words {
                    name,
                    payload: Some(payload),
                })
            }
        }

        deserializer.deserialize_any(Either)
    }
}
