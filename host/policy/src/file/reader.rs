//! Reading values by their shapes, and collecting everything that is wrong on the way.

use super::diagnostic::{Mistake, position};
use super::keys::Key;
use super::node::{Kind, Node};
use super::policy::Ask;
use super::suggest::nearest;
use crate::limits::{parse_bytes, parse_duration};
use crate::rule::{Origin, RuleError, RuleRef};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use toml_edit::TableLike;

/// A file that is being read. What cannot be read is noted, and reading goes on.
pub(super) struct Reader<'t> {
    pub(super) file: Arc<str>,
    /// Where the rules come from, if not from places in the file.
    pub(super) elsewhere: Option<Origin>,
    pub(super) text: &'t str,
    pub(super) mistakes: Vec<Mistake>,
}

/// The values of a table by key, each with the place of its key.
pub(super) type Values<'t> = BTreeMap<&'static str, (Node<'t>, Range<usize>)>;

impl<'t> Reader<'t> {
    pub(super) fn mistake(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: &Range<usize>,
    ) -> &mut Mistake {
        let mistake = Mistake {
            code,
            message: message.into(),
            hint: None,
            span: span.clone(),
        };
        self.mistakes.push(mistake);
        let last = self.mistakes.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the line above pushed it")]
        &mut self.mistakes[last]
    }

    /// Notes a rule's error at the pattern, or at the part of it that is meant.
    pub(super) fn rule_error(&mut self, error: RuleError, pattern: &str, span: &Range<usize>) {
        let exact = error
            .at
            .clone()
            .and_then(|at| self.inside(pattern, span, at));
        let mistake = self.mistake(
            error.code,
            error.message,
            &exact.unwrap_or_else(|| span.clone()),
        );
        mistake.hint = error.hint;
    }

    /// Bytes of a string's value in the file, where the string is written without escapes.
    fn inside(&self, value: &str, span: &Range<usize>, at: Range<usize>) -> Option<Range<usize>> {
        let literal = self.text.get(span.start + 1..span.end.checked_sub(1)?)?;
        (literal == value).then(|| span.start + 1 + at.start..span.start + 1 + at.end)
    }

    /// The bytes of a rule's string in the file, quotes included.
    pub(super) fn place(&self, rule: &RuleRef) -> Range<usize> {
        let Origin::File { line, column, .. } = &rule.origin else {
            return 0..0;
        };
        let lines = self.text.split_inclusive('\n').take(*line as usize - 1);
        let line_start = lines.map(str::len).sum::<usize>();
        let rest = self.text.get(line_start..).unwrap_or_default();
        let before = rest.char_indices().nth(*column as usize - 1);
        let start = line_start + before.map_or(0, |(place, _)| place);
        start..start + rule.text.len() + 2
    }

    pub(super) fn origin(&self, span: &Range<usize>) -> Origin {
        if let Some(origin) = &self.elsewhere {
            return origin.clone();
        }
        let (line, column) = position(self.text, span.start);
        Origin::File {
            file: Arc::clone(&self.file),
            line,
            column,
        }
    }

    /// The keys of a table that are known; the others, and the missing ones, are noted.
    pub(super) fn known(
        &mut self,
        table: &'t dyn TableLike,
        keys: &'static [Key],
        place: &str,
        span: &Range<usize>,
    ) -> Values<'t> {
        self.known_but(|_| false, table, keys, place, span)
    }

    /// The same, but for the keys that somebody else reads.
    pub(super) fn known_but(
        &mut self,
        elsewhere: fn(&str) -> bool,
        table: &'t dyn TableLike,
        keys: &'static [Key],
        place: &str,
        span: &Range<usize>,
    ) -> Values<'t> {
        let mut values = Values::new();
        for (name, item) in table.iter().filter(|(name, _)| !elsewhere(name)) {
            let key_span = table
                .key(name)
                .and_then(toml_edit::Key::span)
                .unwrap_or_else(|| span.clone());
            match keys.iter().find(|key| key.name == name) {
                Some(key) => {
                    values.insert(key.name, (Node::of_item(item, &key_span), key_span));
                }
                None => self.unknown_key(name, keys.iter().map(|key| key.name), place, &key_span),
            }
        }
        for key in keys
            .iter()
            .filter(|key| key.required && !values.contains_key(key.name))
        {
            let first_line = span.start
                ..self
                    .text
                    .get(span.clone())
                    .and_then(|t| t.find('\n'))
                    .map_or(span.end, |n| span.start + n);
            self.mistake(
                "missing-key",
                format!("`{}` is missing in {place}", key.name),
                &first_line,
            )
            .hint = Some(as_hint(key.about));
        }
        values
    }

    pub(super) fn unknown_key(
        &mut self,
        name: &str,
        known: impl Iterator<Item = &'static str> + Clone,
        place: &str,
        span: &Range<usize>,
    ) {
        let hint = match nearest(name, known.clone()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!(
                "known keys: {}",
                known
                    .map(|key| format!("`{key}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        let message = format!("unknown key `{}` in {place}", name.escape_debug());
        self.mistake("unknown-key", message, span).hint = Some(hint);
    }

    pub(super) fn wrong_type(&mut self, node: &Node<'_>, expected: &str) -> &mut Mistake {
        self.mistake(
            "type",
            format!("expected {expected}, found {}", node.name()),
            &node.span,
        )
    }

    pub(super) fn table(&mut self, node: &Node<'t>) -> Option<&'t dyn TableLike> {
        match &node.kind {
            Kind::Table(table) => Some(*table),
            Kind::Text(_)
            | Kind::Integer(_)
            | Kind::Boolean(_)
            | Kind::List(_)
            | Kind::Other(_) => {
                self.wrong_type(node, "a table");
                None
            }
        }
    }

    /// A string that is not empty and has no control characters.
    pub(super) fn text(&mut self, node: &Node<'t>) -> Option<&'t str> {
        let Kind::Text(text) = node.kind else {
            self.wrong_type(node, "a string");
            return None;
        };
        if text.is_empty() || text.chars().any(char::is_control) {
            self.mistake(
                "text",
                "expected a text on one line that is not empty",
                &node.span,
            );
            return None;
        }
        Some(text)
    }

    /// `true`. Absent means no already, so `false` would be a second way to say nothing.
    pub(super) fn truth(&mut self, name: &str, node: &Node<'t>) -> bool {
        match node.kind {
            Kind::Boolean(true) => true,
            Kind::Boolean(false) => {
                let mistake = self.mistake(
                    "false",
                    format!("`{name} = false` says nothing"),
                    &node.span,
                );
                mistake.hint = Some("leave the key out: what is not granted is denied".to_owned());
                false
            }
            Kind::Text(_) | Kind::Integer(_) | Kind::List(_) | Kind::Table(_) | Kind::Other(_) => {
                self.wrong_type(node, "`true`");
                false
            }
        }
    }

    pub(super) fn size(&mut self, node: &Node<'t>) -> Option<u64> {
        let Kind::Text(text) = node.kind else {
            self.wrong_type(node, "a size such as `\"1 MiB\"`");
            return None;
        };
        match parse_bytes(text) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.mistake(
                    "quantity",
                    "this is not a size, such as `\"1 MiB\"`",
                    &node.span,
                )
                .hint = Some(error.to_string());
                None
            }
        }
    }

    /// How long a yes holds.
    pub(super) fn duration(&mut self, node: &Node<'t>) -> Option<Duration> {
        let Kind::Text(text) = node.kind else {
            self.wrong_type(node, "a duration such as `\"10 min\"`");
            return None;
        };
        let hint = match parse_duration(text) {
            Ok(duration) if duration < Ask::HOLDS_MIN => {
                "it has to be at least `1 s`; `ask = true` asks each time".to_owned()
            }
            Ok(duration) if duration > Ask::HOLDS_MAX => "it can be at most `24 h`".to_owned(),
            Ok(duration) => return Some(duration),
            Err(error) => error.to_string(),
        };
        let message = "this is not how long a yes holds, such as `\"10 min\"`";
        self.mistake("ask-holds", message, &node.span).hint = Some(hint);
        None
    }

    /// A list of strings, each with its place; what `parse` refuses is noted there.
    pub(super) fn names(
        &mut self,
        node: &Node<'t>,
        parse: fn(&str) -> Result<Box<str>, RuleError>,
    ) -> Vec<String> {
        let Kind::List(list) = &node.kind else {
            self.wrong_type(node, "a list of strings");
            return Vec::new();
        };
        let mut names = Vec::new();
        for entry in list {
            let Some(text) = self.text(entry) else {
                continue;
            };
            match parse(text) {
                Ok(_) => names.push(text.to_owned()),
                Err(error) => self.rule_error(error, text, &entry.span),
            }
        }
        names
    }
}

/// A sentence for editors as a hint: lower case, without a final stop.
fn as_hint(about: &str) -> String {
    let mut characters = about.trim_end_matches('.').chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}
