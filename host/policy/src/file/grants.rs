//! Grants that stand in another file than a policy, in a table with the keys of a tool's: what an author's test is run with, and
//! what one caller's calls are narrowed to.

use std::ops::Range;

use toml_edit::{Item, Key, TableLike};

use super::diagnostic::Diagnostics;
use super::keys::GRANTS;
use super::node::{Kind, Node};
use super::parse::{is_extension_key, syntax_mistake};
use super::reader::Reader;
use crate::extension::Extensions;
use crate::limits::{Limit, LimitSettings, Limits};
use crate::rules::Rules;

/// Reads what the table `key` of a file grants, and its limits; nothing where the file has no such table. All else in the
/// file is somebody else's to read. Remedies name the place as `[tools.KEY]`.
///
/// # Authority
/// As with [`Policy::parse`](crate::Policy::parse): a tool may do what the rules say, once it asks.
///
/// # Errors
/// Everything that is wrong with the table, or what keeps the file from being read.
pub fn read_grants(
    file_name: &str,
    text: &str,
    key: &str,
    extensions: &Extensions,
) -> Result<Option<(Rules, Limits)>, Diagnostics> {
    let document = document(file_name, text)?;
    let Some((name, item)) = document.as_table().get_key_value(key) else {
        return Ok(None);
    };
    let span = name.span().unwrap_or(0..0);
    let mut reader = reader(file_name, text);
    let granted = reader
        .table_of_grants(item, key, &format!("`[{key}]`"), &span, extensions)
        .map(|(rules, limits, _)| (rules, limits));
    finish(reader, granted)
}

/// Reads what calls of the tool `tool` are narrowed to by the table that `path` leads to (`["principals", "alice", "narrow",
/// "csv-report"]`): the rules that hold beside the tool's own, and the limits that it sets, no others. Nothing where the file
/// has no such table. All else in the file is somebody else's to read.
///
/// Limits that no single call has (how many run at once, how the component is loaded) are mistakes, and so is `ask`: who calls
/// cannot narrow them.
///
/// # Errors
/// Everything that is wrong with the table, or what keeps the file from being read.
pub fn read_narrowing(
    file_name: &str,
    text: &str,
    path: &[&str],
    tool: &str,
    extensions: &Extensions,
) -> Result<Option<(Rules, LimitSettings)>, Diagnostics> {
    let document = document(file_name, text)?;
    let Some((name, item)) = descend(document.as_table(), path) else {
        return Ok(None);
    };
    let span = name.span().unwrap_or(0..0);
    let mut reader = reader(file_name, text);
    let place = format!("`[{}]`", path.join("."));
    let narrowed = reader
        .table_of_grants(item, tool, &place, &span, extensions)
        .map(|(rules, limits, table)| {
            let set = reader.limits_of_a_call(table, &limits, &span);
            reader.refuse_ask(table, &span);
            (rules, set)
        });
    finish(reader, narrowed)
}

fn document<'t>(
    file_name: &str,
    text: &'t str,
) -> Result<toml_edit::Document<&'t str>, Diagnostics> {
    toml_edit::Document::parse(text)
        .map_err(|error| Diagnostics::new(file_name, text, vec![syntax_mistake(&error)]))
}

fn reader<'t>(file_name: &str, text: &'t str) -> Reader<'t> {
    Reader {
        file: file_name.into(),
        elsewhere: None,
        text,
        mistakes: Vec::new(),
    }
}

fn finish<T>(reader: Reader<'_>, value: T) -> Result<T, Diagnostics> {
    match reader.mistakes.is_empty() {
        true => Ok(value),
        false => Err(Diagnostics::new(&reader.file, reader.text, reader.mistakes)),
    }
}

/// The item at the end of the path, and its key.
fn descend<'t>(table: &'t dyn TableLike, path: &[&str]) -> Option<(&'t Key, &'t Item)> {
    let (first, rest) = path.split_first()?;
    let (key, item) = (table.key(first)?, table.get(first)?);
    match rest {
        [] => Some((key, item)),
        rest => descend(item.as_table_like()?, rest),
    }
}

impl<'t> Reader<'t> {
    fn table_of_grants(
        &mut self,
        item: &'t Item,
        tool: &str,
        place: &str,
        span: &Range<usize>,
        extensions: &Extensions,
    ) -> Option<(Rules, Limits, &'t dyn TableLike)> {
        let node = Node::of_item(item, span);
        let table = self.table(&node)?;
        let values = self.known_but(is_extension_key, table, GRANTS, place, span);
        let (rules, limits) = self.grants(tool, table, &values, &node.span, extensions);
        Some((rules, limits, table))
    }

    /// The limits that the table itself sets; all of them have been read into `limits`.
    fn limits_of_a_call(
        &mut self,
        table: &'t dyn TableLike,
        limits: &Limits,
        around: &Range<usize>,
    ) -> LimitSettings {
        let mut settings = LimitSettings::new();
        let Some(Kind::Table(set)) = table
            .get("limits")
            .map(|item| Node::of_item(item, around).kind)
        else {
            return settings;
        };
        for (name, _) in set.iter() {
            let span = set.key(name).and_then(Key::span);
            match Limit::from_key(name) {
                Some(Limit::Concurrency | Limit::ComponentSize | Limit::CompileTime) => {
                    let message = format!("`{name}` is not a limit of a call");
                    self.mistake("not-narrowed", message, &span.unwrap_or(0..0))
                        .hint = Some("leave it to the tool's own limits".to_owned());
                }
                Some(limit) => {
                    // What does not fit was noted when it was read.
                    let _ = settings.set_number(limit, limits.get(limit));
                }
                None => {}
            }
        }
        settings
    }

    fn refuse_ask(&mut self, table: &'t dyn TableLike, around: &Range<usize>) {
        let Some(key) = table.key("ask") else { return };
        let span = key.span().unwrap_or_else(|| around.clone());
        self.mistake("not-narrowed", "`ask` is for all who call the tool", &span)
            .hint = Some("write it under the tool in the policy".to_owned());
    }
}
