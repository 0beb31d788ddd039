//! `clock`: the time of day, and how long the call has taken.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bailiwick_policy::{Capability, Permit, ReadClock};
use serde::{Deserialize, Serialize};
use wasmtime::component::{HasData, Linker};

use super::{Interface, Needs};
use crate::call::CallState;
use crate::waist::{Attempted, Failure, Operation, Recording, Reply, Scene, Waist, reply};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bailiwick:adapter-clock; world adapter { import bailiwick:clock/clock@0.1.0; }",
        path: ["../../wit/clock"],
        world: "bailiwick:adapter-clock/adapter",
        imports: { default: async | trappable },
    });
}

use bindings::bailiwick::clock::clock;

/// The interfaces of `bailiwick:clock`.
pub(super) fn interfaces() -> [Interface; 1] {
    [Interface {
        name: "bailiwick:clock/clock",
        needs: Needs::Grant(Capability::Clock),
        link,
        operations: |operations| {
            operations.attempted::<Now>().attempted::<Elapsed>();
        },
    }]
}

/// Asks for the time of day: the duration since 1970, or before it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Now;

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instant {
    /// Whole seconds since 1970, negative before.
    pub seconds: i64,
    /// Nanoseconds of the second.
    pub nanoseconds: u32,
}

/// Asks for the nanoseconds since the start of the call.
#[derive(Debug, Serialize, Deserialize)]
pub struct Elapsed;

impl Operation for Now {
    const NAME: &'static str = "clock.now";
    type Reply = Instant;
}

impl Operation for Elapsed {
    const NAME: &'static str = "clock.elapsed";
    type Reply = u64;
}

impl Attempted for Now {
    type Attempt<'a> = ReadClock;
    type Target = ();
    const RECORDING: Recording = Recording::Counted;

    fn attempt(&self) -> ReadClock {
        ReadClock
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed("now")
    }

    async fn perform(self, _permit: Permit<()>, _scene: &mut Scene) -> Result<Instant, Failure> {
        instant().ok_or_else(|| Failure::Unavailable("the clock is out of range".to_owned()))
    }
}

impl Attempted for Elapsed {
    type Attempt<'a> = ReadClock;
    type Target = ();
    const RECORDING: Recording = Recording::Counted;

    fn attempt(&self) -> ReadClock {
        ReadClock
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed("elapsed")
    }

    async fn perform(self, _permit: Permit<()>, scene: &mut Scene) -> Result<u64, Failure> {
        Ok(u64::try_from(scene.started().elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where a guest's clock is read"
)]
fn instant() -> Option<Instant> {
    let now = SystemTime::now();
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => Some(Instant {
            seconds: i64::try_from(since.as_secs()).ok()?,
            nanoseconds: since.subsec_nanos(),
        }),
        Err(before) => before_1970(before.duration()),
    }
}

fn before_1970(before: Duration) -> Option<Instant> {
    let seconds = i64::try_from(before.as_secs()).ok()?;
    match before.subsec_nanos() {
        0 => Some(Instant {
            seconds: -seconds,
            nanoseconds: 0,
        }),
        nanoseconds => Some(Instant {
            seconds: -seconds - 1,
            nanoseconds: 1_000_000_000 - nanoseconds,
        }),
    }
}

struct HasClock;

impl HasData for HasClock {
    type Data<'a> = ClockView<'a>;
}

struct ClockView<'a>(&'a mut Waist);

fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    clock::add_to_linker::<CallState, HasClock>(linker, |state| ClockView(state.waist_mut()))
}

impl From<Failure> for clock::Error {
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

impl clock::Host for ClockView<'_> {
    async fn now(&mut self) -> Reply<clock::Instant, clock::Error> {
        let now = self.0.attempt(Now).await;
        reply(now.map(|now| clock::Instant {
            seconds: now.seconds,
            nanoseconds: now.nanoseconds,
        }))
    }

    async fn elapsed(&mut self) -> Reply<u64, clock::Error> {
        reply(self.0.attempt(Elapsed).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_nanoseconds_upwards_before_1970_too() {
        let half_before = before_1970(Duration::from_millis(500));
        assert_eq!(
            half_before,
            Some(Instant {
                seconds: -1,
                nanoseconds: 500_000_000
            })
        );
        let two_before = before_1970(Duration::from_secs(2));
        assert_eq!(
            two_before,
            Some(Instant {
                seconds: -2,
                nanoseconds: 0
            })
        );
    }
}
