//! What a function's doc comment says to programs: the media type of the bytes that it answers with.
//!
//! The author is not trusted. What is taken for a media type is two tokens and nothing that could end a header or open a tag;
//! anything else stays what it is, a line of the description.

/// What starts the line.
const MARK: &str = "@media-type ";

/// Bytes of each half of a media type (RFC 6838, 4.2).
const HALF_BYTES_MAX: usize = 127;

/// A function's doc comment, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DescribedAs {
    description: Option<String>,
    media_type: Option<String>,
}

impl DescribedAs {
    /// Takes the first line that declares a media type out of a doc comment.
    pub(super) fn read(docs: &str) -> Self {
        let declared = docs
            .lines()
            .enumerate()
            .find_map(|(at, line)| Some((at, media_type(line)?)));
        let Some((place, media_type)) = declared else {
            return Self {
                description: Some(docs.to_owned()),
                media_type: None,
            };
        };
        let others = docs.lines().enumerate().filter(|(at, _)| *at != place);
        let others: Vec<&str> = others.map(|(_, line)| line).collect();
        let description = others.join("\n").trim().to_owned();
        Self {
            description: (!description.is_empty()).then_some(description),
            media_type: Some(media_type.to_owned()),
        }
    }

    pub(super) fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    pub(super) fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }
}

/// The media type that a line declares.
fn media_type(line: &str) -> Option<&str> {
    let media_type = line.trim().strip_prefix(MARK)?.trim();
    let (kind, subtype) = media_type.split_once('/')?;
    (is_token(kind) && is_token(subtype)).then_some(media_type)
}

/// RFC 9110, 5.6.2: `token = 1*tchar`.
fn is_token(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=HALF_BYTES_MAX).contains(&text.len()) && text.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(docs: &str) -> (Option<String>, Option<String>) {
        let read = DescribedAs::read(docs);
        (read.description, read.media_type)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn takes_the_line_out_wherever_it_stands() {
        let docs = "Draws it.\n\n@media-type image/png\nSlowly.";
        assert_eq!(
            read(docs),
            (some("Draws it.\n\nSlowly."), some("image/png"))
        );
        assert_eq!(
            read("@media-type image/svg+xml"),
            (None, some("image/svg+xml"))
        );
        assert_eq!(
            read("Draws.\n  @media-type  image/png  "),
            (some("Draws."), some("image/png"))
        );
    }

    #[test]
    fn leaves_everything_else_as_it_is() {
        for docs in [
            "Draws it.",
            "Declare @media-type image/png there.",
            "@media-type image",
            "@media-type image/",
            "@media-type image/png; charset=utf-8",
            "@media-type image/p<ng>",
            "@media-type image/png/x",
            "@media-typeimage/png",
        ] {
            assert_eq!(read(docs), (some(docs), None), "{docs}");
        }
        let long = format!("@media-type image/{}", "x".repeat(128));
        assert_eq!(read(&long), (some(&long), None));
        let longest = "x".repeat(127);
        let (_, media_type) = read(&format!("@media-type image/{longest}"));
        assert_eq!(media_type, Some(format!("image/{longest}")));
    }

    #[test]
    fn takes_only_the_first_of_two() {
        let docs = "@media-type image/png\n@media-type text/html";
        assert_eq!(
            read(docs),
            (some("@media-type text/html"), some("image/png"))
        );
    }
}
