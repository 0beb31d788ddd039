//! Reading the entries under a capability's key: a pattern, or a table with a pattern and settings.

use super::keys::{DIRECTORY_RULE, FILE_RULE, Key, REQUEST_RULE, URL_RULE};
use super::node::{Kind, Node};
use super::reader::{Reader, Values};
use crate::call::CallScope;
use crate::capability::Capability;
use crate::path::PathScope;
use crate::rule::{Origin, RuleError};
use crate::rules::{DirectoryRule, ExtensionScope, FileRule, HttpRule, Rules, compile_call};
use crate::secret::{SecretScope, compile_secret};
use crate::settings::{HttpSettings, parse_header, parse_method};
use crate::url::UrlScope;
use std::sync::Arc;

impl<'t> Reader<'t> {
    /// Reads the list under a built-in key and adds it to the rules. An empty list links the capability.
    pub(super) fn rules(&mut self, rules: &mut Rules, capability: &Capability, node: &Node<'t>) {
        let Kind::List(entries) = &node.kind else {
            let mistake = self.wrong_type(node, "a list");
            if let Kind::Text(text) = node.kind {
                mistake.hint = Some(format!("write `{capability} = [{}]`", super::quoted(text)));
            }
            return;
        };
        link(rules, capability);
        for entry in entries {
            self.rule(rules, capability, entry);
        }
    }

    /// Reads one entry and adds it to the rules.
    pub(super) fn rule(&mut self, rules: &mut Rules, capability: &Capability, entry: &Node<'t>) {
        match capability {
            Capability::CallTool => self.call_rule(rules, entry),
            Capability::Secret => self.secret_rule(rules, entry),
            Capability::ReadFile
            | Capability::WriteFile
            | Capability::ListFiles
            | Capability::HttpGet
            | Capability::HttpRequest
            | Capability::Clock
            | Capability::Random
            | Capability::KeyValue
            | Capability::Extension(_) => self.pattern(rules, capability, entry),
        }
    }

    fn pattern(&mut self, rules: &mut Rules, capability: &Capability, entry: &Node<'t>) {
        let keys = rule_keys(capability);
        let Some((pattern, values)) = self.entry(entry, keys) else {
            return;
        };
        let Some(text) = pattern.as_text() else {
            return;
        };
        let origin = self.origin(&pattern.span);
        let before = self.mistakes.len();
        let result = match capability {
            Capability::ReadFile => {
                let rule = self.file_rule(text, &values);
                rule.compile(origin).map(|rule| rules.push_read(rule))
            }
            Capability::WriteFile => {
                let rule = self.file_rule(text, &values);
                rule.compile(origin).map(|rule| rules.push_write(rule))
            }
            Capability::ListFiles => {
                let rule = DirectoryRule {
                    path: text.to_owned(),
                    private: self.is_true("private", &values),
                    everything: self.is_true("everything", &values),
                };
                rule.compile(origin).map(|rule| rules.push_directory(rule))
            }
            Capability::HttpGet => {
                let rule = self
                    .http_rule(text, &values)
                    .compile(HttpSettings::get(), origin);
                rule.map(|rule| rules.http_get.get_or_insert_with(UrlScope::new).push(rule))
            }
            Capability::HttpRequest => {
                let rule = self
                    .http_rule(text, &values)
                    .compile(HttpSettings::request(), origin);
                rule.map(|rule| {
                    rules
                        .http_request
                        .get_or_insert_with(UrlScope::new)
                        .push(rule)
                })
            }
            Capability::Clock
            | Capability::Random
            | Capability::KeyValue
            | Capability::CallTool
            | Capability::Secret
            | Capability::Extension(_) => Ok(()),
        };
        match result {
            // A wrong setting was noted at its own place already.
            Err(_) if self.mistakes.len() > before => {}
            Err(error) => self.rule_error(error, text, &pattern.span),
            Ok(()) => {}
        }
    }

    /// Reads one entry of `call-tool`: a name alone, since there is nothing to say beside it.
    fn call_rule(&mut self, rules: &mut Rules, entry: &Node<'t>) {
        let Kind::Text(text) = entry.kind else {
            self.wrong_type(entry, "a string such as `\"tool\"` or `\"tool.function\"`");
            return;
        };
        match compile_call(text, self.origin(&entry.span)) {
            Ok(rule) => rules
                .call_tool
                .get_or_insert_with(CallScope::new)
                .push(rule),
            Err(error) => self.rule_error(error, text, &entry.span),
        }
    }

    /// Reads one entry of `secret`: a name alone, since what there is to say about a secret stands in its own table.
    fn secret_rule(&mut self, rules: &mut Rules, entry: &Node<'t>) {
        let Kind::Text(text) = entry.kind else {
            self.wrong_type(entry, "the name of a secret");
            return;
        };
        match compile_secret(text, self.origin(&entry.span)) {
            Ok(rule) => rules.secret.get_or_insert_with(SecretScope::new).push(rule),
            Err(error) => self.rule_error(error, text, &entry.span),
        }
    }

    /// Reads the list under an extension's key with the extension's own parser.
    pub(super) fn extension(
        &mut self,
        rules: &mut Rules,
        key: &str,
        parser: &crate::extension::Parser,
        node: &Node<'t>,
    ) {
        let Kind::List(entries) = &node.kind else {
            self.wrong_type(node, "a list");
            return;
        };
        let Some(settings) = entries
            .iter()
            .map(Node::setting)
            .collect::<Option<Vec<_>>>()
        else {
            self.mistake(
                "type",
                "expected strings, numbers, booleans, lists and tables",
                &node.span,
            );
            return;
        };
        let references = settings.iter().zip(entries);
        let references = references
            .map(|(setting, entry)| crate::rules::reference(setting, &self.origin(&entry.span)));
        let references = references.collect();
        match parser(&settings) {
            Ok(scope) => {
                let scope = ExtensionScope {
                    settings,
                    references,
                    scope: Arc::from(scope),
                };
                rules.extensions.insert(key.into(), scope);
            }
            Err(error) => {
                let place = entries.get(error.rule);
                let text = place.and_then(|entry| entry.as_text()).unwrap_or_default();
                let span = place.map_or_else(|| node.span.clone(), |entry| entry.span.clone());
                self.rule_error(error.error, text, &span);
            }
        }
    }

    /// The pattern of an entry, and its other values.
    fn entry(&mut self, entry: &Node<'t>, keys: &'static [Key]) -> Option<(Node<'t>, Values<'t>)> {
        match &entry.kind {
            Kind::Text(text) => Some((
                Node {
                    kind: Kind::Text(text),
                    span: entry.span.clone(),
                },
                Values::new(),
            )),
            Kind::Table(table) => {
                let before = self.mistakes.len();
                let mut values = self.known(*table, keys, "this rule", &entry.span);
                let pattern = values.remove(keys.first()?.name).map(|(node, _)| node);
                if let Some(pattern) = pattern
                    .as_ref()
                    .filter(|pattern| pattern.as_text().is_none())
                {
                    self.wrong_type(pattern, "a string");
                }
                pattern
                    .filter(|_| self.mistakes.len() == before)
                    .map(|pattern| (pattern, values))
            }
            Kind::Integer(_) | Kind::Boolean(_) | Kind::List(_) | Kind::Other(_) => {
                self.wrong_type(entry, "a pattern, or a table with one");
                None
            }
        }
    }

    fn file_rule(&mut self, path: &str, values: &Values<'t>) -> FileRule {
        let mut rule = FileRule::new(path);
        rule.settings.allow_hard_links = self.is_true("allow-hard-links", values);
        rule.settings.max_size = values.get("max-size").and_then(|(node, _)| self.size(node));
        rule.settings.private = self.is_true("private", values);
        rule.everything = self.is_true("everything", values);
        rule
    }

    fn http_rule(&mut self, url: &str, values: &Values<'t>) -> HttpRule {
        let mut rule = HttpRule::new(url);
        rule.allow_private = self.is_true("allow-private", values);
        rule.max_response = values
            .get("max-response")
            .and_then(|(node, _)| self.size(node));
        rule.max_egress = values
            .get("max-egress")
            .and_then(|(node, _)| self.size(node));
        rule.for_private_data = self.is_true("for-private-data", values);
        rule.methods = values
            .get("methods")
            .map(|(node, _)| self.names(node, parse_method));
        rule.headers = values
            .get("headers")
            .map(|(node, _)| self.names(node, parse_header));
        rule.everything = self.is_true("everything", values);
        rule
    }

    fn is_true(&mut self, name: &str, values: &Values<'t>) -> bool {
        values
            .get(name)
            .is_some_and(|(node, _)| self.truth(name, node))
    }
}

/// An entry that stands alone, as on the command line: the same words as in the file.
pub(crate) fn read_alone(
    rules: &mut Rules,
    capability: &Capability,
    text: &str,
    origin: &Origin,
) -> Result<(), RuleError> {
    let document = format!("rule = {text}");
    let parsed = toml_edit::Document::parse(document.as_str())
        .map_err(|error| RuleError::new("syntax", error.message().trim().to_owned()))?;
    if parsed.as_table().len() != 1 {
        return Err(RuleError::new(
            "syntax",
            "expected one table and nothing behind it",
        ));
    }
    let mut reader = Reader {
        file: "".into(),
        elsewhere: Some(origin.clone()),
        text: &document,
        mistakes: Vec::new(),
    };
    if let Some(item) = parsed.get("rule") {
        reader.rule(
            rules,
            capability,
            &Node::of_item(item, &(0..document.len())),
        );
    }
    match reader.mistakes.into_iter().next() {
        None => Ok(()),
        Some(mistake) => Err(RuleError {
            code: mistake.code,
            message: mistake.message,
            hint: mistake.hint,
            at: None,
        }),
    }
}

pub(super) fn rule_keys(capability: &Capability) -> &'static [Key] {
    match capability {
        Capability::ReadFile | Capability::WriteFile => FILE_RULE,
        Capability::ListFiles => DIRECTORY_RULE,
        Capability::HttpGet => URL_RULE,
        Capability::HttpRequest => REQUEST_RULE,
        Capability::Clock
        | Capability::Random
        | Capability::KeyValue
        | Capability::CallTool
        | Capability::Secret
        | Capability::Extension(_) => &[],
    }
}

fn link(rules: &mut Rules, capability: &Capability) {
    match capability {
        Capability::ReadFile => rules.read_file = Some(PathScope::new()),
        Capability::WriteFile => rules.write_file = Some(PathScope::new()),
        Capability::ListFiles => rules.list_files = Some(PathScope::new()),
        Capability::HttpGet => rules.http_get = Some(UrlScope::new()),
        Capability::HttpRequest => rules.http_request = Some(UrlScope::new()),
        Capability::CallTool => rules.call_tool = Some(CallScope::new()),
        Capability::Secret => rules.secret = Some(SecretScope::new()),
        Capability::Clock
        | Capability::Random
        | Capability::KeyValue
        | Capability::Extension(_) => {}
    }
}
