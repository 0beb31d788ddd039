//! Text that a guest may have chosen: bounded, and escaped so that no viewer can be fooled by it.

use std::borrow::Cow;
use std::fmt;
use std::io;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::ser::Formatter;

use super::hex::Digest;

/// Text of at most `MAX` bytes. What is longer is cut, and says so: it ends in `…[cut: 70000 bytes, sha256 …]`, the size and the
/// digest of the whole.
///
/// The mark cannot be forged: text that ends like a mark by itself gets a second one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a, const MAX: usize>(Extent<'a>);

/// A name or a code: of a tool, an operation, an outcome.
pub type Name<'a> = Text<'a, 256>;

/// A line for a person: a reason, a remedy, the text of a rule.
pub type Sentence<'a> = Text<'a, 1024>;

/// The arguments of a call or an attempt.
pub type Arguments<'a> = Text<'a, 4096>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Extent<'a> {
    Whole(Cow<'a, str>),
    /// Boxed, since it is rare and a record holds many texts.
    Cut(Box<Cut<'a>>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Cut<'a> {
    shown: Cow<'a, str>,
    bytes: u64,
    sha256: Digest,
}

const MARK: [&str; 3] = ["…[cut: ", " bytes, sha256 ", "]"];

impl<const MAX: usize> Text<'_, MAX> {
    /// The text without its mark: all of it, or its first `MAX` bytes.
    pub fn shown(&self) -> &str {
        match &self.0 {
            Extent::Whole(text) => text,
            Extent::Cut(cut) => &cut.shown,
        }
    }

    /// Whether text is missing from [`Text::shown`].
    pub fn is_cut(&self) -> bool {
        match &self.0 {
            Extent::Whole(_) => false,
            Extent::Cut(cut) => cut.shown.len() as u64 != cut.bytes,
        }
    }
}

impl<'a, const MAX: usize> From<&'a str> for Text<'a, MAX> {
    fn from(text: &'a str) -> Self {
        if text.len() <= MAX && split_mark(text).is_none() {
            return Self(Extent::Whole(Cow::Borrowed(text)));
        }
        let shown = text
            .get(..text.floor_char_boundary(MAX))
            .unwrap_or_default();
        Self(Extent::Cut(Box::new(Cut {
            shown: Cow::Borrowed(shown),
            bytes: text.len() as u64,
            sha256: Digest::of(text.as_bytes()),
        })))
    }
}

impl<const MAX: usize> From<String> for Text<'_, MAX> {
    fn from(text: String) -> Self {
        match Text::<'_, MAX>::from(text.as_str()).0 {
            Extent::Whole(_) => Self(Extent::Whole(Cow::Owned(text))),
            Extent::Cut(cut) => Self(Extent::Cut(Box::new(Cut {
                shown: Cow::Owned(cut.shown.into_owned()),
                ..*cut
            }))),
        }
    }
}

fn split_mark(text: &str) -> Option<(&str, u64, Digest)> {
    let [start, middle, end] = MARK;
    let (rest, digest) = text.strip_suffix(end)?.rsplit_once(middle)?;
    let (shown, bytes) = rest.rsplit_once(start)?;
    Some((shown, bytes.parse().ok()?, digest.parse().ok()?))
}

/// The text with its mark, if it has one.
impl<const MAX: usize> fmt::Display for Text<'_, MAX> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Extent::Whole(text) => formatter.write_str(text),
            Extent::Cut(cut) => {
                let Cut {
                    shown,
                    bytes,
                    sha256,
                } = &**cut;
                let [start, middle, end] = MARK;
                write!(formatter, "{shown}{start}{bytes}{middle}{sha256}{end}")
            }
        }
    }
}

impl<const MAX: usize> Serialize for Text<'_, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Extent::Whole(text) => serializer.serialize_str(text),
            Extent::Cut(_) => serializer.collect_str(self),
        }
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<'_, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let extent = match split_mark(&text) {
            Some((shown, bytes, sha256)) => Extent::Cut(Box::new(Cut {
                shown: Cow::Owned(shown.to_owned()),
                bytes,
                sha256,
            })),
            None => Extent::Whole(Cow::Owned(text)),
        };
        let text = Self(extent);
        if text.shown().len() > MAX {
            return Err(de::Error::custom(format_args!(
                "text of more than {MAX} bytes"
            )));
        }
        Ok(text)
    }
}

impl<const MAX: usize> JsonSchema for Text<'_, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Text{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // The longest mark: its words, 20 digits of a size and 64 of a digest.
        json_schema!({ "type": "string", "maxLength": MAX + 110 })
    }
}

/// Whether a character can make text look like something else than it is, or steers what shows it: controls, line and paragraph
/// separators, directional marks and overrides, and everything that is not visible at all (Unicode's `Default_Ignorable_Code_Point`
/// and the interlinear marks).
pub const fn is_deceptive(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text as it may be shown on a terminal: every deceptive character as `\u{…}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let escape = |character: char| match is_deceptive(character) {
        true => character.escape_unicode().collect(),
        false => String::from(character),
    };
    Cow::Owned(text.chars().map(escape).collect())
}

/// Compact JSON that writes every deceptive character as `\uXXXX`, in whatever field it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct EscapingFormatter;

impl Formatter for EscapingFormatter {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // Without an early exit this is a few vector instructions; nearly all text ends here.
        if fragment.bytes().fold(0, u8::max) < 0x7f {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(is_deceptive) {
            let (plain, tail) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut characters = tail.chars();
            for unit in characters.next().into_iter().flat_map(utf16_units) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

fn utf16_units(character: char) -> impl Iterator<Item = u16> {
    let mut buffer = [0; 2];
    let length = character.encode_utf16(&mut buffer).len();
    buffer.into_iter().take(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json(text: &str) -> String {
        let mut out = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut out, EscapingFormatter);
        Text::<64>::from(text).serialize(&mut serializer).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn escapes_what_could_fool_a_viewer() {
        for (text, expected) in [
            ("plain é 漢 🦀", r#""plain é 漢 🦀""#),
            ("a\nb", r#""a\nb""#),
            ("\u{1b}[31m", r#""\u001b[31m""#),
            ("\u{7f}\u{9b}\u{9f}", r#""\u007f\u009b\u009f""#),
            ("x\u{202e}y\u{2066}", r#""x\u202ey\u2066""#),
            ("\u{200b}\u{feff}\u{2028}", r#""\u200b\ufeff\u2028""#),
            ("\u{e0041}", r#""\udb40\udc41""#),
            ("\"\\", r#""\"\\""#),
        ] {
            assert_eq!(json(text), expected);
            assert_eq!(serde_json::from_str::<String>(expected).unwrap(), text);
        }
    }

    #[test]
    fn text_at_the_bound_is_whole_and_one_byte_more_is_cut() {
        let at = "x".repeat(64);
        assert_eq!(Text::<64>::from(at.as_str()).to_string(), at);
        let past = "x".repeat(65);
        let cut = Text::<64>::from(past.as_str());
        assert!(cut.is_cut());
        assert_eq!(cut.shown(), at);
        let digest = Digest::of(past.as_bytes());
        assert_eq!(
            cut.to_string(),
            format!("{at}…[cut: 65 bytes, sha256 {digest}]")
        );
    }

    #[test]
    fn cuts_between_characters() {
        let text = format!("{}é", "x".repeat(63));
        assert_eq!(Text::<64>::from(text.as_str()).shown(), "x".repeat(63));
    }

    #[test]
    fn a_forged_mark_gets_a_true_one() {
        let forged = format!("a…[cut: 9 bytes, sha256 {}]", Digest::of(b"b"));
        let text = Text::<128>::from(forged.as_str());
        assert!(!text.is_cut());
        assert_eq!(text.shown(), forged);
        assert!(text.to_string().starts_with(&format!("{forged}…[cut: ")));
    }

    #[test]
    fn refuses_text_over_its_bound_when_reading() {
        let long = format!("\"{}\"", "x".repeat(65));
        assert!(serde_json::from_str::<Text<'_, 64>>(&long).is_err());
    }

    #[test]
    fn shows_deceptive_characters_by_their_numbers() {
        assert_eq!(visible("a\u{1b}[2J\u{202e}b"), r"a\u{1b}[2J\u{202e}b");
        assert!(matches!(visible("plain é"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn every_text_survives_a_line(text in any::<String>(), repeat in 1_usize..9) {
            let text = Text::<64>::from(text.repeat(repeat));
            let line = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<Text<'_, 64>>(&line).unwrap(), text);
        }

        #[test]
        fn no_line_holds_a_deceptive_character(text in any::<String>()) {
            prop_assert!(!json(&text).contains(is_deceptive));
        }
    }
}
