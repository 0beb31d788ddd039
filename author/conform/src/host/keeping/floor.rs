//! WASI with nothing behind it, whose clock and random bytes are what the kit says.

use std::time::Duration;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::random::Deterministic;
use wasmtime_wasi::{
    HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView,
};

use super::State;
use crate::host::Floor;
use crate::value::Random;

/// Random bytes before they come again: more than a runtime's start takes.
const RANDOM_BYTES: usize = 4 << 10;

pub(super) fn context(floor: Floor) -> WasiCtx {
    let clock = Standing {
        seconds: floor.seconds,
    };
    let bytes = Random::new(floor.seed, "the floor").bytes(RANDOM_BYTES);
    let (first, second) = (word(&bytes, 0), word(&bytes, 8));
    WasiCtxBuilder::new()
        .wall_clock(clock)
        .monotonic_clock(clock)
        .secure_random(Deterministic::new(bytes.clone()))
        .insecure_random(Deterministic::new(bytes))
        .insecure_random_seed((u128::from(first) << 64) | u128::from(second))
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .build()
}

fn word(bytes: &[u8], at: usize) -> u64 {
    let bytes = bytes.iter().skip(at).take(8);
    bytes.fold(0, |word, byte| (word << 8) | u64::from(*byte))
}

/// A clock that stands still.
#[derive(Clone, Copy)]
struct Standing {
    seconds: u64,
}

impl HostWallClock for Standing {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

impl HostMonotonicClock for Standing {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        // Go's runtime takes zero for a clock that is broken, and gives up.
        self.seconds.saturating_mul(1_000_000_000).saturating_add(1)
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let table: &mut ResourceTable = &mut self.table;
        WasiCtxView {
            ctx: &mut self.wasi,
            table,
        }
    }
}
