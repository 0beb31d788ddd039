//! The operations of `secret`: names, and nothing else.

use std::borrow::Cow;

use bailiwick_policy::{HttpUrl, Permit, SecretName, UseSecret};
use serde::{Deserialize, Serialize};

use crate::waist::{Attempted, Failure, Operation, Recording, Scene};

/// Names a secret.
#[derive(Debug, Serialize, Deserialize)]
pub struct GetSecret {
    /// The name, as the guest gave it.
    pub name: String,
}

/// Asks whether a secret goes into a request to this URL.
#[derive(Debug, Serialize, Deserialize)]
pub struct AttachSecret {
    /// The name, as the guest gave it.
    pub name: String,
    /// The URL of the request, as the guest gave it.
    pub url: String,
}

impl Operation for GetSecret {
    const NAME: &'static str = "secret.get";
    type Reply = ();
}

impl Operation for AttachSecret {
    const NAME: &'static str = "secret.attach";
    type Reply = ();
}

impl Attempted for GetSecret {
    type Attempt<'a> = UseSecret<'a>;
    type Target = SecretName;
    const RECORDING: Recording = Recording::Done;

    fn attempt(&self) -> UseSecret<'_> {
        UseSecret { name: &self.name }
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    async fn perform(self, permit: Permit<SecretName>, scene: &mut Scene) -> Result<(), Failure> {
        goes_to(permit.target(), None, scene)
    }
}

impl Attempted for AttachSecret {
    type Attempt<'a> = UseSecret<'a>;
    type Target = SecretName;
    const RECORDING: Recording = Recording::Done;

    fn attempt(&self) -> UseSecret<'_> {
        UseSecret { name: &self.name }
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} to {}", self.name, self.url))
    }

    async fn perform(self, permit: Permit<SecretName>, scene: &mut Scene) -> Result<(), Failure> {
        goes_to(permit.target(), Some(&self.url), scene)
    }
}

/// Whether the host has the secret, and whether it is bound to the URL. What is sent is decided again then.
fn goes_to(name: &SecretName, url: Option<&str>, scene: &Scene) -> Result<(), Failure> {
    let held = scene
        .secrets()
        .and_then(|secrets| secrets.get(name.as_str()));
    let none = || Failure::Unavailable("the host has no value for the secret".to_owned());
    let held = held.ok_or_else(none)?;
    let covers = |url: &str| HttpUrl::parse(url).is_ok_and(|url| held.policy.covers(&url));
    match url.is_none_or(covers) {
        true => Ok(()),
        false => Err(Failure::Secret),
    }
}
