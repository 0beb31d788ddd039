//! HTTP/1.1 to the address that was decided: one connection per request, opened here, used once, closed.
//!
//! # The attacker
//!
//! Both ends. The tool chooses the URL within its rules, the headers and the body, and wants a request to go where no rule
//! says. The server may be anybody's: it wants the host to connect elsewhere, to wait or read for ever, or to take a part of an answer
//! for the whole. Whoever answers for names may be either.
//!
//! # The order
//!
//! 1. The caller holds a permit for the URL. It is used up here.
//! 2. The tool's headers are decided, and the request is composed; what cannot be sent fails before anything is looked up.
//! 3. The name is looked up, once. Every address that comes back is decided ([`bailiwick_policy::decide_address`]); one
//!    that is denied denies the attempt, whatever the others are: whoever mixes them wants the right one picked later.
//! 4. A connection is opened to a permitted address, by its number. There is no second lookup that could answer
//!    otherwise. TLS proves the name of the URL.
//! 5. A secret that was decided for this request is put into it.
//! 6. The request is sent, the answer read under a deadline and a ceiling.
//!
//! # What is deliberately absent
//!
//! Connection pools (a connection reused for another name is an attack, and one tool's connection is none of another's
//! business), HTTP/2 and 3, redirects (each is a new attempt, and the caller's: [`redirect`]), cookies, decompression (a small answer
//! stays small), proxy settings from the environment, client certificates, resumed TLS sessions.
//!
//! A body whose end is the end of a connection without TLS cannot be told from one that was cut there: HTTP has no way to
//! say it. Every other cut is an error.

mod answer;
mod body;
mod connect;
mod deadline;
mod destination;
mod error;
mod exchange;
mod head_room;
mod headers;
mod proxy;
mod redirect;
mod resolve;
mod tls;

#[cfg(test)]
pub(super) mod tests;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use bailiwick_policy::{
    HttpTarget, HttpUrl, Permit, PinnedAddress, Scheme, decide_address, decide_headers,
};
use http::Request;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::secrets::{BodyHash, Injected};

pub(crate) use answer::Answer;
pub(crate) use body::Payload;
pub(crate) use error::{Error, Invalid};
pub(crate) use exchange::Exchange;
pub(crate) use headers::{HEADERS_MAX, Headers};
pub(crate) use proxy::Proxy;
pub(crate) use redirect::{Redirect, RedirectBody, redirect};

use body::{Outgoing, Upload};
use deadline::within;
use destination::{absolute_form, bare_host, origin_form};
use exchange::{Terms, compose};
use resolve::Resolver;
use tls::Trust;

/// How requests leave the host. Making one does nothing: what `https` needs is put together at the first request.
#[derive(Debug)]
pub(crate) struct Transport {
    resolver: Resolver,
    proxy: Option<Proxy>,
    trust: Trust,
}

/// What the operator says about the network (`[network]`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// A PEM file of certificate authorities to trust besides Mozilla's.
    pub(crate) ca_file: Option<PathBuf>,
    /// Where every request goes instead of to its host.
    pub(crate) proxy: Option<Proxy>,
    /// The DNS server to ask instead of the system.
    pub(crate) resolver: Option<SocketAddr>,
}

/// A request without its method and URL, which the permit holds.
#[derive(Debug)]
pub(crate) struct Outbound {
    /// The tool's headers: not decided yet.
    pub(crate) headers: Headers,
    /// The body.
    pub(crate) payload: Payload,
    /// The secret that goes along, decided for this request.
    pub(crate) secret: Option<Injected>,
}

/// Which way a request went: for the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// To this address, which was decided.
    Direct(IpAddr),
    /// To the operator's proxy. Which address that connected to, it alone knows.
    Proxy,
}

impl std::fmt::Display for Route {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Direct(address) => write!(formatter, "{address}"),
            Self::Proxy => formatter.write_str("proxy"),
        }
    }
}

impl Transport {
    /// A transport with these settings. The environment's proxy variables are not read.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            resolver: settings.resolver.map_or(Resolver::System, Resolver::Server),
            proxy: settings.proxy,
            trust: Trust::new(settings.ca_file),
        }
    }

    /// Connects to the URL of `permit` and begins to send the request. Everything until the end of the answer must be
    /// over at the deadline.
    ///
    /// # Errors
    ///
    /// `Denied` when a header or one of the host's addresses is not permitted; `Invalid` when the request cannot be sent;
    /// `Unavailable`; `Time`.
    pub(crate) async fn begin(
        &self,
        permit: Permit<HttpTarget>,
        outbound: Outbound,
        deadline: Instant,
    ) -> Result<Exchange, Error> {
        within(deadline, self.begin_untimed(permit, outbound, deadline)).await
    }

    async fn begin_untimed(
        &self,
        permit: Permit<HttpTarget>,
        outbound: Outbound,
        deadline: Instant,
    ) -> Result<Exchange, Error> {
        decide_headers(&permit, outbound.headers.names()).map_err(Error::Denied)?;
        let target = permit.target();
        let form = self.request_form(target.url())?;
        let (mut request, secret) = composed(outbound, target, form)?;
        let terms = |route| Terms {
            deadline,
            response_bytes_max: target.max_response().unwrap_or(u64::MAX),
            route,
        };
        match target.url().scheme() {
            Scheme::Http => {
                let (stream, route) = self.connect(&permit).await?;
                put(secret, &mut request, target)?;
                Exchange::begin(stream, request, terms(route)).await
            }
            Scheme::Https => {
                let tls = self.trust.handshaker()?;
                let (stream, route) = self.connect(&permit).await?;
                let stream = tls.shake(stream, bare_host(target.url())).await?;
                put(secret, &mut request, target)?;
                Exchange::begin(stream, request, terms(route)).await
            }
        }
    }

    fn request_form(&self, to: &HttpUrl) -> Result<http::Uri, Invalid> {
        match (&self.proxy, to.scheme()) {
            (Some(_), Scheme::Http) => absolute_form(to),
            (Some(_), Scheme::Https) | (None, _) => origin_form(to),
        }
    }

    async fn connect(&self, permit: &Permit<HttpTarget>) -> Result<(TcpStream, Route), Error> {
        let to = permit.target().url();
        let Some(proxy) = &self.proxy else {
            let pins = pin(permit, self.resolve(to).await?)?;
            let (stream, address) = connect::connect_pinned(pins).await?;
            return Ok((stream, Route::Direct(address)));
        };
        pin(permit, to.host().address().into_iter().collect())?;
        let stream = proxy.connect(self.resolver).await?;
        let stream = match to.scheme() {
            Scheme::Http => stream,
            Scheme::Https => proxy::tunnel(stream, to).await?,
        };
        Ok((stream, Route::Proxy))
    }

    async fn resolve(&self, to: &HttpUrl) -> Result<Vec<IpAddr>, Error> {
        match to.host().address() {
            Some(address) => Ok(vec![address]),
            None => self.resolver.lookup(to.host().as_str()).await,
        }
    }
}

type Composed = (Request<Outgoing>, Option<Upload>);

/// A secret, and what its signature would say of the body.
type ToPut = Option<(Injected, BodyHash)>;

/// The request without its secret, for which there has to be room.
fn composed(
    mut outbound: Outbound,
    target: &HttpTarget,
    form: http::Uri,
) -> Result<(Composed, ToPut), Error> {
    let secret = outbound.secret.take();
    let secret = secret.map(|secret| (secret, outbound.payload.hash()));
    let request = compose(outbound, target, form)?;
    if let Some((secret, body)) = &secret {
        secret.check(target.url(), request.0.headers(), body)?;
    }
    Ok((request, secret))
}

/// The connection is there, its other end has proved its name, and nothing more is decided: only now are the secret's bytes put in.
fn put(secret: ToPut, (request, _): &mut Composed, target: &HttpTarget) -> Result<(), Error> {
    let Some((secret, body)) = secret else {
        return Ok(());
    };
    let (method, mut uri) = (request.method().clone(), request.uri().clone());
    secret.put(
        &method,
        target.url(),
        &mut uri,
        request.headers_mut(),
        &body,
    )?;
    *request.uri_mut() = uri;
    Ok(())
}

/// Every address decided: all are permitted, or the attempt is denied.
fn pin(
    permit: &Permit<HttpTarget>,
    addresses: Vec<IpAddr>,
) -> Result<Vec<Permit<PinnedAddress>>, Error> {
    let decided = addresses
        .into_iter()
        .map(|address| decide_address(permit, address));
    decided.collect::<Result<_, _>>().map_err(Error::Denied)
}
