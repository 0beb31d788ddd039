//! The WIT of `bailiwick:secret`, as operations.

use wasmtime::component::{HasData, Linker, Resource};

use super::names::Names;
use super::operations::{AttachSecret, GetSecret};
use crate::call::{CallState, DescribedRequest, Requests};
use crate::waist::{Failure, Reply, Waist, answer, reply};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bailiwick:adapter-secret; world adapter { import bailiwick:secret/secret@0.1.0; }",
        path: ["../../wit/http", "../../wit/secret"],
        world: "bailiwick:adapter-secret/adapter",
        imports: { default: async | trappable },
        with: {
            "bailiwick:http/types.request": crate::call::DescribedRequest,
            "bailiwick:secret/secret.secret": super::NamedSecret,
        },
    });
}

use bindings::bailiwick::secret::secret::{self, Error};

/// The guest's side of a secret: the number of a name.
#[derive(Debug)]
pub enum NamedSecret {}

struct HasSecret;

impl HasData for HasSecret {
    type Data<'a> = SecretView<'a>;
}

struct SecretView<'a> {
    waist: &'a mut Waist,
    requests: &'a mut Requests,
    names: &'a mut Names,
}

pub(super) fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    secret::add_to_linker::<CallState, HasSecret>(linker, |state| {
        let (waist, requests, names) = state.secret_mut();
        SecretView {
            waist,
            requests,
            names,
        }
    })
}

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

impl SecretView<'_> {
    async fn attached(&mut self, secret: u32, request: u32) -> Result<(), Failure> {
        let name = self.names.name(secret)?.to_owned();
        let url = self.requests.url(request)?.to_owned();
        let operation = AttachSecret {
            name: name.clone(),
            url,
        };
        self.waist.attempt(operation).await?;
        self.requests.attach(request, name)
    }
}

impl secret::HostSecret for SecretView<'_> {
    async fn attach(
        &mut self,
        this: Resource<NamedSecret>,
        request: Resource<DescribedRequest>,
    ) -> Reply<(), Error> {
        reply(self.attached(this.rep(), request.rep()).await)
    }

    async fn drop(&mut self, _: Resource<NamedSecret>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl secret::Host for SecretView<'_> {
    async fn get(&mut self, name: String) -> Reply<Resource<NamedSecret>, Error> {
        let operation = GetSecret { name: name.clone() };
        if let Err(failure) = self.waist.attempt(operation).await {
            return reply(Err(failure));
        }
        let number = answer(self.names.number(name))?;
        Ok(Ok(Resource::new_own(number)))
    }
}
