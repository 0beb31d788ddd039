//! A value of the file with its place, whichever of TOML's spellings it has.

use crate::extension::Setting;
use std::ops::Range;
use toml_edit::{Item, TableLike, Value};

/// A value of the file.
pub(super) struct Node<'t> {
    pub(super) kind: Kind<'t>,
    pub(super) span: Range<usize>,
}

/// What it is; `[table]` and `{ table }` are the same, `[[list]]` and `[{ list }]` too.
pub(super) enum Kind<'t> {
    Text(&'t str),
    Integer(i64),
    Boolean(bool),
    List(Vec<Node<'t>>),
    Table(&'t dyn TableLike),
    /// What no key takes: a float or a date.
    Other(&'static str),
}

impl<'t> Node<'t> {
    /// `around` is the place to name where the value has none of its own.
    pub(super) fn of_item(item: &'t Item, around: &Range<usize>) -> Node<'t> {
        let span = item.span().unwrap_or_else(|| around.clone());
        match item {
            Item::Value(value) => Node::of_value(value, around),
            Item::Table(table) => Node {
                kind: Kind::Table(table),
                span,
            },
            Item::ArrayOfTables(tables) => {
                let nodes = tables.iter().map(|table| Node {
                    kind: Kind::Table(table),
                    span: table.span().unwrap_or_else(|| span.clone()),
                });
                Node {
                    kind: Kind::List(nodes.collect()),
                    span: span.clone(),
                }
            }
            Item::None => Node {
                kind: Kind::Other("nothing"),
                span,
            },
        }
    }

    fn of_value(value: &'t Value, around: &Range<usize>) -> Node<'t> {
        let span = value.span().unwrap_or_else(|| around.clone());
        let kind = match value {
            Value::String(text) => Kind::Text(text.value()),
            Value::Integer(number) => Kind::Integer(*number.value()),
            Value::Boolean(truth) => Kind::Boolean(*truth.value()),
            Value::Array(array) => Kind::List(
                array
                    .iter()
                    .map(|value| Node::of_value(value, &span))
                    .collect(),
            ),
            Value::InlineTable(table) => Kind::Table(table),
            Value::Float(_) => Kind::Other("a number with a fraction"),
            Value::Datetime(_) => Kind::Other("a date"),
        };
        Node { kind, span }
    }

    /// The text, where it is one.
    pub(super) fn as_text(&self) -> Option<&'t str> {
        match self.kind {
            Kind::Text(text) => Some(text),
            Kind::Integer(_)
            | Kind::Boolean(_)
            | Kind::List(_)
            | Kind::Table(_)
            | Kind::Other(_) => None,
        }
    }

    /// What it is, for messages.
    pub(super) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Text(_) => "a string",
            Kind::Integer(_) => "a number",
            Kind::Boolean(_) => "a boolean",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
            Kind::Other(name) => name,
        }
    }

    /// The value for an extension. None where an extension cannot have such a value.
    pub(super) fn setting(&self) -> Option<Setting> {
        Some(match &self.kind {
            Kind::Text(text) => Setting::Text((*text).to_owned()),
            Kind::Integer(number) => Setting::Integer(*number),
            Kind::Boolean(truth) => Setting::Boolean(*truth),
            Kind::List(list) => {
                Setting::List(list.iter().map(Node::setting).collect::<Option<_>>()?)
            }
            Kind::Table(table) => {
                let pair = |(key, item): (&str, &'t Item)| {
                    Some((key.to_owned(), Node::of_item(item, &self.span).setting()?))
                };
                Setting::Table(table.iter().map(pair).collect::<Option<_>>()?)
            }
            Kind::Other(_) => return None,
        })
    }
}
