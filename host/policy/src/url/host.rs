//! The host of a URL: a name or a literal address, in its one spelling.

use super::UrlError;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host in normal form: a name in lower case, or an address (IPv6 in brackets).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    text: String,
    address: Option<IpAddr>,
}

impl Host {
    /// The host as a URL writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address where the host is one and nothing has to be looked up.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Whether a label is in the form that stands for letters outside ASCII.
    #[must_use]
    pub fn is_international(&self) -> bool {
        is_international(&self.text)
    }

    pub(crate) fn parse(raw: &str) -> Result<Self, UrlError> {
        if raw.is_empty() {
            return Err(UrlError::EmptyHost);
        }
        if let Some(rest) = raw.strip_prefix('[') {
            return parse_ipv6(rest.strip_suffix(']').ok_or(UrlError::Ipv6)?);
        }
        check_name(raw)?;
        if is_numeric(raw) {
            // Rust reads four decimal numbers without leading zeros, and nothing else.
            let address: Ipv4Addr = raw.parse().map_err(|_| UrlError::Ipv4Spelling)?;
            return Ok(Host {
                text: raw.to_owned(),
                address: Some(IpAddr::V4(address)),
            });
        }
        Ok(Host {
            text: raw.to_ascii_lowercase(),
            address: None,
        })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Host and, where there is one, port.
pub(super) fn parse_authority(authority: &str) -> Result<(Host, Option<u16>), UrlError> {
    let (host, port) = split_port(authority)?;
    Ok((Host::parse(host)?, port))
}

/// Splits the port off without a look at the host.
pub(super) fn split_port(authority: &str) -> Result<(&str, Option<u16>), UrlError> {
    if authority.contains('@') {
        return Err(UrlError::UserInfo);
    }
    if authority.starts_with('[') && !authority.contains(']') {
        return Err(UrlError::Ipv6);
    }
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let Some(colon) = authority.get(host_end..).and_then(|rest| rest.find(':')) else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at(host_end + colon);
    Ok((host, Some(parse_port(port.get(1..).unwrap_or_default())?)))
}

/// Whether a label is in the form that stands for letters outside ASCII.
pub(super) fn is_international(host: &str) -> bool {
    host.split('.').any(|label| label.starts_with("xn--"))
}

fn parse_port(digits: &str) -> Result<u16, UrlError> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let port = plain.then(|| digits.parse().ok()).flatten();
    port.filter(|port| *port != 0).ok_or(UrlError::Port)
}

fn parse_ipv6(inside: &str) -> Result<Host, UrlError> {
    if inside.contains('%') {
        return Err(UrlError::Zone);
    }
    let address: Ipv6Addr = inside.parse().map_err(|_| UrlError::Ipv6)?;
    Ok(Host {
        text: format!("[{address}]"),
        address: Some(IpAddr::V6(address)),
    })
}

/// RFC 1123 names, with `_`, which some hosts have. 253 and 63 are the limits of DNS.
fn check_name(raw: &str) -> Result<(), UrlError> {
    if raw.ends_with('.') {
        return Err(UrlError::TrailingDot);
    }
    if raw.len() > 253 || !raw.split('.').all(is_label) {
        return Err(UrlError::HostName);
    }
    Ok(())
}

fn is_label(label: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=63).contains(&label.len())
        && label.bytes().all(known)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// What some parser takes for an IPv4 address: the last label is a number, decimal or hexadecimal.
fn is_numeric(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let hexadecimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    last.bytes().all(|byte| byte.is_ascii_digit())
        || last
            .strip_prefix("0x")
            .or_else(|| last.strip_prefix("0X"))
            .is_some_and(hexadecimal)
}
