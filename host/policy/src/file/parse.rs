//! From the text of a policy file to a policy, or to everything that is wrong with it.

use super::diagnostic::{Diagnostics, Mistake};
use super::keys::{
    ASK, AUDIT, FILE, ISOLATION_PIECES, KEY_VALUE, NETWORK, PRIVATE_DATA, PROCESS, TOOL,
};
use super::node::{Kind, Node};
use super::policy::{
    Ask, AuditSettings, AuditSync, KeyValueSettings, Network, Policy, Proxy, ToolPolicy,
};
use super::reader::{Reader, Values};
use super::{calls, private, protect, secrets, suggest};
use crate::call::{NAME_BYTES_MAX, is_tool_name};
use crate::capability::Capability;
use crate::extension::Extensions;
use crate::limits::{Limit, LimitError, LimitRow, LimitSettings, Limits, Unit};
use crate::private::PrivateScope;
use crate::rule::RuleRef;
use crate::rules::{Rules, Source};
use crate::url::{HttpUrl, Scheme};
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::sync::Arc;
use toml_edit::TableLike;

/// More than a policy that people read; a parser's time is not for an attacker to choose.
const FILE_BYTES_MAX: usize = 4 << 20;

impl Policy {
    /// Reads a policy file. `file_name` is what places in it are named with.
    ///
    /// ```
    /// use bailiwick_policy::{Extensions, Policy};
    /// let policy = Policy::parse("bailiwick.toml", r#"
    ///     [tools.csv-summary]
    ///     component = "csv_summary.wasm"
    ///     read-file = ["workspace/input.csv"]
    /// "#, &Extensions::new())?;
    /// assert!(policy.tool("csv-summary").is_some());
    /// # Ok::<(), bailiwick_policy::Diagnostics>(())
    /// ```
    ///
    /// # Authority
    /// The tools of the policy may do what its rules say, once they ask.
    ///
    /// # Errors
    /// Everything that is wrong with the file. There is no policy then, not even a part of one.
    pub fn parse(
        file_name: &str,
        text: &str,
        extensions: &Extensions,
    ) -> Result<Policy, Diagnostics> {
        let mut reader = Reader {
            file: file_name.into(),
            elsewhere: None,
            text,
            mistakes: Vec::new(),
        };
        if text.len() > FILE_BYTES_MAX {
            reader.mistake("too-large", "a policy file has at most 4 MiB", &(0..0));
            return Err(Diagnostics::new(file_name, "", reader.mistakes));
        }
        let document = match toml_edit::Document::parse(text) {
            Ok(document) => document,
            Err(error) => {
                return Err(Diagnostics::new(
                    file_name,
                    text,
                    vec![syntax_mistake(&error)],
                ));
            }
        };
        let mut policy = reader.file(document.as_table(), extensions);
        private::share(&mut policy);
        if reader.mistakes.is_empty() {
            protect::check(&mut reader, &policy);
            calls::check(&mut reader, &policy);
            secrets::check(&mut reader, &policy);
            private::check(&mut reader, &policy);
        }
        match reader.mistakes.is_empty() {
            true => Ok(policy),
            false => Err(Diagnostics::new(file_name, text, reader.mistakes)),
        }
    }
}

pub(super) fn syntax_mistake(error: &toml_edit::TomlError) -> Mistake {
    let message = error.message().lines().collect::<Vec<_>>().join("; ");
    Mistake {
        code: "syntax",
        message,
        hint: None,
        span: error.span().unwrap_or(0..0),
    }
}

impl<'t> Reader<'t> {
    fn file(&mut self, table: &'t dyn TableLike, extensions: &Extensions) -> Policy {
        let values = self.known(table, FILE, "the file", &(0..0));
        let tools = values
            .get("tools")
            .map(|(node, _)| self.tools(node, extensions))
            .unwrap_or_default();
        let network = values
            .get("network")
            .map(|(node, _)| self.network(node))
            .unwrap_or_default();
        let audit = values
            .get("audit")
            .map(|(node, _)| self.audit(node))
            .unwrap_or_default();
        let key_value = values
            .get("key-value")
            .map(|(node, _)| self.key_value(node))
            .unwrap_or_default();
        let secrets = values
            .get("secrets")
            .map(|(node, _)| self.secrets(node))
            .unwrap_or_default();
        let private_scope = values
            .get("private")
            .map(|(node, _)| self.private_scope(node))
            .unwrap_or_default();
        let isolated = values
            .get("isolation")
            .is_some_and(|(node, _)| self.isolation(node));
        let isolated_without = values
            .get("isolation-without")
            .map(|(node, _)| self.isolation_without(node, isolated))
            .unwrap_or_default();
        let of_file = |tool: ToolPolicy| ToolPolicy { isolated, ..tool };
        Policy {
            tools: tools.into_iter().map(of_file).collect(),
            network,
            audit,
            key_value,
            secrets,
            private_scope,
            isolated,
            isolated_without,
        }
    }

    fn tools(&mut self, node: &Node<'t>, extensions: &Extensions) -> Vec<ToolPolicy> {
        let Some(table) = self.table(node) else {
            return Vec::new();
        };
        let mut tools = Vec::new();
        for (name, item) in table.iter() {
            let key_span = table
                .key(name)
                .and_then(toml_edit::Key::span)
                .unwrap_or_else(|| node.span.clone());
            self.check_name(name, &key_span);
            tools.extend(self.tool(name, &Node::of_item(item, &key_span), &key_span, extensions));
        }
        tools
    }

    fn check_name(&mut self, name: &str, span: &Range<usize>) {
        if is_tool_name(name) {
            return;
        }
        let hint =
            format!("a name has letters, digits, `-` and `_`, at most {NAME_BYTES_MAX} of them");
        self.mistake(
            "tool-name",
            format!("`{}` is not a name for a tool", name.escape_debug()),
            span,
        )
        .hint = Some(hint);
    }

    fn tool(
        &mut self,
        name: &str,
        node: &Node<'t>,
        key: &Range<usize>,
        extensions: &Extensions,
    ) -> Option<ToolPolicy> {
        let table = self.table(node)?;
        let place = format!("`[tools.{}]`", name.escape_debug());
        let values = self.known_but(is_extension_key, table, TOOL, &place, key);
        let (rules, limits) = self.grants(name, table, &values, &node.span, extensions);
        let sha256 = values.get("sha256").and_then(|(node, _)| self.digest(node));
        let ask = values.get("ask").and_then(|(node, _)| self.ask(node));
        let component = values
            .get("component")
            .and_then(|(node, _)| self.text(node))?;
        Some(ToolPolicy {
            name: name.into(),
            component: component.to_owned(),
            sha256,
            ask,
            rules: Arc::new(rules),
            limits,
            // A matter of the whole file, which is read around this.
            isolated: false,
        })
    }

    /// What a table grants, and its limits.
    pub(super) fn grants(
        &mut self,
        name: &str,
        table: &'t dyn TableLike,
        values: &Values<'t>,
        span: &Range<usize>,
        extensions: &Extensions,
    ) -> (Rules, Limits) {
        let source = Source::File {
            file: Arc::clone(&self.file),
            tool: name.into(),
        };
        let mut rules = Rules::none(source);
        let limits = values
            .get("limits")
            .map(|(node, _)| self.limits(node))
            .unwrap_or_default();
        for capability in Capability::BUILT_IN {
            if let Some((node, key)) = values.get(capability.key()) {
                self.capability(&mut rules, &capability, node, key);
            }
        }
        for (key, item) in table.iter().filter(|(key, _)| is_extension_key(key)) {
            let span = table
                .key(key)
                .and_then(toml_edit::Key::span)
                .unwrap_or_else(|| span.clone());
            self.extension_key(
                &mut rules,
                key,
                &Node::of_item(item, &span),
                &span,
                extensions,
            );
        }
        (rules, limits)
    }

    fn capability(
        &mut self,
        rules: &mut Rules,
        capability: &Capability,
        node: &Node<'t>,
        key: &Range<usize>,
    ) {
        let name = capability.key();
        match capability {
            Capability::ReadFile
            | Capability::WriteFile
            | Capability::ListFiles
            | Capability::HttpGet
            | Capability::HttpRequest
            | Capability::CallTool
            | Capability::Secret => self.rules(rules, capability, node),
            Capability::Clock if self.truth(name, node) => {
                rules.clock = Some(self.switch(name, key))
            }
            Capability::Random if self.truth(name, node) => {
                rules.random = Some(self.switch(name, key))
            }
            Capability::KeyValue if self.truth(name, node) => {
                rules.key_value = Some(self.switch(name, key))
            }
            Capability::Clock
            | Capability::Random
            | Capability::KeyValue
            | Capability::Extension(_) => {}
        }
    }

    fn switch(&self, name: &str, key: &Range<usize>) -> RuleRef {
        RuleRef {
            text: format!("{name} = true").into(),
            origin: self.origin(key),
        }
    }

    fn extension_key(
        &mut self,
        rules: &mut Rules,
        key: &str,
        node: &Node<'t>,
        span: &Range<usize>,
        extensions: &Extensions,
    ) {
        if let Some(parser) = extensions.parser(key) {
            return self.extension(rules, key, parser, node);
        }
        let known: Vec<String> = extensions.keys().map(|key| format!("`{key}`")).collect();
        let hint = match suggest::nearest(key, extensions.keys()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if known.is_empty() => "this host has no extensions".to_owned(),
            None => format!("this host has {}", known.join(", ")),
        };
        let message = format!("no extension has the key `{}`", key.escape_debug());
        self.mistake("unknown-extension", message, span).hint = Some(hint);
    }

    fn digest(&mut self, node: &Node<'t>) -> Option<super::Digest> {
        let text = self.text(node)?;
        match text.parse() {
            Ok(digest) => Some(digest),
            Err(error) => {
                let hint = "`bailiwick inspect` prints the digest of a component".to_owned();
                self.mistake("digest", format!("{error}"), &node.span).hint = Some(hint);
                None
            }
        }
    }

    fn ask(&mut self, node: &Node<'t>) -> Option<Ask> {
        let Kind::Table(table) = node.kind else {
            let asks = self.truth("ask", node);
            if let (Kind::Boolean(false), Some(mistake)) = (&node.kind, self.mistakes.last_mut()) {
                mistake.hint = Some("leave the key out: then no person is asked".to_owned());
            }
            return asks.then_some(Ask { holds: None });
        };
        let values = self.known(table, ASK, "`ask`", &node.span);
        let (holds, _) = values.get("holds")?;
        let holds = self.duration(holds)?;
        Some(Ask { holds: Some(holds) })
    }

    fn key_value(&mut self, node: &Node<'t>) -> KeyValueSettings {
        let Some(table) = self.table(node) else {
            return KeyValueSettings::default();
        };
        let values = self.known(table, KEY_VALUE, "`[key-value]`", &node.span);
        let file = values.get("file").and_then(|(node, _)| self.text(node));
        KeyValueSettings {
            file: file.map(str::to_owned),
        }
    }

    fn isolation(&mut self, node: &Node<'t>) -> bool {
        let Some(text) = self.text(node) else {
            return false;
        };
        let is_known = text == PROCESS;
        if !is_known {
            let message = format!("`{}` is not where tools can run", text.escape_debug());
            let hint = "`process`; without the key they run in the host's own".to_owned();
            self.mistake("isolation", message, &node.span).hint = Some(hint);
        }
        is_known
    }

    fn isolation_without(&mut self, node: &Node<'t>, isolated: bool) -> Vec<&'static str> {
        let Kind::List(words) = &node.kind else {
            self.wrong_type(node, "a list of pieces");
            return Vec::new();
        };
        if !isolated {
            let message = "`isolation-without` is about worker processes, and there are none";
            self.mistake("isolation", message, &node.span).hint =
                Some("write `isolation = \"process\"` too, or leave this out".to_owned());
        }
        let mut pieces = Vec::new();
        for word in words {
            let Some(text) = self.text(word) else {
                continue;
            };
            let piece = ISOLATION_PIECES.into_iter().find(|piece| *piece == text);
            match piece {
                Some(piece) if pieces.contains(&piece) => {}
                Some(piece) => pieces.push(piece),
                None => {
                    let message = format!("`{}` is no piece of confinement", text.escape_debug());
                    let hint = format!("a piece is one of {}", ISOLATION_PIECES.join(", "));
                    self.mistake("isolation", message, &word.span).hint = Some(hint);
                }
            }
        }
        // In one order, whatever the file's is.
        let mut known = ISOLATION_PIECES.to_vec();
        known.retain(|piece| pieces.contains(piece));
        known
    }

    fn private_scope(&mut self, node: &Node<'t>) -> PrivateScope {
        let Some(table) = self.table(node) else {
            return PrivateScope::default();
        };
        let values = self.known(table, PRIVATE_DATA, "`[private]`", &node.span);
        let scope = values.get("scope");
        scope
            .and_then(|(node, _)| self.scope(node))
            .unwrap_or_default()
    }

    fn scope(&mut self, node: &Node<'t>) -> Option<PrivateScope> {
        let text = self.text(node)?;
        let all = PrivateScope::ALL.into_iter();
        let scope = all.clone().find(|scope| scope.as_str() == text);
        if scope.is_none() {
            let message = format!("`{}` is not how long it holds", text.escape_debug());
            let hint = "`call` or `principal`".to_owned();
            self.mistake("private-scope", message, &node.span).hint = Some(hint);
        }
        scope
    }

    fn limits(&mut self, node: &Node<'t>) -> Limits {
        let Some(table) = self.table(node) else {
            return Limits::default();
        };
        let mut settings = LimitSettings::new();
        for (name, item) in table.iter() {
            let span = table
                .key(name)
                .and_then(toml_edit::Key::span)
                .unwrap_or_else(|| node.span.clone());
            match Limit::from_key(name) {
                Some(limit) => self.limit(&mut settings, limit, &Node::of_item(item, &span)),
                None => {
                    let known = Limits::TABLE
                        .iter()
                        .filter(|row| !row.fixed)
                        .map(|row| row.key);
                    self.unknown_key(name, known, "the limits", &span);
                }
            }
        }
        Limits::default().with(&settings)
    }

    fn limit(&mut self, settings: &mut LimitSettings, limit: Limit, node: &Node<'t>) {
        let LimitRow { unit, why, .. } = *limit.row();
        let result = match &node.kind {
            Kind::Text(text) => settings.set(limit, text),
            Kind::Integer(number) if unit == Unit::Count && *number >= 0 => {
                settings.set_number(limit, number.unsigned_abs())
            }
            Kind::Integer(number) => settings.set(limit, &number.to_string()),
            Kind::Boolean(_) | Kind::List(_) | Kind::Table(_) | Kind::Other(_) => {
                self.wrong_type(node, "a number, or a string with a unit");
                return;
            }
        };
        if let Err(error) = result {
            let hint = match &error {
                LimitError::Quantity { .. } => error.source().map(ToString::to_string),
                LimitError::AboveMaximum { .. }
                | LimitError::BelowMinimum { .. }
                | LimitError::Fixed { .. } => Some(why.to_owned()),
            };
            self.mistake("limit", error.to_string(), &node.span).hint = hint;
        }
    }

    fn network(&mut self, node: &Node<'t>) -> Network {
        let Some(table) = self.table(node) else {
            return Network::default();
        };
        let values = self.known(table, NETWORK, "`[network]`", &node.span);
        Network {
            ca_file: values
                .get("ca-file")
                .and_then(|(node, _)| self.text(node))
                .map(str::to_owned),
            proxy: values.get("proxy").and_then(|(node, _)| self.proxy(node)),
            resolver: values
                .get("resolver")
                .and_then(|(node, _)| self.resolver(node)),
        }
    }

    fn proxy(&mut self, node: &Node<'t>) -> Option<Proxy> {
        let text = self.text(node)?;
        let url = HttpUrl::parse(text)
            .ok()
            .filter(|url| url.scheme() == Scheme::Http && url.path_and_query() == "/");
        if url.is_none() {
            self.mistake(
                "proxy",
                "expected a proxy such as `http://proxy.example.com:3128`",
                &node.span,
            );
        }
        url.map(|url| Proxy {
            host: url.host().to_string(),
            port: url.port(),
        })
    }

    fn resolver(&mut self, node: &Node<'t>) -> Option<SocketAddr> {
        let text = self.text(node)?;
        let address = text.parse().ok().or_else(|| {
            text.parse()
                .ok()
                .map(|address: IpAddr| SocketAddr::new(address, 53))
        });
        let address = address.filter(|address| address.port() != 0);
        if address.is_none() {
            self.mistake(
                "resolver",
                "expected an address such as `192.0.2.53` or `192.0.2.53:5353`",
                &node.span,
            );
        }
        address
    }

    fn audit(&mut self, node: &Node<'t>) -> AuditSettings {
        let Some(table) = self.table(node) else {
            return AuditSettings::default();
        };
        let values = self.known(table, AUDIT, "`[audit]`", &node.span);
        let every = values.get("checkpoint-every");
        if let Some((_, key)) = every.filter(|_| !values.contains_key("key-file")) {
            let mistake = self.mistake(
                "checkpoint-key",
                "checkpoints need a key to be signed with",
                key,
            );
            mistake.hint = Some("name the file of an Ed25519 seed as `key-file`".to_owned());
        }
        let default = AuditSettings::default();
        AuditSettings {
            file: values
                .get("file")
                .and_then(|(node, _)| self.text(node))
                .map(str::to_owned),
            sync: values
                .get("sync")
                .and_then(|(node, _)| self.sync(node))
                .unwrap_or(default.sync),
            checkpoint_every: every
                .and_then(|(node, _)| self.count(node))
                .unwrap_or(default.checkpoint_every),
            key_file: values
                .get("key-file")
                .and_then(|(node, _)| self.text(node))
                .map(str::to_owned),
        }
    }

    fn sync(&mut self, node: &Node<'t>) -> Option<AuditSync> {
        let text = self.text(node)?;
        let sync = AuditSync::ALL
            .into_iter()
            .find(|sync| sync.as_str() == text);
        if sync.is_none() {
            let hint = "`always`, `commit` or `never`".to_owned();
            self.mistake(
                "audit-sync",
                format!("`{}` is no way to sync", text.escape_debug()),
                &node.span,
            )
            .hint = Some(hint);
        }
        sync
    }

    fn count(&mut self, node: &Node<'t>) -> Option<u64> {
        let number = match node.kind {
            Kind::Integer(number) => u64::try_from(number).ok().filter(|number| *number > 0),
            Kind::Text(_) | Kind::Boolean(_) | Kind::List(_) | Kind::Table(_) | Kind::Other(_) => {
                None
            }
        };
        if number.is_none() {
            self.wrong_type(node, "a whole number from 1");
        }
        number
    }
}

pub(super) fn is_extension_key(key: &str) -> bool {
    key.contains(':')
}
