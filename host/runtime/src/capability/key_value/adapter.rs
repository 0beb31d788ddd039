//! The WIT of `bailiwick:key-value`, as operations.

use wasmtime::component::{HasData, Linker};

use super::operations::{CompareAndSet, Delete, Get, List, Set};
use crate::call::CallState;
use crate::waist::{Failure, Reply, Waist, reply};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bailiwick:adapter-key-value; world adapter { import bailiwick:key-value/key-value@0.1.0; }",
        path: ["../../wit/key-value"],
        world: "bailiwick:adapter-key-value/adapter",
        imports: { default: async | trappable },
    });
}

use bindings::bailiwick::key_value::key_value::{self, Error, Keys};

struct HasKeyValue;

impl HasData for HasKeyValue {
    type Data<'a> = KeyValueView<'a>;
}

struct KeyValueView<'a>(&'a mut Waist);

pub(super) fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    key_value::add_to_linker::<CallState, HasKeyValue>(linker, |state| {
        KeyValueView(state.waist_mut())
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

impl key_value::Host for KeyValueView<'_> {
    async fn get(&mut self, key: String) -> Reply<Option<Vec<u8>>, Error> {
        reply(self.0.attempt(Get { key }).await)
    }

    async fn set(&mut self, key: String, value: Vec<u8>) -> Reply<(), Error> {
        reply(self.0.attempt(Set { key, value }).await)
    }

    async fn compare_and_set(
        &mut self,
        key: String,
        expected: Option<Vec<u8>>,
        value: Vec<u8>,
    ) -> Reply<bool, Error> {
        let operation = CompareAndSet {
            key,
            expected,
            value,
        };
        reply(self.0.attempt(operation).await)
    }

    async fn delete(&mut self, key: String) -> Reply<(), Error> {
        reply(self.0.attempt(Delete { key }).await)
    }

    async fn list(
        &mut self,
        prefix: String,
        after: Option<String>,
        most: u32,
    ) -> Reply<Keys, Error> {
        let operation = List {
            prefix,
            after,
            most,
        };
        let keys = self.0.attempt(operation).await;
        reply(keys.map(|keys| Keys {
            keys: keys.keys,
            next: keys.next,
        }))
    }
}
