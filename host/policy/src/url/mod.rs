//! A URL that a tool named, in the one spelling that is decided, recorded and sent.
//!
//! **The attacker** is the tool, and whoever answers it: a redirect is a URL from outside. They look for texts that two parsers read differently: what the check takes
//! for `api.example.com` and the client for `127.0.0.1`. The usual gaps are what browsers forgive: `\` read as `/`, tabs and newlines dropped, `user@host`, `0x7f.1`,
//! full-width digits, `%2e%2e`, `..;`, a fragment that hides the host.
//!
//! **The order.** The raw text has to be plain ASCII of the generic syntax (RFC 3986), with nothing that any parser is known to forgive; nothing is repaired. Then it is normalised:
//! scheme and host in lower case, the default port left out, escapes of unreserved characters decoded once, other escapes in upper case. The permit holds that form and the
//! request sends it: [`HttpUrl`] has no other text. Then the patterns decide by host, port and path segments; then (at the runtime's request) [`decide_address`](crate::decide_address) decides
//! every address that the name resolves to, and the connection goes to an address so permitted.
//!
//! **The empty case.** No host, no port behind `:`, an empty segment in the middle of a path: refused. An empty path is `/`, as HTTP says.
//!
//! **Deliberately absent**: schemes other than `https` and `http`, user-info, fragments, zone ids, names outside ASCII (write the `xn--` form; it counts only where a
//! pattern names that very host), names with a trailing dot (another name to TLS, the same to DNS), every spelling of IPv4 but four decimal numbers, relative references
//! except through [`HttpUrl::redirect`], and the `url` crate, whose purpose is to forgive: the tests compare with it, so that what passes here means the same to it.

mod host;
mod normal;
mod pattern;
mod redirect;
mod scope;

pub use host::Host;
pub use pattern::UrlPattern;
pub(crate) use scope::UrlScope;

use std::fmt;

/// Servers commonly refuse request lines of more than 8 KiB.
pub const URL_BYTES_MAX: usize = 8192;

/// `https` or `http`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// HTTP over TLS.
    Https,
    /// HTTP in the clear; a pattern has to name it.
    Http,
}

impl Scheme {
    /// The scheme as a URL writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Https => "https",
            Scheme::Http => "http",
        }
    }

    /// The port that a URL of this scheme means when it names none.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Https => 443,
            Scheme::Http => 80,
        }
    }
}

/// A URL in normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HttpUrl {
    text: String,
    scheme: Scheme,
    host: Host,
    port: u16,
    host_end: usize,
    path: usize,
    query: Option<usize>,
}

/// What is wrong with a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum UrlError {
    /// More than [`URL_BYTES_MAX`] bytes.
    #[error("the URL is longer than {URL_BYTES_MAX} bytes")]
    TooLong,
    /// Not ASCII: names in `xn--` form, everything else percent-encoded.
    #[error("the URL holds characters outside ASCII")]
    NotAscii,
    /// A space, a tab, a newline or another control character.
    #[error("the URL holds a space or a control character")]
    Space,
    /// A `\`.
    #[error("the URL holds a backslash")]
    Backslash,
    /// A character that a URL cannot hold.
    #[error("the URL holds a character that has to be percent-encoded")]
    Character,
    /// A `#`.
    #[error("the URL holds a fragment")]
    Fragment,
    /// Not `https://` or `http://`.
    #[error("the URL does not begin with `https://` or `http://`")]
    Scheme,
    /// An `@` in front of the path.
    #[error("the URL holds user information")]
    UserInfo,
    /// No host.
    #[error("the URL has no host")]
    EmptyHost,
    /// The host is not a name.
    #[error("the host is not a valid name")]
    HostName,
    /// The host ends with a dot.
    #[error("the host ends with a dot")]
    TrailingDot,
    /// The host looks like an IPv4 address and is not four decimal numbers.
    #[error("the host is an IPv4 address in a spelling other than four decimal numbers")]
    Ipv4Spelling,
    /// The host in brackets is not an IPv6 address.
    #[error("the host in brackets is not an IPv6 address")]
    Ipv6,
    /// An IPv6 address with a zone.
    #[error("the host holds a zone")]
    Zone,
    /// The port is missing behind `:`, zero, too large or has a leading zero.
    #[error("the port is not a number from 1 to 65535")]
    Port,
    /// A `%` without two hexadecimal digits.
    #[error("a percent escape is incomplete")]
    Escape,
    /// An escaped dot, slash, backslash or control character in the path, also doubly escaped.
    #[error("the path hides a dot, a slash or a control character in an escape")]
    HiddenCharacter,
    /// A `.` or `..` segment, also with `;` parameters.
    #[error("the path holds a dot segment")]
    DotSegment,
    /// Two slashes meet in the path.
    #[error("the path holds an empty segment")]
    EmptySegment,
}

impl UrlError {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            UrlError::TooLong => "url-too-long",
            UrlError::NotAscii => "url-not-ascii",
            UrlError::Space => "url-space",
            UrlError::Backslash => "url-backslash",
            UrlError::Character => "url-character",
            UrlError::Fragment => "url-fragment",
            UrlError::Scheme => "url-scheme",
            UrlError::UserInfo => "url-user-info",
            UrlError::EmptyHost => "url-empty-host",
            UrlError::HostName => "url-host-name",
            UrlError::TrailingDot => "url-trailing-dot",
            UrlError::Ipv4Spelling => "url-ipv4-spelling",
            UrlError::Ipv6 => "url-ipv6",
            UrlError::Zone => "url-zone",
            UrlError::Port => "url-port",
            UrlError::Escape => "url-escape",
            UrlError::HiddenCharacter => "url-hidden-character",
            UrlError::DotSegment => "url-dot-segment",
            UrlError::EmptySegment => "url-empty-segment",
        }
    }
}

impl HttpUrl {
    /// Checks a URL as a tool sent it and brings it into normal form.
    ///
    /// # Errors
    /// The first rule of DESIGN.md ("URLs") that the text breaks.
    pub fn parse(raw: &str) -> Result<Self, UrlError> {
        normal::check_characters(raw)?;
        let (scheme, rest) = split_scheme(raw)?;
        let (authority, rest) = rest.split_at(authority_end(rest));
        let (host, port) = host::parse_authority(authority)?;
        let port = port.unwrap_or(scheme.default_port());
        let mut text = String::with_capacity(raw.len() + 1);
        text.push_str(scheme.as_str());
        text.push_str("://");
        text.push_str(host.as_str());
        let host_end = text.len();
        if port != scheme.default_port() {
            text.push(':');
            text.push_str(&port.to_string());
        }
        let path = text.len();
        let (raw_path, raw_query) = split_query(rest);
        normal::push_path(&mut text, raw_path)?;
        let query = raw_query
            .map(|raw_query| normal::push_query(&mut text, raw_query))
            .transpose()?;
        Ok(HttpUrl {
            text,
            scheme,
            host,
            port,
            host_end,
            path,
            query,
        })
    }

    /// The whole URL: what is decided, recorded and sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port, written or not.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Scheme, host and port, without the default port: what credentials are bound to.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.text.get(..self.path).unwrap_or_default()
    }

    /// Host and port as the `Host` header has them, without the default port.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.origin()
            .get(self.scheme.as_str().len() + 3..)
            .unwrap_or_default()
    }

    /// The path, from its first slash.
    #[must_use]
    pub fn path(&self) -> &str {
        self.text
            .get(self.path..self.query.map_or(self.text.len(), |start| start - 1))
            .unwrap_or_default()
    }

    /// The query without its `?`, where there is one.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.text.get(self.query?..)
    }

    /// Path and query: the target of the request line.
    #[must_use]
    pub fn path_and_query(&self) -> &str {
        self.text.get(self.path..).unwrap_or_default()
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

pub(crate) fn split_scheme(raw: &str) -> Result<(Scheme, &str), UrlError> {
    let (scheme, rest) = raw.split_once(':').ok_or(UrlError::Scheme)?;
    let rest = rest.strip_prefix("//").ok_or(UrlError::Scheme)?;
    match scheme {
        _ if scheme.eq_ignore_ascii_case("https") => Ok((Scheme::Https, rest)),
        _ if scheme.eq_ignore_ascii_case("http") => Ok((Scheme::Http, rest)),
        _ => Err(UrlError::Scheme),
    }
}

/// Where host and port end: at the path, the query or the end of the text.
pub(crate) fn authority_end(rest: &str) -> usize {
    rest.bytes()
        .position(|byte| byte == b'/' || byte == b'?')
        .unwrap_or(rest.len())
}

pub(crate) fn split_query(rest: &str) -> (&str, Option<&str>) {
    match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    }
}

#[cfg(test)]
mod tests;
