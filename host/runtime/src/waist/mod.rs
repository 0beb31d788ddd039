//! The waist: the one place that everything passes which a guest can make the host do.
//!
//! ```text
//! guest → adapter (WIT types ↔ operation) → waist: meter → decide → record → perform → record → reply
//! ```
//!
//! The attacker is the guest: it chooses every operation, its arguments, their order and their number. The order of
//! evaluation is fixed here and not in the capabilities: an operation is counted first, so that even refused attempts
//! are bounded; then decided, by the policy alone; then recorded, when it has an effect, so that the trail knows of it
//! even if the host dies in the middle; then performed, with the permit as the only way to the values that I/O needs;
//! then recorded with what came of it; and only then answered. Where the trail cannot be written the call ends: no
//! answer leaves the waist unrecorded.
//!
//! There are two kinds of operation. An [`Attempt`](Attempted) names something (a path, a URL) and is decided. An
//! operation on a handle ([`Held`]) is not: the authority is the handle, which an attempt gave. It is counted, and the
//! totals are recorded when the handle is closed.
//!
//! Deliberately absent: an operation that is neither; a way for a capability to reach I/O from the guest's side; text
//! for the guest about why something was denied.

mod breath;
mod failure;
mod handles;
mod kept;
mod leaks;
mod meter;
mod operation;
mod operations;
mod private;
mod progress;
mod record;
mod scene;

pub use failure::{Failure, Reply, answer, reply};
pub use handles::{Handle, HandleId, Handles};
pub use kept::{Callee, Failed, Refused};
pub use leaks::Passing;
pub use meter::{Meter, REQUEST_BYTES, Spent};
pub use operation::{AnyOperation, Attempted, Held, Operation, Performer, Recording, StandIn};
pub use operations::Operations;
pub use private::PrivateUse;
pub use progress::{PROGRESS_EVERY, PROGRESS_MESSAGE_BYTES_MAX, Progress};
pub use scene::{LogLine, Scene, Services};

use std::sync::Arc;

use bailiwick_policy::{Capability, Grant, Limits};

use crate::audit::{Digest, Trail, TrailOptions};
use crate::wall::Far;

pub(crate) use breath::Breath;
pub(crate) use failure::chain;
pub(crate) use meter::{Egress, EngineLeft};
pub(crate) use operation::Counted;
pub(crate) use operations::{encode, reply_of};
pub(crate) use progress::Reporter;
pub(crate) use record::Trace;

use operation::{Erased, opened};

/// One call's way to the side that holds authority.
///
/// In the same process that side is a [`Scene`] and an operation is a direct call: nothing is serialised. Anything else
/// that answers operations is a [`Performer`]: a fake for a test, a recording, another process.
pub struct Waist {
    side: Side,
    breath: Breath,
}

enum Side {
    Here(Box<Scene>),
    There(Box<dyn Performer>),
    Beyond(Box<Far>),
}

impl std::fmt::Debug for Waist {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Waist").finish_non_exhaustive()
    }
}

impl Waist {
    /// The waist with authority on its other side.
    pub(crate) fn here(scene: Scene) -> Self {
        Self {
            side: Side::Here(Box::new(scene)),
            breath: Breath::default(),
        }
    }

    /// A waist without a tool, whose operations are performed by what stands in for the capabilities: to test that alone, or
    /// the adapter of a capability. Nothing behind it has authority, whatever the grant says; its trail is in memory.
    ///
    /// # Errors
    /// [`Failure::Fault`] when the trail could not be begun.
    pub fn performed_by(
        grant: Grant,
        limits: Limits,
        stand_in: Arc<dyn StandIn>,
    ) -> Result<Self, Failure> {
        let trail = Trail::memory(TrailOptions::default());
        let trail = trail.map_err(|error| Failure::Fault(chain(&error)))?;
        let nobody = Digest::of(b"");
        let trace = Trace::new(trail, String::new(), "".into(), nobody);
        let scene = Scene::new(grant, Meter::new(limits), Services::default(), trace);
        Ok(Self::here(scene.performed_by(Some(stand_in))))
    }

    /// The waist with something else on its other side, which holds whatever authority it holds.
    pub(crate) fn there(performer: Box<dyn Performer>) -> Self {
        Self {
            side: Side::There(performer),
            breath: Breath::default(),
        }
    }

    /// Makes an attempt: counted, decided, recorded, performed.
    ///
    /// # Errors
    /// [`Failure::Denied`] when the policy does not permit it, [`Failure::Limit`] when a limit is reached,
    /// [`Failure::Fault`] when the trail cannot be written, and what the operation itself fails with.
    pub async fn attempt<O: Attempted>(&mut self, operation: O) -> Result<O::Reply, Failure> {
        self.breath.take().await;
        self.attempt_at_once(operation).await
    }

    /// The same without letting others run before: for what has to answer when it is asked, and waits for nothing.
    pub(crate) async fn attempt_at_once<O: Attempted>(
        &mut self,
        operation: O,
    ) -> Result<O::Reply, Failure> {
        match &mut self.side {
            Side::Here(scene) => scene.attempt(operation).await,
            Side::There(performer) => ask(performer.as_mut(), operation).await,
            Side::Beyond(far) => far.ask(&operation),
        }
    }

    /// Works on a handle: counted, performed.
    ///
    /// # Errors
    /// [`Failure::Limit`] when a limit is reached, and what the operation itself fails with.
    pub async fn held<O: Held>(&mut self, operation: O) -> Result<O::Reply, Failure> {
        self.breath.take().await;
        self.held_at_once(operation).await
    }

    /// The same without letting others run before.
    pub(crate) async fn held_at_once<O: Held>(
        &mut self,
        operation: O,
    ) -> Result<O::Reply, Failure> {
        match &mut self.side {
            Side::Here(scene) => scene.held(operation).await,
            Side::There(performer) => ask(performer.as_mut(), operation).await,
            Side::Beyond(far) => far.ask(&operation),
        }
    }

    /// The waist in a worker process: whoever holds authority is in another.
    pub(crate) fn beyond(far: Far) -> Self {
        Self {
            side: Side::Beyond(Box::new(far)),
            breath: Breath::default(),
        }
    }

    /// Lets others run, if it has been a while: for a host call that does not pass here.
    pub(crate) async fn breathe(&mut self) {
        self.breath.take().await;
    }

    /// Counts a host call that describes something, and does nothing. Behind another performer nothing is counted.
    pub(crate) fn count(&mut self) -> Result<(), Failure> {
        match &mut self.side {
            Side::Here(scene) => scene.meter.host_call(),
            Side::There(_) => Ok(()),
            Side::Beyond(far) => far.ask(&Counted),
        }
    }

    /// Whether another host call would be within the limits, without counting it.
    pub(crate) fn has_a_host_call_left(&self) -> Result<(), Failure> {
        self.scene()
            .map_or(Ok(()), |scene| scene.meter.has_a_host_call_left())
    }

    /// The limits of the call, where this side knows them.
    pub(crate) fn limits(&self) -> Option<&Limits> {
        match &self.side {
            Side::Here(scene) => Some(scene.meter.limits()),
            Side::There(_) => None,
            Side::Beyond(far) => Some(far.limits()),
        }
    }

    /// Whether the call has a grant of a capability. Behind another performer nothing of the host's own is granted.
    pub(crate) fn grants(&self, capability: &Capability) -> bool {
        match &self.side {
            Side::Here(scene) => scene.grant().links(capability),
            Side::There(_) => false,
            Side::Beyond(far) => far.grants(capability),
        }
    }

    /// Notes what the engine has left for this call: a called tool shares it.
    pub(crate) fn lend_engine(&mut self, left: EngineLeft) {
        match &mut self.side {
            Side::Here(scene) => scene.meter.lend_engine(left),
            Side::There(_) => {}
            Side::Beyond(far) => far.lend_engine(left),
        }
    }

    /// The fuel that called tools left. None behind another performer, which spends none.
    pub(crate) fn fuel_left(&self) -> Option<u64> {
        match &self.side {
            Side::Here(scene) => Some(scene.meter.fuel_left()),
            Side::There(_) => None,
            Side::Beyond(far) => Some(far.fuel_left()),
        }
    }

    /// The side with authority, where it is in this process.
    pub(crate) fn scene(&self) -> Option<&Scene> {
        match &self.side {
            Side::Here(scene) => Some(scene),
            Side::There(_) | Side::Beyond(_) => None,
        }
    }

    pub(crate) fn scene_mut(&mut self) -> Option<&mut Scene> {
        match &mut self.side {
            Side::Here(scene) => Some(scene),
            Side::There(_) | Side::Beyond(_) => None,
        }
    }
}

/// Has another performer answer, and checks that the reply is of the type that the operation asks for.
async fn ask<O: Operation>(
    performer: &mut dyn Performer,
    operation: O,
) -> Result<O::Reply, Failure> {
    opened::<O>(performer.perform(Box::new(Erased(operation))).await)
}
