//! Tokens of an authorization server: what this server, as OAuth's *resource server*, takes for valid.
//!
//! The attacker holds tokens: made up, expired, stolen, or valid ones that somebody else's server was meant to get. A token
//! counts when one of the keys that the operator named signed it, with the one algorithm that belongs to that key; when it comes from the
//! issuer and is meant for this server; when now is its time; when it has all scopes that are needed; and when its subject is a
//! principal of the access file. Everything else in it is ignored: a key that it brings along (`jwk`, `x5c`) or points to (`jku`,
//! `x5u`) above all. A name of a key (`kid`) is compared with names and never opened, fetched or logged. There is no algorithm
//! with a shared secret here, and none that is called `none`.
//!
//! The token is never handed on: tools do not see it.

mod jwt;
mod keys;
mod metadata;
mod source;

#[cfg(test)]
pub(super) mod forged;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

pub use jwt::Invalid;
pub use keys::KeySetError;
pub use metadata::ResourceMetadata;
pub(crate) use metadata::WELL_KNOWN;
pub use source::KeysError;

pub(super) use source::KeySource;

use jwt::Unverified;

use super::refused::Refused;

/// Clocks differ: RFC 7519 lets a token be valid "usually no more than a few minutes" longer.
pub(super) const LEEWAY: Duration = Duration::from_secs(60);

/// What tokens have to be like.
#[derive(Clone, Debug)]
pub struct OAuth {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) scopes: Vec<String>,
    pub(super) keys: KeysPlace,
    pub(super) metadata: ResourceMetadata,
}

/// Where the authorization server's keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeysPlace {
    /// A JWKS file.
    File(PathBuf),
    /// The address of a JWKS.
    Url(String),
}

impl OAuth {
    /// The scopes that every token needs.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Who issues tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What clients read about this server.
    #[must_use]
    pub fn metadata(&self) -> &ResourceMetadata {
        &self.metadata
    }

    /// Whose token it is: the subject, if the token counts. `now` is in seconds since 1970.
    pub(super) async fn subject(
        &self,
        token: &str,
        source: &KeySource,
        now: u64,
    ) -> Result<String, Refused> {
        let unverified = Unverified::parse(token).map_err(Refused::Invalid)?;
        let unavailable = |error: KeysError| {
            tracing::warn!(error = %error, "the keys of the authorization server cannot be had");
            Refused::NoKeys
        };
        let mut keys = source.keys().await.map_err(unavailable)?;
        if !keys.has(&unverified) {
            keys = source.newer_keys().await.map_err(unavailable)?;
        }
        let claims = keys.verify(&unverified).map_err(Refused::Invalid)?;
        claims.check(self, now).map_err(Refused::Invalid)?;
        if !claims.has_scopes(&self.scopes) {
            let needed = self.scopes.join(" ");
            return Err(Refused::MissingScope { needed });
        }
        Ok(claims.subject)
    }
}
