//! The document that tells clients where to get tokens for this server (RFC 9728).

use bailiwick::policy::HttpUrl;
use serde_json::json;

/// What clients read about this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceMetadata {
    path: String,
    url: String,
    json: String,
}

/// RFC 9728, section 3.
pub(crate) const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

impl ResourceMetadata {
    /// Of the resource with this identifier, `resource` as the operator wrote it and `url` as it was read.
    pub(in crate::access) fn new(
        resource: &str,
        url: &HttpUrl,
        issuer: &str,
        scopes: &[String],
    ) -> Self {
        // "inserting the well-known URI path … into the protected resource's resource identifier between the host component
        // and the path and/or query components, if any. … Any terminating slash following the host component MUST be removed".
        let path = format!("{WELL_KNOWN}{}", url.path().trim_end_matches('/'));
        let mut json = json!({
            "resource": resource,
            "authorization_servers": [issuer],
            "bearer_methods_supported": ["header"],
        });
        if let Some(object) = json.as_object_mut().filter(|_| !scopes.is_empty()) {
            object.insert("scopes_supported".to_owned(), scopes.into());
        }
        Self {
            url: format!("{}{path}", url.origin()),
            path,
            json: json.to_string(),
        }
    }

    /// The path that it is served at, also to those who have no token.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its address, as clients see it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host, with its port where it is not the scheme's own.
    pub(in crate::access) fn host(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }

    /// The document.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}
