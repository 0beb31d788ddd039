//! One secret as the policy has it: where its bytes come from, where they may go, and what happens when they are seen elsewhere.

use crate::rule::Verdict;
use crate::settings::NoSettings;
use crate::url::{HttpUrl, UrlScope};
use std::sync::Arc;

/// A secret: `[secrets.NAME]`. It says nothing about the bytes themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct SecretPolicy {
    pub(crate) name: Arc<str>,
    pub(crate) source: SecretSource,
    pub(crate) to: UrlScope<NoSettings>,
    pub(crate) place: SecretPlace,
    pub(crate) leak: Leak,
}

/// Where a secret's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable of the host.
    Env(String),
    /// A file, relative to the policy file, that only its owner can read.
    File(String),
    /// An entry of the operating system's keyring.
    Keyring {
        /// The service that the entry belongs to.
        service: String,
        /// Its user.
        user: String,
    },
    /// What a program prints: the program and its arguments, without a shell.
    Command(Vec<String>),
}

/// Where in a request a secret goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretPlace {
    /// The value of a header, behind a prefix.
    Header {
        /// The header's name in lower case.
        name: Box<str>,
        /// What stands before the secret; empty where nothing does.
        prefix: String,
    },
    /// `authorization: Bearer SECRET`.
    Bearer,
    /// `authorization: Basic …`, the secret being the password of this user.
    Basic {
        /// The user.
        user: String,
    },
    /// A parameter of the query, which is added to the URL behind what the tool wrote.
    Query {
        /// The parameter's name.
        key: String,
    },
    /// The key that an AWS Signature Version 4 is made with. The secret itself is not sent.
    AwsSigV4(AwsSigV4),
}

/// What an AWS Signature Version 4 needs beside the secret key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsSigV4 {
    /// The service's code, such as `s3`.
    pub service: String,
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The access key's id, which is not secret.
    pub access_key_id: String,
    /// The secret that is the session token, where the keys are temporary.
    pub session_token: Option<Arc<str>>,
}

/// What happens when a secret is found in what comes back to a tool or goes out as its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Leak {
    /// The answer is withheld.
    #[default]
    Refuse,
    /// The secret is overwritten, and the rest passes.
    Redact,
}

impl SecretPolicy {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its bytes come from.
    #[must_use]
    pub fn source(&self) -> &SecretSource {
        &self.source
    }

    /// Where in a request it goes.
    #[must_use]
    pub fn place(&self) -> &SecretPlace {
        &self.place
    }

    /// What happens when it is found where it should not be.
    #[must_use]
    pub fn leak(&self) -> Leak {
        self.leak
    }

    /// The patterns of the destinations, as they were written.
    pub fn to(&self) -> impl Iterator<Item = &str> {
        self.to.rules().iter().map(|rule| &*rule.reference.text)
    }

    /// Whether a URL is one of its destinations: for a tool's early answer. What is sent is decided by
    /// [`decide_injection`](super::decide_injection).
    #[must_use]
    pub fn covers(&self, url: &HttpUrl) -> bool {
        matches!(self.judge(url), Verdict::Permit { .. })
    }

    /// What an operator approves when a tool may use it: where it comes from, where it goes, in which place, what becomes of it when it is seen
    /// elsewhere. In TOML, one line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        crate::file::secret_lines(self)
    }

    /// The same for a list of what was approved: one line for each destination, so that one more is seen as one more.
    #[must_use]
    pub fn approval(&self) -> Vec<String> {
        crate::file::secret_approval(self)
    }

    pub(super) fn judge(&self, url: &HttpUrl) -> Verdict<'_, NoSettings> {
        self.to.judge(url, |_| true)
    }
}

impl SecretSource {
    /// The key in the policy file.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            SecretSource::Env(_) => "env",
            SecretSource::File(_) => "file",
            SecretSource::Keyring { .. } => "keyring",
            SecretSource::Command(_) => "command",
        }
    }
}

impl Leak {
    /// The word in the policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Leak::Refuse => "refuse",
            Leak::Redact => "redact",
        }
    }
}
