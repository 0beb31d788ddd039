//! What a call's store holds: the way to the waist, and what counts the instance's memory.

use crate::capability::http::Requests;
use crate::capability::secret::Names;
use crate::floor::{Floor, Kept};
use crate::limits::Limiter;
use crate::waist::{EngineLeft, Waist};
use bailiwick_policy::{Capability, Limits};

/// The state of one call, as host functions see it.
pub struct CallState {
    waist: Waist,
    pub(crate) limiter: Limiter,
    floor: Option<Box<Floor>>,
    /// Requests that the guest describes, from the first one on.
    requests: Option<Box<Requests>>,
    /// The secrets that the guest has named.
    names: Names,
}

impl std::fmt::Debug for CallState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("CallState")
            .field("limiter", &self.limiter)
            .finish_non_exhaustive()
    }
}

impl CallState {
    pub(crate) fn new(waist: Waist, limiter: Limiter) -> Self {
        Self {
            waist,
            limiter,
            floor: None,
            requests: None,
            names: Names::default(),
        }
    }

    /// The way to everything that the host does for a guest.
    pub fn waist_mut(&mut self) -> &mut Waist {
        &mut self.waist
    }

    /// Notes for the meter what the engine has left for this call: a called tool shares it.
    pub(crate) fn lend_engine(&mut self, fuel: u64) {
        let left = EngineLeft {
            fuel,
            memory: self.limiter.memory_left(),
            table_elements: self.limiter.table_elements_left(),
        };
        self.waist.lend_engine(left);
    }

    /// The fuel that called tools left. None behind another performer, which spends none.
    pub(crate) fn fuel_left(&mut self) -> Option<u64> {
        self.waist.fuel_left()
    }

    /// The same, to look at.
    pub(crate) fn waist(&self) -> &Waist {
        &self.waist
    }

    /// Whether this call has a grant of a capability. Behind another performer nothing of the host's own is granted.
    pub(crate) fn grants(&self, capability: &Capability) -> bool {
        self.waist.grants(capability)
    }

    /// The waist, and the requests that the guest describes.
    pub(crate) fn http_mut(&mut self) -> (&mut Waist, &mut Requests) {
        let (waist, requests, _) = self.secret_mut();
        (waist, requests)
    }

    /// The waist, the requests that the guest describes, and the secrets that it has named.
    pub(crate) fn secret_mut(&mut self) -> (&mut Waist, &mut Requests, &mut Names) {
        let waist = &self.waist;
        let requests = self.requests.get_or_insert_with(|| {
            let limits = waist.limits().map(|limits| limits.host_call_bytes);
            let bytes_max = limits.unwrap_or_else(|| Limits::default().host_call_bytes);
            Box::new(Requests::new(bytes_max))
        });
        (&mut self.waist, requests, &mut self.names)
    }

    /// The floor, made when a guest first touches it: most never do.
    pub(crate) fn floor_mut(&mut self) -> &mut Floor {
        let log_bytes = self.waist.limits().map_or(0, |limits| limits.log);
        self.floor
            .get_or_insert_with(|| Box::new(Floor::new(log_bytes)))
    }

    /// What the guest printed through the floor.
    pub(crate) fn take_printed(&mut self) -> Kept {
        self.floor
            .as_ref()
            .map(|floor| floor.take_printed())
            .unwrap_or_default()
    }
}
