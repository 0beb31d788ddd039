//! Grants that stand in another file than a policy, in a table with the keys of a tool's: what an author's test is run with.

use super::diagnostic::Diagnostics;
use super::keys::GRANTS;
use super::node::Node;
use super::parse::{is_extension_key, syntax_mistake};
use super::reader::Reader;
use crate::extension::Extensions;
use crate::limits::Limits;
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
    let document = toml_edit::Document::parse(text)
        .map_err(|error| Diagnostics::new(file_name, text, vec![syntax_mistake(&error)]))?;
    let Some((name, item)) = document.as_table().get_key_value(key) else {
        return Ok(None);
    };
    let mut reader = Reader {
        file: file_name.into(),
        elsewhere: None,
        text,
        mistakes: Vec::new(),
    };
    let span = name.span().unwrap_or(0..0);
    let node = Node::of_item(item, &span);
    let granted = reader.table(&node).map(|table| {
        let place = format!("`[{key}]`");
        let values = reader.known_but(is_extension_key, table, GRANTS, &place, &span);
        reader.grants(key, table, &values, &node.span, extensions)
    });
    if reader.mistakes.is_empty() {
        return Ok(granted);
    }
    Err(Diagnostics::new(file_name, text, reader.mistakes))
}
