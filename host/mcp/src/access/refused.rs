//! Why a request is not let in, and the answer that says so in HTTP's words.

use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;

use super::oauth::{Invalid, OAuth};

/// Seconds until keys that could not be had may be asked for again.
const RETRY_AFTER_SECONDS: u64 = 30;

/// Nobody is known to call. The texts are for the client; none of them holds what it sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no bearer token.
    #[error("a bearer token is needed")]
    Missing,
    /// The header is not one that can be read.
    #[error("{0}")]
    Malformed(&'static str),
    /// The token is none that this server knows.
    #[error("the token is not known")]
    UnknownToken,
    /// The token of the authorization server is not valid here.
    #[error("{0}")]
    Invalid(Invalid),
    /// The token is valid, and no principal has its subject.
    #[error("no principal of this server is the token's subject")]
    UnknownSubject,
    /// The token is valid, and lacks scopes.
    #[error("the token lacks a scope; needed are: {needed}")]
    MissingScope {
        /// All that are needed, with spaces between them.
        needed: String,
    },
    /// The keys of the authorization server cannot be had.
    #[error("the keys of the authorization server cannot be had at the moment")]
    NoKeys,
}

impl Refused {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "no-token",
            Self::Malformed(_) => "malformed-authorization",
            Self::UnknownToken => "unknown-token",
            Self::Invalid(_) => "invalid-token",
            Self::UnknownSubject => "unknown-subject",
            Self::MissingScope { .. } => "insufficient-scope",
            Self::NoKeys => "no-keys",
        }
    }

    /// The status that it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Missing | Self::UnknownToken | Self::Invalid(_) => StatusCode::UNAUTHORIZED,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::UnknownSubject | Self::MissingScope { .. } => StatusCode::FORBIDDEN,
            Self::NoKeys => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// RFC 6750, section 3.1. "If the request lacks any authentication information …, the resource server SHOULD NOT include an
    /// error code". It has no code for a subject that nobody knows.
    fn error(&self) -> Option<&'static str> {
        match self {
            Self::Malformed(_) => Some("invalid_request"),
            Self::UnknownToken | Self::Invalid(_) => Some("invalid_token"),
            Self::MissingScope { .. } => Some("insufficient_scope"),
            Self::Missing | Self::UnknownSubject | Self::NoKeys => None,
        }
    }

    /// Status, headers and body of the answer. `oauth` is what the access file says, if it does.
    pub(super) fn answer(&self, oauth: Option<&OAuth>) -> (StatusCode, HeaderMap, String) {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match self {
            Self::NoKeys => {
                headers.insert(RETRY_AFTER, RETRY_AFTER_SECONDS.into());
            }
            Self::Missing
            | Self::Malformed(_)
            | Self::UnknownToken
            | Self::Invalid(_)
            | Self::UnknownSubject
            | Self::MissingScope { .. } => {
                headers.insert(WWW_AUTHENTICATE, self.challenge(oauth));
            }
        }
        let body = json!({"error": {"code": self.code(), "message": self.to_string()}});
        (self.status(), headers, body.to_string())
    }

    fn challenge(&self, oauth: Option<&OAuth>) -> HeaderValue {
        let mut challenge = "Bearer realm=\"bailiwick\"".to_owned();
        let mut add = |name: &str, value: &str| {
            challenge += &format!(", {name}=\"{value}\"");
        };
        if let Some(error) = self.error() {
            add("error", error);
            add("error_description", &quotable(&self.to_string()));
        }
        if let Some(oauth) = oauth {
            if matches!(self, Self::Missing | Self::MissingScope { .. })
                && !oauth.scopes().is_empty()
            {
                add("scope", &oauth.scopes().join(" "));
            }
            add("resource_metadata", oauth.metadata().url());
        }
        let plain = HeaderValue::from_static("Bearer");
        HeaderValue::from_str(&challenge).unwrap_or(plain)
    }
}

/// RFC 6750: "Values for the "error" and "error_description" attributes MUST NOT include characters outside the set
/// %x20-21 / %x23-5B / %x5D-7E."
fn quotable(text: &str) -> String {
    let known = |character: char| matches!(character, ' '..='!' | '#'..='[' | ']'..='~');
    text.chars()
        .map(|character| if known(character) { character } else { '\'' })
        .collect()
}
