//! Stands in for the policy's decisions until they are there.

use std::net::IpAddr;

#[derive(Debug)]
pub(crate) struct Permit<T>(T);

impl<T> Permit<T> {
    pub(crate) fn target(&self) -> &T {
        &self.0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

#[derive(Debug)]
pub(crate) struct HttpTarget {
    scheme: Scheme,
    host: String,
    port: u16,
    path_and_query: String,
    max_response: Option<u64>,
    allow_private: bool,
}

impl HttpTarget {
    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }
    pub(crate) fn host(&self) -> &str {
        &self.host
    }
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
    pub(crate) fn path_and_query(&self) -> &str {
        &self.path_and_query
    }
    pub(crate) fn max_response(&self) -> Option<u64> {
        self.max_response
    }
}

#[derive(Debug)]
pub(crate) struct PinnedAddress(IpAddr);

impl PinnedAddress {
    pub(crate) fn ip(&self) -> IpAddr {
        self.0
    }
}

#[derive(Debug)]
pub(crate) struct Denial(pub(crate) IpAddr);

pub(crate) fn decide_address(
    permit: &Permit<HttpTarget>,
    address: IpAddr,
) -> Result<Permit<PinnedAddress>, Denial> {
    let private = match address {
        IpAddr::V4(v4) => {
            v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified()
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    };
    if private && !permit.0.allow_private {
        return Err(Denial(address));
    }
    Ok(Permit(PinnedAddress(address)))
}

#[cfg(test)]
pub(crate) fn permit(
    url: &str,
    allow_private: bool,
    max_response: Option<u64>,
) -> Permit<HttpTarget> {
    let url = url::Url::parse(url).unwrap();
    Permit(HttpTarget {
        scheme: if url.scheme() == "https" {
            Scheme::Https
        } else {
            Scheme::Http
        },
        host: url.host_str().unwrap().to_owned(),
        port: url.port_or_known_default().unwrap(),
        path_and_query: url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        max_response,
        allow_private,
    })
}
