//! What a permitted attempt leads to: the checked values that I/O is done with, and nothing else.

use crate::capability::Capability;
use crate::grant::Grant;
use crate::path::RelativePath;
use crate::rule::RuleRef;
use crate::settings::{FileSettings, HttpSettings, Pool};
use crate::split::at_slashes;
use crate::url::HttpUrl;
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// A permitted attempt, holding the values that were checked.
///
/// # Authority
/// A permit can only come from a decision of this crate and cannot be copied: the function that does the I/O consumes it.
#[derive(Debug)]
#[must_use = "a permit that is not used means that something was decided and not done"]
pub struct Permit<T> {
    target: T,
    rule: RuleRef,
    private: Option<RuleRef>,
}

impl<T> Permit<T> {
    pub(crate) fn new(target: T, rule: RuleRef) -> Self {
        Permit {
            target,
            rule,
            private: None,
        }
    }

    pub(crate) fn marked(mut self, mark: Option<&RuleRef>) -> Self {
        self.private = mark.cloned();
        self
    }

    /// The mark on what is used, where it is private: whoever performs this goes on under [`Grant::having_used`].
    #[must_use]
    pub fn private(&self) -> Option<&RuleRef> {
        self.private.as_ref()
    }

    /// What was permitted.
    #[must_use]
    pub fn target(&self) -> &T {
        &self.target
    }

    /// The rule that permitted it: of several, the first one written; of several layers, the first one's.
    #[must_use]
    pub fn rule(&self) -> &RuleRef {
        &self.rule
    }

    /// Consumes the permit.
    #[must_use]
    pub fn into_parts(self) -> (T, RuleRef) {
        (self.target, self.rule)
    }
}

/// A file that may be read or written.
#[derive(Debug)]
pub struct FileTarget {
    pub(crate) path: RelativePath,
    pub(crate) settings: FileSettings,
    pub(crate) capability: Capability,
    pub(crate) grant: Grant,
}

impl FileTarget {
    /// Its path below the root.
    #[must_use]
    pub fn path(&self) -> &RelativePath {
        &self.path
    }

    /// Whether a file with several names may be used.
    #[must_use]
    pub fn allow_hard_links(&self) -> bool {
        self.settings.allow_hard_links
    }

    /// The most bytes that may be read or written, beside the limits of the call.
    #[must_use]
    pub fn max_bytes(&self) -> Option<u64> {
        self.settings.max_size
    }
}

/// A directory below the root, or the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryPath {
    /// The root itself, written `.`.
    Root,
    /// A directory below it.
    Below(RelativePath),
}

impl DirectoryPath {
    /// The path as a tool writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            DirectoryPath::Root => ".",
            DirectoryPath::Below(path) => path.as_str(),
        }
    }

    /// The names of the path; none for the root.
    pub fn segments(&self) -> impl Iterator<Item = &str> + Clone {
        let text = match self {
            DirectoryPath::Root => "",
            DirectoryPath::Below(path) => path.as_str(),
        };
        at_slashes(text).filter(|segment| !segment.is_empty())
    }
}

impl fmt::Display for DirectoryPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A directory whose names may be seen.
#[derive(Debug)]
pub struct DirectoryTarget {
    pub(crate) path: DirectoryPath,
    pub(crate) grant: Grant,
}

impl DirectoryTarget {
    /// Its path below the root.
    #[must_use]
    pub fn path(&self) -> &DirectoryPath {
        &self.path
    }

    /// Whether a name in it may be seen: not the host's own names, not what could never be named in an attempt, and not what a `!` rule of `list-files` covers.
    #[must_use]
    pub fn shows(&self, name: &str) -> bool {
        if name.contains('/') || !self.can_be_named(name) {
            return false;
        }
        self.grant.layers().iter().all(|layer| {
            let scope = layer.list_files.as_ref();
            scope.is_some_and(|scope| {
                scope
                    .denied_by(self.path.segments().chain([name]))
                    .is_none()
            })
        })
    }

    fn can_be_named(&self, name: &str) -> bool {
        match &self.path {
            DirectoryPath::Root => RelativePath::parse(name).is_ok(),
            DirectoryPath::Below(path) => RelativePath::parse(&format!("{path}/{name}")).is_ok(),
        }
    }
}

/// A request that may be sent, once an address was permitted too.
#[derive(Debug)]
pub struct HttpTarget {
    pub(crate) url: HttpUrl,
    pub(crate) method: Cow<'static, str>,
    pub(crate) settings: HttpSettings,
    pub(crate) capability: Capability,
    pub(crate) grant: Grant,
}

impl HttpTarget {
    /// The URL in normal form: what has to be sent.
    #[must_use]
    pub fn url(&self) -> &HttpUrl {
        &self.url
    }

    /// The method that was permitted.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Whether the tool may set this header (in any case).
    #[must_use]
    pub fn allows_header(&self, name: &str) -> bool {
        self.settings.headers.contains(&name.to_ascii_lowercase())
    }

    /// The headers that the tool may set, in lower case.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.settings.headers.iter()
    }

    /// Whether private addresses are permitted.
    #[must_use]
    pub fn allow_private(&self) -> bool {
        self.settings.allow_private
    }

    /// The most bytes that one call may send to the hosts of [`HttpTarget::pool`], beside the limits of the call.
    #[must_use]
    pub fn max_egress(&self) -> Option<u64> {
        self.settings.max_egress
    }

    /// The hosts whose bytes are counted together: this host, or the `*.` name or `*` of the rule that covers it.
    #[must_use]
    pub fn pool(&self) -> Cow<'_, str> {
        let host = self.url.host().as_str();
        match (self.settings.pool, host.split_once('.')) {
            (Pool::Host, _) | (Pool::OneLabel, None) => Cow::Borrowed(host),
            (Pool::OneLabel, Some((_, rest))) => Cow::Owned(format!("*.{rest}")),
            (Pool::Every, _) => Cow::Borrowed("*"),
        }
    }

    /// The most bytes of a response body, beside the limits of the call.
    #[must_use]
    pub fn max_response(&self) -> Option<u64> {
        self.settings.max_response
    }
}

/// An address that a permitted request may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinnedAddress {
    pub(crate) address: SocketAddr,
}

impl PinnedAddress {
    /// The address; IPv4 inside IPv6 was taken out.
    #[must_use]
    pub fn ip(&self) -> IpAddr {
        self.address.ip()
    }

    /// Address and port.
    #[must_use]
    pub fn socket(&self) -> SocketAddr {
        self.address
    }
}

/// An attempt of an extension, as it was decided.
#[derive(Debug)]
pub struct ExtensionTarget {
    pub(crate) words: Vec<String>,
}

impl ExtensionTarget {
    /// The words that were decided.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }
}
