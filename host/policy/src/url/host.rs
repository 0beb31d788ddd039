//! The host of a URL: a name or a literal address, in its one spelling.

use super::UrlError;
use crate::split::at_dots;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host in normal form: a name in lower case, or an address (IPv6 in brackets).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    text: String,
    address: Option<IpAddr>,
    international: bool,
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
        self.international
    }

    pub(crate) fn parse(raw: &str) -> Result<Self, UrlError> {
        if raw.is_empty() {
            return Err(UrlError::EmptyHost);
        }
        if let Some(rest) = raw.strip_prefix('[') {
            return parse_ipv6(rest.strip_suffix(']').ok_or(UrlError::Ipv6)?);
        }
        let shape = shape(raw)?;
        if shape.numeric {
            // Rust reads four decimal numbers without leading zeros, and nothing else.
            let address: Ipv4Addr = raw.parse().map_err(|_| UrlError::Ipv4Spelling)?;
            return Ok(Host {
                text: raw.to_owned(),
                address: Some(IpAddr::V4(address)),
                international: false,
            });
        }
        Ok(Host {
            text: raw.to_ascii_lowercase(),
            address: None,
            international: shape.international,
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
        international: false,
    })
}

/// What the labels of a name tell.
struct Shape {
    /// What some parser takes for an IPv4 address: the last label is a number, decimal or hexadecimal.
    numeric: bool,
    international: bool,
}

/// Checks a name as RFC 1123 has it, with `_`, which some hosts have. 253 and 63 are the limits of DNS.
fn shape(raw: &str) -> Result<Shape, UrlError> {
    if raw.ends_with('.') {
        return Err(UrlError::TrailingDot);
    }
    if raw.len() > 253 {
        return Err(UrlError::HostName);
    }
    let mut shape = Shape {
        numeric: false,
        international: false,
    };
    for label in at_dots(raw).map(str::as_bytes) {
        check_label(label)?;
        shape.numeric = is_numeric(label);
        shape.international |= matches!(label, [b'x' | b'X', b'n' | b'N', b'-', b'-', ..]);
    }
    Ok(shape)
}

fn check_label(label: &[u8]) -> Result<(), UrlError> {
    let known = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    match label {
        [] | [b'-', ..] | [.., b'-'] => Err(UrlError::HostName),
        _ if label.len() <= 63 && label.iter().all(known) => Ok(()),
        _ => Err(UrlError::HostName),
    }
}

fn is_numeric(label: &[u8]) -> bool {
    match label {
        [b'0', b'x' | b'X', digits @ ..] => digits.iter().all(u8::is_ascii_hexdigit),
        digits => digits.iter().all(u8::is_ascii_digit),
    }
}
