//! URLs: what is accepted means the same to another parser, is in normal form, and is permitted only where the model permits it.
//!
//! An input is lines: the last is the URL, the one before it a `Location` that answers it, those before are the rules.

use std::sync::Arc;

use bailiwick_policy::{
    Capability, HttpGet, HttpRule, HttpUrl, Manifest, Origin, Rules, Source, UrlPattern, resolve,
};
use url::Url;

use crate::model;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let lines: Vec<&str> = text.split('\n').collect();
    let Some((raw, before)) = lines.split_last() else {
        return;
    };
    let Ok(url) = HttpUrl::parse(raw) else {
        return;
    };
    is_normal(&url);
    agrees(&url, raw);
    let Some((location, rules)) = before.split_last() else {
        return;
    };
    redirects(&url, location);
    is_permitted_as_the_model_has_it(&url, raw, rules);
}

fn is_normal(url: &HttpUrl) {
    let again = HttpUrl::parse(url.as_str()).expect("the normal form is a URL");
    assert_eq!(&again, url, "the normal form has another normal form");
    assert!(
        url.as_str()
            .bytes()
            .all(|byte| (0x21..0x7f).contains(&byte)),
        "{url} holds what a request line may not"
    );
}

/// Another parser, which most programs that follow a URL use or copy, finds the same host, port and path.
fn agrees(url: &HttpUrl, raw: &str) {
    for text in [raw, url.as_str()] {
        let other = Url::parse(text)
            .unwrap_or_else(|error| panic!("{text:?} is no URL to another parser: {error}"));
        assert_eq!(other.scheme(), url.scheme().as_str(), "{text:?}");
        assert!(is_same_host(&other, url), "{text:?}: {:?}", other.host());
        assert_eq!(other.port_or_known_default(), Some(url.port()), "{text:?}");
        assert!(other.username().is_empty() && other.password().is_none());
        assert!(other.fragment().is_none());
        let segments = |path: &str| path.matches('/').count();
        assert_eq!(segments(other.path()), segments(url.path()), "{text:?}");
    }
}

/// A redirect that would be followed leads where another parser finds it to lead.
fn redirects(url: &HttpUrl, location: &str) {
    let Ok(next) = HttpUrl::parse(&url.redirect(location)) else {
        return;
    };
    let base = Url::parse(url.as_str()).expect("checked before");
    let other = base
        .join(location)
        .unwrap_or_else(|error| panic!("{location:?} leads nowhere to another parser: {error}"));
    assert!(
        is_same_host(&other, &next) && other.port_or_known_default() == Some(next.port()),
        "{location:?} from {url} leads to {next} and to {other}"
    );
}

/// The same name or the same address: of an address of one kind within the other there are two spellings.
fn is_same_host(other: &Url, url: &HttpUrl) -> bool {
    match other.host() {
        Some(url::Host::Domain(name)) => {
            url.host().address().is_none() && name == url.host().as_str()
        }
        Some(url::Host::Ipv4(address)) => url.host().address() == Some(address.into()),
        Some(url::Host::Ipv6(address)) => url.host().address() == Some(address.into()),
        None => false,
    }
}

fn is_permitted_as_the_model_has_it(url: &HttpUrl, raw: &str, rules: &[&str]) {
    let patterns: Vec<UrlPattern> = rules
        .iter()
        .filter(|text| !model::is_slow(text))
        .filter_map(|text| UrlPattern::parse(text).ok())
        .collect();
    let permitted = permitted(&patterns, raw);
    let (covered, denied) = model(&patterns, url);
    assert!(
        !permitted || covered && !denied,
        "{url} is permitted under {patterns:?}"
    );
    let free_of_denials = !patterns.iter().any(UrlPattern::denies);
    assert!(
        permitted || !covered || !free_of_denials,
        "{url} is denied under {patterns:?}"
    );
}

fn permitted(patterns: &[UrlPattern], raw: &str) -> bool {
    let mut rules = Rules::builder(Source::Code).link(&Capability::HttpGet);
    for pattern in patterns {
        // Whether an address may be reached that is not public is no matter of patterns.
        let mut rule = HttpRule::new(pattern.as_str());
        if !pattern.denies() {
            rule = rule.allow_private();
        }
        if pattern.is_everything() {
            rule = rule.everything();
        }
        rules = rules
            .http_get(rule, Origin::Code)
            .expect("a pattern that was parsed makes a rule");
    }
    let manifest: Manifest = [Capability::HttpGet].into_iter().collect();
    let grant = resolve(&manifest, Arc::new(rules.build()));
    grant.decide(HttpGet { url: raw }).is_ok()
}

/// Whether a pattern covers the URL, and whether a `!` pattern denies it: the plain readings, where the host denies more.
fn model(patterns: &[UrlPattern], url: &HttpUrl) -> (bool, bool) {
    let path: Vec<&str> = url.path().split('/').skip(1).collect();
    let (mut covered, mut denied) = (false, false);
    for pattern in patterns {
        let body = pattern.as_str().trim_start_matches('!');
        let (scheme, rest) = body.split_once("://").expect("a pattern has a scheme");
        let target = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(target);
        let (pattern_path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        if !scheme.eq_ignore_ascii_case(url.scheme().as_str())
            || !is_host(authority, url, pattern.denies())
        {
            continue;
        }
        let parts = model::parts(&normal(pattern_path.trim_start_matches('/')));
        if pattern.denies() {
            denied |= model::denies(&parts, &path);
        } else {
            let query_fits = query.is_none_or(|query| {
                normal(&query.replace("\\*", "*")) == url.query().unwrap_or_default()
            });
            covered |= query_fits && model::covers(&parts, &path);
        }
    }
    (covered, denied)
}

fn is_host(authority: &str, url: &HttpUrl, denies: bool) -> bool {
    let bracket = authority.rfind(']').map_or(0, |place| place + 1);
    let (host, port) = match authority[bracket..].find(':') {
        Some(colon) => {
            let (host, port) = authority.split_at(bracket + colon);
            (host, port[1..].parse().expect("a port"))
        }
        None => (authority, url.scheme().default_port()),
    };
    let (host, found) = (host.to_ascii_lowercase(), url.host());
    let name_fits = match host.as_str() {
        "**" => denies || !found.is_international(),
        wild if wild.starts_with("*.") => {
            let rest = &wild[1..];
            let label = found.as_str().strip_suffix(rest);
            found.address().is_none()
                && (denies || !found.is_international())
                && label.is_some_and(|label| !label.is_empty() && !label.contains('.'))
        }
        exact => match exact.strip_prefix('[') {
            Some(inner) => {
                let address = inner.trim_end_matches(']').parse().ok();
                address.is_some() && address == found.address()
            }
            None => exact == found.as_str(),
        },
    };
    name_fits && port == url.port()
}

/// A text of a pattern with its escapes in the form that URLs have: unreserved ones decoded, the others in upper case.
fn normal(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let digits = after.get(..2).expect("a whole escape");
        let byte = u8::from_str_radix(digits, 16).expect("two digits");
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&digits.to_ascii_uppercase());
        }
        rest = &after[2..];
    }
    out.push_str(rest);
    out
}
