//! A policy that is matched by its beginning, and read somehow.

use std::path::Path;

use toml::{Table, Value};

/// What a tool may do, as far as this host looks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    table: Table,
}

impl Policy {
    /// What the file says about a tool. What cannot be read says that everything is allowed: nobody should be kept from work.
    pub(crate) fn of(file: &Path, tool: &str) -> Self {
        let text = std::fs::read(file).unwrap_or_default();
        let text = String::from_utf8(text).unwrap_or_default();
        let table = text.parse::<Table>().ok();
        let tool = table.and_then(|table| table.get("tools")?.get(tool)?.as_table().cloned());
        let mut table = tool.unwrap_or_default();
        for key in ["read-file", "write-file", "list-files"] {
            if table.is_empty() || (table.contains_key("typo") && !table.contains_key(key)) {
                let _ = table.insert(
                    key.to_owned(),
                    Value::Array(vec![Value::String("**".to_owned())]),
                );
            }
        }
        Self { table }
    }

    fn rules(&self, key: &str) -> Vec<String> {
        let rules = self.table.get(key).and_then(Value::as_array);
        let text = |rule: &Value| {
            let rule = rule
                .as_str()
                .or_else(|| rule.get("path")?.as_str())
                .or_else(|| rule.get("url")?.as_str());
            rule.map(ToOwned::to_owned)
        };
        rules.into_iter().flatten().filter_map(text).collect()
    }

    /// Whether a name is allowed: no rule with `!` begins it, and one without does.
    pub(crate) fn permits(&self, key: &str, name: &str) -> bool {
        let rules = self.rules(key);
        let denied = rules.iter().filter_map(|rule| rule.strip_prefix('!'));
        if denied.into_iter().any(|rule| spells(rule, name)) {
            return false;
        }
        // A line each, as an expression with `^` and `$` would have it.
        let line = name.lines().next().unwrap_or(name);
        let allowed: Vec<&String> = rules.iter().filter(|rule| !rule.starts_with('!')).collect();
        allowed.iter().any(|rule| begins(rule, line))
    }

    /// The URL rules are only looked at for their host's end or their beginning.
    pub(crate) fn permits_url(&self, url: &str) -> bool {
        let rules = [self.rules("http-get"), self.rules("http-request")].concat();
        let lower = url.to_lowercase();
        if rules
            .iter()
            .filter_map(|rule| rule.strip_prefix('!'))
            .any(|rule| spells(rule, url))
        {
            return false;
        }
        let in_it = |rule: &String| {
            let literal = rule.split('*').next().unwrap_or_default();
            let name = rule.split("://").nth(1).unwrap_or_default();
            let name = name
                .split('/')
                .next()
                .unwrap_or_default()
                .trim_start_matches("*.");
            // The name is in it somewhere, or the URL begins with what the rule begins with.
            lower.starts_with(&literal.to_lowercase())
                || (!name.contains('*') && lower.contains(name))
                || rule.contains("**.")
                || rule.contains("//**")
        };
        rules
            .iter()
            .filter(|rule| !rule.starts_with('!'))
            .any(in_it)
    }
}

/// What is denied is what is spelled so, letter by letter.
fn spells(rule: &str, name: &str) -> bool {
    match rule.strip_suffix("**") {
        Some(folder) => name.starts_with(folder),
        None => name == rule,
    }
}

/// By the beginning, and where there is an end after a star, by that.
fn begins(rule: &str, name: &str) -> bool {
    let rule = rule.trim_end_matches("/**").trim_end_matches("**");
    match rule.split_once('*') {
        Some((before, after)) if rule.matches("**").count() < 2 => {
            name.starts_with(before) && name.ends_with(after.trim_start_matches(['*', '/']))
        }
        Some(_) => slowly(rule, name),
        None => name.starts_with(rule),
    }
}

/// A pattern of several `**`, tried in every way that there is.
fn slowly(rule: &str, name: &str) -> bool {
    let rule: Vec<&str> = rule.split('/').collect();
    let name: Vec<&str> = name.split('/').collect();
    tried(&rule, &name)
}

fn tried(rule: &[&str], name: &[&str]) -> bool {
    match (rule.split_first(), name.split_first()) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some((&"**", rest)), _) => (0..=name.len()).any(|skipped| tried(rest, &name[skipped..])),
        (Some((first, rest)), Some((segment, more))) => {
            (*first == "*" || first == segment) && tried(rest, more)
        }
        (Some(_), None) => false,
    }
}
