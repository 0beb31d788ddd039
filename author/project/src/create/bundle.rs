//! The worlds that a new tool can include, and which sample goes with each.

use std::str::FromStr;

use bailiwick_wit::contract::{self, World};

use crate::nearest::nearest;

/// One of the worlds of `bailiwick:worlds`: a bundle of authority.
#[derive(Clone, Debug)]
pub struct Bundle {
    world: World,
    variant: Variant,
}

/// The sample that a new project begins with: each does the same with what another bundle gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Counts the lines of a file that the caller names.
    Files,
    /// Counts the lines of a file that it is handed.
    Filter,
    /// Counts the lines of what is at a URL.
    Web,
    /// Counts the lines of a text.
    Pure,
}

/// A word that names no world.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no world `{word}` to include")]
pub struct UnknownBundle {
    word: String,
    /// The world whose name is most like the word, if one is.
    pub nearest: Option<String>,
}

impl Bundle {
    /// The world of a tool about which nothing is said.
    pub const DEFAULT: &str = "file-reader";

    /// All of them, from the least authority to the most.
    pub fn all() -> Vec<Self> {
        let worlds = contract::worlds().unwrap_or_default();
        worlds.into_iter().map(Self::of).collect()
    }

    fn of(world: World) -> Self {
        let variant = Variant::of(&world);
        Self { world, variant }
    }

    /// Its name: `file-reader`.
    pub fn name(&self) -> &str {
        &self.world.name
    }

    /// What the WIT says of it.
    pub fn docs(&self) -> &str {
        &self.world.docs
    }

    /// The capabilities that a tool of this world can ask for, as a policy names them.
    pub fn capabilities(&self) -> Vec<&str> {
        let capabilities = &self.world.capabilities;
        capabilities
            .iter()
            .map(|capability| capability.key())
            .collect()
    }

    /// What a tool of this world can reach at most, in words: its capabilities, where it has any.
    pub fn authority(&self) -> String {
        match (self.variant, self.capabilities().as_slice()) {
            (Variant::Filter, []) => "the files that it is handed".to_owned(),
            (_, []) => "nothing".to_owned(),
            (_, capabilities) => capabilities.join(", "),
        }
    }

    /// Whether the world has an interface, named as WIT writes it.
    pub(crate) fn imports(&self, interface: &str) -> bool {
        self.world.imports.iter().any(|import| import == interface)
    }

    pub(crate) fn variant(&self) -> Variant {
        self.variant
    }
}

impl FromStr for Bundle {
    type Err = UnknownBundle;

    fn from_str(word: &str) -> Result<Self, UnknownBundle> {
        let mut all = Self::all();
        if let Some(found) = all.iter().position(|bundle| bundle.name() == word) {
            return Ok(all.swap_remove(found));
        }
        let nearest = nearest(word, all.iter().map(Self::name)).map(str::to_owned);
        Err(UnknownBundle {
            word: word.to_owned(),
            nearest,
        })
    }
}

impl Variant {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Files, Self::Filter, Self::Web, Self::Pure];

    /// The first that the world can do, in the order in which a tool would want them.
    fn of(world: &World) -> Self {
        let imports = |interface: &str| {
            world
                .imports
                .iter()
                .any(|import| import.contains(interface))
        };
        if imports("bailiwick:files/read-file@") {
            Self::Files
        } else if imports("bailiwick:http/http-get@") {
            Self::Web
        } else if imports("bailiwick:files/types@") {
            Self::Filter
        } else {
            Self::Pure
        }
    }

    /// The name of its folders among the templates.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Filter => "filter",
            Self::Web => "web",
            Self::Pure => "pure",
        }
    }

    /// What the sample does.
    pub(crate) fn comment(self) -> &'static str {
        match self {
            Self::Files => "How many lines the file at `path` has.",
            Self::Filter => "How many lines `text` has, a file that the caller opened.",
            Self::Web => "How many lines there are at `url`.",
            Self::Pure => "How many lines `text` has.",
        }
    }

    /// What the sample asks for and why, by capability.
    pub(crate) fn asks(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Files => &[("read-file", "reads the file whose lines it counts")],
            Self::Filter => &[("read-file", "is handed the file whose lines it counts")],
            Self::Web => &[("http-get", "fetches the text whose lines it counts")],
            Self::Pure => &[],
        }
    }

    /// The module of the SDKs whose types stand in the sample's signature.
    pub(crate) fn sdk_module(self) -> Option<&'static str> {
        match self {
            Self::Files | Self::Filter => Some("files"),
            Self::Web => Some("http"),
            Self::Pure => None,
        }
    }

    /// The argument that the README shows.
    pub(crate) fn argument(self) -> &'static str {
        match self {
            Self::Files | Self::Filter => r#"'"data/input.csv"'"#,
            Self::Web => r#"'"https://example.com/"'"#,
            Self::Pure => r#"'"one\ntwo"'"#,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_world_has_its_sample() {
        let samples: Vec<(String, Variant)> = Bundle::all()
            .iter()
            .map(|bundle| (bundle.name().to_owned(), bundle.variant()))
            .collect();
        let expected = [
            ("pure", Variant::Pure),
            ("file-reader", Variant::Files),
            ("file-editor", Variant::Files),
            ("file-filter", Variant::Filter),
            ("web-reader", Variant::Web),
            ("web-client", Variant::Web),
            ("report-writer", Variant::Files),
            ("agent-tool", Variant::Files),
        ];
        let expected = expected.map(|(name, variant)| (name.to_owned(), variant));
        assert_eq!(samples, expected);
    }

    #[test]
    fn names_the_world_that_was_probably_meant() {
        assert!(Bundle::DEFAULT.parse::<Bundle>().is_ok());
        let unknown = "file-raeder".parse::<Bundle>().unwrap_err();
        assert_eq!(unknown.nearest.as_deref(), Some("file-reader"));
        assert_eq!("x".parse::<Bundle>().unwrap_err().nearest, None);
    }
}
