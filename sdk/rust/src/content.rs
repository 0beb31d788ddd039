//! Answers that are more than data: text, pictures, sound, documents. There is no authority in these types.
//!
//! A function whose result is a `content`, a `list<content>`, or a `result` with one of these, is shown by a host that serves agents as
//! what it is. The tool's own bindings take these types where they are told so:
//!
//! ```
//! bailiwick_sdk::generate!({
//! #   path: ["wit/content"],
//!     inline: "
//!         package example:chart;
//!         interface charts {
//!             use bailiwick:content/types@0.1.0.{content};
//!             draw: func() -> list<content>;
//!         }
//!         world chart { export charts; }
//!     ",
//!     with: { "bailiwick:content/types@0.1.0": bailiwick_sdk::content },
//! });
//! # struct Chart;
//! # export!(Chart);
//! use bailiwick_sdk::content::Content;
//!
//! impl exports::example::chart::charts::Guest for Chart {
//!     fn draw() -> Vec<Content> {
//!         vec![Content::text("the chart"), Content::image("image/png", [137, 80])]
//!     }
//! }
//! # fn main() {}
//! ```

/// Bytes with their media type.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::content::Media;
/// let picture = Media { media_type: "image/png".to_owned(), data: vec![137, 80, 78, 71] };
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Media {
    /// Such as `image/png`.
    pub media_type: String,
    /// The bytes.
    pub data: Vec<u8>,
}

/// What a document holds.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::content::Body;
/// assert_eq!(Body::from("a"), Body::Text("a".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// A document that travels within the answer.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::content::{Body, Document};
/// let notes = Document {
///     uri: "notes.md".to_owned(),
///     media_type: Some("text/markdown".to_owned()),
///     body: Body::from("# Notes"),
/// };
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Document {
    /// A name for it; nothing is ever fetched from it.
    pub uri: String,
    /// Such as `text/markdown`.
    pub media_type: Option<String>,
    /// What it holds.
    pub body: Body,
}

/// One part of an answer.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::content::Content;
/// assert_eq!(Content::text("a"), Content::Text("a".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// Text for the model.
    Text(String),
    /// A picture.
    Image(Media),
    /// Sound.
    Audio(Media),
    /// A document.
    Document(Document),
}

impl Content {
    /// Text for the model.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A picture of this media type.
    #[must_use]
    pub fn image(media_type: impl Into<String>, data: impl Into<Vec<u8>>) -> Self {
        Self::Image(media(media_type, data))
    }

    /// Sound of this media type.
    #[must_use]
    pub fn audio(media_type: impl Into<String>, data: impl Into<Vec<u8>>) -> Self {
        Self::Audio(media(media_type, data))
    }

    /// A document under a name of its own.
    #[must_use]
    pub fn document(
        uri: impl Into<String>,
        media_type: impl Into<String>,
        body: impl Into<Body>,
    ) -> Self {
        Self::Document(Document {
            uri: uri.into(),
            media_type: Some(media_type.into()),
            body: body.into(),
        })
    }
}

fn media(media_type: impl Into<String>, data: impl Into<Vec<u8>>) -> Media {
    Media {
        media_type: media_type.into(),
        data: data.into(),
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}
