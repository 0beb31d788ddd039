//! Strings and settings as TOML.

use crate::extension::Setting;
use std::collections::BTreeMap;

/// A string as TOML: quoted, and in single quotes where that saves escapes.
pub(crate) fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// A value of an extension's rule as TOML, on one line.
pub(crate) fn setting_text(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => quoted(text),
        Setting::Integer(number) => number.to_string(),
        Setting::Boolean(truth) => truth.to_string(),
        Setting::List(list) => format!(
            "[{}]",
            list.iter().map(setting_text).collect::<Vec<_>>().join(", ")
        ),
        Setting::Table(table) => inline_table(table),
    }
}

fn inline_table(table: &BTreeMap<String, Setting>) -> String {
    if table.is_empty() {
        return "{}".to_owned();
    }
    let pairs = table
        .iter()
        .map(|(key, value)| format!("{} = {}", toml_key(key), setting_text(value)));
    format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
}

/// A key, quoted where it has to be.
pub(crate) fn toml_key(key: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match !key.is_empty() && key.bytes().all(bare) {
        true => key.to_owned(),
        false => toml_edit::Key::new(key).to_string(),
    }
}
