//! Letting others run between one host call and the next.
//!
//! Fuel makes a guest that computes yield. A guest that does little but call the host uses hardly any: without this, tens of
//! thousands of host calls could pass, each as long as it takes, before the call's own time was looked at, or another call
//! on the same thread was let in.

use std::time::{Duration, Instant};

/// Long enough that a call of ordinary length is not taken apart, short enough that a limit of time is one and that others
/// hardly wait.
const BETWEEN: Duration = Duration::from_millis(10);

/// When others were last let in.
#[derive(Clone, Debug)]
pub(crate) struct Breath {
    last: Instant,
}

impl Default for Breath {
    fn default() -> Self {
        Self {
            last: Instant::now(),
        }
    }
}

impl Breath {
    /// Lets others run, if it has been a while. What bounds the call's time is among them.
    pub(crate) async fn take(&mut self) {
        if self.last.elapsed() >= BETWEEN {
            tokio::task::yield_now().await;
            self.last = Instant::now();
        }
    }
}
