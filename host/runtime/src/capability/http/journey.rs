//! A request with its redirects: each hop decided, counted and recorded as a request of its own.

use std::time::Duration;

use bailiwick_policy::{
    Denial, HttpGet, HttpRequest, HttpTarget, HttpUrl, Injection, Limit, Limits, Permit, Question,
    SecretName, decide_injection,
};
use bytes::Bytes;
use tokio::time::Instant;

use super::transport::{
    Answer, Error, Exchange, Headers, Outbound, Payload, Redirect, RedirectBody, Transport,
    redirect,
};
use crate::secrets::Injected;
use crate::waist::{Failure, Scene, chain};

/// The most of a call's time that is left when a server is no longer waited for.
const LAST_MOMENT_MAX: Duration = Duration::from_millis(250);

/// The capability under which every hop is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Under {
    HttpGet,
    HttpRequest,
}

/// What goes along on every hop.
#[derive(Debug)]
pub(super) struct Luggage {
    pub(super) headers: Headers,
    pub(super) body: Option<Bytes>,
}

/// A request that is made for an operation.
#[derive(Debug)]
pub(super) struct Journey {
    /// The operation, for the trail.
    pub(super) operation: &'static str,
    pub(super) under: Under,
    pub(super) luggage: Luggage,
    /// The secret that goes along, for as long as every hop is one that it is bound to.
    pub(super) secret: Option<Named>,
}

/// A secret that the tool may name.
pub(super) type Named = Permit<SecretName>;

/// Where it ended.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) answer: Answer,
    pub(super) url: HttpUrl,
    /// The last attempt of the way.
    pub(super) attempt: Question,
}

impl Journey {
    /// Sends the request and follows where the answers lead.
    ///
    /// # Errors
    ///
    /// As for [`begin`]; `Limit(redirects)`; `Denied` when a redirect leads to where the grant does not.
    pub(super) async fn travel(
        mut self,
        permit: Permit<HttpTarget>,
        scene: &mut Scene,
    ) -> Result<Arrival, Failure> {
        let method = permit.target().method().to_owned();
        let injected = first_injection(self.secret.as_ref(), &permit, scene)?;
        let mut arrival = self.hop(permit, injected, scene).await?;
        let mut next = lead(&arrival, &method)?;
        for _ in 0..Limits::REDIRECTS {
            let Some(redirect) = next else {
                return Ok(arrival);
            };
            // Before it is decided: a decision is recorded, and where it leads is a server's text.
            scene.refuse_text("the location of a redirect", &redirect.location)?;
            let permit = self.decide_next(&arrival.url, &redirect, scene)?;
            let injected = self.next_injection(&arrival.url, &permit, scene)?;
            self.luggage = self.luggage.after(&redirect, &arrival.url, permit.target());
            drop(arrival);
            arrival = self.recorded_hop(permit, injected, scene).await?;
            next = lead(&arrival, redirect.method.as_str())?;
        }
        match next {
            None => Ok(arrival),
            Some(_) => Err(Failure::Limit(Limit::Redirects)),
        }
    }

    /// A hop that is not the operation's own attempt, with records of its own.
    async fn recorded_hop(
        &self,
        permit: Permit<HttpTarget>,
        injected: Option<Permit<Injection>>,
        scene: &mut Scene,
    ) -> Result<Arrival, Failure> {
        let words = self.under.words(permit.target());
        let rule = permit.rule().clone();
        scene.begin_effect(self.operation, self.under.key(), &words, Some(rule))?;
        let before = scene.meter.spent().bytes();
        let arrived = self.hop(permit, injected, scene).await;
        let bytes = scene.meter.spent().bytes() - before;
        scene.end_effect(bytes, arrived.as_ref().err())?;
        arrived
    }

    async fn hop(
        &self,
        permit: Permit<HttpTarget>,
        injected: Option<Permit<Injection>>,
        scene: &mut Scene,
    ) -> Result<Arrival, Failure> {
        let url = permit.target().url().clone();
        let attempt = self.under.question(permit.target());
        let outbound = Outbound {
            headers: self.luggage.headers.clone(),
            payload: self
                .luggage
                .body
                .clone()
                .map_or(Payload::Empty, Payload::Whole),
            secret: recorded_injection(injected, permit.target(), scene)?,
        };
        let exchange = begin(self.operation, permit, outbound, scene).await?;
        let answer = exchange.finish().await.map_err(Failure::from)?;
        Ok(Arrival {
            answer,
            url,
            attempt,
        })
    }

    /// What goes along on a redirect: the secret, where the origin is the same and it is bound to the new URL too. Once it was left behind it stays behind.
    fn next_injection(
        &mut self,
        from: &HttpUrl,
        permit: &Permit<HttpTarget>,
        scene: &mut Scene,
    ) -> Result<Option<Permit<Injection>>, Failure> {
        let same = from.origin() == permit.target().url().origin();
        let Some(named) = self.secret.take().filter(|_| same) else {
            return Ok(None);
        };
        match injection(&named, permit, scene)? {
            Ok(injected) => {
                self.secret = Some(named);
                Ok(Some(injected))
            }
            Err(denial) => match scene.deny(ATTACH, denial.attempt(), &denial) {
                fault @ Failure::Fault(_) => Err(fault),
                _ => Ok(None),
            },
        }
    }

    fn decide_next(
        &self,
        from: &HttpUrl,
        redirect: &Redirect,
        scene: &mut Scene,
    ) -> Result<Permit<HttpTarget>, Failure> {
        let url = &from.redirect(&redirect.location);
        let method = redirect.method.as_str();
        match self.under {
            Under::HttpGet => scene.decide(self.operation, HttpGet { url }, url),
            Under::HttpRequest => {
                let words = format!("{method} {url}");
                scene.decide(self.operation, HttpRequest { method, url }, &words)
            }
        }
    }
}

/// The operation by which a secret's part is recorded.
const ATTACH: &str = "secret.attach";

/// The same for the trail: that it is put in.
const INJECT: &str = "secret.inject";

/// Decides whether a secret goes into a request; the outer error is that the host has none of it.
fn injection(
    named: &Named,
    permit: &Permit<HttpTarget>,
    scene: &Scene,
) -> Result<Result<Permit<Injection>, Denial>, Failure> {
    let held = scene
        .secrets()
        .and_then(|secrets| secrets.get(named.target().as_str()));
    let none = || Failure::Unavailable("the host has no value for the secret".to_owned());
    let held = held.ok_or_else(none)?;
    Ok(decide_injection(named, &held.policy, permit))
}

/// For the request that the tool asked for: a secret that may not go into it refuses it.
pub(super) fn first_injection(
    named: Option<&Named>,
    permit: &Permit<HttpTarget>,
    scene: &mut Scene,
) -> Result<Option<Permit<Injection>>, Failure> {
    let Some(named) = named else { return Ok(None) };
    match injection(named, permit, scene)? {
        Ok(injected) => Ok(Some(injected)),
        Err(denial) => Err(match scene.deny(ATTACH, denial.attempt(), &denial) {
            fault @ Failure::Fault(_) => fault,
            _ => Failure::Secret,
        }),
    }
}

/// Records that a secret is going to be put into a request, by its name.
pub(super) fn recorded_injection(
    injected: Option<Permit<Injection>>,
    target: &HttpTarget,
    scene: &mut Scene,
) -> Result<Option<Injected>, Failure> {
    let Some(permit) = injected else {
        return Ok(None);
    };
    let secrets = scene.secrets().cloned().unwrap_or_default();
    let words = format!("{} to {}", permit.target().name(), target.url());
    scene.begin_effect(INJECT, "secret", &words, Some(permit.rule().clone()))?;
    scene.end_effect(0, None)?;
    Ok(Some(Injected::new(permit, secrets)))
}

/// Counts a request and begins to send it.
///
/// # Errors
///
/// `Limit(http-requests)`, `Limit(http-bytes)`, `Limit(time)`; `Denied` when a header or an address is not permitted,
/// which is recorded; `Invalid`; `Unavailable`.
pub(super) async fn begin(
    operation: &'static str,
    permit: Permit<HttpTarget>,
    outbound: Outbound,
    scene: &mut Scene,
) -> Result<Exchange, Failure> {
    scene.meter.request_egress(
        permit.target(),
        outbound.headers.bytes(),
        outbound.payload.whole_bytes(),
    )?;
    scene.meter.http_request()?;
    scene.meter.http_sent(chosen_bytes(&permit, &outbound))?;
    let transport = scene.services().get::<Transport>()?;
    let time = scene.meter.limits().time;
    let deadline = Instant::from_std(scene.started() + time.saturating_sub(last_moment(time)));
    match transport.begin(permit, outbound, deadline).await {
        Ok(exchange) => {
            scene.went_to(exchange.route().to_string());
            Ok(exchange)
        }
        Err(Error::Denied(denial)) => Err(scene.deny(operation, denial.attempt(), &denial)),
        Err(error) => Err(error.into()),
    }
}

/// What is left of a call's time when a server is no longer waited for, so that the tool can still say so: behind the wall of processes
/// that takes a way there and back.
fn last_moment(time: Duration) -> Duration {
    (time / 5).min(LAST_MOMENT_MAX)
}

/// Bytes of a request that the tool chose, and could carry something out with: path and query, headers, body.
fn chosen_bytes(permit: &Permit<HttpTarget>, outbound: &Outbound) -> u64 {
    let path = permit.target().url().path_and_query().len() as u64;
    path + outbound.headers.bytes() + outbound.payload.whole_bytes()
}

/// Where an answer leads on, if it does.
fn lead(arrival: &Arrival, method: &str) -> Result<Option<Redirect>, Failure> {
    let answer = &arrival.answer;
    let redirect = redirect(answer.status(), answer.headers(), method);
    redirect.map_err(|error| Error::from(error).into())
}

impl Luggage {
    /// What goes along after a redirect. Credentials never cross origins.
    fn after(self, redirect: &Redirect, from: &HttpUrl, to: &HttpTarget) -> Self {
        let mut luggage = self;
        if redirect.body == RedirectBody::Dropped {
            luggage.body = None;
            luggage.headers = luggage.headers.without_body();
        }
        if from.origin() != to.url().origin() {
            luggage.headers = luggage.headers.across_origins();
        }
        luggage
    }
}

impl Under {
    fn key(self) -> &'static str {
        match self {
            Self::HttpGet => "http-get",
            Self::HttpRequest => "http-request",
        }
    }

    fn question(self, target: &HttpTarget) -> Question {
        let url = target.url().to_string();
        match self {
            Self::HttpGet => Question::HttpGet(url),
            Self::HttpRequest => Question::HttpRequest {
                method: target.method().to_owned(),
                url,
            },
        }
    }

    fn words(self, target: &HttpTarget) -> String {
        match self {
            Self::HttpGet => target.url().to_string(),
            Self::HttpRequest => format!("{} {}", target.method(), target.url()),
        }
    }
}

impl From<Error> for Failure {
    /// A denial is recorded where it comes up, in [`begin`].
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(_) => Self::Denied,
            Error::Time => Self::Limit(Limit::Time),
            Error::ResponseSize => Self::RuleLimit,
            Error::Unavailable(unavailable) => Self::Unavailable(chain(&unavailable)),
            Error::Invalid(invalid) => Self::Invalid(invalid.to_string()),
            Error::Secret => Self::Secret,
        }
    }
}
