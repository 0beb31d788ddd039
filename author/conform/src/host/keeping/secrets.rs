//! Secrets of a host that keeps instances: names, which the stage has all of and no value.

use bailiwick::capability::secret::{AttachSecret, GetSecret};
use bailiwick::waist::{Failure, Reply, reply};
use wasmtime::component::Resource;

use super::State;
use super::bindings::bailiwick::secret::secret::{Error, Host, HostSecret};
use super::http::Request;

/// The guest's side of a secret: the place of a name.
#[derive(Debug)]
#[expect(
    unreachable_pub,
    reason = "the generated code makes a public name of it"
)]
pub enum NamedSecret {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::Limit(_) | Failure::RuleLimit => Self::Limit,
            Failure::Quota => Self::Quota,
            Failure::Secret => Self::Secret,
            Failure::Unavailable(_) | Failure::NotFound => Self::Unavailable,
            Failure::Invalid(text) => Self::Invalid(text),
            Failure::Other(text) | Failure::Fault(text) => Self::Other(text),
        }
    }
}

impl State {
    async fn attached(&mut self, secret: u32, request: u32) -> Result<(), Failure> {
        let gone = || Failure::Fault("a handle of a secret or a request is not there".to_owned());
        let place = usize::try_from(secret).ok();
        let name = place.and_then(|place| self.secrets.get(place)).cloned();
        let name = name.ok_or_else(gone)?;
        let url = self.requests.get(&request).ok_or_else(gone)?.url.clone();
        let operation = AttachSecret {
            name: name.clone(),
            url,
        };
        self.ask(operation).await?;
        let described = self.requests.get_mut(&request).ok_or_else(gone)?;
        if described.secret.is_some() {
            let words = "the request carries a secret already";
            return Err(Failure::Invalid(words.to_owned()));
        }
        described.secret = Some(name);
        Ok(())
    }
}

impl HostSecret for State {
    async fn attach(
        &mut self,
        this: Resource<NamedSecret>,
        request: Resource<Request>,
    ) -> Reply<(), Error> {
        reply(self.attached(this.rep(), request.rep()).await)
    }

    async fn drop(&mut self, _: Resource<NamedSecret>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl Host for State {
    async fn get(&mut self, name: String) -> Reply<Resource<NamedSecret>, Error> {
        let named = self.ask(GetSecret { name: name.clone() }).await;
        if let Err(failure) = named {
            return reply(Err(failure));
        }
        let place = match self.secrets.iter().position(|known| *known == name) {
            Some(place) => place,
            None => {
                self.secrets.push(name);
                self.secrets.len() - 1
            }
        };
        let number = u32::try_from(place).map_err(wasmtime::Error::new)?;
        Ok(Ok(Resource::new_own(number)))
    }
}
