//! Secrets that have a name and no value: what a tool attaches is noted with the request that it sends.

use bailiwick::capability::http::Description;
use bailiwick::capability::secret::{AttachSecret, GetSecret};
use bailiwick::policy::{Permit, SecretName, UseSecret};
use bailiwick::waist::{Failure, Scene};

use crate::state::State;

impl State {
    pub(crate) fn get_secret(
        &mut self,
        _: &GetSecret,
        permit: &Permit<SecretName>,
        _: &mut Scene,
    ) -> Result<(), Failure> {
        self.has(permit.target())
    }

    pub(crate) fn attach_secret(
        &mut self,
        _: &AttachSecret,
        permit: &Permit<SecretName>,
        _: &mut Scene,
    ) -> Result<(), Failure> {
        self.has(permit.target())
    }

    /// The secret of a request, decided again when that is sent, as the host does.
    pub(crate) fn attached(
        &self,
        request: &Description,
        scene: &mut Scene,
    ) -> Result<Option<String>, Failure> {
        let Some(name) = &request.secret else {
            return Ok(None);
        };
        let permit = scene.decide("secret.attach", UseSecret { name }, name)?;
        self.has(permit.target())?;
        Ok(Some(name.clone()))
    }

    fn has(&self, name: &SecretName) -> Result<(), Failure> {
        match self.world.secrets.contains(name.as_str()) {
            true => Ok(()),
            false => Err(Failure::Unavailable(format!(
                "the world has no secret `{name}`"
            ))),
        }
    }
}
