//! Puts a secret's bytes into one request, as its permit says, and nowhere else.

use std::collections::BTreeSet;

use bailiwick_policy::{HttpUrl, Injection, Permit, SecretPlace};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Uri};
use zeroize::Zeroizing;

use super::sigv4::{self, Signing};
use super::{Held, Secrets};
use crate::audit::Timestamp;

/// What a request's body is, for a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BodyHash {
    /// The SHA-256 of the whole body.
    Known([u8; 32]),
    /// The body follows in pieces.
    Unknown,
}

/// A secret on its way into one request.
pub(crate) struct Injected {
    permit: Permit<Injection>,
    secrets: Secrets,
}

impl std::fmt::Debug for Injected {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Injected")
            .field(self.permit.target().name())
            .finish()
    }
}

/// Why a secret is not put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The tool put something at the secret's place itself.
    Taken,
    /// A signature needs the whole body before it begins.
    BodyInPieces,
    /// The secret is not there any more, or does not fit its place.
    Unfit,
}

impl Injected {
    pub(crate) fn new(permit: Permit<Injection>, secrets: Secrets) -> Self {
        Self { permit, secrets }
    }

    /// Whether the place is free: asked before anything is looked up or connected.
    pub(crate) fn check(
        &self,
        to: &HttpUrl,
        headers: &HeaderMap,
        body: &BodyHash,
    ) -> Result<(), Refused> {
        let taken = match self.permit.target().place() {
            SecretPlace::Header { name, .. } => headers.contains_key(&**name),
            SecretPlace::Bearer | SecretPlace::Basic { .. } => headers.contains_key(AUTHORIZATION),
            SecretPlace::Query { key } => parameters(to).contains(key.as_str()),
            SecretPlace::AwsSigV4(aws) => {
                if *body == BodyHash::Unknown && aws.service != sigv4::S3 {
                    return Err(Refused::BodyInPieces);
                }
                sigv4::OWN_HEADERS
                    .iter()
                    .any(|name| headers.contains_key(*name))
            }
        };
        if taken { Err(Refused::Taken) } else { Ok(()) }
    }

    /// Puts the secret in: the last thing that happens to a request before it is sent.
    pub(crate) fn put(
        self,
        method: &Method,
        to: &HttpUrl,
        uri: &mut Uri,
        headers: &mut HeaderMap,
        body: &BodyHash,
    ) -> Result<(), Refused> {
        self.check(to, headers, body)?;
        let (injection, _) = self.permit.into_parts();
        let held = self.secrets.get(injection.name().as_str());
        let held = held.ok_or(Refused::Unfit)?;
        let put = match injection.place() {
            SecretPlace::Header { name, prefix } => {
                let name = HeaderName::from_bytes(name.as_bytes()).ok();
                name.zip(joined(prefix.as_bytes(), held.value.expose()))
                    .map(|(name, value)| drop(headers.insert(name, value)))
            }
            SecretPlace::Bearer => joined(b"Bearer ", held.value.expose())
                .map(|value| drop(headers.insert(AUTHORIZATION, value))),
            SecretPlace::Basic { user } => {
                basic(user, held).map(|value| drop(headers.insert(AUTHORIZATION, value)))
            }
            SecretPlace::Query { key } => with_parameter(uri, key, held).map(|with| *uri = with),
            SecretPlace::AwsSigV4(aws) => {
                let token = aws.session_token.as_deref();
                let token = token.map(|name| self.secrets.get(name).ok_or(Refused::Unfit));
                let token = token.transpose()?;
                let signing = Signing {
                    method,
                    to,
                    aws,
                    secret: held.value.expose(),
                    token: token.map(|held| held.value.expose()),
                    body,
                    time: Timestamp::now(),
                };
                signing.sign(headers)
            }
        };
        put.ok_or(Refused::Unfit)
    }
}

/// A header's value in memory that is overwritten when the last of its users has gone.
pub(super) fn joined(prefix: &[u8], secret: &[u8]) -> Option<HeaderValue> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(prefix.len() + secret.len()));
    bytes.extend_from_slice(prefix);
    bytes.extend_from_slice(secret);
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(Owned(bytes))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

struct Owned(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Owned {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// RFC 7617, 2: `user-id ":" password`, in base64.
fn basic(user: &str, held: &Held) -> Option<HeaderValue> {
    let secret = held.value.expose();
    let mut pair = Zeroizing::new(Vec::with_capacity(user.len() + 1 + secret.len()));
    pair.extend_from_slice(user.as_bytes());
    pair.push(b':');
    pair.extend_from_slice(secret);
    let text = Zeroizing::new(STANDARD.encode(pair.as_slice()));
    joined(b"Basic ", text.as_bytes())
}

/// The names of a URL's parameters, decoded: two spellings of one name are one.
fn parameters(to: &HttpUrl) -> BTreeSet<String> {
    let pairs = to.query().unwrap_or_default().split(['&', ';']);
    let names = pairs.map(|pair| pair.split('=').next().unwrap_or_default());
    names
        .map(|name| String::from_utf8_lossy(&sigv4::decoded(&name.replace('+', " "))).into_owned())
        .collect()
}

/// The request line's target with one parameter more, at its end.
fn with_parameter(uri: &Uri, key: &str, held: &Held) -> Option<Uri> {
    let mut text = Zeroizing::new(uri.to_string().into_bytes());
    text.reserve_exact(key.len() + 2 + held.value.expose().len() * 3);
    let joint = if text.contains(&b'?') { b'&' } else { b'?' };
    text.push(joint);
    text.extend_from_slice(key.as_bytes());
    text.push(b'=');
    sigv4::encode(held.value.expose(), &mut text);
    Uri::from_maybe_shared(Bytes::from_owner(Owned(text))).ok()
}
