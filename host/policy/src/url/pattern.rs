//! A URL pattern: what the policy says about scheme, host, port, path and query.

use super::host::{Host, split_port};
use super::normal::{check_characters, forgiving, push_query, push_segment};
use super::{HttpUrl, Scheme, UrlError, authority_end, split_query};
use crate::path::{Ends, Segment};
use crate::rule::RuleError;
use crate::settings::Pool;
use std::sync::Arc;

/// A rule about URLs, such as `https://api.example.com/v1/**`.
///
/// The host is exact, or has `*.` in front for exactly one label, or is `**` for every host. `/v1/**` is what begins with `/v1/`; `*` stays within a segment. A pattern without a query
/// leaves the query free; one with a query means exactly that one (`?` alone: none). A `!` pattern denies what it names and everything below, whatever the query.
#[derive(Debug, Clone)]
pub struct UrlPattern {
    text: Arc<str>,
    denies: bool,
    pub(super) scheme: Scheme,
    pub(super) host: HostPattern,
    pub(super) port: u16,
    pub(super) segments: Vec<Segment>,
    ends_below: bool,
    pub(super) query: Option<String>,
}

/// Which hosts a pattern covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HostPattern {
    /// This host.
    Exact(Host),
    /// One label and a dot in front of this name.
    OneLabel(String),
    /// Every host.
    Every,
}

impl PartialEq for UrlPattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for UrlPattern {}

impl crate::rule::Pattern for UrlPattern {
    fn text(&self) -> &str {
        &self.text
    }

    fn denies(&self) -> bool {
        self.denies
    }
}

impl UrlPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// A pattern that no URL can match, or that could be read in two ways, with the place in the text and what to write instead.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let (denies, body) = match text.strip_prefix('!') {
            Some(body) => (true, body),
            None => (false, text),
        };
        parse_body(text, body, denies).map_err(|error| error.shifted(usize::from(denies)))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it denies what it covers.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.denies
    }

    /// Whether it permits every host, or every host under a top-level name such as `com`. Such a pattern has to say so.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        match &self.host {
            _ if self.denies => false,
            HostPattern::Every => true,
            HostPattern::OneLabel(rest) => !rest.contains('.'),
            HostPattern::Exact(_) => false,
        }
    }

    /// The pattern that covers this URL and, as any pattern without a query does, its queries only where it has none.
    pub(crate) fn exactly(url: &HttpUrl) -> String {
        let target = url.path_and_query().replace('*', "\\*");
        format!("{}{target}", url.origin())
    }

    /// Whether the host is an address and not a name.
    pub(crate) fn names_address(&self) -> bool {
        matches!(&self.host, HostPattern::Exact(host) if host.address().is_some())
    }

    /// The hosts that share what may be sent.
    pub(crate) fn pool(&self) -> Pool {
        match &self.host {
            HostPattern::Exact(_) => Pool::Host,
            HostPattern::OneLabel(_) => Pool::OneLabel,
            HostPattern::Every => Pool::Every,
        }
    }

    pub(crate) fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    pub(super) fn ends(&self) -> Ends {
        match (self.denies, self.ends_below) {
            (_, true) => Ends::Below,
            (true, false) => Ends::HereAndBelow,
            (false, false) => Ends::Here,
        }
    }
}

fn parse_body(text: &str, body: &str, denies: bool) -> Result<UrlPattern, RuleError> {
    check_raw(body)?;
    let (scheme, rest) = parse_scheme(body)?;
    let authority_start = body.len() - rest.len();
    let (authority, rest) = rest.split_at(authority_end(rest));
    let authority_range = authority_start..authority_start + authority.len();
    let (host, port) =
        parse_authority(authority).map_err(|error| error.at(authority_range.clone()))?;
    let (path, query) = split_query(rest);
    check_path(body, path).map_err(|error| error.at(authority_range))?;
    let path_start = body.len() - rest.len();
    let mut segments = parse_segments(path, path_start + 1, denies)?;
    let ends_below = segments.last() == Some(&Segment::Crossing);
    if ends_below {
        segments.pop();
    }
    let query_range = path_start + path.len()..body.len();
    let query = query
        .map(|query| parse_query(query, denies))
        .transpose()
        .map_err(|error| error.at(query_range))?;
    let port = port.unwrap_or(scheme.default_port());
    Ok(UrlPattern {
        text: text.into(),
        denies,
        scheme,
        host,
        port,
        segments,
        ends_below,
        query,
    })
}

/// Backslashes are looked at with the segments, where they escape; the rest obeys the rules of a URL.
fn check_raw(body: &str) -> Result<(), RuleError> {
    let whole = 0..body.len();
    if body.is_empty() {
        return Err(RuleError::new("pattern-empty", "the pattern is empty")
            .hint("write a URL such as `https://api.example.com/v1/**`"));
    }
    if body.starts_with('!') {
        return Err(RuleError::new("pattern-double-deny", "`!` stands twice")
            .hint("one `!` denies")
            .at(whole));
    }
    check_characters(&body.replace('\\', "")).map_err(|error| match error {
        UrlError::NotAscii => refused(error).hint(ascii_hint(body)).at(whole),
        _ => refused(error).at(whole),
    })
}

fn ascii_hint(body: &str) -> String {
    let authority = body.split_once("://").map_or("", |(_, rest)| {
        rest.split(['/', '?', ':']).next().unwrap_or_default()
    });
    match idna::domain_to_ascii(authority) {
        Ok(name) if !authority.is_ascii() => format!("write the host as `{name}`"),
        Ok(_) | Err(_) => "percent-encode what is not ASCII".to_owned(),
    }
}

fn parse_scheme(body: &str) -> Result<(Scheme, &str), RuleError> {
    super::split_scheme(body).map_err(|error| {
        let hint = match body.split_once("://") {
            None => format!("write `https://{body}`"),
            Some((_, rest)) => format!("only `https` and `http` can be granted: `https://{rest}`"),
        };
        refused(error)
            .hint(hint)
            .at(0..body.find("://").unwrap_or(body.len()))
    })
}

fn parse_authority(authority: &str) -> Result<(HostPattern, Option<u16>), RuleError> {
    let (host, port) = split_port(authority).map_err(refused)?;
    Ok((parse_host(host)?, port))
}

fn parse_host(host: &str) -> Result<HostPattern, RuleError> {
    if host == "**" {
        return Ok(HostPattern::Every);
    }
    if host == "*" {
        return Err(RuleError::new("pattern-host", "`*` alone is no host")
            .hint("write `**` with `everything = true` for every host, or name the host"));
    }
    let (wildcard, name) = match host.strip_prefix("*.") {
        Some(name) => (true, name),
        None => (false, host),
    };
    if name.contains('*') {
        return Err(
            RuleError::new("pattern-host", "a host can only begin with `*.`")
                .hint("`*.example.com` covers exactly one label in front of `example.com`"),
        );
    }
    let host = Host::parse(name).map_err(refused)?;
    match (wildcard, host.address()) {
        (false, _) => Ok(HostPattern::Exact(host)),
        (true, None) => Ok(HostPattern::OneLabel(host.as_str().to_owned())),
        (true, Some(_)) => Err(RuleError::new("pattern-host", "an address has no labels")
            .hint("name the address itself")),
    }
}

fn check_path(body: &str, path: &str) -> Result<(), RuleError> {
    if !path.is_empty() {
        return Ok(());
    }
    let host = body.split('?').next().unwrap_or_default();
    Err(
        RuleError::new("pattern-no-path", "the pattern has no path").hint(format!(
            "`{host}/**` covers the whole host, `{host}/` only its first page"
        )),
    )
}

fn parse_segments(path: &str, start: usize, denies: bool) -> Result<Vec<Segment>, RuleError> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut start = start;
    let mut texts = path.split('/').skip(1).peekable();
    while let Some(text) = texts.next() {
        let range = start..start + text.len();
        if text.is_empty() && texts.peek().is_some() {
            return Err(refused(UrlError::EmptySegment).at(range));
        }
        let segment = Segment::parse(text).map_err(|error| error.shifted(start))?;
        if segment == Segment::Crossing && segments.last() == Some(&Segment::Crossing) {
            return Err(RuleError::new("pattern-stars", "`**` follows `**`")
                .hint("one `**` is enough")
                .at(range));
        }
        segments.push(
            normal_segment(&segment, denies).map_err(|error| refused(error).at(range.clone()))?,
        );
        start = range.end + 1;
    }
    Ok(segments)
}

fn normal_segment(segment: &Segment, denies: bool) -> Result<Segment, UrlError> {
    segment.map_texts(|raw| {
        let mut text = String::with_capacity(raw.len());
        push_segment(&mut text, raw)?;
        Ok(if denies {
            forgiving(&text).into_owned()
        } else {
            text
        })
    })
}

fn parse_query(raw: &str, denies: bool) -> Result<String, RuleError> {
    if denies {
        return Err(RuleError::new("pattern-query-deny", "a `!` pattern cannot name a query")
            .hint("another parameter or another order would pass by it; leave the query out to deny them all"));
    }
    let plain = raw.replace("\\*", "");
    if plain.contains(['*', '\\']) {
        return Err(RuleError::new(
            "pattern-query",
            "a query is compared whole and has no wildcards",
        )
        .hint("leave the query out to allow any; write `\\*` for a `*`"));
    }
    let mut text = String::new();
    push_query(&mut text, &raw.replace("\\*", "*")).map_err(refused)?;
    Ok(text.split_off(1))
}

fn refused(error: UrlError) -> RuleError {
    let refused = RuleError::new(error.code(), error.to_string());
    match error {
        UrlError::Scheme => refused.hint("write `https://` in front"),
        UrlError::UserInfo => refused.hint("credentials do not belong into a pattern"),
        UrlError::TrailingDot => refused.hint("write the host without the dot"),
        UrlError::Ipv4Spelling => {
            refused.hint("write the address as four decimal numbers, such as `192.0.2.1`")
        }
        UrlError::Port => refused.hint("leave `:` and the port out for the scheme's own"),
        UrlError::Fragment => refused.hint("a fragment never reaches a server; leave it out"),
        UrlError::DotSegment | UrlError::EmptySegment => refused.hint("write the path without it"),
        UrlError::TooLong
        | UrlError::NotAscii
        | UrlError::Space
        | UrlError::Backslash
        | UrlError::Character
        | UrlError::EmptyHost
        | UrlError::HostName
        | UrlError::Ipv6
        | UrlError::Zone
        | UrlError::Escape
        | UrlError::HiddenCharacter => refused,
    }
}
