//! The keys of the access file, as serde reads them. What they mean is in [`super::file`].

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

/// Tables by a name that has a place in the file.
pub(super) type Named<T> = BTreeMap<Spanned<String>, T>;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FileTable {
    #[serde(default)]
    pub(super) principals: Named<PrincipalTable>,
    #[serde(default)]
    pub(super) tools: Named<ToolTable>,
    pub(super) oauth: Option<Spanned<OAuthTable>>,
    #[serde(default)]
    pub(super) http: HttpTable,
    pub(super) queue_wait: Option<Spanned<String>>,
}

/// `[principals.NAME]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PrincipalTable {
    #[serde(default)]
    pub(super) token_sha256: Vec<Spanned<String>>,
    pub(super) subject: Option<Spanned<String>>,
    pub(super) tools: Vec<Spanned<String>>,
    /// Read by the policy's own reader, which knows the places of its rules.
    #[serde(default)]
    pub(super) narrow: Named<IgnoredAny>,
    pub(super) concurrency: Option<Spanned<i64>>,
    pub(super) queue: Option<Spanned<i64>>,
    pub(super) rate: Option<Spanned<String>>,
}

/// `[tools.NAME]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ToolTable {
    pub(super) concurrency: Option<Spanned<i64>>,
    pub(super) queue: Option<Spanned<i64>>,
    pub(super) rate: Option<Spanned<String>>,
}

/// `[oauth]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OAuthTable {
    pub(super) issuer: Spanned<String>,
    pub(super) audience: Option<Spanned<String>>,
    pub(super) resource: Spanned<String>,
    pub(super) jwks_file: Option<Spanned<String>>,
    pub(super) jwks_url: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) scopes: Vec<Spanned<String>>,
}

/// `[http]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct HttpTable {
    pub(super) hosts: Option<Vec<Spanned<String>>>,
    pub(super) origins: Option<Vec<Spanned<String>>>,
}
