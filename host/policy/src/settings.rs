//! What a rule may say beside its pattern, and how two of them become one.
//!
//! Several rules of one layer may permit the same attempt: then each setting is the widest that one of them gives. So a decision never depends on the order of the rules, and taking a
//! rule away can only make it narrower. Where layers meet (policy, flags, a narrowed call), each setting is the narrowest.

use crate::rule::{RuleError, Settings, higher, lower};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The methods of `http-request` where a rule names none: those that change nothing.
pub const DEFAULT_METHODS: [&str; 2] = ["GET", "HEAD"];
/// The headers that a tool may set where a rule names none.
pub const DEFAULT_HEADERS: [&str; 3] = ["accept", "content-type", "user-agent"];

/// Headers that the host writes itself, or that say how a message ends or where it goes: no rule gives them to a tool.
const FORBIDDEN_HEADERS: [&str; 17] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "http2-settings",
    "cookie",
    "cookie2",
    "set-cookie",
    "accept-encoding",
    "alt-used",
    "forwarded",
    "via",
];

/// A set of methods or of headers; shared, since a decision copies the settings of its rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names(Arc<BTreeSet<Box<str>>>);

/// What a rule about files may say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileSettings {
    pub(crate) allow_hard_links: bool,
    /// `None`: only the limits of the call.
    pub(crate) max_size: Option<u64>,
    /// What the pattern covers is private, for whichever rule permits it.
    pub(crate) private: bool,
}

/// What a rule about directories may say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DirectorySettings {
    /// The names in the directory are private.
    pub(crate) private: bool,
}

/// What a rule about URLs may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HttpSettings {
    pub(crate) allow_private: bool,
    /// `allow_private` on a pattern whose host is an address: the only way to link-local and metadata addresses.
    pub(crate) allow_named_address: bool,
    /// `None`: only the limits of the call.
    pub(crate) max_response: Option<u64>,
    /// Bytes that one call may send to the host, or to all hosts of the pool; `None`: only the limits of the call.
    pub(crate) max_egress: Option<u64>,
    /// Private data may go there.
    pub(crate) for_private: bool,
    /// The hosts that share what may be sent: all that a wildcard stands for.
    pub(crate) pool: Pool,
    pub(crate) methods: Names,
    pub(crate) headers: Names,
}

/// Rules that say nothing beside what they cover.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NoSettings;

/// The hosts whose bytes are counted together: a name under a wildcard is chosen by the tool, and says something by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pool {
    /// One host.
    Host,
    /// All hosts one label below the same name.
    OneLabel,
    /// All hosts.
    Every,
}

impl HttpSettings {
    /// What `http-get` sends: GET, with the default headers.
    pub(crate) fn get() -> Self {
        HttpSettings {
            methods: Names::of(&["GET"]),
            ..Self::request()
        }
    }

    /// What `http-request` may send where the rule says nothing.
    pub(crate) fn request() -> Self {
        HttpSettings {
            allow_private: false,
            allow_named_address: false,
            max_response: None,
            max_egress: None,
            for_private: false,
            pool: Pool::Host,
            methods: Names::of(&DEFAULT_METHODS),
            headers: Names::of(&DEFAULT_HEADERS),
        }
    }
}

impl Names {
    pub(crate) fn of(names: &[&str]) -> Self {
        names.iter().map(|name| Box::from(*name)).collect()
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|name| &**name)
    }

    fn join(&mut self, other: &Self) {
        if self != other {
            Arc::make_mut(&mut self.0).extend(other.0.iter().cloned());
        }
    }

    fn meet(&mut self, other: &Self) {
        if self != other {
            Arc::make_mut(&mut self.0).retain(|name| other.contains(name));
        }
    }
}

impl FromIterator<Box<str>> for Names {
    fn from_iter<T: IntoIterator<Item = Box<str>>>(names: T) -> Self {
        Names(Arc::new(names.into_iter().collect()))
    }
}

impl Settings for FileSettings {
    fn join(&mut self, other: &Self) {
        self.allow_hard_links |= other.allow_hard_links;
        self.max_size = higher(self.max_size, other.max_size);
        // A mark takes away: one is enough.
        self.private |= other.private;
    }

    fn meet(&mut self, other: &Self) {
        self.allow_hard_links &= other.allow_hard_links;
        self.max_size = lower(self.max_size, other.max_size);
        self.private |= other.private;
    }
}

impl Settings for DirectorySettings {
    fn join(&mut self, other: &Self) {
        self.private |= other.private;
    }

    fn meet(&mut self, other: &Self) {
        self.private |= other.private;
    }
}

impl Settings for HttpSettings {
    fn join(&mut self, other: &Self) {
        self.allow_private |= other.allow_private;
        self.allow_named_address |= other.allow_named_address;
        self.max_response = higher(self.max_response, other.max_response);
        self.max_egress = higher(self.max_egress, other.max_egress);
        self.for_private |= other.for_private;
        self.pool = self.pool.max(other.pool);
        self.methods.join(&other.methods);
        self.headers.join(&other.headers);
    }

    fn meet(&mut self, other: &Self) {
        self.allow_private &= other.allow_private;
        self.allow_named_address &= other.allow_named_address;
        self.max_response = lower(self.max_response, other.max_response);
        self.max_egress = lower(self.max_egress, other.max_egress);
        self.for_private &= other.for_private;
        self.pool = self.pool.max(other.pool);
        self.methods.meet(&other.methods);
        self.headers.meet(&other.headers);
    }
}

/// Reads a method of a rule.
pub(crate) fn parse_method(text: &str) -> Result<Box<str>, RuleError> {
    let upper = text.to_ascii_uppercase();
    if matches!(&*upper, "CONNECT" | "TRACE") {
        return Err(
            RuleError::new("method-forbidden", format!("`{upper}` cannot be granted"))
                .hint("`CONNECT` opens a tunnel and `TRACE` shows the host's own headers"),
        );
    }
    if text.is_empty()
        || text.len() > 32
        || !text
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
    {
        return Err(RuleError::new(
            "method",
            format!("`{}` is not a method", text.escape_debug()),
        )
        .hint("write a method such as `POST`"));
    }
    if upper != text {
        return Err(
            RuleError::new("method", format!("`{text}` is not a method"))
                .hint(format!("methods are in upper case: `{upper}`")),
        );
    }
    Ok(upper.into())
}

/// Reads a header's name of a rule.
pub(crate) fn parse_header(text: &str) -> Result<Box<str>, RuleError> {
    let name = text.to_ascii_lowercase();
    if !is_header_name(&name) || name.len() > 64 {
        return Err(RuleError::new(
            "header",
            format!("`{}` is not the name of a header", text.escape_debug()),
        )
        .hint("write a name such as `accept-language`, without its value"));
    }
    if is_forbidden_header(&name) {
        return Err(
            RuleError::new("header-forbidden", format!("`{name}` cannot be granted"))
                .hint("the host writes the headers that frame and route a message"),
        );
    }
    Ok(name.into())
}

/// Whether a header, in lower case, can never be a tool's.
pub(crate) fn is_forbidden_header(name: &str) -> bool {
    FORBIDDEN_HEADERS.contains(&name)
        || name.starts_with("proxy-")
        || name.starts_with("x-forwarded-")
        || name.starts_with("sec-")
}

/// RFC 9110, 5.6.2: the characters of a token.
fn is_header_name(name: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(token)
}
