//! What a tool may do, decided without I/O: rules, grants, attempts, permits and denials.
//!
//! A [`Policy`] is what the operator allows, a [`Manifest`] what a tool asks for, a [`Grant`] both. A tool's use of a capability is an
//! [`Attempt`]; [`Grant::decide`] turns it into a [`Permit`], the only thing that I/O may be done with, or a [`Denial`]. What no rule permits is denied.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::too_many_lines,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod address;
mod attempt;
mod call;
mod capability;
mod decide;
mod denial;
mod effects;
mod explain;
mod extension;
mod file;
mod found;
mod grant;
mod limits;
mod map;
mod path;
mod permit;
mod private;
pub mod prompt;
mod remedy;
mod rule;
mod rules;
mod secret;
mod settings;
mod split;
mod url;

pub use address::{AddressClass, Reach, canonical};
pub use attempt::{
    Attempt, CallTool, ChangeKeyValue, DrawRandom, ExtensionAttempt, HttpGet, HttpRequest,
    ListFiles, ReadClock, ReadFile, UseKeyValue, UseSecret, WriteFile,
};
pub use call::Callee;
pub use capability::Capability;
pub use decide::{decide_address, decide_headers};
pub use denial::{Denial, DenialReason};
pub use effects::Effects;
pub use explain::{Explanation, Later, Question, QuestionError};
pub use extension::{Extensions, RegisterError, Scope, ScopeDecision, ScopeError, Setting};
pub use file::{
    Ask, AuditSettings, AuditSync, CHECKPOINT_EVERY_DEFAULT, Diagnostic, Diagnostics, Digest,
    DigestError, ISOLATION_PIECES, KeyValueSettings, Mistake, Network, Policy, Proxy, ToolPolicy,
    nearest, policy_keys, policy_schema, read_grants, read_narrowing,
};
pub use found::{Found, decide_directory, decide_found};
pub use grant::{Grant, Manifest, resolve};
pub use limits::{
    Limit, LimitError, LimitRow, LimitSettings, Limits, QuantityError, Unit, format_bytes,
    format_duration, parse_bytes, parse_duration,
};
pub use path::{
    PATH_BYTES_MAX, PathError, PathPattern, RESERVED_PREFIX, RelativePath, SEGMENT_BYTES_MAX,
};
pub use permit::{
    DirectoryPath, DirectoryTarget, ExtensionTarget, FileTarget, HttpTarget, Permit, PinnedAddress,
};
pub use private::{PrivateScope, private_by_links};
pub use rule::{Origin, RuleError, RuleRef};
pub use rules::{DirectoryRule, FileRule, HttpRule, Rules, RulesBuilder, Source};
pub use secret::{
    AwsSigV4, Injection, Leak, SecretName, SecretPlace, SecretPolicy, SecretSource,
    decide_injection,
};
pub use settings::{DEFAULT_HEADERS, DEFAULT_METHODS};
pub use url::{Host, HttpUrl, Scheme, URL_BYTES_MAX, UrlError, UrlPattern};
