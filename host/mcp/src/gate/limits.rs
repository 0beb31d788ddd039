//! How many calls at once, how many may wait, how often: of each principal and of each tool.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::rate::Rate;

/// Calls of one principal at once, where the access file says nothing: more than any agent starts on purpose.
pub const PRINCIPAL_CONCURRENCY: u32 = 32;
/// Calls of one principal that may wait: some seconds of work at its concurrency; each costs the host a few KiB.
pub const PRINCIPAL_QUEUE: u32 = 256;
/// Calls of one tool at once, where neither the access file nor the policy is known.
pub const TOOL_CONCURRENCY: u32 = 16;
/// Calls of one principal that may wait for one tool.
pub const TOOL_QUEUE: u32 = 64;
/// The longest wait: agents give up on a call after a minute or so, and the call itself takes time too.
pub const QUEUE_WAIT: Duration = Duration::from_secs(30);

/// The limits of a lane: those of one principal, or of one tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneLimits {
    /// Calls under way at once.
    pub concurrency: u32,
    /// Calls that may wait. Of a tool: of each principal, so that nobody fills the queue for the others.
    pub queue: u32,
    /// How often calls may begin, waiting ones included; `None` is as often as they like.
    pub rate: Option<Rate>,
}

/// Everything that a [`Gate`](super::Gate) holds calls to.
#[derive(Clone, Debug)]
pub struct GateLimits {
    pub(super) principals: BTreeMap<Arc<str>, LaneLimits>,
    pub(super) tools: BTreeMap<Arc<str>, LaneLimits>,
    pub(super) wait: Duration,
}

impl LaneLimits {
    /// A principal's where nothing is said.
    #[must_use]
    pub const fn of_a_principal() -> Self {
        Self {
            concurrency: PRINCIPAL_CONCURRENCY,
            queue: PRINCIPAL_QUEUE,
            rate: None,
        }
    }

    /// A tool's where nothing is said.
    #[must_use]
    pub const fn of_a_tool() -> Self {
        Self {
            concurrency: TOOL_CONCURRENCY,
            queue: TOOL_QUEUE,
            rate: None,
        }
    }
}

impl Default for GateLimits {
    fn default() -> Self {
        Self::new()
    }
}

impl GateLimits {
    /// The defaults for everyone and everything.
    #[must_use]
    pub fn new() -> Self {
        Self {
            principals: BTreeMap::new(),
            tools: BTreeMap::new(),
            wait: QUEUE_WAIT,
        }
    }

    /// Sets a principal's limits.
    #[must_use]
    pub fn principal(mut self, name: &str, limits: LaneLimits) -> Self {
        self.principals.insert(name.into(), limits);
        self
    }

    /// Sets a tool's limits.
    #[must_use]
    pub fn tool(mut self, name: &str, limits: LaneLimits) -> Self {
        self.tools.insert(name.into(), limits);
        self
    }

    /// Sets how long a call may wait.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }
}
