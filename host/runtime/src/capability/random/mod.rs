//! `random`: bytes of the operating system's generator.

use std::borrow::Cow;

use bailiwick_policy::{Capability, DrawRandom, Permit};
use serde::{Deserialize, Serialize};
use wasmtime::component::{HasData, Linker};

use super::{Interface, Needs};
use crate::call::CallState;
use crate::waist::{Attempted, Failure, Operation, Recording, Reply, Scene, Waist, reply};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bailiwick:adapter-random; world adapter { import bailiwick:random/random@0.1.0; }",
        path: ["../../wit/random"],
        world: "bailiwick:adapter-random/adapter",
        imports: { default: async | trappable },
    });
}

use bindings::bailiwick::random::random;

/// The interfaces of `bailiwick:random`.
pub(super) fn interfaces() -> [Interface; 1] {
    [Interface {
        name: "bailiwick:random/random",
        needs: Needs::Grant(Capability::Random),
        link,
        operations: |operations| {
            operations.attempted::<Bytes>();
        },
    }]
}

/// Draws random bytes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Bytes {
    /// How many.
    pub length: u32,
}

impl Operation for Bytes {
    const NAME: &'static str = "random.bytes";
    type Reply = Vec<u8>;
}

impl Attempted for Bytes {
    type Attempt<'a> = DrawRandom;
    type Target = ();
    const RECORDING: Recording = Recording::Counted;

    fn attempt(&self) -> DrawRandom {
        DrawRandom
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} bytes", self.length))
    }

    async fn perform(self, _permit: Permit<()>, scene: &mut Scene) -> Result<Vec<u8>, Failure> {
        scene.meter.carry(u64::from(self.length))?;
        let mut bytes = vec![0; self.length as usize];
        fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// Fills a buffer with random bytes of the operating system.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Failure> {
    getrandom::fill(bytes).map_err(|error| Failure::Unavailable(error.to_string()))
}

struct HasRandom;

impl HasData for HasRandom {
    type Data<'a> = RandomView<'a>;
}

struct RandomView<'a>(&'a mut Waist);

fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    random::add_to_linker::<CallState, HasRandom>(linker, |state| RandomView(state.waist_mut()))
}

impl From<Failure> for random::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::Limit(_) | Failure::RuleLimit | Failure::Quota => Self::Limit,
            Failure::Unavailable(_) | Failure::NotFound | Failure::Secret => Self::Unavailable,
            Failure::Invalid(text) | Failure::Other(text) | Failure::Fault(text) => {
                Self::Other(text)
            }
        }
    }
}

impl random::Host for RandomView<'_> {
    async fn bytes(&mut self, length: u32) -> Reply<Vec<u8>, random::Error> {
        reply(self.0.attempt(Bytes { length }).await)
    }
}
