//! What an answer is to a client that shows more than data: text, pictures, sound, documents.
//!
//! A component's types have no names at run time. The types of `bailiwick:content` are therefore recognised by their structure,
//! whole: a tool of somebody else's with the very same cases and fields means the same by them.

use crate::value::{Named, Shape};

/// What a function answers, without its own error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentShape {
    /// A `content` of `bailiwick:content/types`: one part.
    Content,
    /// A list of them.
    Contents,
    /// Bytes.
    Bytes,
    /// Nothing.
    Nothing,
    /// Anything else: data.
    Data,
}

impl ContentShape {
    /// What a function with this result answers.
    pub(super) fn of(result: Option<&Shape>) -> Self {
        let answer = match result {
            Some(Shape::Result(answer, _)) => answer.as_deref(),
            other => other,
        };
        match answer {
            None => Self::Nothing,
            Some(Shape::Bytes) => Self::Bytes,
            Some(Shape::List(part)) if is_content(part) => Self::Contents,
            Some(shape) if is_content(shape) => Self::Content,
            Some(_) => Self::Data,
        }
    }
}

/// WIT: `variant content { text(string), image(media), audio(media), document(document) }`.
fn is_content(shape: &Shape) -> bool {
    let Shape::Variant(cases) = shape else {
        return false;
    };
    are(
        cases,
        [
            ("text", &|case| has(case, is_string)),
            ("image", &|case| has(case, is_media)),
            ("audio", &|case| has(case, is_media)),
            ("document", &|case| has(case, is_document)),
        ],
    )
}

/// WIT: `record media { media-type: string, data: list<u8> }`.
fn is_media(shape: &Shape) -> bool {
    let Shape::Record(fields) = shape else {
        return false;
    };
    are(fields, [("media-type", &is_string), ("data", &is_bytes)])
}

/// WIT: `record document { uri: string, media-type: option<string>, body: body }`.
fn is_document(shape: &Shape) -> bool {
    let Shape::Record(fields) = shape else {
        return false;
    };
    are(
        fields,
        [
            ("uri", &is_string),
            ("media-type", &is_optional_string),
            ("body", &is_body),
        ],
    )
}

/// WIT: `variant body { text(string), blob(list<u8>) }`.
fn is_body(shape: &Shape) -> bool {
    let Shape::Variant(cases) = shape else {
        return false;
    };
    are(
        cases,
        [
            ("text", &|case| has(case, is_string)),
            ("blob", &|case| has(case, is_bytes)),
        ],
    )
}

fn is_string(shape: &Shape) -> bool {
    *shape == Shape::String
}

fn is_bytes(shape: &Shape) -> bool {
    *shape == Shape::Bytes
}

fn is_optional_string(shape: &Shape) -> bool {
    matches!(shape, Shape::Option(inner) if is_string(inner))
}

fn has(payload: &Option<Shape>, is: impl Fn(&Shape) -> bool) -> bool {
    payload.as_ref().is_some_and(is)
}

/// A member that is looked for: its name, and what it has to be.
type Expected<'a, T> = (&'a str, &'a dyn Fn(&T) -> bool);

/// Whether the members are these, in this order, and no others.
fn are<T, const N: usize>(members: &Named<T>, expected: [Expected<'_, T>; N]) -> bool {
    let all = members.iter().zip(&expected);
    members.len() == N
        && all
            .into_iter()
            .all(|((name, member), (expected, is))| name == *expected && is(member))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media() -> Shape {
        Shape::Record(Named::new([
            ("media-type", Shape::String),
            ("data", Shape::Bytes),
        ]))
    }

    fn content(last: &'static str) -> Shape {
        let body = Shape::Variant(Named::new([
            ("text", Some(Shape::String)),
            ("blob", Some(Shape::Bytes)),
        ]));
        let document = Shape::Record(Named::new([
            ("uri", Shape::String),
            ("media-type", Shape::Option(Box::new(Shape::String))),
            ("body", body),
        ]));
        Shape::Variant(Named::new([
            ("text", Some(Shape::String)),
            ("image", Some(media())),
            ("audio", Some(media())),
            (last, Some(document)),
        ]))
    }

    fn of(result: Option<Shape>) -> ContentShape {
        ContentShape::of(result.as_ref())
    }

    fn fallible(answer: Option<Shape>) -> Option<Shape> {
        let answer = answer.map(Box::new);
        Some(Shape::Result(answer, Some(Box::new(Shape::String))))
    }

    #[test]
    fn knows_content_by_its_whole_structure_and_nothing_that_is_nearly_the_same() {
        let list = |part| Shape::List(Box::new(part));
        assert_eq!(of(Some(content("document"))), ContentShape::Content);
        assert_eq!(
            of(fallible(Some(content("document")))),
            ContentShape::Content
        );
        assert_eq!(of(Some(list(content("document")))), ContentShape::Contents);
        assert_eq!(of(Some(content("documents"))), ContentShape::Data);
        assert_eq!(of(Some(media())), ContentShape::Data);
        assert_eq!(
            of(Some(list(list(content("document"))))),
            ContentShape::Data
        );
    }

    #[test]
    fn tells_bytes_and_nothing_from_data() {
        assert_eq!(of(None), ContentShape::Nothing);
        assert_eq!(of(fallible(None)), ContentShape::Nothing);
        assert_eq!(of(fallible(Some(Shape::Bytes))), ContentShape::Bytes);
        assert_eq!(of(Some(Shape::String)), ContentShape::Data);
    }
}
