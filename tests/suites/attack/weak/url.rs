//! What this host makes of a URL: what a lenient parser, a browser and a C library make of one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::path::{decoded, wide_to_narrow};

/// Where a URL leads.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) secure: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) target: String,
    /// What stands before `@`.
    pub(crate) user: Option<String>,
}

/// Takes a URL apart as browsers do.
pub(crate) fn place(url: &str) -> Option<Place> {
    let (scheme, rest) = url.trim().split_once(':')?;
    let rest = rest.replace('\\', "/");
    let secure = match scheme.to_lowercase().as_str() {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let rest = rest.trim_start_matches('/');
    let rest = rest.split('#').next().unwrap_or_default();
    let (authority, target) = match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user.to_owned()), host),
        None => (None, authority),
    };
    let host: String = host
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    let (host, port) = split_port(&host);
    let default = if secure { 443 } else { 80 };
    let target = if target.starts_with('/') {
        target.to_owned()
    } else {
        format!("/{target}")
    };
    Some(Place {
        secure,
        host: wide_to_narrow(&decoded(&host))
            .trim_end_matches('.')
            .to_lowercase(),
        port: port.filter(|port| *port != 0).unwrap_or(default),
        target,
        user,
    })
}

fn split_port(host: &str) -> (String, Option<u16>) {
    if let Some(inner) = host.strip_prefix('[') {
        let (address, rest) = inner.split_once(']').unwrap_or((inner, ""));
        let port = rest.trim_start_matches(':').parse().ok();
        // What names the interface is for somebody else.
        let address = address.split('%').next().unwrap_or_default();
        return (address.to_owned(), port);
    }
    match host.rsplit_once(':') {
        Some((host, port)) => (host.to_owned(), port.trim_start_matches('+').parse().ok()),
        None => (host.to_owned(), None),
    }
}

/// The address that a text is, as C's `inet_aton` has it: numbers of any base, and fewer than four of them.
pub(crate) fn address(host: &str) -> Option<IpAddr> {
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return Some(address.into());
    }
    let parts: Option<Vec<u64>> = host.split('.').map(part).collect();
    let parts = parts?;
    let (last, front) = parts.split_last()?;
    if front.len() > 3
        || front.iter().any(|part| *part > 255)
        || *last >= 1 << (8 * (4 - front.len()))
    {
        return None;
    }
    let high: u64 = front
        .iter()
        .enumerate()
        .map(|(at, part)| part << (8 * (3 - at)))
        .sum();
    let number = u32::try_from(high + last).ok()?;
    Some(Ipv4Addr::from(number).into())
}

fn part(text: &str) -> Option<u64> {
    let lower = text.to_lowercase();
    match lower.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None if lower.len() > 1 && lower.starts_with('0') => u64::from_str_radix(&lower, 8).ok(),
        None => lower.parse().ok(),
    }
}
