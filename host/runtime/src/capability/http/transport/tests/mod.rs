//! The transport against servers that do what servers should not, all of them on loopback and within the test.

mod answers;
pub(crate) mod dns;
mod names;
mod proxies;
mod requests;
pub(crate) mod server;
mod tls;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use bailiwick_policy::{
    Capability, Denial, HttpRequest, HttpRule, Manifest, Origin, Rules, Source, resolve,
};

use super::error::Unavailable;
use super::*;

/// More than any test needs; what should end earlier has its own deadline.
fn ample() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

/// Too short for anything that waits for the server.
fn short() -> Instant {
    Instant::now() + Duration::from_millis(200)
}

fn plain() -> Transport {
    Transport::new(Settings::default())
}

/// The decision on one request, by a rule that covers its whole origin.
fn decide(
    method: &str,
    url: &str,
    settings: impl FnOnce(HttpRule) -> HttpRule,
) -> Result<Permit<HttpTarget>, Denial> {
    let origin = HttpUrl::parse(url).unwrap().origin().to_owned();
    let rule = HttpRule::new(format!("{origin}/**"))
        .methods([method])
        .headers(["accept", "user-agent", "x-twice"]);
    let rules = Rules::builder(Source::Code).http_request(settings(rule), Origin::Code);
    let mut manifest = Manifest::new();
    manifest.ask(Capability::HttpRequest);
    let grant = resolve(&manifest, Arc::new(rules.unwrap().build()));
    grant.decide(HttpRequest { method, url })
}

fn permit_by(
    method: &str,
    url: &str,
    settings: impl FnOnce(HttpRule) -> HttpRule,
) -> Permit<HttpTarget> {
    decide(method, url, settings).unwrap()
}

fn permit(url: &str) -> Permit<HttpTarget> {
    permit_method("GET", url)
}

fn permit_method(method: &str, url: &str) -> Permit<HttpTarget> {
    permit_by(method, url, HttpRule::allow_private)
}

fn permit_bytes(url: &str, response_bytes_max: u64) -> Permit<HttpTarget> {
    permit_by("GET", url, |rule| {
        rule.allow_private().max_response(response_bytes_max)
    })
}

fn permit_public(url: &str) -> Permit<HttpTarget> {
    permit_by("GET", url, |rule| rule)
}

fn nothing() -> Outbound {
    carrying(Payload::Empty)
}

fn carrying(payload: Payload) -> Outbound {
    Outbound {
        headers: Headers::default(),
        payload,
        secret: None,
    }
}

async fn ask(transport: &Transport, permit: Permit<HttpTarget>) -> Result<Answer, Error> {
    transport
        .begin(permit, nothing(), ample())
        .await?
        .finish()
        .await
}

/// Which way a GET went that was answered.
async fn route(transport: &Transport, permit: Permit<HttpTarget>) -> Route {
    let exchange = transport.begin(permit, nothing(), ample()).await.unwrap();
    let route = exchange.route();
    exchange.finish().await.unwrap();
    route
}

async fn whole(answer: &mut Answer) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    loop {
        let piece = answer.read(usize::MAX).await?;
        if piece.is_empty() {
            return Ok(body);
        }
        body.extend_from_slice(&piece);
    }
}

/// The body of the answer to a GET.
async fn fetch(transport: &Transport, permit: Permit<HttpTarget>) -> Result<Vec<u8>, Error> {
    whole(&mut ask(transport, permit).await?).await
}
