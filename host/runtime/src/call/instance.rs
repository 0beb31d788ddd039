//! The engine's side of a call: the store, the instance, the function, and what an end of it means. It is the same in the process that
//! holds authority and in a worker process.

use bailiwick_policy::{Limit, Limits};
use wasmtime::component::{ComponentExportIndex, InstancePre, Resource, ResourceAny};
use wasmtime::{Engine, Store, Trap};

use super::invocation::{Invocation, Returned, Stopped};
use super::{CallState, Cause};
use crate::capability::files::{Reader, Writer};
use crate::engine::FUEL_BETWEEN_YIELDS;
use crate::limits::Limiter;
use crate::value::HandleKind;
use crate::waist::{Failure, HandleId, Waist};

/// A file that the arguments name, open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lent {
    pub(crate) kind: HandleKind,
    pub(crate) id: HandleId,
}

/// A store for one call, with its fuel, memory and handles counted.
pub(crate) fn store(
    engine: &Engine,
    waist: Waist,
    limits: &Limits,
) -> Result<Store<CallState>, Cause> {
    let state = CallState::new(waist, Limiter::new(limits));
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.limiter);
    let fuelled = store.set_fuel(limits.fuel);
    fuelled
        .and_then(|()| store.fuel_async_yield_interval(Some(FUEL_BETWEEN_YIELDS)))
        .map_err(|error| Cause::HostFault(error.to_string()))?;
    store.set_hostcall_fuel(lifted_bytes_max(limits));
    store.set_max_component_handles(usize::try_from(limits.handles).unwrap_or(usize::MAX));
    Ok(store)
}

/// Bytes of the host's memory that one crossing from guest to host may fill.
///
/// It bounds what a guest can multiply, by lists whose elements all point to the same bytes. It is twice what a host call
/// may carry, so that a call slightly above that limit gets the WIT's error instead of a trap; and it has room for an
/// answer of the largest size, whose values take [`VALUE_BYTES`] each even when they are single bytes.
fn lifted_bytes_max(limits: &Limits) -> usize {
    let carried = limits.host_call_bytes.saturating_mul(2);
    let answered = limits.output.saturating_mul(VALUE_BYTES);
    usize::try_from(carried.max(answered)).unwrap_or(usize::MAX)
}

/// Bytes that wasmtime takes for one value of an answer.
const VALUE_BYTES: u64 = size_of::<wasmtime::component::Val>() as u64;

/// Makes an instance and calls one of its functions, with the files that are lent to it.
pub(crate) async fn invoke<I: Invocation>(
    store: &mut Store<CallState>,
    pre: &InstancePre<CallState>,
    function: ComponentExportIndex,
    invocation: I,
    lent: &[Lent],
) -> Result<Returned<I::Answer>, Stopped> {
    let mut handles = Vec::new();
    for lent in lent {
        handles.push(resource(store, lent)?);
    }
    let instance = pre.instantiate_async(&mut *store).await?;
    let function = instance.get_func(&mut *store, function);
    let function = function
        .ok_or_else(|| Stopped::Cause(Cause::HostFault("the function is gone".to_owned())))?;
    let returned = invocation.invoke(store, function, &handles).await?;
    for handle in handles {
        // The entry in the store's table has no destructor: the file itself is closed by who opened it.
        handle.resource_drop_async(&mut *store).await?;
    }
    Ok(returned)
}

fn resource(store: &mut Store<CallState>, lent: &Lent) -> wasmtime::Result<ResourceAny> {
    match lent.kind {
        HandleKind::Reader => {
            ResourceAny::try_from_resource(Resource::<Reader>::new_own(lent.id.0), store)
        }
        HandleKind::Writer => {
            ResourceAny::try_from_resource(Resource::<Writer>::new_own(lent.id.0), store)
        }
    }
}

/// What a stop of the engine's means.
pub(crate) fn cause(store: &Store<CallState>, error: &wasmtime::Error) -> Cause {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return stopped_by(failure);
    }
    if let Some(limit) = limit_of(error) {
        return Cause::Limit(limit);
    }
    // A guest whose memory could not grow usually gives up with a trap of its own.
    match store.data().limiter.refused() {
        Some(limit) => Cause::Limit(limit),
        None => Cause::Trap(trap_text(error)),
    }
}

/// What a failure means that ends a call.
pub(crate) fn stopped_by(failure: &Failure) -> Cause {
    match failure {
        Failure::Limit(limit) => Cause::Limit(*limit),
        Failure::Fault(text) => Cause::HostFault(text.clone()),
        Failure::Secret => Cause::Withheld,
        Failure::Denied
        | Failure::NotFound
        | Failure::RuleLimit
        | Failure::Quota
        | Failure::Unavailable(_)
        | Failure::Invalid(_)
        | Failure::Other(_) => Cause::Trap(failure.to_string()),
    }
}

/// The limit that a trap of the engine's stands for.
fn limit_of(error: &wasmtime::Error) -> Option<Limit> {
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => return Some(Limit::Fuel),
        Some(Trap::StackOverflow) => return Some(Limit::Stack),
        _ => {}
    }
    if error.is::<wasmtime::PoolConcurrencyLimitError>() {
        return Some(Limit::Concurrency);
    }
    // wasmtime has no types for these: the texts are pinned by tests.
    const TEXTS: [(&str, Limit); 5] = [
        ("store handle limit exceeded", Limit::Handles),
        ("fuel allocated for hostcalls", Limit::HostCallBytes),
        ("instance count too high", Limit::Instances),
        ("memory count too high", Limit::Memory),
        ("table count too high", Limit::TableElements),
    ];
    let text = error.root_cause().to_string();
    let limit = TEXTS.iter().find(|(part, _)| text.contains(part));
    limit.map(|(_, limit)| *limit)
}

/// The reason of a trap without the guest's own names and frames.
fn trap_text(error: &wasmtime::Error) -> String {
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return trap.to_string();
    }
    if let Some(exit) = error.downcast_ref::<wasmtime_wasi::I32Exit>() {
        return format!("it exited with status {}", exit.0);
    }
    error.root_cause().to_string()
}
