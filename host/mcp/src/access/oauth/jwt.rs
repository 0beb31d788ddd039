//! A signed token (RFC 7519 in RFC 7515's compact form): its three parts, and what they have to say.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::keys::Algorithm;
use super::{LEEWAY, OAuth};

/// Why a token of the authorization server does not count here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// It is not a signed token.
    #[error("the token is not a signed JWT")]
    Form,
    /// Its algorithm is none that is taken.
    #[error("the token's algorithm is not one of RS256, PS256, ES256, ES384 and EdDSA")]
    Algorithm,
    /// It is some other kind of token.
    #[error("the token is not an access token: its `typ` is neither `JWT` nor `at+jwt`")]
    Type,
    /// It has extensions that have to be understood.
    #[error("the token has critical extensions (`crit`), which this server does not know")]
    Critical,
    /// No key of the issuer's fits it.
    #[error("no key of the issuer's has the token's `kid` and algorithm")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the token's signature is wrong")]
    Signature,
    /// The claims lack something or have it twice.
    #[error(
        "the token's claims cannot be read: `iss`, `sub`, `aud` and `exp` are needed, once each"
    )]
    Claims,
    /// Somebody else issued it.
    #[error("the token comes from another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("the token is meant for another audience")]
    Audience,
    /// It is too old.
    #[error("the token has expired")]
    Expired,
    /// It is too young.
    #[error("the token is not valid yet")]
    NotYet,
}

/// A token that nobody has checked yet.
pub(super) struct Unverified<'t> {
    pub(super) algorithm: Algorithm,
    pub(super) key: Option<String>,
    pub(super) signed: &'t str,
    pub(super) signature: &'t str,
    payload: &'t str,
}

/// What a token says that a key of the issuer's signed.
#[derive(Deserialize)]
pub(super) struct Claims {
    #[serde(rename = "iss")]
    issuer: String,
    #[serde(rename = "sub")]
    pub(super) subject: String,
    #[serde(rename = "aud")]
    audience: Words,
    #[serde(rename = "exp")]
    expires: f64,
    #[serde(rename = "nbf")]
    not_before: Option<f64>,
    scope: Option<Words>,
    scp: Option<Words>,
}

/// Only what decides; `jwk`, `jku`, `x5u`, `x5c` and all else is not read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    #[serde(default)]
    crit: Presence,
}

/// Whether a key is there, with whatever value.
#[derive(Default)]
struct Presence(bool);

/// A string or a list of strings.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Several(Vec<String>),
}

impl<'t> Unverified<'t> {
    /// Takes a token apart.
    pub(super) fn parse(token: &'t str) -> Result<Self, Invalid> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Invalid::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(Invalid::Form)?;
        // Five parts are an encrypted token, one empty part is an unsigned or a detached one.
        if payload.contains('.') || payload.is_empty() || signature.is_empty() {
            return Err(Invalid::Form);
        }
        let header: Header = json(header).ok_or(Invalid::Form)?;
        if header.crit.0 {
            return Err(Invalid::Critical);
        }
        if !header.typ.as_deref().is_none_or(is_access_token) {
            return Err(Invalid::Type);
        }
        Ok(Self {
            algorithm: Algorithm::from_name(&header.alg).ok_or(Invalid::Algorithm)?,
            key: header.kid,
            signed,
            signature,
            payload,
        })
    }

    /// What it says. To be called when its signature was found to be right.
    pub(super) fn claims(&self) -> Result<Claims, Invalid> {
        json(self.payload).ok_or(Invalid::Claims)
    }
}

impl Claims {
    /// Whether it is for this server, now.
    pub(super) fn check(&self, expected: &OAuth, now: u64) -> Result<(), Invalid> {
        if self.subject.is_empty() {
            return Err(Invalid::Claims);
        }
        if self.issuer != expected.issuer {
            return Err(Invalid::Issuer);
        }
        if !self.audience.list().any(|word| word == expected.audience) {
            return Err(Invalid::Audience);
        }
        let (now, leeway) = (seconds(now), LEEWAY.as_secs_f64());
        // RFC 7519: "the current date/time MUST be before the expiration date/time listed in the "exp" claim".
        if now >= self.expires + leeway {
            return Err(Invalid::Expired);
        }
        match self.not_before {
            Some(not_before) if now < not_before - leeway => Err(Invalid::NotYet),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether all of these scopes are among its own.
    pub(super) fn has_scopes(&self, needed: &[String]) -> bool {
        needed.iter().all(|scope| {
            let own = [&self.scope, &self.scp];
            let mut own = own.into_iter().flatten().flat_map(Words::scopes);
            own.any(|own| own == scope)
        })
    }
}

impl Words {
    fn list(&self) -> impl Iterator<Item = &str> {
        let list = match self {
            Self::One(word) => std::slice::from_ref(word),
            Self::Several(words) => words,
        };
        list.iter().map(String::as_str)
    }

    /// One string has several scopes with spaces between them (RFC 8693); a list has one in each place, as some issuers write.
    fn scopes(&self) -> impl Iterator<Item = &str> {
        let split = matches!(self, Self::One(_));
        self.list().flat_map(move |text| {
            let whole = (!split).then_some(text);
            let parts = split.then(|| text.split(' '));
            whole.into_iter().chain(parts.into_iter().flatten())
        })
    }
}

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Unverified({:?})", self.algorithm)
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Claims(…)")
    }
}

/// RFC 9068: `at+jwt`, also with `application/` in front; most issuers still write `JWT`.
fn is_access_token(typ: &str) -> bool {
    ["JWT", "at+jwt", "application/at+jwt"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(typ))
}

/// JSON in base64url. serde refuses a key of ours that is there twice.
fn json<T: DeserializeOwned>(text: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact until the year 285 million; claims may have fractions"
)]
fn seconds(now: u64) -> f64 {
    now as f64
}
