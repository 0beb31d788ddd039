//! A clock and random bytes of which everything is known beforehand.

use std::time::Duration;

use bailiwick::capability::clock::{Elapsed, Instant, Now};
use bailiwick::capability::random::Bytes;
use bailiwick::policy::Permit;
use bailiwick::waist::{Failure, Scene};

use crate::content::Content;
use crate::state::State;

/// 2000-01-01T00:00:00Z, in seconds since 1970.
const START_DEFAULT: i64 = 946_684_800;

const NANOSECONDS: i128 = 1_000_000_000;

/// What the clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    seconds: i64,
    nanoseconds: u32,
    step: Duration,
}

/// Which bytes are drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Random {
    /// A stream that the seed decides.
    Seed(u64),
    /// These, and from their start again when they are used up; zeros where there are none.
    Bytes(Vec<u8>),
}

impl Clock {
    /// A clock that stands at this time: seconds since 1970, and nanoseconds of the second, below 1,000,000,000.
    pub fn at(seconds: i64, nanoseconds: u32) -> Self {
        Self {
            seconds,
            nanoseconds,
            step: Duration::ZERO,
        }
    }

    /// Goes on by this much every time that it is looked at, the time since the start of the call likewise.
    pub fn stepping(mut self, step: Duration) -> Self {
        self.step = step;
        self
    }

    /// The time after so many looks.
    fn now(&self, looks: u32) -> Option<Instant> {
        let passed = i128::try_from(self.passed(looks)).ok()?;
        let start = i128::from(self.seconds) * NANOSECONDS + i128::from(self.nanoseconds);
        let now = start.checked_add(passed)?;
        Some(Instant {
            seconds: i64::try_from(now.div_euclid(NANOSECONDS)).ok()?,
            nanoseconds: u32::try_from(now.rem_euclid(NANOSECONDS)).ok()?,
        })
    }

    fn passed(&self, looks: u32) -> u128 {
        self.step.as_nanos().saturating_mul(u128::from(looks))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::at(START_DEFAULT, 0)
    }
}

impl Default for Random {
    fn default() -> Self {
        Self::Seed(0)
    }
}

impl Random {
    /// The bytes from a place in the stream on.
    fn bytes(&self, drawn: u64, length: usize) -> Vec<u8> {
        match self {
            Self::Seed(seed) => {
                let end = drawn.saturating_add(length as u64);
                (drawn..end).map(|place| seeded(*seed, place)).collect()
            }
            Self::Bytes(bytes) if bytes.is_empty() => vec![0; length],
            Self::Bytes(bytes) => Content::repeated(bytes, u64::MAX).read(drawn, length),
        }
    }
}

/// The byte at a place of the stream of a seed: SplitMix64, eight bytes a number.
fn seeded(seed: u64, place: u64) -> u8 {
    let number = (place / 8).wrapping_add(1);
    let mut mixed = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    let bytes = mixed.to_le_bytes();
    let within = usize::try_from(place % 8).unwrap_or(0);
    bytes.get(within).copied().unwrap_or(0)
}

impl State {
    pub(crate) fn now(
        &mut self,
        _: &Now,
        _: &Permit<()>,
        _: &mut Scene,
    ) -> Result<Instant, Failure> {
        let now = self.world.clock.now(self.looks);
        self.looks = self.looks.saturating_add(1);
        now.ok_or_else(|| Failure::Unavailable("the clock is out of range".to_owned()))
    }

    pub(crate) fn elapsed(
        &mut self,
        _: &Elapsed,
        _: &Permit<()>,
        _: &mut Scene,
    ) -> Result<u64, Failure> {
        let passed = self.world.clock.passed(self.looks);
        self.looks = self.looks.saturating_add(1);
        Ok(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    pub(crate) fn draw(
        &mut self,
        bytes: &Bytes,
        _: &Permit<()>,
        scene: &mut Scene,
    ) -> Result<Vec<u8>, Failure> {
        scene.meter.carry(u64::from(bytes.length))?;
        let drawn = self.world.random.bytes(self.drawn, bytes.length as usize);
        self.drawn = self.drawn.saturating_add(u64::from(bytes.length));
        Ok(drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_on_by_its_step_and_over_the_second() {
        let clock = Clock::at(-1, 999_999_999).stepping(Duration::from_nanos(2));
        let shown = |looks| clock.now(looks).map(|now| (now.seconds, now.nanoseconds));
        assert_eq!(shown(0), Some((-1, 999_999_999)));
        assert_eq!(shown(1), Some((0, 1)));
        assert_eq!(clock.passed(3), 6);
        assert_eq!(
            Clock::at(i64::MAX, 0)
                .stepping(Duration::from_secs(1))
                .now(1),
            None
        );
    }

    #[test]
    fn random_bytes_are_those_of_the_seed_however_they_are_drawn() {
        let random = Random::Seed(7);
        let whole = random.bytes(0, 32);
        let parts = [random.bytes(0, 5), random.bytes(5, 27)].concat();
        assert_eq!(whole, parts);
        assert_ne!(whole, Random::Seed(8).bytes(0, 32));
        assert_ne!(whole[..16], whole[16..]);
    }

    #[test]
    fn given_bytes_begin_again_when_they_are_used_up() {
        assert_eq!(Random::Bytes(vec![1, 2, 3]).bytes(2, 5), [3, 1, 2, 3, 1]);
        assert_eq!(Random::Bytes(Vec::new()).bytes(9, 2), [0, 0]);
    }
}
