//! Every key that a policy file may have. The reader, the canonical form and the JSON Schema all come from these tables.

use crate::limits::Limits;

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) required: bool,
    /// One sentence for editors.
    pub(super) about: &'static str,
}

/// What stands behind a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Tables by the name of a tool.
    Tools,
    /// A table with these keys.
    Table(&'static [Key]),
    /// The table of limits.
    Limits,
    /// A list of strings, or of tables with these keys, the first of which is what a string alone means.
    Rules(&'static [Key]),
    /// A string.
    Text,
    /// 64 hexadecimal digits.
    Digest,
    /// One of these words.
    Word(&'static [&'static str]),
    /// `http://host:port`.
    Proxy,
    /// An IP address, perhaps with a port.
    Resolver,
    /// A size with its unit.
    Size,
    /// A duration with its unit.
    Duration,
    /// `true`, or a table with these keys.
    TrueOr(&'static [Key]),
    /// A whole number from 1.
    Count,
    /// `true` and nothing else: `false` would be the same as leaving the key out.
    True,
    /// A list of strings.
    Names,
    /// A list of other tools, or of functions of theirs.
    Calls,
    /// Tables by the name of a secret.
    Secrets,
    /// A list of secrets' names.
    SecretNames,
    /// A list of URL patterns.
    Urls,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Key {}

const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        shape,
        required: false,
        about,
    }
}

const fn required(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        shape,
        required: true,
        about,
    }
}

/// The one word of `isolation`.
pub(super) const PROCESS: &str = "process";

/// The pieces of confinement that workers may be without: those of `bailiwick-confine`, which this crate does not build on.
pub const ISOLATION_PIECES: [&str; 9] = [
    "landlock-files",
    "landlock-network",
    "landlock-scopes",
    "seccomp",
    "no-new-privileges",
    "capabilities",
    "user-namespace",
    "network-namespace",
    "pagemap-scan",
];

pub(super) const FILE: &[Key] = &[
    key(
        "isolation",
        Shape::Word(&[PROCESS]),
        "Components are compiled and run in worker processes that own one socket and nothing else; without the key, in the host's own process.",
    ),
    key(
        "isolation-without",
        Shape::Names,
        "Pieces of the workers' confinement that may be missing where the kernel lacks them; without the key each missing one is refused by its name.",
    ),
    key(
        "tools",
        Shape::Tools,
        "What each tool may do, by the tool's name.",
    ),
    key(
        "network",
        Shape::Table(NETWORK),
        "How the host reaches the network.",
    ),
    key("audit", Shape::Table(AUDIT), "Where the audit trail goes."),
    key(
        "key-value",
        Shape::Table(KEY_VALUE),
        "Where what tools keep is stored.",
    ),
    key(
        "secrets",
        Shape::Secrets,
        "Secrets that the host puts into requests, by name: where each comes from and where it may go.",
    ),
    key(
        "private",
        Shape::Table(PRIVATE_DATA),
        "How long a call that used private data is held to what is marked for it.",
    ),
];

pub(super) const TOOL: &[Key] = &[
    required(
        "component",
        Shape::Text,
        "The component's file, relative to this file.",
    ),
    key(
        "sha256",
        Shape::Digest,
        "The digest that the component has to have.",
    ),
    key(
        "ask",
        Shape::TrueOr(ASK),
        "A person has to say yes to each call.",
    ),
    key(
        "read-file",
        Shape::Rules(FILE_RULE),
        "Files that the tool may read. `!` in front denies.",
    ),
    key(
        "write-file",
        Shape::Rules(FILE_RULE),
        "Files that the tool may write. `!` in front denies.",
    ),
    key(
        "list-files",
        Shape::Rules(DIRECTORY_RULE),
        "Directories whose names the tool may see; `.` is the root.",
    ),
    key(
        "http-get",
        Shape::Rules(URL_RULE),
        "URLs that the tool may fetch. `!` in front denies.",
    ),
    key(
        "http-request",
        Shape::Rules(REQUEST_RULE),
        "URLs that the tool may send requests to.",
    ),
    key("clock", Shape::True, "The tool may read the real time."),
    key(
        "random",
        Shape::True,
        "The tool may draw unpredictable bytes.",
    ),
    key(
        "key-value",
        Shape::True,
        "The tool may keep values from one call to the next, in a store of its own.",
    ),
    key(
        "call-tool",
        Shape::Calls,
        "Other tools of this file that the tool may call: `tool` or `tool.function`. `!` in front denies.",
    ),
    key(
        "secret",
        Shape::SecretNames,
        "Secrets of this file that the tool may have put into its requests. `!` in front denies.",
    ),
    key(
        "limits",
        Shape::Limits,
        "The tool's limits, where they differ from the defaults.",
    ),
];

/// What stands in front of the grants in [`TOOL`]: which component is meant, and who is asked.
const COMPONENT_KEYS: usize = 3;

/// The keys of a tool that say what it may do.
pub(super) const GRANTS: &[Key] = TOOL.split_at(COMPONENT_KEYS).1;

pub(super) const ASK: &[Key] = &[required(
    "holds",
    Shape::Duration,
    "How long a yes covers later calls of the same function, such as `10 min`.",
)];

const PRIVATE: &str = "What it covers is private, for all tools of this file: a call that uses it may afterwards reach only what is marked for private data.";
const FOR_PRIVATE_DATA: &str =
    "Private data may go there: the rule holds after a call has used some, too.";
const MAX_EGRESS: &str = "At most this much sent to the host in one call: URLs, headers and bodies. Hosts under one wildcard share it.";

pub(super) const FILE_RULE: &[Key] = &[
    required(
        "path",
        Shape::Text,
        "The pattern: `*` stays within a name, `**` crosses names.",
    ),
    key(
        "allow-hard-links",
        Shape::True,
        "Files with several names too.",
    ),
    key("max-size", Shape::Size, "Files up to this size only."),
    key("private", Shape::True, PRIVATE),
    key(
        "everything",
        Shape::True,
        "The pattern covers the whole root, and that is meant.",
    ),
];

pub(super) const DIRECTORY_RULE: &[Key] = &[
    required("path", Shape::Text, "The pattern; it names directories."),
    key("private", Shape::True, PRIVATE),
    key(
        "everything",
        Shape::True,
        "The pattern covers the whole root, and that is meant.",
    ),
];

pub(super) const URL_RULE: &[Key] = &[
    required(
        "url",
        Shape::Text,
        "The pattern, such as `https://api.example.com/v1/**`.",
    ),
    key(
        "max-response",
        Shape::Size,
        "Responses up to this size only.",
    ),
    key("max-egress", Shape::Size, MAX_EGRESS),
    key("for-private-data", Shape::True, FOR_PRIVATE_DATA),
    key(
        "allow-private",
        Shape::True,
        "Addresses of private networks and of this machine too.",
    ),
    key(
        "everything",
        Shape::True,
        "The pattern covers every host, and that is meant.",
    ),
];

pub(super) const REQUEST_RULE: &[Key] = &[
    required(
        "url",
        Shape::Text,
        "The pattern, such as `https://api.example.com/v1/**`.",
    ),
    key(
        "methods",
        Shape::Names,
        "The methods that may be sent; GET and HEAD where this is left out.",
    ),
    key(
        "headers",
        Shape::Names,
        "The headers that the tool may set; accept, content-type and user-agent where this is left out.",
    ),
    key(
        "max-response",
        Shape::Size,
        "Responses up to this size only.",
    ),
    key("max-egress", Shape::Size, MAX_EGRESS),
    key("for-private-data", Shape::True, FOR_PRIVATE_DATA),
    key(
        "allow-private",
        Shape::True,
        "Addresses of private networks and of this machine too.",
    ),
    key(
        "everything",
        Shape::True,
        "The pattern covers every host, and that is meant.",
    ),
];

pub(super) const NETWORK: &[Key] = &[
    key(
        "ca-file",
        Shape::Text,
        "A PEM file of certificates to trust beside the built-in ones, relative to this file.",
    ),
    key(
        "proxy",
        Shape::Proxy,
        "An HTTP proxy for all requests; the proxy then checks the addresses, not the host.",
    ),
    key(
        "resolver",
        Shape::Resolver,
        "The name server to ask instead of the system's, such as `192.0.2.53` or `192.0.2.53:5353`.",
    ),
];

pub(super) const AUDIT: &[Key] = &[
    key(
        "file",
        Shape::Text,
        "The trail's file, relative to this file.",
    ),
    key(
        "sync",
        Shape::Word(&["always", "commit", "never"]),
        "When the trail is forced to the disk: after every record, before every effect and at the end of a call (the default), or never.",
    ),
    key(
        "checkpoint-every",
        Shape::Count,
        "Records from one signed checkpoint to the next.",
    ),
    key(
        "key-file",
        Shape::Text,
        "The file with the Ed25519 seed that signs checkpoints, relative to this file.",
    ),
];

pub(super) const KEY_VALUE: &[Key] = &[key(
    "file",
    Shape::Text,
    "The store's file, relative to this file.",
)];

pub(super) const SECRET: &[Key] = &[
    key(
        "env",
        Shape::Text,
        "Source: the environment variable that holds the secret.",
    ),
    key(
        "file",
        Shape::Text,
        "Source: the file that holds the secret, relative to this file, readable by its owner only.",
    ),
    key(
        "keyring",
        Shape::Table(KEYRING),
        "Source: an entry of the operating system's keyring.",
    ),
    key(
        "command",
        Shape::Names,
        "Source: a program that prints the secret, and its arguments; there is no shell.",
    ),
    required(
        "to",
        Shape::Urls,
        "Where the secret may be sent: URLs such as `https://api.example.com/v1/**`.",
    ),
    key(
        "header",
        Shape::Text,
        "Place: the header whose value the secret is.",
    ),
    key(
        "prefix",
        Shape::Text,
        "What stands before the secret in the header.",
    ),
    key(
        "bearer",
        Shape::True,
        "Place: the header `authorization`, as a bearer token.",
    ),
    key(
        "basic",
        Shape::Text,
        "Place: the header `authorization`, as the password of this user.",
    ),
    key(
        "query",
        Shape::Text,
        "Place: the parameter of the query that the secret is added as.",
    ),
    key(
        "aws-sigv4",
        Shape::Table(AWS_SIGV4),
        "Place: the request is signed with the secret, as AWS Signature Version 4.",
    ),
    key(
        "leak",
        Shape::Word(&["refuse", "redact"]),
        "What happens to an answer in which the secret is found: it is withheld (the default), or the secret is overwritten.",
    ),
];

pub(super) const KEYRING: &[Key] = &[
    required(
        "service",
        Shape::Text,
        "The service that the entry belongs to.",
    ),
    required("user", Shape::Text, "The entry's user."),
];

pub(super) const AWS_SIGV4: &[Key] = &[
    required("service", Shape::Text, "The service's code, such as `s3`."),
    required("region", Shape::Text, "The region, such as `eu-central-1`."),
    required(
        "access-key-id",
        Shape::Text,
        "The id of the access key whose secret this is.",
    ),
    key(
        "session-token",
        Shape::Text,
        "Another secret of this file: the session token of temporary keys.",
    ),
];
pub(super) const PRIVATE_DATA: &[Key] = &[required(
    "scope",
    Shape::Word(&["call", "principal"]),
    "Until the call ends (the default), or for all later calls of the same principal too.",
)];

/// Every key that a policy file can have, as a path with `*` for names that a person chooses and `[]` for the entries of a
/// list, and what it says.
///
/// ```
/// let keys = bailiwick_policy::policy_keys();
/// assert!(keys.iter().any(|(path, _)| path == "tools.*.read-file[].max-size"));
/// ```
#[must_use]
pub fn policy_keys() -> Vec<(String, &'static str)> {
    let mut paths = Vec::new();
    walk(FILE, "", &mut paths);
    paths
}

fn walk(keys: &'static [Key], before: &str, paths: &mut Vec<(String, &'static str)>) {
    for key in keys {
        let path = format!("{before}{}", key.name);
        paths.push((path.clone(), key.about));
        match key.shape {
            Shape::Tools => walk(TOOL, &format!("{path}.*."), paths),
            Shape::Secrets => walk(SECRET, &format!("{path}.*."), paths),
            Shape::Table(keys) | Shape::TrueOr(keys) => walk(keys, &format!("{path}."), paths),
            Shape::Rules(keys) => walk(keys, &format!("{path}[]."), paths),
            Shape::Limits => {
                let rows = Limits::TABLE.iter().filter(|row| !row.fixed);
                paths.extend(rows.map(|row| (format!("{path}.{}", row.key), row.why)));
            }
            Shape::Text
            | Shape::Digest
            | Shape::Word(_)
            | Shape::Proxy
            | Shape::Resolver
            | Shape::Size
            | Shape::Duration
            | Shape::Count
            | Shape::True
            | Shape::Names
            | Shape::Calls
            | Shape::SecretNames
            | Shape::Urls => {}
        }
    }
}
