//! WASI's clocks and random bytes, through the waist: with a grant the real ones, without it a clock that stands still and
//! a stream of bytes that is the same for every call.
//!
//! Without a grant nothing is attempted, since a language's runtime asks whether its program needs it or not: such a call
//! is counted and answered with the fixed value, and leaves no denial in the trail.

use bailiwick_policy::Capability;
use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};
use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::clocks::WasiClocksView as _;
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::clocks::{monotonic_clock, wall_clock};
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};

use crate::call::CallState;
use crate::capability::clock::{Elapsed, Now};
use crate::capability::random::Bytes;
use crate::waist::{Attempted, Failure, Held, Operation, Operations, Scene, answer};

/// Bytes that one request for random bytes may ask for.
const RANDOM_BYTES_MAX: u64 = 1 << 20;

/// Something of the floor was used that needs no grant: it is counted.
#[derive(Debug, Serialize, Deserialize)]
struct Inert;

impl Operation for Inert {
    const NAME: &'static str = "floor.inert";
    type Reply = ();
}

impl Held for Inert {
    async fn perform(self, _scene: &mut Scene) -> Result<(), Failure> {
        Ok(())
    }
}

struct Sources;

impl HasData for Sources {
    type Data<'a> = SourcesView<'a>;
}

struct SourcesView<'a>(&'a mut CallState);

fn view(state: &mut CallState) -> SourcesView<'_> {
    SourcesView(state)
}

/// Puts these in the place of wasmtime-wasi's own.
pub(super) fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    wall_clock::add_to_linker::<CallState, Sources>(linker, view)?;
    monotonic_clock::add_to_linker::<CallState, Sources>(linker, view)?;
    random::add_to_linker::<CallState, Sources>(linker, view)?;
    insecure::add_to_linker::<CallState, Sources>(linker, view)?;
    insecure_seed::add_to_linker::<CallState, Sources>(linker, view)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Registers the operations of these.
pub(super) fn operations(operations: &mut Operations) {
    operations
        .attempted::<Now>()
        .attempted::<Elapsed>()
        .attempted::<Bytes>()
        .held::<Inert>();
}

impl SourcesView<'_> {
    /// Attempts what is granted; `None`, counted, where it is not.
    fn attempt<O: Attempted>(
        &mut self,
        capability: &Capability,
        operation: O,
    ) -> wasmtime::Result<Option<O::Reply>> {
        let granted = self.0.grants(capability);
        let waist = self.0.waist_mut();
        if !granted {
            answer(at_once(waist.held_at_once(Inert)))?;
            return Ok(None);
        }
        answer(at_once(waist.attempt_at_once(operation))).map(Some)
    }

    fn random(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        let length = u32::try_from(length.min(RANDOM_BYTES_MAX + 1)).unwrap_or(u32::MAX);
        if u64::from(length) > RANDOM_BYTES_MAX {
            return Err(wasmtime::Error::new(Failure::Limit(
                bailiwick_policy::Limit::HostCallBytes,
            )));
        }
        let drawn = self.attempt(&Capability::Random, Bytes { length })?;
        Ok(drawn.unwrap_or_else(|| self.0.floor_mut().fixed(length as usize)))
    }

    fn random_number(&mut self) -> wasmtime::Result<u64> {
        let bytes = self.random(8)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }
}

/// WASI's functions here are synchronous. Clocks and random bytes answer at once; a performer that does not is at fault.
fn at_once<T>(answering: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let waited = || {
        Err(Failure::Fault(
            "a clock or random bytes did not answer at once".to_owned(),
        ))
    };
    answering.now_or_never().unwrap_or_else(waited)
}

impl wall_clock::Host for SourcesView<'_> {
    fn now(&mut self) -> wasmtime::Result<Datetime> {
        let now = self.attempt(&Capability::Clock, Now)?;
        Ok(now.map_or(
            Datetime {
                seconds: 0,
                nanoseconds: 0,
            },
            |now| Datetime {
                // WASI's time has no past before 1970.
                seconds: u64::try_from(now.seconds).unwrap_or(0),
                nanoseconds: now.nanoseconds,
            },
        ))
    }

    fn resolution(&mut self) -> wasmtime::Result<Datetime> {
        Ok(Datetime {
            seconds: 0,
            nanoseconds: 1,
        })
    }
}

impl monotonic_clock::Host for SourcesView<'_> {
    fn now(&mut self) -> wasmtime::Result<monotonic_clock::Instant> {
        let elapsed = self.attempt(&Capability::Clock, Elapsed)?.unwrap_or(0);
        // WASI leaves open where this clock starts; Go's runtime takes zero for a clock that is broken, and gives up.
        Ok(elapsed.saturating_add(1))
    }

    fn resolution(&mut self) -> wasmtime::Result<monotonic_clock::Duration> {
        Ok(1)
    }

    fn subscribe_instant(
        &mut self,
        when: monotonic_clock::Instant,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        let now = monotonic_clock::Host::now(self)?;
        self.subscribe_duration(when.saturating_sub(now))
    }

    fn subscribe_duration(
        &mut self,
        duration: monotonic_clock::Duration,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        // The sleep is real, and bounded by the call's time.
        monotonic_clock::Host::subscribe_duration(&mut self.0.clocks(), duration)
    }
}

impl random::Host for SourcesView<'_> {
    fn get_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.random(length)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.random_number()
    }
}

impl insecure::Host for SourcesView<'_> {
    fn get_insecure_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.random(length)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.random_number()
    }
}

impl insecure_seed::Host for SourcesView<'_> {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        Ok((self.random_number()?, self.random_number()?))
    }
}

#[cfg(test)]
mod tests {
    //! Synchronous functions, whatever went before.

    use std::sync::Arc;
    use std::time::Duration;

    use bailiwick_policy::{Limits, Manifest, Rules, Source, resolve};

    use super::*;
    use crate::audit::{Digest, Trail, TrailOptions};
    use crate::waist::{Meter, Scene, Services, Trace, Waist};

    #[test]
    fn a_source_answers_at_once_however_long_the_call_has_run() {
        let trail = Trail::memory(TrailOptions::default()).unwrap();
        let trace = Trace::new(trail, "call".to_owned(), "tool".into(), Digest::of(b""));
        let grant = resolve(&Manifest::new(), Arc::new(Rules::none(Source::Code)));
        let meter = Meter::new(Limits::default());
        let mut waist = Waist::here(Scene::new(grant, meter, Services::default(), trace));
        // Long enough that the next host call lets others run.
        std::thread::sleep(Duration::from_millis(20));
        assert!(waist.held(Inert).now_or_never().is_none());
        assert!(at_once(waist.held_at_once(Inert)).is_ok());
    }
}
