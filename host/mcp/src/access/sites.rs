//! Which names the server answers to, and which web pages may speak to it.
//!
//! The attacker is a web page in the browser of somebody who runs the server. It can make the browser send requests to this
//! machine, directly (the browser then says where they come from: `Origin`) or through a name of its own that it points here after
//! the page was loaded (DNS rebinding; the browser then says the attacker's name: `Host`). So a request must name a host that the
//! server answers to, and if it comes from a page, the page's origin must be one that may speak to it.
//!
//! Where the access file says nothing, both are the loopback names: `localhost`, `127.0.0.1` and `[::1]`, on any port, since a port
//! is no proof of anything. Names are compared as they are sent, whole, in ASCII, without regard to case: no suffixes, no
//! patterns, no other spellings of an address. Programs that are no browsers send no `Origin`; that is fine. What a page *reads* of an
//! answer is up to the browser, and there is no CORS header here that would let it.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, Uri};

/// Longer than any name that DNS can hold, with a port.
const TEXT_BYTES_MAX: usize = 300;

/// Host names and origins that are let in.
#[derive(Clone, Debug)]
pub struct Sites {
    hosts: Vec<HostEntry>,
    origins: Vec<OriginEntry>,
}

/// Who or what a request names is not let in: 403.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForeignSite {
    /// No host is named.
    #[error("the request names no host")]
    NoHost,
    /// The header is there more than once.
    #[error("the request has the header `{0}` more than once")]
    Several(HeaderName),
    /// The server does not answer to the name.
    #[error(
        "this server does not answer to `{0}`; `hosts` under `[http]` in an access file (`--access FILE`) says what it answers to"
    )]
    Host(Shown),
    /// Pages from there may not speak to the server.
    #[error(
        "pages of `{0}` may not speak to this server; `origins` under `[http]` in an access file (`--access FILE`) says which may"
    )]
    Origin(Shown),
}

/// What a client sent, short and without characters that could fool a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown(String);

/// The text is not a host, or not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// Not a host.
    #[error(
        "expected a host such as `tools.example.com`, `tools.example.com:8443` or `[2001:db8::1]`"
    )]
    Host,
    /// Not an origin.
    #[error(
        "expected an origin such as `https://app.example.com`: a scheme, a host, perhaps a port, and nothing behind it"
    )]
    Origin,
}

/// A name with, perhaps, a port.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Authority {
    name: Name,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    /// In lower case. An IPv4 address is one too: only its usual spelling is meant.
    Text(String),
    V6(Ipv6Addr),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostEntry {
    /// Any address, written as one: no name that somebody else could point here.
    AnyAddress,
    AnyPort(Name),
    Port(Name, u16),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum OriginEntry {
    /// Any page of this machine's.
    Loopback,
    Exact(Origin),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    scheme: WebScheme,
    name: Name,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WebScheme {
    Http,
    Https,
}

impl Default for Sites {
    fn default() -> Self {
        Self::loopback()
    }
}

impl Sites {
    /// This machine's own names, on any port.
    #[must_use]
    pub fn loopback() -> Self {
        Self {
            hosts: loopback_names().map(HostEntry::AnyPort).collect(),
            origins: vec![OriginEntry::Loopback],
        }
    }

    /// Answers to every address, too, as a server must that others reach by one. A page cannot make a browser send an address and
    /// mean another machine by it; names it can.
    #[must_use]
    pub fn and_any_address(mut self) -> Self {
        self.hosts.push(HostEntry::AnyAddress);
        self
    }

    /// Answers to these names instead.
    ///
    /// # Errors
    /// The place of the first text that is not a host.
    pub fn with_hosts<'t>(
        mut self,
        hosts: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, (usize, SiteError)> {
        self.hosts = numbered(hosts, host_entry)?;
        Ok(self)
    }

    /// Lets pages of these origins speak to the server instead.
    ///
    /// # Errors
    /// The place of the first text that is not an origin.
    pub fn with_origins<'t>(
        mut self,
        origins: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, (usize, SiteError)> {
        let entry = |text: &str| {
            let origin = Origin::parse(text).ok_or(SiteError::Origin)?;
            Ok(OriginEntry::Exact(origin))
        };
        self.origins = numbered(origins, entry)?;
        Ok(self)
    }

    /// Whether a request may come in: by the host that it names and the page that it comes from.
    ///
    /// # Errors
    /// [`ForeignSite`].
    pub fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), ForeignSite> {
        self.check_host(uri, headers)?;
        self.check_origin(headers)
    }

    fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), ForeignSite> {
        let header = only(headers, HOST)?;
        // RFC 9112: "When an origin server receives a request with an absolute-form of request-target, the origin server MUST
        // ignore the received Host header field (if any) and instead use the host information of the request-target."
        // Here both have to be fine, so that nothing behind this that looks at the other one is fooled.
        let target = uri
            .authority()
            .map(|authority| authority.as_str().as_bytes());
        if header.is_none() && target.is_none() {
            return Err(ForeignSite::NoHost);
        }
        let foreign = [header, target]
            .into_iter()
            .flatten()
            .find(|host| !self.answers_to(host));
        foreign.map_or(Ok(()), |host| Err(ForeignSite::Host(Shown::of(host))))
    }

    pub(super) fn answers_to(&self, host: &[u8]) -> bool {
        let Some(authority) = text(host).and_then(Authority::parse) else {
            return false;
        };
        self.hosts.iter().any(|entry| match entry {
            HostEntry::AnyAddress => authority.name.is_address(),
            HostEntry::AnyPort(name) => authority.name == *name,
            HostEntry::Port(name, port) => {
                let same_port = match authority.port {
                    Some(sent) => sent == *port,
                    // A client leaves out the port of its scheme.
                    None => matches!(port, 80 | 443),
                };
                same_port && authority.name == *name
            }
        })
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<(), ForeignSite> {
        let Some(origin) = only(headers, ORIGIN)? else {
            return Ok(());
        };
        let known = text(origin).and_then(Origin::parse).is_some_and(|origin| {
            self.origins.iter().any(|entry| match entry {
                OriginEntry::Loopback => loopback_names().any(|name| name == origin.name),
                OriginEntry::Exact(exact) => *exact == origin,
            })
        });
        match known {
            true => Ok(()),
            false => Err(ForeignSite::Origin(Shown::of(origin))),
        }
    }
}

impl ForeignSite {
    /// The stable code: `foreign-host` or `foreign-origin`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Several(name) if name == ORIGIN => "foreign-origin",
            Self::NoHost | Self::Several(_) | Self::Host(_) => "foreign-host",
            Self::Origin(_) => "foreign-origin",
        }
    }
}

impl Authority {
    fn parse(text: &str) -> Option<Self> {
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, port) = rest.split_once(']')?;
                (Name::V6(address.parse().ok()?), port)
            }
            None => {
                let end = text.find(':').unwrap_or(text.len());
                let (name, port) = text.split_at(end);
                (Name::parse(name)?, port)
            }
        };
        let port = match port {
            "" => None,
            port => Some(parse_port(port.strip_prefix(':')?)?),
        };
        Some(Self { name, port })
    }
}

impl Name {
    /// Letters, digits, `-`, `_` and dots between them: nothing that one parser could read otherwise than another.
    fn parse(text: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let label = |label: &str| !label.is_empty() && label.bytes().all(known);
        text.split('.')
            .all(label)
            .then(|| Self::Text(text.to_ascii_lowercase()))
    }

    /// Four decimal numbers, or an address of version 6 in its brackets. No other spelling is one.
    fn is_address(&self) -> bool {
        match self {
            Self::Text(text) => text.parse::<Ipv4Addr>().is_ok(),
            Self::V6(_) => true,
        }
    }
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let (scheme, default) = match scheme {
            "http" => (WebScheme::Http, 80),
            "https" => (WebScheme::Https, 443),
            _ => return None,
        };
        let Authority { name, port } = Authority::parse(authority)?;
        Some(Self {
            scheme,
            name,
            port: port.unwrap_or(default),
        })
    }
}

impl Shown {
    /// So much of it is enough to recognise it.
    const CHARACTERS_MAX: usize = 80;

    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let short: String = text.chars().take(Self::CHARACTERS_MAX).collect();
        Self(short.escape_debug().to_string())
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn loopback_names() -> impl Iterator<Item = Name> {
    let names = ["localhost", "127.0.0.1"].map(|name| Name::Text(name.to_owned()));
    names.into_iter().chain([Name::V6(Ipv6Addr::LOCALHOST)])
}

fn host_entry(text: &str) -> Result<HostEntry, SiteError> {
    let Authority { name, port } = Authority::parse(text).ok_or(SiteError::Host)?;
    Ok(match port {
        Some(port) => HostEntry::Port(name, port),
        None => HostEntry::AnyPort(name),
    })
}

fn numbered<'t, T>(
    texts: impl IntoIterator<Item = &'t str>,
    parse: impl Fn(&str) -> Result<T, SiteError>,
) -> Result<Vec<T>, (usize, SiteError)> {
    let texts = texts.into_iter().enumerate();
    texts
        .map(|(place, text)| parse(text).map_err(|error| (place, error)))
        .collect()
}

fn parse_port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port > 0)
}

fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok().filter(|text| text.is_ascii())
}

fn only(headers: &HeaderMap, name: HeaderName) -> Result<Option<&[u8]>, ForeignSite> {
    let mut values = headers.get_all(&name).iter();
    let first = values.next();
    match values.next() {
        Some(_) => Err(ForeignSite::Several(name)),
        None => Ok(first.map(http::HeaderValue::as_bytes)),
    }
}

#[cfg(test)]
mod tests;
