//! Keeps the workers that wait: holds those that nobody asks anything of for some moments, ends those that are of no more use, and gives the
//! orders for which there was no room.
//!
//! A worker that was taken over would otherwise compute on with no call's clock running. To hold one at every answer would cost every call two
//! orders and the waking of a third process, so a worker runs on for [`HOLD_AFTER`], in which the next call finds it waiting.
//!
//! It is a thread of its own, since the calls' runtime may stand still between them. The thread is begun when the first call needs a worker:
//! before, a process that is going to confine itself has no second thread. Where there can be none, a worker is held at once when it has answered.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::pool::Waiting;
use super::starter::Orders;

/// How long a worker that answered runs on, and how often one that is not ready yet is looked at.
pub(super) const HOLD_AFTER: Duration = Duration::from_millis(10);

/// How long a worker waits for another call of whom it served.
pub(super) const AGE_MAX: Duration = Duration::from_secs(10 * 60);

/// Bytes of the thread's stack: it calls the kernel and nothing else.
const STACK_BYTES: usize = 128 << 10;

/// The thread that keeps the workers of a starter's hosts. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Keeper {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    orders: Arc<Orders>,
    /// Whether it sleeps until it is woken, or is about to: set before it looks, so that whoever leaves a worker behind its back sees it.
    sleeps: AtomicBool,
    kept: Mutex<Kept>,
    woken: Condvar,
}

#[derive(Debug, Default)]
struct Kept {
    /// The workers that wait, of one tool each.
    waiting: Vec<Weak<Waiting>>,
    has_thread: bool,
    has_ended: bool,
}

impl Keeper {
    /// What keeps the workers that are started by these orders, once there are some.
    pub(super) fn new(orders: &Arc<Orders>) -> Self {
        Self {
            shared: Arc::new(Shared {
                orders: Arc::clone(orders),
                sleeps: AtomicBool::new(false),
                kept: Mutex::default(),
                woken: Condvar::new(),
            }),
        }
    }

    /// Keeps these workers from now on, and says whether it does.
    pub(super) fn keep(&self, waiting: &Arc<Waiting>) -> bool {
        let mut kept = self.shared.kept();
        if !kept.has_thread {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new()
                .name("worker-keeper".to_owned())
                .stack_size(STACK_BYTES);
            kept.has_thread = thread.spawn(move || shared.work()).is_ok();
        }
        if kept.has_thread {
            kept.waiting.push(Arc::downgrade(waiting));
        }
        kept.has_thread
    }

    /// Is told that a worker waits. It costs something only where nobody called for a while.
    pub(super) fn wake(&self) {
        if self.shared.sleeps.load(Ordering::SeqCst) {
            // Whoever is about to sleep has this lock until it does.
            drop(self.shared.kept());
            self.shared.woken.notify_one();
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.shared.kept().has_ended = true;
        self.shared.woken.notify_one();
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // What is kept is whole at every moment.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut kept = self.kept();
        while !kept.has_ended {
            self.sleeps.store(true, Ordering::SeqCst);
            let due = kept.look(Instant::now());
            let owed = self.orders.are_owed().then_some(HOLD_AFTER);
            let due = [due, owed].into_iter().flatten().min();
            // Until then there is nothing to be told: whatever comes to wait meanwhile is looked at in time.
            let soon = due.filter(|due| *due <= HOLD_AFTER);
            self.sleeps.store(soon.is_none(), Ordering::SeqCst);
            let woken = self.woken.wait_timeout(kept, due.unwrap_or(AGE_MAX));
            (kept, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Kept {
    /// Looks at all workers that wait, and says in what time there is something to do.
    fn look(&mut self, now: Instant) -> Option<Duration> {
        let mut next = None;
        self.waiting.retain(|waiting| {
            let waiting = waiting.upgrade();
            let due = waiting.as_ref().and_then(|waiting| waiting.look(now));
            next = [next, due].into_iter().flatten().min();
            waiting.is_some()
        });
        next
    }
}
