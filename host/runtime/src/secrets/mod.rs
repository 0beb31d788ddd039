//! Secrets: read once at the start, kept where nothing shows them, put into a request at the last moment, looked for in all that passes.
//!
//! # The attackers
//!
//! The tool, which may name a secret and wants its bytes, or wants them sent elsewhere; a server, which is sent the secret and can repeat it in
//! a header, a body, a redirect or an error; another tool, which reads what the first one left behind; and whoever reads the trail, the log or a core
//! dump of the host.
//!
//! # The order
//!
//! 1. [`Secrets::read`] reads every secret of a policy, before anything of a tool's is loaded: a source that fails refuses the start. A program or the
//!    keyring is asked again, at a reload, by a process that was begun before the host confined itself ([`SecretsHelper`]); without one, never.
//! 2. A tool names a secret: decided by the policy. What it gets has no bytes on its side of the waist.
//! 3. It attaches the secret to a request and sends that: the request is decided, with its addresses; then the secret is decided for this
//!    request's normalised URL; then the connection is made; then the bytes are put in ([`Injected`]). Each redirect is all of that again.
//! 4. What passes is searched ([`Watch`]): where, and what becomes of it, stands in one table, in `waist/leaks.rs`.
//!
//! # What is deliberately absent
//!
//! A way to get the bytes out of this module as text: [`Value`] has no `Display`, its `Debug` has none of it, and it is overwritten when it is dropped. A
//! secret of fewer than [`VALUE_BYTES_MIN`] bytes: it would be found everywhere by accident. A sight through encryption, compression or an encoding that is not listed
//! in `patterns.rs`: a tool never has the bytes, so that the search is the wall behind the wall.

mod error;
pub(crate) mod helper;
mod inject;
mod keyring;
mod loose;
mod patterns;
mod process;
mod sigv4;
mod source;
mod value;
mod watch;

use std::path::Path;
use std::sync::Arc;

use bailiwick_policy::{Policy, SecretPolicy, SecretSource};

pub use error::{SecretError, SecretsError};
pub use helper::SecretsHelper;
pub use value::{VALUE_BYTES_MAX, VALUE_BYTES_MIN};

pub(crate) use inject::{BodyHash, Injected, Refused};
pub(crate) use process::{keep_out_of_dumps, while_readable};
pub(crate) use watch::{Found, Stream, Watch};

use value::Value;

/// The secrets of one policy, with their bytes. Cheap to clone; nothing shows the bytes.
///
/// # Authority
/// A host that is given these sends them where the policy says, for the tools that may name them.
#[derive(Clone, Default)]
pub struct Secrets {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    held: Vec<Held>,
    watch: Watch,
    helper: Option<SecretsHelper>,
}

/// One secret: what the policy says of it, and its bytes.
pub(crate) struct Held {
    pub(crate) policy: SecretPolicy,
    pub(crate) value: Value,
}

impl Held {
    fn copied(&self) -> Self {
        Self {
            policy: self.policy.clone(),
            value: self.value.copied(),
        }
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.inner.held.iter().map(|held| held.policy.name());
        formatter.debug_set().entries(names).finish()
    }
}

impl Secrets {
    /// Reads every secret of a policy; `folder` is the policy file's, from which the names of files start. Blocks while programs run.
    ///
    /// # Errors
    /// [`SecretsError`] with the first secret that cannot be had, without a word of what is in it.
    pub fn read(policy: &Policy, folder: &Path) -> Result<Self, SecretsError> {
        Self::with(policy, None, |secret| source::read(secret, folder))
    }

    /// The same secrets, whose programs and keyring entries are asked again when they are read again.
    pub fn asked_again_by(self, helper: SecretsHelper) -> Self {
        let held = self.inner.held.iter().map(Held::copied).collect();
        Self::held(held, Some(helper))
    }

    /// Reads them again for a policy that has changed. Variables and files are read; programs and the keyring are asked by the helper, and
    /// without one what they said is taken over from here.
    ///
    /// # Errors
    /// As for [`Secrets::read`]; [`SecretError::Restart`] where a program or the keyring would have to be asked for something new.
    pub fn read_again(&self, policy: &Policy, folder: &Path) -> Result<Self, SecretsError> {
        let helper = self.inner.helper.as_ref();
        Self::with(policy, helper.cloned(), |secret| match secret.source() {
            SecretSource::Env(_) | SecretSource::File(_) => source::read(secret, folder),
            SecretSource::Keyring { .. } | SecretSource::Command(_) => {
                let again = match helper {
                    Some(helper) => helper.read(secret.source()),
                    None => self
                        .of_source(secret.source())
                        .map(|held| Ok(held.value.copied())),
                };
                again.unwrap_or(Err(SecretError::Restart))
            }
        })
    }

    /// Secrets with values that are made up, for tests: `value` gives each secret's bytes by its name.
    ///
    /// # Errors
    /// [`SecretsError`] where a value cannot be one.
    pub fn made_up(policy: &Policy, value: impl Fn(&str) -> Vec<u8>) -> Result<Self, SecretsError> {
        Self::with(policy, None, |secret| Value::new(value(secret.name())))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.inner.held.is_empty()
    }

    /// Their names, in the order of the policy.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.inner.held.iter().map(|held| held.policy.name())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Held> {
        let mut held = self.inner.held.iter();
        held.find(|held| held.policy.name() == name)
    }

    pub(crate) fn watch(&self) -> &Watch {
        &self.inner.watch
    }

    fn of_source(&self, source: &SecretSource) -> Option<&Held> {
        let mut held = self.inner.held.iter();
        held.find(|held| held.policy.source() == source)
    }

    fn with(
        policy: &Policy,
        helper: Option<SecretsHelper>,
        read: impl Fn(&SecretPolicy) -> Result<Value, SecretError>,
    ) -> Result<Self, SecretsError> {
        let mut held = Vec::new();
        for secret in policy.secrets() {
            let failed = |error| SecretsError::new(secret.name(), error);
            let value = read(secret).map_err(failed)?;
            value.fits(secret.place()).map_err(failed)?;
            held.push(Held {
                policy: secret.clone(),
                value,
            });
        }
        Ok(Self::held(held, helper))
    }

    fn held(held: Vec<Held>, helper: Option<SecretsHelper>) -> Self {
        if !held.is_empty() {
            keep_out_of_dumps();
        }
        let watch = Watch::of(&held);
        Self {
            inner: Arc::new(Inner {
                held,
                watch,
                helper,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
