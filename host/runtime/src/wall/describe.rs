//! What a worker says about the functions of its component, and what of it is believed.
//!
//! The worker may be the component's. Its words are bounded by the frame that they came in; a function is one that the component's own
//! bytes export, as this process read them; types are put together again from flat parts, with their depth counted; texts are cut
//! and in visible ASCII. A lie within that is a tool that behaves unlike its own types, which its calls then show: what it answers is
//! held against what it said.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use wasmtime::component::Component;

use super::WallError;
use crate::component::Outline;
use crate::tool::Function;
use crate::tool::load::Minimum;
use crate::value::{FlatSignature, Malformed, NotCallable};

/// Bytes of a description: the shapes of one component weigh at most a mebibyte, and their names are within that.
pub(super) const DESCRIPTION_BYTES_MAX: usize = 2 << 20;

/// Functions of one component: more than any that was made for people or models to choose from.
const FUNCTIONS_MAX: usize = 20_000;

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 1_000;

/// The functions of a component, as a worker has them.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Description {
    functions: Vec<Described>,
    minimum: Minimum,
}

#[derive(Debug, Serialize, Deserialize)]
struct Described {
    interface: Option<String>,
    item: String,
    signature: Result<FlatSignature, (String, String)>,
}

/// What is believed of a description.
pub(crate) struct Believed {
    pub(crate) functions: Vec<Function>,
    pub(crate) minimum: Minimum,
}

impl Description {
    /// Of a component that is linked.
    pub(super) fn of(component: &Component, functions: &[Function]) -> Self {
        let describe = |function: &Function| Described {
            interface: function.interface().map(ToOwned::to_owned),
            item: function.item().to_owned(),
            signature: match function.signature() {
                Ok(signature) => Ok(FlatSignature::of(signature)),
                Err(why) => Err((why.at.clone(), why.why.clone())),
            },
        };
        Self {
            functions: functions.iter().map(describe).collect(),
            minimum: Minimum::of(component),
        }
    }

    /// What is believed of it, for a component with this outline.
    pub(super) fn believed(self, outline: &Outline) -> Result<Believed, WallError> {
        let mut names = HashSet::new();
        let is_new = |one: &Described| names.insert((one.interface.clone(), one.item.clone()));
        if self.functions.len() > FUNCTIONS_MAX || !self.functions.iter().all(is_new) {
            return Err(WallError::Protocol(
                "it described a function twice, or too many",
            ));
        }
        let functions = self
            .functions
            .into_iter()
            .map(|described| described.function(outline));
        let functions = functions.collect::<Result<Vec<_>, Malformed>>();
        Ok(Believed {
            functions: functions.map_err(|Malformed| {
                WallError::Protocol("it described functions that no component has")
            })?,
            minimum: self.minimum,
        })
    }
}

impl Described {
    fn function(self, outline: &Outline) -> Result<Function, Malformed> {
        let exported = self.interface.as_ref().unwrap_or(&self.item);
        let item = self.item.bytes();
        let named = item.clone().count() > 0
            && item
                .clone()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !outline.exports.contains(exported) || !named {
            return Err(Malformed);
        }
        let signature = match self.signature {
            Ok(flat) => Ok(flat.signature()?),
            Err((at, why)) => Err(NotCallable {
                at: plain(&at),
                why: plain(&why),
            }),
        };
        Ok(Function::new(
            self.interface.as_deref(),
            &self.item,
            None,
            signature,
            outline.section.as_ref(),
        ))
    }
}

/// A text of a worker's: short, and in letters that everybody can see.
pub(super) fn plain(text: &str) -> String {
    let shown = |letter: char| match letter {
        ' '..='~' => letter,
        _ => '\u{fffd}',
    };
    text.chars().take(REASON_CHARS_MAX).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_a_workers_is_short_and_can_be_seen() {
        assert_eq!(plain("wasm trap: unreachable"), "wasm trap: unreachable");
        // A terminal's escape, a line of its own, text that runs backwards, letters of no width.
        assert_eq!(
            plain("a\u{1b}[2J\nb\u{202e}c\u{200b}"),
            "a\u{fffd}[2J\u{fffd}b\u{fffd}c\u{fffd}"
        );
        assert_eq!(plain(&"x".repeat(5_000)).len(), REASON_CHARS_MAX);
    }
}
