//! WASI's clocks: the real ones with a grant, ones that stand still without.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// The time of day, or 1970 for ever.
pub(super) struct WallClock {
    real: bool,
}

impl WallClock {
    pub(super) fn new(real: bool) -> Self {
        Self { real }
    }
}

impl HostWallClock for WallClock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the grant of `clock` was decided when the floor was made"
    )]
    fn now(&self) -> Duration {
        if !self.real {
            return Duration::ZERO;
        }
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }
}

/// Nanoseconds since the floor was made, or zero for ever. A sleep counts from there, and is real.
pub(super) struct MonotonicClock {
    real: bool,
    began: Instant,
}

impl MonotonicClock {
    pub(super) fn new(real: bool) -> Self {
        Self {
            real,
            began: Instant::now(),
        }
    }
}

impl HostMonotonicClock for MonotonicClock {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        if !self.real {
            return 0;
        }
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
