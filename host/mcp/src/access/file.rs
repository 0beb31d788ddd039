//! From the text of an access file to what it means, or to everything that is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bailiwick::policy::{
    Diagnostics, Extensions, HttpUrl, Mistake, Policy, Scheme, format_duration, nearest,
    parse_duration, read_narrowing,
};
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use super::Access;
use super::oauth::{KeysPlace, OAuth, ResourceMetadata};
use super::principal::{Callable, Functions, Narrowing, Principal};
use super::sites::{SiteError, Sites};
use super::table::{FileTable, HttpTable, OAuthTable, PrincipalTable, ToolTable};
use super::token::TokenHash;
use crate::gate::{LaneLimits, QUEUE_WAIT};

/// More than an access file that people read; a parser's time is not for an attacker to choose.
pub(super) const FILE_BYTES_MAX: u64 = 4 << 20;
/// A principal's name goes into the audit trail, file names and terminals.
const NAME_BYTES_MAX: usize = 64;
/// Calls at once: far above what one machine can run, so that a slip of the finger is seen.
const CONCURRENCY_MAX: i64 = 10_000;
/// Calls that wait: each of them holds a connection and its arguments.
const QUEUE_MAX: i64 = 100_000;
/// Clients have given up by then.
const WAIT_MAX: Duration = Duration::from_secs(10 * 60);

/// Reads the text of an access file; `file_name` is what places in it are named with, and what its paths are relative to.
pub(super) fn parse(file_name: &str, text: &str, policy: &Policy) -> Result<Access, Diagnostics> {
    let table: FileTable =
        toml::from_str(text).map_err(|error| misread(file_name, text, &error))?;
    let mut reader = Reader {
        file_name,
        text,
        policy,
        mistakes: Vec::new(),
    };
    let access = reader.access(table);
    // The policy's reader finds places by itself; what it notes comes first, all of it.
    reader.check_narrowings(access)
}

struct Reader<'t> {
    file_name: &'t str,
    text: &'t str,
    policy: &'t Policy,
    mistakes: Vec<Mistake>,
}

/// What stands under `narrow`: the principal's place in the list, and the tools.
type Narrowings = Vec<(String, Vec<Spanned<String>>)>;

/// What of a file was read, while the narrowings are still missing.
struct Parts {
    principals: Vec<Principal>,
    narrowings: Narrowings,
    tools: BTreeMap<Arc<str>, LaneLimits>,
    wait: Duration,
    oauth: Option<OAuth>,
    sites: Sites,
}

impl Reader<'_> {
    fn access(&mut self, table: FileTable) -> Parts {
        let oauth = table.oauth.and_then(|table| self.oauth(table));
        let mut narrowings = Narrowings::new();
        let mut principals = Vec::new();
        let mut seen = Seen::default();
        for (name, table) in table.principals {
            self.check_name(&name);
            seen.note(self, &table);
            if let Some(subject) = table.subject.as_ref().filter(|_| oauth.is_none()) {
                self.mistake("no-oauth", "a `subject` is known from OAuth alone", subject)
                    .hint = Some("add `[oauth]`, or leave the subject out".to_owned());
            }
            let tools = table.narrow.keys().cloned().collect();
            narrowings.push((name.get_ref().clone(), tools));
            principals.push(self.principal(name.get_ref(), table));
        }
        let mut tools = BTreeMap::new();
        for (name, table) in table.tools {
            self.check_tool(name.get_ref(), &name.span());
            tools.insert(name.get_ref().as_str().into(), self.tool(&name, &table));
        }
        Parts {
            principals,
            narrowings,
            tools,
            wait: self.wait(table.queue_wait),
            oauth,
            sites: self.sites(&table.http),
        }
    }

    fn check_narrowings(mut self, parts: Parts) -> Result<Access, Diagnostics> {
        let mut principals = Vec::new();
        for (mut principal, (name, tools)) in parts.principals.into_iter().zip(parts.narrowings) {
            for tool in tools {
                if !principal.may_call(tool.get_ref()) {
                    let message = format!("`{name}` may not call `{}` at all", tool.get_ref());
                    self.mistake("not-callable", message, &tool).hint =
                        Some("name the tool in `tools`, or leave this out".to_owned());
                    continue;
                }
                let path = ["principals", &name, "narrow", tool.get_ref()];
                let extensions = Extensions::new();
                let read = read_narrowing(
                    self.file_name,
                    self.text,
                    &path,
                    tool.get_ref(),
                    &extensions,
                )?;
                let Some((rules, limits)) = read else {
                    continue;
                };
                let has_rules = rules.capabilities().next().is_some();
                if !has_rules && limits == Default::default() {
                    self.mistake("narrows-nothing", "this narrows nothing", &tool)
                        .hint = Some("to permit nothing of a kind, write an empty list, such as `read-file = []`".to_owned());
                }
                let rules = has_rules.then(|| Arc::new(rules));
                let narrowing = Narrowing { rules, limits };
                principal
                    .narrow
                    .insert(tool.get_ref().as_str().into(), narrowing);
            }
            principals.push(Arc::new(principal));
        }
        if !self.mistakes.is_empty() {
            return Err(Diagnostics::new(self.file_name, self.text, self.mistakes));
        }
        Ok(Access {
            principals,
            tools: parts.tools,
            wait: parts.wait,
            oauth: parts.oauth,
            sites: parts.sites,
            authenticates: true,
            warnings: Vec::new(),
            digest: Sha256::digest(self.text).into(),
        })
    }

    fn mistake<T>(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        at: &Spanned<T>,
    ) -> &mut Mistake {
        self.mistake_at(code, message, at.span())
    }

    fn mistake_at(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: Range<usize>,
    ) -> &mut Mistake {
        self.mistakes.push(Mistake {
            code,
            message: message.into(),
            hint: None,
            span,
        });
        let last = self.mistakes.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the lines above pushed it")]
        &mut self.mistakes[last]
    }

    fn check_name(&mut self, name: &Spanned<String>) {
        let text = name.get_ref();
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte);
        let first = text.bytes().next();
        let begins = first.is_some_and(|byte| byte.is_ascii_alphanumeric());
        if begins && text.len() <= NAME_BYTES_MAX && text.bytes().all(known) {
            return;
        }
        let message = format!("`{}` is not a name for a principal", text.escape_debug());
        self.mistake("principal-name", message, name).hint = Some(format!(
            "a name begins with a letter or a digit and has letters, digits, `-`, `_`, `.` and `@`, at most {NAME_BYTES_MAX} of them"
        ));
    }

    /// Notes a tool that the policy does not have.
    fn check_tool(&mut self, tool: &str, span: &Range<usize>) {
        if self.policy.tool(tool).is_some() {
            return;
        }
        let known = self.policy.tools().iter().map(|tool| tool.name());
        let hint = match nearest(tool, known.clone()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("it has `{}`", known.collect::<Vec<_>>().join("`, `")),
        };
        let message = format!("the policy has no tool `{}`", tool.escape_debug());
        self.mistake_at("unknown-tool", message, span.clone()).hint = Some(hint);
    }

    fn principal(&mut self, name: &str, table: PrincipalTable) -> Principal {
        let hashes = table.token_sha256.iter();
        let tokens = hashes.filter_map(|hash| self.hash(hash)).collect();
        let lane = self.lane(
            LaneLimits::of_a_principal(),
            (&table.concurrency, &table.queue, &table.rate),
        );
        Principal {
            name: name.into(),
            callable: Callable::Listed(self.callable(&table.tools)),
            narrow: BTreeMap::new(),
            limits: lane,
            tokens,
            subject: table.subject.map(Spanned::into_inner),
        }
    }

    fn hash(&mut self, hash: &Spanned<String>) -> Option<TokenHash> {
        match hash.get_ref().parse::<bailiwick::policy::Digest>() {
            Ok(digest) => Some(TokenHash::from_bytes(digest.0)),
            Err(error) => {
                self.mistake("token-sha256", error.to_string(), hash).hint = Some(
                    "`bailiwick token new` makes a token and its hash, `bailiwick token hash` the hash of a token".to_owned(),
                );
                None
            }
        }
    }

    fn callable(&mut self, entries: &[Spanned<String>]) -> BTreeMap<Arc<str>, Functions> {
        let mut callable = BTreeMap::new();
        for entry in entries {
            let (tool, function) = match entry.get_ref().split_once('.') {
                Some((tool, function)) => (tool, Some(function)),
                None => (entry.get_ref().as_str(), None),
            };
            self.check_tool(tool, &entry.span());
            let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            if function.is_some_and(|name| name.is_empty() || !name.bytes().all(known)) {
                self.mistake("function", "expected `tool` or `tool.function`", entry);
            }
            let functions = callable
                .entry(tool.into())
                .or_insert_with(|| Functions::These(BTreeSet::new()));
            match (functions, function) {
                (Functions::These(these), Some(function)) => {
                    these.insert(function.into());
                }
                (functions, None) => *functions = Functions::All,
                (Functions::All, Some(_)) => {}
            }
        }
        callable
    }

    fn lane(&mut self, default: LaneLimits, keys: Lane<'_>) -> LaneLimits {
        let (concurrency, queue, rate) = keys;
        let concurrency = self.number("concurrency", concurrency, 1, CONCURRENCY_MAX);
        let queue = self.number("queue", queue, 0, QUEUE_MAX);
        let rate = rate.as_ref().and_then(|rate| {
            let parsed = rate.get_ref().parse();
            parsed
                .map_err(|error: crate::gate::RateError| {
                    self.mistake("rate", error.to_string(), rate);
                })
                .ok()
        });
        LaneLimits {
            concurrency: concurrency.unwrap_or(default.concurrency),
            queue: queue.unwrap_or(default.queue),
            rate,
        }
    }

    fn number(
        &mut self,
        key: &str,
        value: &Option<Spanned<i64>>,
        least: i64,
        most: i64,
    ) -> Option<u32> {
        let value = value.as_ref()?;
        let number = u32::try_from(*value.get_ref()).ok();
        let in_range = (least..=most).contains(value.get_ref());
        if !in_range {
            let message = format!("`{key}` has to be from {least} to {most}");
            self.mistake("limit", message, value);
        }
        number.filter(|_| in_range)
    }

    fn tool(&mut self, name: &Spanned<String>, table: &ToolTable) -> LaneLimits {
        let policy = self.policy.tool(name.get_ref());
        let most = policy.map(|tool| tool.limits().concurrency);
        let mut default = LaneLimits::of_a_tool();
        default.concurrency = super::tool_concurrency(most);
        let lane = self.lane(default, (&table.concurrency, &table.queue, &table.rate));
        if let (Some(most), Some(own)) = (most, &table.concurrency)
            && u64::from(lane.concurrency) > most
        {
            let message = format!(
                "the policy lets `{}` run {most} times at once",
                name.get_ref()
            );
            self.mistake("limit", message, own).hint =
                Some("raise `concurrency` under the tool's `limits` in the policy".to_owned());
        }
        lane
    }

    fn wait(&mut self, value: Option<Spanned<String>>) -> Duration {
        let Some(value) = value else {
            return QUEUE_WAIT;
        };
        match parse_duration(value.get_ref()) {
            Ok(wait) if wait <= WAIT_MAX => return wait,
            Ok(_) => {
                let message = format!("`queue-wait` can be at most {}", format_duration(WAIT_MAX));
                self.mistake("limit", message, &value);
            }
            Err(error) => {
                self.mistake("quantity", "this is not a time, such as `\"30 s\"`", &value)
                    .hint = Some(error.to_string());
            }
        }
        QUEUE_WAIT
    }

    fn sites(&mut self, table: &HttpTable) -> Sites {
        let mut sites = Sites::loopback();
        if let Some(hosts) = &table.hosts {
            let set = sites.clone().with_hosts(texts(hosts));
            sites = self.site(set, hosts).unwrap_or(sites);
        }
        if let Some(origins) = &table.origins {
            let set = sites.clone().with_origins(texts(origins));
            sites = self.site(set, origins).unwrap_or(sites);
        }
        sites
    }

    fn site(
        &mut self,
        set: Result<Sites, (usize, SiteError)>,
        entries: &[Spanned<String>],
    ) -> Option<Sites> {
        set.map_err(|(place, error)| {
            let span = entries.get(place).map_or(0..0, Spanned::span);
            self.mistake_at("site", error.to_string(), span);
        })
        .ok()
    }

    fn oauth(&mut self, table: Spanned<OAuthTable>) -> Option<OAuth> {
        let span = table.span();
        let table = table.into_inner();
        let issuer = self.url("issuer", &table.issuer);
        let resource = self.url("resource", &table.resource);
        let scopes = self.scopes(&table.scopes);
        let keys = self.keys_place(span, &table);
        if let Some(audience) = table
            .audience
            .as_ref()
            .filter(|text| text.get_ref().is_empty())
        {
            self.mistake("audience", "the audience is empty", audience);
        }
        let (_, resource_url, keys) = (issuer?, resource?, keys?);
        let (issuer, resource) = (table.issuer.into_inner(), table.resource.into_inner());
        let metadata = ResourceMetadata::new(&resource, &resource_url, &issuer, &scopes);
        Some(OAuth {
            issuer,
            audience: table.audience.map_or(resource, Spanned::into_inner),
            scopes,
            keys,
            metadata,
        })
    }

    /// An address with TLS, or one of this machine's.
    fn url(&mut self, key: &str, text: &Spanned<String>) -> Option<HttpUrl> {
        let url = HttpUrl::parse(text.get_ref());
        let message = match &url {
            Err(error) => format!("`{key}` is not a URL: {error}"),
            Ok(url) if url.query().is_some() => format!("`{key}` has no `?` in it"),
            Ok(url) if !is_protected(url) => {
                format!("`{key}` has to begin with `https://`, or be an address of this machine")
            }
            Ok(_) => return url.ok(),
        };
        self.mistake("url", message, text);
        None
    }

    fn keys_place(&mut self, span: Range<usize>, table: &OAuthTable) -> Option<KeysPlace> {
        match (&table.jwks_file, &table.jwks_url) {
            (Some(file), None) if !file.get_ref().is_empty() => {
                Some(KeysPlace::File(self.beside(file.get_ref())))
            }
            (None, Some(url)) => {
                let text = url.get_ref().clone();
                self.url("jwks-url", url).map(|_| KeysPlace::Url(text))
            }
            (Some(file), None) => {
                self.mistake("jwks", "the file has no name", file);
                None
            }
            (Some(_), Some(url)) => {
                self.mistake(
                    "jwks",
                    "`jwks-file` and `jwks-url` both say where the keys are",
                    url,
                )
                .hint = Some("leave one of them out".to_owned());
                None
            }
            (None, None) => {
                let line = self.text.get(span.clone()).and_then(|text| text.find('\n'));
                let head = span.start..line.map_or(span.end, |end| span.start + end);
                self.mistake_at("jwks", "the issuer's keys are missing in `[oauth]`", head)
                    .hint =
                    Some("write `jwks-url = \"https://…\"` or `jwks-file = \"…\"`".to_owned());
                None
            }
        }
    }

    /// RFC 6749: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
    fn scopes(&mut self, scopes: &[Spanned<String>]) -> Vec<String> {
        for scope in scopes {
            let known = |byte: u8| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~');
            if scope.get_ref().is_empty() || !scope.get_ref().bytes().all(known) {
                let message = "a scope is one word of printable ASCII without `\"` and `\\`";
                self.mistake("scope", message, scope);
            }
        }
        texts(scopes).map(str::to_owned).collect()
    }

    /// A path in the file, as this process sees it.
    fn beside(&self, path: &str) -> PathBuf {
        let folder = Path::new(self.file_name).parent();
        folder.map_or_else(|| PathBuf::from(path), |folder| folder.join(path))
    }
}

/// `concurrency`, `queue` and `rate`.
type Lane<'t> = (
    &'t Option<Spanned<i64>>,
    &'t Option<Spanned<i64>>,
    &'t Option<Spanned<String>>,
);

/// What only one principal may have.
#[derive(Default)]
struct Seen {
    hashes: BTreeSet<String>,
    subjects: BTreeSet<String>,
}

impl Seen {
    /// Notes what two principals, or one twice, are known by.
    fn note(&mut self, reader: &mut Reader<'_>, table: &PrincipalTable) {
        for hash in &table.token_sha256 {
            if !self.hashes.insert(hash.get_ref().to_ascii_lowercase()) {
                reader.mistake("same-token", "this token is somebody's already", hash);
            }
        }
        let Some(subject) = &table.subject else {
            return;
        };
        if subject.get_ref().is_empty() {
            reader.mistake("subject", "the subject is empty", subject);
        }
        if !self.subjects.insert(subject.get_ref().clone()) {
            reader.mistake(
                "same-subject",
                "this subject is somebody's already",
                subject,
            );
        }
    }
}

/// Nobody on the way can read or change it. An address of this machine has to be written as a number: who answers for a name is up to
/// a resolver.
fn is_protected(url: &HttpUrl) -> bool {
    let here = url
        .host()
        .address()
        .is_some_and(|address| address.is_loopback());
    url.scheme() == Scheme::Https || here
}

fn texts(list: &[Spanned<String>]) -> impl Iterator<Item = &str> {
    list.iter().map(|text| text.get_ref().as_str())
}

fn misread(file_name: &str, text: &str, error: &toml::de::Error) -> Diagnostics {
    let said = error.message().lines().collect::<Vec<_>>().join("; ");
    let (code, message, hint) = match unknown_key(&said) {
        Some((message, hint)) => ("unknown-key", message, Some(hint)),
        None => ("syntax", said, None),
    };
    let mistake = Mistake {
        code,
        message,
        hint,
        span: error.span().unwrap_or(0..0),
    };
    Diagnostics::new(file_name, text, vec![mistake])
}

/// What serde says of an unknown key, in the words of the policy's reader.
fn unknown_key(said: &str) -> Option<(String, String)> {
    let (key, known) = said
        .strip_prefix("unknown field `")?
        .split_once("`, expected ")?;
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let hint = match nearest(key, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known keys: `{}`", known.join("`, `")),
    };
    Some((format!("unknown key `{}`", key.escape_debug()), hint))
}
