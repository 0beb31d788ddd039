//! Reading `[secrets.NAME]`, and holding what tools name against it.

use super::diagnostic::Mistake;
use super::keys::{AWS_SIGV4, KEYRING, SECRET};
use super::node::{Kind, Node};
use super::policy::{Policy, ToolPolicy};
use super::reader::{Reader, Values};
use super::suggest::nearest;
use crate::rule::{Pattern as _, Rule, RuleError, RuleRef};
use crate::secret::{
    AwsSigV4, Leak, SecretPlace, SecretPolicy, SecretRule, SecretSource, is_secret_name,
};
use crate::settings::{NoSettings, is_forbidden_header, parse_header};
use crate::url::{UrlPattern, UrlScope};
use std::ops::Range;
use std::sync::Arc;

/// More than any set of services that one policy's tools speak to; each is looked for in all that passes.
const SECRETS_MAX: usize = 64;

/// The keys of which a secret has exactly one.
const SOURCES: [&str; 4] = ["env", "file", "keyring", "command"];
const PLACES: [&str; 5] = ["header", "bearer", "basic", "query", "aws-sigv4"];

impl<'t> Reader<'t> {
    pub(super) fn secrets(&mut self, node: &Node<'t>) -> Vec<SecretPolicy> {
        let Some(table) = self.table(node) else {
            return Vec::new();
        };
        let mut secrets = Vec::new();
        for (name, item) in table.iter() {
            let span = table
                .key(name)
                .and_then(toml_edit::Key::span)
                .unwrap_or_else(|| node.span.clone());
            if !is_secret_name(name) {
                let message = format!("`{}` is not a name for a secret", name.escape_debug());
                self.mistake("secret-name", message, &span).hint =
                    Some("a name has letters, digits, `-` and `_`, at most 64 of them".to_owned());
            }
            if secrets.len() == SECRETS_MAX {
                let message = format!("a policy has at most {SECRETS_MAX} secrets");
                self.mistake("secret-count", message, &span);
                break;
            }
            secrets.extend(self.secret(name, &Node::of_item(item, &span), &span));
        }
        secrets
    }

    fn secret(&mut self, name: &str, node: &Node<'t>, key: &Range<usize>) -> Option<SecretPolicy> {
        let table = self.table(node)?;
        let place = format!("`[secrets.{}]`", name.escape_debug());
        let values = self.known(table, SECRET, &place, key);
        let source = self.source(&values, &place, key);
        let to = values
            .get("to")
            .and_then(|(node, _)| self.destinations(node));
        let goes = self.place_of(&values, &place, key);
        let leak = values.get("leak").map(|(node, _)| self.leak(node));
        Some(SecretPolicy {
            name: name.into(),
            source: source?,
            to: to?,
            place: goes?,
            leak: leak.unwrap_or_default(),
        })
    }

    /// The one key among several, and its value.
    fn one_of<'v>(
        &mut self,
        values: &'v Values<'t>,
        keys: &[&'static str],
        what: &str,
        code: &'static str,
        place: &str,
        at: &Range<usize>,
    ) -> Option<(&'static str, &'v Node<'t>)> {
        let mut found = keys
            .iter()
            .filter_map(|key| values.get_key_value(key))
            .map(|(key, (node, span))| (*key, node, span));
        let all = || {
            let all: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            all.join(", ")
        };
        let Some((key, node, _)) = found.next() else {
            self.mistake(code, format!("{place} has no {what}"), at)
                .hint = Some(format!("write one of {}", all()));
            return None;
        };
        if let Some((other, _, span)) = found.next() {
            let message = format!("{place} has two: `{key}` and `{other}`");
            self.mistake(code, message, span).hint =
                Some(format!("a secret has one {what}: leave one of them out"));
            return None;
        }
        Some((key, node))
    }

    fn source(
        &mut self,
        values: &Values<'t>,
        place: &str,
        at: &Range<usize>,
    ) -> Option<SecretSource> {
        let (key, node) = self.one_of(values, &SOURCES, "source", "secret-source", place, at)?;
        match key {
            "env" => self.variable(node).map(SecretSource::Env),
            "file" => self
                .text(node)
                .map(|file| SecretSource::File(file.to_owned())),
            "keyring" => self.keyring(node),
            _ => self.command(node),
        }
    }

    fn variable(&mut self, node: &Node<'t>) -> Option<String> {
        let text = self.text(node)?;
        if text.contains('=') {
            self.mistake("secret-env", "a variable's name has no `=`", &node.span)
                .hint = Some("write the name alone; the value stays in the environment".to_owned());
            return None;
        }
        Some(text.to_owned())
    }

    fn keyring(&mut self, node: &Node<'t>) -> Option<SecretSource> {
        let table = self.table(node)?;
        let values = self.known(table, KEYRING, "`keyring`", &node.span);
        let service = values.get("service").and_then(|(node, _)| self.text(node));
        let user = values.get("user").and_then(|(node, _)| self.text(node));
        Some(SecretSource::Keyring {
            service: service?.to_owned(),
            user: user?.to_owned(),
        })
    }

    fn command(&mut self, node: &Node<'t>) -> Option<SecretSource> {
        let Kind::List(words) = &node.kind else {
            self.wrong_type(node, "a list: the program, then its arguments")
                .hint = Some("there is no shell that would split a text".to_owned());
            return None;
        };
        let before = self.mistakes.len();
        let words: Vec<String> = words
            .iter()
            .filter_map(|word| self.text(word).map(str::to_owned))
            .collect();
        match words.first() {
            _ if self.mistakes.len() > before => None,
            Some(program) if program.starts_with('/') => Some(SecretSource::Command(words)),
            Some(_) => {
                let message = "the program has to be an absolute path";
                self.mistake("secret-command", message, &node.span).hint = Some(
                    "whoever can put a program of that name into a folder would be asked otherwise"
                        .to_owned(),
                );
                None
            }
            None => {
                self.mistake("secret-command", "there is no program", &node.span);
                None
            }
        }
    }

    fn destinations(&mut self, node: &Node<'t>) -> Option<UrlScope<NoSettings>> {
        let Kind::List(patterns) = &node.kind else {
            self.wrong_type(node, "a list of URL patterns");
            return None;
        };
        let before = self.mistakes.len();
        let mut scope = UrlScope::new();
        for entry in patterns {
            let Some(text) = self.text(entry) else {
                continue;
            };
            let reference = RuleRef {
                text: text.into(),
                origin: self.origin(&entry.span),
            };
            match destination(text) {
                Ok(pattern) => scope.push(Rule {
                    pattern,
                    settings: NoSettings,
                    reference,
                }),
                Err(error) => self.rule_error(error, text, &entry.span),
            }
        }
        let permits = scope.rules().iter().any(|rule| !rule.pattern.denies());
        if self.mistakes.len() == before && !permits {
            let message = "a secret that goes nowhere is of no use";
            self.mistake("secret-to", message, &node.span).hint =
                Some("name a destination such as `https://api.example.com/v1/**`".to_owned());
        }
        (self.mistakes.len() == before).then_some(scope)
    }

    fn place_of(
        &mut self,
        values: &Values<'t>,
        place: &str,
        at: &Range<usize>,
    ) -> Option<SecretPlace> {
        let (key, node) = self.one_of(values, &PLACES, "place", "secret-place", place, at)?;
        if let Some((_, span)) = values.get("prefix").filter(|_| key != "header") {
            self.mistake("secret-prefix", "`prefix` goes with `header`", span);
        }
        match key {
            "header" => self.header(node, values),
            "bearer" => self.truth("bearer", node).then_some(SecretPlace::Bearer),
            "basic" => self.user(node),
            "query" => self.parameter(node),
            _ => self.sigv4(node).map(SecretPlace::AwsSigV4),
        }
    }

    fn header(&mut self, node: &Node<'t>, values: &Values<'t>) -> Option<SecretPlace> {
        let text = self.text(node)?;
        let name = match header(text) {
            Ok(name) => name,
            Err(error) => {
                self.rule_error(error, text, &node.span);
                return None;
            }
        };
        let prefix = match values.get("prefix") {
            None => "",
            Some((node, _)) => self.visible(node, "prefix")?,
        };
        Some(SecretPlace::Header {
            name,
            prefix: prefix.to_owned(),
        })
    }

    fn user(&mut self, node: &Node<'t>) -> Option<SecretPlace> {
        let user = self.text(node)?;
        if user.contains(':') {
            // RFC 7617, 2: "a user-id containing a colon character is invalid".
            self.mistake("secret-basic", "a user's name has no `:`", &node.span);
            return None;
        }
        Some(SecretPlace::Basic {
            user: user.to_owned(),
        })
    }

    fn parameter(&mut self, node: &Node<'t>) -> Option<SecretPlace> {
        let key = self.text(node)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !key.bytes().all(plain) {
            let message = "a parameter's name has letters, digits, `-`, `.`, `_` and `~`";
            self.mistake("secret-query", message, &node.span);
            return None;
        }
        Some(SecretPlace::Query {
            key: key.to_owned(),
        })
    }

    fn sigv4(&mut self, node: &Node<'t>) -> Option<AwsSigV4> {
        let table = self.table(node)?;
        let values = self.known(table, AWS_SIGV4, "`aws-sigv4`", &node.span);
        let service = values.get("service").and_then(|(node, _)| self.code(node));
        let region = values.get("region").and_then(|(node, _)| self.code(node));
        let id = values
            .get("access-key-id")
            .and_then(|(node, _)| self.code(node));
        let token = match values.get("session-token") {
            None => None,
            Some((node, _)) => Some(self.text(node)?.into()),
        };
        Some(AwsSigV4 {
            service: service?.to_owned(),
            region: region?.to_owned(),
            access_key_id: id?.to_owned(),
            session_token: token,
        })
    }

    /// What stands between slashes in a signature's scope.
    fn code(&mut self, node: &Node<'t>) -> Option<&'t str> {
        let text = self.text(node)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if !text.bytes().all(plain) {
            let message = "expected letters, digits, `-` and `_`";
            self.mistake("secret-aws", message, &node.span);
            return None;
        }
        Some(text)
    }

    fn visible(&mut self, node: &Node<'t>, what: &str) -> Option<&'t str> {
        let text = self.text(node)?;
        if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            let message = format!("`{what}` has a character that no header may have");
            self.mistake("secret-prefix", message, &node.span);
            return None;
        }
        Some(text)
    }

    fn leak(&mut self, node: &Node<'t>) -> Leak {
        let text = self.text(node);
        let known = [Leak::Refuse, Leak::Redact];
        match known.into_iter().find(|leak| Some(leak.as_str()) == text) {
            Some(leak) => leak,
            None => {
                if let Some(text) = text {
                    let message = format!("`{}` is nothing to do", text.escape_debug());
                    self.mistake("secret-leak", message, &node.span).hint =
                        Some("`refuse` or `redact`".to_owned());
                }
                Leak::Refuse
            }
        }
    }
}

/// A pattern of destinations. Every host is no destination.
fn destination(text: &str) -> Result<UrlPattern, RuleError> {
    let pattern = UrlPattern::parse(text)?;
    if pattern.is_everything() {
        let message = format!("`{text}` would send the secret to every host");
        return Err(RuleError::new("secret-to", message)
            .hint("name the hosts that it belongs to, such as `https://api.example.com/v1/**`"));
    }
    Ok(pattern)
}

/// A header that may carry a secret: one that frames no message. `authorization` is among them.
fn header(text: &str) -> Result<Box<str>, RuleError> {
    let name = text.to_ascii_lowercase();
    if is_forbidden_header(&name) {
        let message = format!("`{name}` cannot carry a secret");
        return Err(RuleError::new("secret-header", message)
            .hint("the host writes the headers that frame and route a message"));
    }
    parse_header(text)
}

/// Every secret that a tool or another secret names has to be there.
pub(super) fn check(reader: &mut Reader<'_>, policy: &Policy) {
    for tool in &policy.tools {
        let rules = tool.rules.secret.iter();
        for rule in rules.flat_map(|scope| scope.rules()) {
            check_rule(reader, policy, tool, rule);
        }
    }
    for secret in &policy.secrets {
        check_token(reader, policy, secret);
    }
}

fn check_rule(reader: &mut Reader<'_>, policy: &Policy, tool: &ToolPolicy, rule: &SecretRule) {
    let name = rule.pattern.name();
    if policy.secret(name).is_some() || rule.pattern.denies() {
        return;
    }
    let span = reader.place(&rule.reference);
    let message = format!(
        "there is no secret `{name}` for `{}` in this file",
        tool.name
    );
    let hint = known(policy, name);
    reader.mistakes.push(Mistake {
        code: "secret-unknown",
        message,
        hint: Some(hint),
        span,
    });
}

fn check_token(reader: &mut Reader<'_>, policy: &Policy, secret: &SecretPolicy) {
    let SecretPlace::AwsSigV4(AwsSigV4 {
        session_token: Some(token),
        ..
    }) = &secret.place
    else {
        return;
    };
    let another = policy
        .secret(token)
        .filter(|found| found.name != secret.name);
    if another.is_some_and(|found| !matches!(found.place, SecretPlace::AwsSigV4(_))) {
        return;
    }
    let first = secret.to.rules().first();
    let span = first.map_or(0..0, |rule| reader.place(&rule.reference));
    let message = format!(
        "the session token of `{}` is not another secret of this file: `{}`",
        secret.name,
        token.escape_debug()
    );
    let hint = "name a secret with another place: it is sent as `x-amz-security-token`";
    reader.mistake("secret-unknown", message, &span).hint = Some(hint.to_owned());
}

fn known(policy: &Policy, name: &str) -> String {
    let names = policy.secrets.iter().map(|secret| &*secret.name);
    match nearest(name, names.clone()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if policy.secrets.is_empty() => {
            "this file has no secrets: write a table `[secrets.NAME]`".to_owned()
        }
        None => {
            let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            format!("this file has {}", names.join(", "))
        }
    }
}

/// The names of a tool's rules that permit.
impl ToolPolicy {
    /// The secrets that it may name, sorted, each once: what a `!` takes away is not among them.
    #[must_use]
    pub fn secrets(&self) -> Vec<Arc<str>> {
        let rules = || self.rules.secret.iter().flat_map(|scope| scope.rules());
        let denied =
            |name: &str| rules().any(|rule| rule.pattern.denies() && rule.pattern.name() == name);
        let permitted = rules().filter(|rule| !rule.pattern.denies());
        let mut names: Vec<Arc<str>> = permitted
            .map(|rule| rule.pattern.name())
            .filter(|name| !denied(name))
            .map(Arc::from)
            .collect();
        names.sort();
        names.dedup();
        names
    }
}
