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
use std::net::Ipv6Addr;

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
        "this server does not answer to `{0}`; `hosts` under `[http]` in the access file says what it answers to"
    )]
    Host(Shown),
    /// Pages from there may not speak to the server.
    #[error(
        "pages of `{0}` may not speak to this server; `origins` under `[http]` in the access file says which may"
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

    fn answers_to(&self, host: &[u8]) -> bool {
        let Some(authority) = text(host).and_then(Authority::parse) else {
            return false;
        };
        self.hosts.iter().any(|entry| match entry {
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
mod tests {
    use http::HeaderValue;

    use super::*;

    fn request(headers: &[(HeaderName, &[u8])]) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_bytes(value).unwrap()))
            .collect()
    }

    fn host(sites: &Sites, host: &str) -> bool {
        let headers = request(&[(HOST, host.as_bytes())]);
        sites.check(&Uri::from_static("/mcp"), &headers).is_ok()
    }

    fn origin(sites: &Sites, origin: &str) -> bool {
        let headers = request(&[(HOST, b"localhost"), (ORIGIN, origin.as_bytes())]);
        sites.check(&Uri::from_static("/mcp"), &headers).is_ok()
    }

    #[test]
    fn answers_to_its_own_names_on_any_port() {
        let sites = Sites::loopback();
        for name in [
            "localhost",
            "LocalHost:8080",
            "127.0.0.1",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:65535",
            "[0:0:0:0:0:0:0:1]:80",
        ] {
            assert!(host(&sites, name), "{name}");
        }
    }

    #[test]
    fn no_name_that_only_looks_like_its_own_is_answered_to() {
        let sites = Sites::loopback();
        for name in [
            "",
            "evil.com",
            "evil.com:8080",
            "127.0.0.1.evil.com",
            "localhost.evil.com",
            "evil-localhost",
            "localhost.",
            "localhost..",
            ".localhost",
            "127.0.0.1.",
            "127.1",
            "127.0.0.2",
            "0.0.0.0",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "2130706433",
            "[::]",
            "[::1%25lo]",
            "[::1%lo]",
            "[::ffff:127.0.0.1]",
            "[::1]evil.com",
            "[::1]:",
            "[::1",
            "::1",
            "::1:80",
            "localhost:",
            "localhost:0",
            "localhost:65536",
            "localhost:080x",
            "localhost:+80",
            "localhost:80:80",
            "localhost:80@evil.com",
            "evil.com@localhost",
            "user:pass@localhost",
            "localhost/",
            "localhost?x",
            "localhost#x",
            "http://localhost",
            "localhost,evil.com",
            "localhost evil.com",
            " localhost",
            "localhost\t",
            "local\u{ad}host",
            "ⓛocalhost",
            "ｌｏｃａｌｈｏｓｔ",
            "localhost\u{200b}",
            "１２７.0.0.1",
            "127。0。0。1",
            "xn--localhost",
        ] {
            assert!(!host(&sites, name), "{name}");
        }
        assert!(!host(&sites, &format!("{}localhost", "a.".repeat(200))));
    }

    #[test]
    fn a_request_names_exactly_one_host() {
        let sites = Sites::loopback();
        let uri = Uri::from_static("/mcp");
        let none = sites.check(&uri, &HeaderMap::new());
        assert_eq!(none, Err(ForeignSite::NoHost));
        let two = request(&[(HOST, b"localhost"), (HOST, b"localhost")]);
        assert_eq!(sites.check(&uri, &two), Err(ForeignSite::Several(HOST)));
        let not_utf8 = request(&[(HOST, b"localhost\xff")]);
        assert_eq!(
            sites.check(&uri, &not_utf8).unwrap_err().code(),
            "foreign-host"
        );
    }

    #[test]
    fn the_target_and_the_header_both_have_to_be_its_own() {
        let sites = Sites::loopback();
        let check = |uri: &'static str, host: &[u8]| {
            let headers = request(&[(HOST, host)]);
            sites.check(&Uri::from_static(uri), &headers).is_ok()
        };
        assert!(check("http://localhost:8080/mcp", b"127.0.0.1"));
        assert!(!check("http://evil.com/mcp", b"localhost"));
        assert!(!check("http://localhost/mcp", b"evil.com"));
        let uri = Uri::from_static("http://localhost/mcp");
        assert!(sites.check(&uri, &HeaderMap::new()).is_ok());
    }

    #[test]
    fn a_page_of_this_machine_may_speak_and_no_other() {
        let sites = Sites::loopback();
        for page in [
            "http://localhost",
            "http://localhost:3000",
            "https://127.0.0.1:8443",
            "http://[::1]:5173",
        ] {
            assert!(origin(&sites, page), "{page}");
        }
        for page in [
            "",
            "null",
            "http://evil.com",
            "http://localhost.evil.com",
            "http://127.0.0.1.evil.com",
            "http://localhost.",
            "http://localhost:3000/",
            "http://localhost/path",
            "http://localhost?x",
            "http://user@localhost",
            "http://localhost@evil.com",
            "http://localhost:80:80",
            "http:localhost",
            "//localhost",
            "localhost",
            "file://localhost",
            "chrome-extension://localhost",
            "HTTP://localhost",
            "http://localhost http://evil.com",
            "http://evil.com, http://localhost",
            "http://ｌocalhost",
        ] {
            assert!(!origin(&sites, page), "{page}");
        }
        let two = request(&[
            (HOST, b"localhost"),
            (ORIGIN, b"http://localhost"),
            (ORIGIN, b"http://localhost"),
        ]);
        let refused = sites.check(&Uri::from_static("/"), &two).unwrap_err();
        assert_eq!(refused, ForeignSite::Several(ORIGIN));
        assert_eq!(refused.code(), "foreign-origin");
    }

    #[test]
    fn what_the_access_file_names_is_all_that_is_let_in() {
        let sites = Sites::loopback()
            .with_hosts(["Tools.example.com", "other.example.com:8443", "web:443"])
            .unwrap()
            .with_origins(["https://app.example.com", "http://app.example.com:8080"])
            .unwrap();
        for name in [
            "tools.example.com",
            "tools.example.com:9",
            "other.example.com:8443",
            "web",
            "web:443",
        ] {
            assert!(host(&sites, name), "{name}");
        }
        for name in [
            "localhost",
            "127.0.0.1",
            "other.example.com",
            "other.example.com:8444",
            "web:80",
            "sub.tools.example.com",
            "tools.example.com.",
        ] {
            assert!(!host(&sites, name), "{name}");
        }
        let speaks = |page: &str| {
            let headers = request(&[(HOST, b"web"), (ORIGIN, page.as_bytes())]);
            sites.check(&Uri::from_static("/"), &headers).is_ok()
        };
        for page in [
            "https://app.example.com",
            "https://app.example.com:443",
            "https://APP.example.com",
            "http://app.example.com:8080",
        ] {
            assert!(speaks(page), "{page}");
        }
        for page in [
            "http://app.example.com",
            "https://app.example.com:8080",
            "https://evil.app.example.com",
            "http://localhost",
        ] {
            assert!(!speaks(page), "{page}");
        }
    }

    #[test]
    fn entries_that_could_never_match_are_mistakes() {
        for text in [
            "",
            "*",
            "*.example.com",
            "https://x",
            "x/",
            "x:0",
            "x.",
            "::1",
        ] {
            let refused = Sites::loopback().with_hosts(["fine", text]).unwrap_err();
            assert_eq!(refused, (1, SiteError::Host), "{text}");
        }
        for text in ["", "*", "null", "x", "https://x/", "ftp://x", "https://*.x"] {
            let refused = Sites::loopback().with_origins([text]).unwrap_err();
            assert_eq!(refused, (0, SiteError::Origin), "{text}");
        }
    }

    #[test]
    fn what_was_sent_is_shown_short_and_without_tricks() {
        let sites = Sites::loopback();
        let long = format!("\u{202e}{}", "a".repeat(5_000));
        let headers = request(&[(HOST, long.as_bytes())]);
        let refused = sites.check(&Uri::from_static("/"), &headers).unwrap_err();
        let text = refused.to_string();
        assert!(text.len() < 250, "{text}");
        assert!(text.contains("`\\u{202e}aaa"), "{text}");
    }
}
