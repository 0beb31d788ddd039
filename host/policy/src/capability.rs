//! The kinds of authority that a tool can ask for and an operator can grant.

use std::fmt;
use std::sync::Arc;

/// A kind of authority. Its [`key`](Capability::key) is the same word everywhere: in the policy file, as a flag, in the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capability {
    /// Read the content of a file.
    ReadFile,
    /// Replace or create a file, whole and at once.
    WriteFile,
    /// See the names in a directory.
    ListFiles,
    /// Fetch a URL with GET.
    HttpGet,
    /// Send a request with a method, headers and a body.
    HttpRequest,
    /// Read the real time.
    Clock,
    /// Draw random bytes that nobody can predict.
    Random,
    /// Keep values from one call to the next, in a store of the tool's own.
    KeyValue,
    /// Call other tools of the same policy.
    CallTool,
    /// Have a secret put into a request, without ever seeing it.
    Secret,
    /// What an embedder added under its own key, such as `acme:db/query`.
    Extension(Arc<str>),
}

impl Capability {
    /// The capabilities that every host knows, in the order in which they are documented.
    pub const BUILT_IN: [Capability; 10] = [
        Capability::ReadFile,
        Capability::WriteFile,
        Capability::ListFiles,
        Capability::HttpGet,
        Capability::HttpRequest,
        Capability::Clock,
        Capability::Random,
        Capability::KeyValue,
        Capability::CallTool,
        Capability::Secret,
    ];

    /// The key in the policy file, and the name of the flag without its dashes.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Capability::ReadFile => "read-file",
            Capability::WriteFile => "write-file",
            Capability::ListFiles => "list-files",
            Capability::HttpGet => "http-get",
            Capability::HttpRequest => "http-request",
            Capability::Clock => "clock",
            Capability::Random => "random",
            Capability::KeyValue => "key-value",
            Capability::CallTool => "call-tool",
            Capability::Secret => "secret",
            Capability::Extension(key) => key,
        }
    }

    /// The capability of a key; a key with a colon is an extension. `None` where the key is neither.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Capability> {
        Self::BUILT_IN
            .into_iter()
            .find(|known| known.key() == key)
            .or_else(|| key.contains(':').then(|| Capability::Extension(key.into())))
    }

    /// Whether its key takes a list of rules; the others are `= true`, all or nothing.
    #[must_use]
    pub fn is_list(&self) -> bool {
        match self {
            Capability::Clock | Capability::Random | Capability::KeyValue => false,
            Capability::ReadFile
            | Capability::WriteFile
            | Capability::ListFiles
            | Capability::HttpGet
            | Capability::HttpRequest
            | Capability::CallTool
            | Capability::Secret
            | Capability::Extension(_) => true,
        }
    }

    /// The policy line that links the capability and still denies every attempt: where an operator starts.
    #[must_use]
    pub fn empty_line(&self) -> String {
        match self {
            Capability::Clock | Capability::Random | Capability::KeyValue => {
                format!("{} = true", self.key())
            }
            Capability::ReadFile
            | Capability::WriteFile
            | Capability::ListFiles
            | Capability::HttpGet
            | Capability::HttpRequest
            | Capability::CallTool
            | Capability::Secret => format!("{} = []", self.key()),
            Capability::Extension(key) => format!("\"{key}\" = []"),
        }
    }
}

impl Capability {
    /// The flag that grants the capability on a command line, with a word in the place of its pattern. An extension has none.
    #[must_use]
    pub fn flag(&self) -> Option<&'static str> {
        match self {
            Capability::ReadFile => Some("--read-file PATH"),
            Capability::WriteFile => Some("--write-file PATH"),
            Capability::ListFiles => Some("--list-files PATH"),
            Capability::HttpGet => Some("--http-get URL"),
            Capability::HttpRequest => Some("--http-request URL"),
            Capability::Clock => Some("--clock"),
            Capability::Random => Some("--random"),
            Capability::KeyValue => Some("--key-value"),
            Capability::CallTool => Some("--call-tool TOOL"),
            Capability::Secret => Some("--secret NAME"),
            Capability::Extension(_) => None,
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.key())
    }
}
