//! A policy as text: the one spelling that every policy with the same meaning and order has.

use super::keys::PROCESS;
use super::policy::{Ask, AuditSettings, KeyValueSettings, Network, Policy, ToolPolicy};
use super::{quoted, setting_text, toml_key};
use crate::capability::Capability;
use crate::limits::{LimitRow, Limits, Unit, format_bytes, format_duration};
use crate::path::PathPattern;
use crate::private::PrivateScope;
use crate::rule::{Pattern, Rule};
use crate::rules::Rules;
use crate::secret::{Leak, SecretPlace, SecretPolicy, SecretSource};
use crate::settings::{DirectorySettings, FileSettings, HttpSettings, Names};
use crate::url::UrlPattern;
use std::fmt::{self, Write};

impl fmt::Display for Policy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Before the first table: behind one it would be that table's.
        let isolation = self
            .isolated
            .then(|| format!("isolation = {}\n{}", quoted(PROCESS), without(self)));
        let mut sections: Vec<String> = isolation.into_iter().collect();
        sections.extend(self.tools.iter().map(tool));
        sections.extend(network(&self.network));
        sections.extend(audit(&self.audit));
        sections.extend(key_value(&self.key_value));
        sections.extend(self.secrets.iter().map(secret));
        sections.extend(private(self.private_scope));
        formatter.write_str(&sections.join("\n"))
    }
}

fn without(policy: &Policy) -> String {
    let pieces = policy.isolated_without.iter();
    let pieces: Vec<String> = pieces.map(|piece| quoted(piece)).collect();
    match pieces.is_empty() {
        true => String::new(),
        false => format!("isolation-without = [{}]\n", pieces.join(", ")),
    }
}

fn tool(tool: &ToolPolicy) -> String {
    let mut text = format!("[tools.{}]\n", toml_key(&tool.name));
    line(&mut text, "component", &quoted(&tool.component));
    if let Some(digest) = tool.sha256 {
        line(&mut text, "sha256", &quoted(&digest.to_string()));
    }
    if let Some(ask) = &tool.ask {
        line(&mut text, "ask", &ask_text(ask));
    }
    rules(&mut text, &tool.rules);
    limits(&mut text, &tool.name, &tool.limits);
    text
}

fn ask_text(ask: &Ask) -> String {
    match ask.holds {
        Some(holds) => format!("{{ holds = {} }}", quoted(&format_duration(holds))),
        None => "true".to_owned(),
    }
}

fn rules(text: &mut String, rules: &Rules) {
    for capability in rules.capabilities() {
        match &capability {
            Capability::Clock | Capability::Random | Capability::KeyValue => {
                line(text, capability.key(), "true")
            }
            Capability::ReadFile
            | Capability::WriteFile
            | Capability::ListFiles
            | Capability::HttpGet
            | Capability::HttpRequest
            | Capability::CallTool
            | Capability::Secret
            | Capability::Extension(_) => list(
                text,
                &toml_key(capability.key()),
                entries(rules, &capability).into_iter(),
            ),
        }
    }
}

/// The entries under a capability's key with all that they say; none for those that are `= true`, which are no lists.
pub(crate) fn entries(rules: &Rules, capability: &Capability) -> Vec<String> {
    fn of<P, S>(
        scope: Option<&[Rule<P, S>]>,
        entry: impl Fn(&Rule<P, S>) -> String,
    ) -> Vec<String> {
        scope.into_iter().flatten().map(entry).collect()
    }
    match capability {
        Capability::ReadFile => of(
            rules.read_file.as_ref().map(|scope| scope.rules()),
            file_rule,
        ),
        Capability::WriteFile => of(
            rules.write_file.as_ref().map(|scope| scope.rules()),
            file_rule,
        ),
        Capability::ListFiles => of(
            rules.list_files.as_ref().map(|scope| scope.rules()),
            directory_rule,
        ),
        Capability::HttpGet => of(rules.http_get.as_ref().map(|scope| scope.rules()), |rule| {
            http_rule(rule, &HttpSettings::get())
        }),
        Capability::HttpRequest => of(
            rules.http_request.as_ref().map(|scope| scope.rules()),
            |rule| http_rule(rule, &HttpSettings::request()),
        ),
        Capability::CallTool => of(
            rules.call_tool.as_ref().map(|scope| scope.rules()),
            |rule| quoted(rule.pattern.text()),
        ),
        Capability::Secret => of(rules.secret.as_ref().map(|scope| scope.rules()), |rule| {
            quoted(rule.pattern.text())
        }),
        Capability::Clock | Capability::Random | Capability::KeyValue => Vec::new(),
        Capability::Extension(key) => rules
            .extensions
            .get(key)
            .into_iter()
            .flat_map(|scope| scope.settings.iter().map(setting_text))
            .collect(),
    }
}

fn limits(text: &mut String, tool: &str, limits: &Limits) {
    let changed = |row: &&LimitRow| limits.get(row.limit) != row.default;
    let lines = Limits::TABLE.iter().filter(changed).map(|row| {
        let number = row.format(limits.get(row.limit));
        let value = if row.unit == Unit::Count {
            number
        } else {
            quoted(&number)
        };
        format!("{} = {value}\n", row.key)
    });
    let lines: String = lines.collect();
    if !lines.is_empty() {
        text.push_str(&format!("\n[tools.{}.limits]\n{lines}", toml_key(tool)));
    }
}

fn network(network: &Network) -> Option<String> {
    let mut text = String::from("[network]\n");
    let empty = text.len();
    if let Some(file) = &network.ca_file {
        line(&mut text, "ca-file", &quoted(file));
    }
    if let Some(proxy) = &network.proxy {
        line(&mut text, "proxy", &quoted(&proxy.to_string()));
    }
    if let Some(resolver) = &network.resolver {
        line(&mut text, "resolver", &quoted(&resolver.to_string()));
    }
    (text.len() > empty).then_some(text)
}

fn audit(audit: &AuditSettings) -> Option<String> {
    let default = AuditSettings::default();
    let mut text = String::from("[audit]\n");
    let empty = text.len();
    if let Some(file) = &audit.file {
        line(&mut text, "file", &quoted(file));
    }
    if audit.sync != default.sync {
        line(&mut text, "sync", &quoted(audit.sync.as_str()));
    }
    if audit.checkpoint_every != default.checkpoint_every {
        line(
            &mut text,
            "checkpoint-every",
            &audit.checkpoint_every.to_string(),
        );
    }
    if let Some(file) = &audit.key_file {
        line(&mut text, "key-file", &quoted(file));
    }
    (text.len() > empty).then_some(text)
}

fn key_value(settings: &KeyValueSettings) -> Option<String> {
    let file = settings.file.as_ref()?;
    Some(format!("[key-value]\nfile = {}\n", quoted(file)))
}

fn secret(secret: &SecretPolicy) -> String {
    let lines = secret_lines(secret).join("\n");
    format!("[secrets.{}]\n{lines}\n", toml_key(secret.name()))
}

/// What a secret's table says, one line a key.
pub(crate) fn secret_lines(secret: &SecretPolicy) -> Vec<String> {
    let list = |words: &mut dyn Iterator<Item = &str>| {
        let words: Vec<String> = words.map(quoted).collect();
        format!("[{}]", words.join(", "))
    };
    let source = match &secret.source {
        SecretSource::Env(text) | SecretSource::File(text) => quoted(text),
        SecretSource::Keyring { service, user } => format!(
            "{{ service = {}, user = {} }}",
            quoted(service),
            quoted(user)
        ),
        SecretSource::Command(words) => list(&mut words.iter().map(String::as_str)),
    };
    let mut lines = vec![
        format!("{} = {source}", secret.source.key()),
        format!("to = {}", list(&mut secret.to())),
    ];
    lines.extend(place_lines(&secret.place));
    if secret.leak != Leak::default() {
        lines.push(format!("leak = {}", quoted(secret.leak.as_str())));
    }
    lines
}

/// What a secret's table says under its name, with a line for each destination.
pub(crate) fn secret_approval(secret: &SecretPolicy) -> Vec<String> {
    let of = |line: String| format!("secrets.{}.{line}", toml_key(secret.name()));
    let lines = secret_lines(secret);
    let others = lines.into_iter().filter(|line| !line.starts_with("to = "));
    let to = secret.to().map(|to| format!("to = {}", quoted(to)));
    others.chain(to).map(of).collect()
}

fn place_lines(place: &SecretPlace) -> Vec<String> {
    match place {
        SecretPlace::Header { name, prefix } => {
            let prefix = (!prefix.is_empty()).then(|| format!("prefix = {}", quoted(prefix)));
            let header = format!("header = {}", quoted(name));
            [header].into_iter().chain(prefix).collect()
        }
        SecretPlace::Bearer => vec!["bearer = true".to_owned()],
        SecretPlace::Basic { user } => vec![format!("basic = {}", quoted(user))],
        SecretPlace::Query { key } => vec![format!("query = {}", quoted(key))],
        SecretPlace::AwsSigV4(aws) => {
            let token = aws.session_token.as_deref();
            let token = token.map(|token| format!(", session-token = {}", quoted(token)));
            vec![format!(
                "aws-sigv4 = {{ service = {}, region = {}, access-key-id = {}{} }}",
                quoted(&aws.service),
                quoted(&aws.region),
                quoted(&aws.access_key_id),
                token.unwrap_or_default()
            )]
        }
    }
}

fn private(scope: PrivateScope) -> Option<String> {
    (scope != PrivateScope::default())
        .then(|| format!("[private]\nscope = {}\n", quoted(scope.as_str())))
}

fn file_rule(rule: &Rule<PathPattern, FileSettings>) -> String {
    let mut settings = Vec::new();
    if rule.settings.allow_hard_links {
        settings.push("allow-hard-links = true".to_owned());
    }
    if let Some(bytes) = rule.settings.max_size {
        settings.push(format!("max-size = {}", quoted(&format_bytes(bytes))));
    }
    if rule.settings.private {
        settings.push("private = true".to_owned());
    }
    entry(
        "path",
        rule.pattern.as_str(),
        settings,
        rule.pattern.is_everything(),
    )
}

fn directory_rule(rule: &Rule<PathPattern, DirectorySettings>) -> String {
    let private = rule.settings.private.then(|| "private = true".to_owned());
    entry(
        "path",
        rule.pattern.as_str(),
        private.into_iter().collect(),
        rule.pattern.is_everything(),
    )
}

fn http_rule(rule: &Rule<UrlPattern, HttpSettings>, default: &HttpSettings) -> String {
    let mut settings = Vec::new();
    if rule.settings.methods != default.methods {
        settings.push(format!("methods = {}", names(&rule.settings.methods)));
    }
    if rule.settings.headers != default.headers {
        settings.push(format!("headers = {}", names(&rule.settings.headers)));
    }
    if let Some(bytes) = rule.settings.max_response {
        settings.push(format!("max-response = {}", quoted(&format_bytes(bytes))));
    }
    if let Some(bytes) = rule.settings.max_egress {
        settings.push(format!("max-egress = {}", quoted(&format_bytes(bytes))));
    }
    if rule.settings.for_private {
        settings.push("for-private-data = true".to_owned());
    }
    if rule.settings.allow_private {
        settings.push("allow-private = true".to_owned());
    }
    entry(
        "url",
        rule.pattern.as_str(),
        settings,
        rule.pattern.is_everything(),
    )
}

fn entry(key: &str, pattern: &str, mut settings: Vec<String>, everything: bool) -> String {
    if everything {
        settings.push("everything = true".to_owned());
    }
    match settings.is_empty() {
        true => quoted(pattern),
        false => format!("{{ {key} = {}, {} }}", quoted(pattern), settings.join(", ")),
    }
}

fn names(names: &Names) -> String {
    format!(
        "[{}]",
        names.iter().map(quoted).collect::<Vec<_>>().join(", ")
    )
}

fn line(text: &mut String, key: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{key} = {value}");
}

/// A list on one line while it has one entry, and with a line for each where it has more.
fn list(text: &mut String, key: &str, entries: impl Iterator<Item = String>) {
    let entries: Vec<String> = entries.collect();
    match entries.as_slice() {
        [] => line(text, key, "[]"),
        [entry] => line(text, key, &format!("[{entry}]")),
        entries => line(
            text,
            key,
            &format!("[\n    {},\n]", entries.join(",\n    ")),
        ),
    }
}
