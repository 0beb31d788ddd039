//! Where a permitted request goes, in the forms that name lookup, TLS and HTTP need.

use std::net::IpAddr;

use super::stand_in::{HttpTarget, Scheme};
use http::{HeaderValue, Uri, uri::Authority};

use super::error::Invalid;

/// The parts of a permitted URL.
#[derive(Debug, Clone)]
pub(super) struct Destination {
    pub(super) scheme: Scheme,
    /// The host without brackets: a name or an address.
    pub(super) host: String,
    pub(super) port: u16,
    path_and_query: String,
}

impl Destination {
    pub(super) fn new(target: &HttpTarget) -> Self {
        Self {
            scheme: target.scheme(),
            host: target.host().trim_matches(['[', ']']).to_owned(),
            port: target.port(),
            path_and_query: target.path_and_query().to_owned(),
        }
    }

    /// The address, when the host is one and needs no lookup.
    pub(super) fn literal(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// The value of `host`: without the port where it is the scheme's own.
    pub(super) fn host_header(&self) -> Result<HeaderValue, Invalid> {
        let authority = if self.port == default_port(self.scheme) {
            self.bracketed()
        } else {
            self.authority()
        };
        HeaderValue::from_str(&authority).map_err(|_| Invalid::Url)
    }

    /// RFC 9112, 3.2.1: "the absolute path and query components of the target URI".
    pub(super) fn origin_form(&self) -> Result<Uri, Invalid> {
        let uri: Uri = self.path_and_query.parse().map_err(|_| Invalid::Url)?;
        self.unchanged(uri)
    }

    /// RFC 9112, 3.2.2: what a proxy is asked for.
    pub(super) fn absolute_form(&self) -> Result<Uri, Invalid> {
        let text = format!("http://{}{}", self.authority(), self.path_and_query);
        let uri: Uri = text.parse().map_err(|_| Invalid::Url)?;
        self.unchanged(uri)
    }

    /// RFC 9112, 3.2.3: what a proxy is asked to connect to.
    pub(super) fn authority_form(&self) -> Result<Uri, Invalid> {
        let authority: Authority = self.authority().parse().map_err(|_| Invalid::Url)?;
        Ok(Uri::from(authority))
    }

    /// What is sent is what was decided: a part that the request line would lose (a fragment) is an error.
    fn unchanged(&self, uri: Uri) -> Result<Uri, Invalid> {
        let sent = uri.path_and_query().map(|part| part.as_str());
        if sent == Some(self.path_and_query.as_str()) {
            Ok(uri)
        } else {
            Err(Invalid::Url)
        }
    }

    fn authority(&self) -> String {
        format!("{}:{}", self.bracketed(), self.port)
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        }
    }
}

fn default_port(scheme: Scheme) -> u16 {
    match scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
    }
}
