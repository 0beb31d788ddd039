//! The WebAssembly engine: which proposals exist here, how instances are allocated, what is counted.
//!
//! Everything that no guest of ours needs is off, since each proposal is code that an attacker can reach. The cargo
//! features `gc` and `threads` stay compiled in nevertheless: wasmtime builds without them abort on some inputs
//! (GHSA-rc4p, GHSA-2674).
//!
//! Compute is bounded by fuel and not by epochs: fuel gives the ceiling, the pre-emption and the same count on every
//! run, without a thread that has to tick. Bulk instructions cost one unit a byte, so that a `memory.fill` over
//! gigabytes is no way around it.

use bailiwick_policy::{Limit, Limits};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OperatorCost, PoolingAllocationConfig,
    Strategy, WasmBacktraceDetails,
};

/// Bytes of stack a guest may use. One number for every tool, since the engine knows only one: a Python interpreter
/// needs more than half of it, and a fiber of twice its size is reserved for each call under way.
pub const STACK_BYTES: usize = Limits::STACK as usize;

/// Bytes of stack for guest and host code together: what is above [`STACK_BYTES`] is for host functions.
const FIBER_BYTES: usize = STACK_BYTES + (1 << 20);

/// Units of fuel after which a running guest lets others run: about a millisecond.
pub(crate) const FUEL_BETWEEN_YIELDS: u64 = 1_000_000;

/// Bytes of a memory that stay resident in the pool, so that the next call needs no page fault for them.
const KEEP_RESIDENT_BYTES: usize = 16 << 20;

/// Core instances in one component: a componentize-py component has about twenty.
const CORE_INSTANCES_PER_COMPONENT: u32 = 100;

/// How instances are allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// As they are needed: nothing to set up, 26 µs a call. For a command that makes one call.
    OnDemand,
    /// From a pool with room for this many calls at once: about a millisecond to set up for every 300 slots, 4 µs a
    /// call. For a host that stays.
    Pool {
        /// Calls that can be under way at once.
        slots: u32,
    },
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// wasmtime refused the configuration, or the address space that the pool asked for.
    #[error("the WebAssembly engine could not be set up")]
    Engine(#[source] wasmtime::Error),
}

/// Makes the engine.
///
/// # Errors
/// [`EngineError::Engine`], when wasmtime refuses.
pub(crate) fn engine(allocation: Allocation) -> Result<Engine, EngineError> {
    let mut config = Config::new();
    features(&mut config);
    bounds(&mut config);
    config.allocation_strategy(strategy(allocation));
    Engine::new(&config).map_err(EngineError::Engine)
}

/// Switches off every proposal that no supported guest toolchain emits.
fn features(config: &mut Config) {
    config
        .strategy(Strategy::Cranelift)
        .wasm_component_model(true)
        .wasm_threads(false)
        .wasm_shared_everything_threads(false)
        .wasm_gc(false)
        .wasm_function_references(false)
        .wasm_exceptions(false)
        .wasm_memory64(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .wasm_relaxed_simd(false)
        .wasm_stack_switching(false)
        .concurrency_support(false)
        .shared_memory(false);
}

/// Sets what is counted and bounded.
fn bounds(config: &mut Config) {
    config
        .consume_fuel(true)
        .operator_cost(OperatorCost::default())
        .max_wasm_stack(STACK_BYTES)
        .async_stack_size(FIBER_BYTES)
        // The same NaN bits on every run and machine: without it a guest has a source of randomness.
        .cranelift_nan_canonicalization(true)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .memory_init_cow(true);
}

/// Whether a pool cleans a used instance by looking only at the pages that it touched. The kernel has to be Linux 6.7
/// or newer for it; elsewhere a pool works, and a call that dirties a megabyte costs ten times as much. wasmtime falls
/// back without a word, hence this question.
pub fn pool_resets_quickly() -> bool {
    PoolingAllocationConfig::is_pagemap_scan_available()
}

fn strategy(allocation: Allocation) -> InstanceAllocationStrategy {
    match allocation {
        Allocation::OnDemand => InstanceAllocationStrategy::OnDemand,
        Allocation::Pool { slots } => InstanceAllocationStrategy::Pooling(pool(slots)),
    }
}

/// The pool, with maxima that a Python component fits into.
fn pool(slots: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(4))
        .total_memories(slots.saturating_mul(2))
        .total_tables(slots.saturating_mul(4))
        .total_stacks(slots)
        .max_core_instances_per_component(CORE_INSTANCES_PER_COMPONENT)
        // What a call may have of them is counted in its store, with a code of its own: a pool refuses at load, and without one.
        .max_memories_per_component(CORE_INSTANCES_PER_COMPONENT)
        .max_memories_per_module(16)
        .max_tables_per_component(CORE_INSTANCES_PER_COMPONENT)
        .max_tables_per_module(32)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .table_elements(most(Limit::TableElements))
        .max_memory_size(most(Limit::Memory))
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);
    pool
}

/// The most that a policy can set a limit to.
fn most(limit: Limit) -> usize {
    usize::try_from(limit.row().maximum).unwrap_or(usize::MAX)
}
