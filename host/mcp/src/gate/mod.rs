//! The gate before every call: how many at once, how many may wait and how long, how often.
//!
//! The attacker is a principal, or an agent gone wild in its name, that calls without end. What it can use up is its own share:
//! its calls at once, its places in the queues, its rate. A tool's queue has a line for each principal and serves them in turn, so
//! one that fills its line makes the others wait for one of its calls, not for all of them. What it *can* do is hold all of a
//! tool's concurrency until its calls under way end, which their own limit of time bounds; who wants less gives it a lower
//! `concurrency` of its own.
//!
//! Order: the rates of both, then room, then the queue. What is refused has used nothing up. Absent limits are the defaults of
//! [`LaneLimits`], never "without end". One lock holds all of the state and is never held while anything waits, so there is no
//! order of locks to get wrong.

mod full;
mod limits;
mod rate;
mod turns;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

pub use full::{Full, Scope, Why};
pub use limits::{
    GateLimits, LaneLimits, PRINCIPAL_CONCURRENCY, PRINCIPAL_QUEUE, QUEUE_WAIT, TOOL_CONCURRENCY,
    TOOL_QUEUE,
};
pub use rate::{Rate, RateError};

use turns::{Arrival, Turns, Way};

/// Where every call has to come through. Clones are the same gate.
#[derive(Clone)]
pub struct Gate {
    turns: Arc<Shared>,
}

struct Shared(Mutex<Turns>);

/// The leave to run one call, for as long as it is held. It ends when it is dropped, also by a panic.
#[must_use = "the call's place is free again as soon as this is dropped"]
pub struct Pass {
    place: Place,
}

/// What goes through the gate at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Calls under way.
    pub running: u64,
    /// Calls that wait.
    pub queued: u64,
}

/// A place, given back when dropped.
struct Place {
    turns: Arc<Shared>,
    way: Way,
}

/// A call that waits, and that gives up when it is dropped.
struct Waiting {
    turns: Arc<Shared>,
    way: Way,
    ticket: u64,
    turn: oneshot::Receiver<()>,
    /// Its place is a [`Place`]'s by now.
    entered: bool,
}

impl Gate {
    /// A gate with these limits.
    #[must_use]
    pub fn new(limits: GateLimits) -> Self {
        Self {
            turns: Arc::new(Shared(Mutex::new(Turns::new(limits)))),
        }
    }

    /// Puts other limits into force, for calls that wait too. Calls under way stay.
    pub fn apply(&self, limits: GateLimits) {
        self.turns.lock().apply(limits);
    }

    /// What goes through at this moment.
    #[must_use]
    pub fn load(&self) -> Load {
        let (running, queued) = self.turns.lock().load();
        Load { running, queued }
    }

    /// Waits for a call's turn, no longer than may be waited. Dropping the future leaves the queue.
    ///
    /// The names are those of the access file and the policy: what a client sent has been looked up before, so it cannot make the
    /// gate remember names of its choice.
    ///
    /// # Errors
    /// [`Full`]: the call may not begin now.
    pub async fn enter(&self, principal: &str, tool: &str) -> Result<Pass, Full> {
        let way = Way {
            principal: principal.into(),
            tool: tool.into(),
        };
        let (arrival, wait) = {
            let mut turns = self.turns.lock();
            (turns.arrive(&way, Instant::now())?, turns.wait())
        };
        let place = match arrival {
            Arrival::Enters => self.place(way),
            Arrival::Waits { ticket, turn } => {
                let waiting = Waiting {
                    turns: Arc::clone(&self.turns),
                    way,
                    ticket,
                    turn,
                    entered: false,
                };
                waiting.wait(wait).await?
            }
        };
        Ok(Pass { place })
    }

    fn place(&self, way: Way) -> Place {
        Place {
            turns: Arc::clone(&self.turns),
            way,
        }
    }
}

impl Waiting {
    async fn wait(mut self, longest: std::time::Duration) -> Result<Place, Full> {
        let Ok(Ok(())) = timeout(longest, &mut self.turn).await else {
            return Err(self.turns.lock().waited(&self.way));
        };
        self.entered = true;
        Ok(Place {
            turns: Arc::clone(&self.turns),
            way: self.way.clone(),
        })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.entered {
            self.turns.lock().give_up(&self.way, self.ticket);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.turns.lock().leave(&self.way);
    }
}

impl Shared {
    /// A panic under this lock would be a mistake in [`turns`]; what it holds are counters, which are whole at every point.
    fn lock(&self) -> MutexGuard<'_, Turns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// Who has it.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.place.way.principal
    }

    /// For which tool.
    #[must_use]
    pub fn tool(&self) -> &str {
        &self.place.way.tool
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Gate").field(&self.load()).finish()
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Way { principal, tool } = &self.place.way;
        write!(formatter, "Pass({principal}, {tool})")
    }
}
