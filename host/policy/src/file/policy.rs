//! A policy file as data: tools, network, audit, the store, secrets.

use super::digest::Digest;
use crate::limits::Limits;
use crate::private::PrivateScope;
use crate::rules::Rules;
use crate::secret::SecretPolicy;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// What the operator allows: one policy file. [`Display`](std::fmt::Display) writes it in canonical form, which parses to the same policy.
///
/// # Authority
/// The rules of a tool in here are what it may do. Only [`Policy::parse`] makes one, and nothing changes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub(crate) tools: Vec<ToolPolicy>,
    pub(crate) network: Network,
    pub(crate) audit: AuditSettings,
    pub(crate) key_value: KeyValueSettings,
    pub(crate) secrets: Vec<SecretPolicy>,
    pub(crate) private_scope: PrivateScope,
    pub(crate) isolated: bool,
    pub(crate) isolated_without: Vec<&'static str>,
}

/// What the policy says about one tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolPolicy {
    pub(crate) name: Arc<str>,
    pub(crate) component: String,
    pub(crate) sha256: Option<Digest>,
    pub(crate) ask: Option<Ask>,
    pub(crate) rules: Arc<Rules>,
    pub(crate) limits: Limits,
    pub(crate) isolated: bool,
}

/// That a person has to say yes to each call of a tool: `ask`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// How long a yes covers later calls of the same function by the same principal; `None`: it covers its own call only.
    pub holds: Option<Duration>,
}

impl Ask {
    /// A yes older than a day was given by somebody who has forgotten it.
    pub const HOLDS_MAX: Duration = Duration::from_hours(24);
    /// Less than a second covers no second call that a person would call the same occasion.
    pub const HOLDS_MIN: Duration = Duration::from_secs(1);
}

/// Where what tools keep is stored: `[key-value]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyValueSettings {
    /// The file; relative to the policy file. `None`: where the command says.
    pub file: Option<String>,
}

/// How the host reaches the network: `[network]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// A file of certificates (PEM) to trust beside the built-in ones; relative to the policy file.
    pub ca_file: Option<String>,
    /// A proxy that all requests go through. It then checks the addresses, not the host.
    pub proxy: Option<Proxy>,
    /// The name server to ask instead of the system's.
    pub resolver: Option<SocketAddr>,
}

/// An HTTP proxy, `http://host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// Where the audit trail goes: `[audit]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditSettings {
    /// The file; relative to the policy file. `None`: where the command says.
    pub file: Option<String>,
    /// When the trail is forced to the disk.
    pub sync: AuditSync,
    /// Records from one signed checkpoint to the next.
    pub checkpoint_every: u64,
    /// The file with the Ed25519 seed that signs checkpoints; relative to the policy file. `None`: no checkpoints.
    pub key_file: Option<String>,
}

/// When the audit trail is forced to the disk. It is always written to the file before a reply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuditSync {
    /// After every record: nothing is lost even when the machine loses power.
    Always,
    /// Before every effect (a write's commit, a request) and at the end of a call: an effect is never without its record.
    #[default]
    Commit,
    /// When the operating system likes.
    Never,
}

/// Records from one signed checkpoint to the next where the policy says nothing: verifying reads a few hundred KiB between two of them.
pub const CHECKPOINT_EVERY_DEFAULT: u64 = 1_000;

impl Policy {
    /// The tools, in the order of the file.
    #[must_use]
    pub fn tools(&self) -> &[ToolPolicy] {
        &self.tools
    }

    /// The tool with that name.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&ToolPolicy> {
        self.tools.iter().find(|tool| &*tool.name == name)
    }

    /// How the host reaches the network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Where the audit trail goes.
    #[must_use]
    pub fn audit(&self) -> &AuditSettings {
        &self.audit
    }

    /// The secrets, in the order of the file.
    #[must_use]
    pub fn secrets(&self) -> &[SecretPolicy] {
        &self.secrets
    }

    /// The secret with that name.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&SecretPolicy> {
        self.secrets.iter().find(|secret| &*secret.name == name)
    }

    /// Where what tools keep is stored.
    #[must_use]
    pub fn key_value(&self) -> &KeyValueSettings {
        &self.key_value
    }

    /// How long the use of private data narrows what calls may do.
    #[must_use]
    pub fn private_scope(&self) -> PrivateScope {
        self.private_scope
    }

    /// Whether its tools are to be compiled and run in worker processes: `isolation = "process"`.
    #[must_use]
    pub fn isolated(&self) -> bool {
        self.isolated
    }

    /// The pieces of the workers' confinement that may be missing, each one of [`ISOLATION_PIECES`](crate::ISOLATION_PIECES): `isolation-without`. `None`: its tools
    /// run in the host's own process.
    #[must_use]
    pub fn isolation(&self) -> Option<&[&'static str]> {
        self.isolated.then_some(self.isolated_without.as_slice())
    }

    /// Whether any rule marks something as private.
    #[must_use]
    pub fn marks_private(&self) -> bool {
        self.tools.iter().any(|tool| !tool.rules.private.is_empty())
    }
}

impl ToolPolicy {
    /// Whether it is to be compiled and run in worker processes. A host that has none refuses it.
    #[must_use]
    pub fn isolated(&self) -> bool {
        self.isolated
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The component's file, relative to the policy file.
    #[must_use]
    pub fn component(&self) -> &str {
        &self.component
    }

    /// The digest that the component has to have.
    #[must_use]
    pub fn sha256(&self) -> Option<Digest> {
        self.sha256
    }

    /// Whether a person is asked before each call, and how long a yes holds. `None`: nobody is asked.
    #[must_use]
    pub fn ask(&self) -> Option<&Ask> {
        self.ask.as_ref()
    }

    /// What it may do, if it asks.
    #[must_use]
    pub fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// Its limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl Proxy {
    /// The host: a name, or an address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl std::fmt::Display for Proxy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "http://{}:{}", self.host, self.port)
    }
}

impl AuditSync {
    /// Every value, in the order of their strictness.
    pub const ALL: [AuditSync; 3] = [AuditSync::Always, AuditSync::Commit, AuditSync::Never];

    /// The word in the policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            AuditSync::Always => "always",
            AuditSync::Commit => "commit",
            AuditSync::Never => "never",
        }
    }
}

impl Default for AuditSettings {
    fn default() -> Self {
        AuditSettings {
            file: None,
            sync: AuditSync::default(),
            checkpoint_every: CHECKPOINT_EVERY_DEFAULT,
            key_file: None,
        }
    }
}
