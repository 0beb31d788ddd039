//! A server: the set that it serves, who may come in, what it counts, how it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::ask::Asking;
use crate::gate::{Gate, GateLimits};
use crate::metrics::{Metrics, Reload};
use crate::notices::Notices;
use crate::set::{Loaded, Reloaded, Serving, SetError, Setup, ToolSet};
use crate::together::Together;

/// How long calls under way may go on after the server was told to end, where nobody says otherwise.
pub const DRAIN: Duration = Duration::from_secs(30);

/// How long cancelled calls may take to end: cancelling interrupts a guest within milliseconds.
pub(crate) const CANCELLING: Duration = Duration::from_secs(1);

/// How long calls under way may go on when the one client that there was has gone.
pub(crate) const LEAVING: Duration = Duration::from_secs(1);

/// A server over any number of transports. Cheap to clone; all clones are the same server.
#[derive(Clone, Debug)]
pub struct Server {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) serving: Serving,
    pub(crate) gate: Gate,
    /// Places for calls under way, in all tools together.
    pub(crate) places: Arc<Semaphore>,
    pub(crate) asking: Asking,
    pub(crate) together: Together,
    pub(crate) metrics: Metrics,
    /// Of requests that are refused before anybody is asked.
    pub(crate) notices: Notices,
    /// Of calls that did not begin.
    pub(crate) not_begun: Notices,
    /// Nothing new is begun.
    pub(crate) draining: CancellationToken,
    /// What is under way is cancelled.
    pub(crate) cancelling: CancellationToken,
    /// Calls under way, for the drain.
    under_way: AtomicUsize,
    /// Whether it was said that the server ends, and that calls are cancelled: each transport ends it.
    said_ending: AtomicBool,
    said_cancelling: AtomicBool,
    idle: tokio::sync::Notify,
    drain: Duration,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The system has no random bytes for a key.
    #[error("no key can be made")]
    Random(#[from] getrandom::Error),
}

impl Server {
    /// A server that has loaded nothing yet; `drain` is how long calls under way may go on when it ends.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn new(setup: Setup, drain: Duration) -> Result<Self, ServerError> {
        let places = usize::try_from(setup.slots).unwrap_or(usize::MAX);
        let inner = Inner {
            serving: Serving::new(setup),
            gate: Gate::new(GateLimits::new()),
            places: Arc::new(Semaphore::new(places)),
            asking: Asking::new()?,
            together: Together::default(),
            metrics: Metrics::new(),
            notices: Notices::new("more requests were refused"),
            not_begun: Notices::new("more calls did not begin"),
            draining: CancellationToken::new(),
            cancelling: CancellationToken::new(),
            under_way: AtomicUsize::new(0),
            said_ending: AtomicBool::new(false),
            said_cancelling: AtomicBool::new(false),
            idle: tokio::sync::Notify::new(),
            drain,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Loads the tools. Transports may serve before it is done: what they are asked waits.
    ///
    /// # Errors
    /// [`SetError`]: what is wrong with the policy, the access file, the lock file or a component.
    pub async fn load(&self) -> Result<(), SetError> {
        let set = self.inner.serving.begin().await?;
        self.took(&set);
        Ok(())
    }

    /// Watches the files, and loads them again when they change, until the server ends.
    pub async fn watch(&self) {
        loop {
            tokio::select! {
                () = self.inner.draining.cancelled() => return,
                () = self.inner.serving.changed() => self.reload().await,
            }
        }
    }

    /// Loads the files again, now. The new set is served whole, or the old one stays; either is logged. A server that ends loads nothing any more, and
    /// does not wait for what it was loading.
    pub async fn reload(&self) {
        let reloaded = tokio::select! {
            biased;
            () = self.inner.draining.cancelled() => return,
            reloaded = self.inner.serving.reload() => reloaded,
        };
        match reloaded {
            Reloaded::Swapped(set) => {
                self.took(&set);
                self.inner.metrics.reload(Reload::Applied);
                tracing::info!(generation = set.generation, "the tools were loaded again");
            }
            Reloaded::Refused(error) => {
                self.inner.metrics.reload(Reload::Refused);
                tracing::error!(
                    "the tools were not loaded again, what was loaded before is still served: {}",
                    error.report()
                );
            }
        }
    }

    fn took(&self, set: &Arc<ToolSet>) {
        self.inner.gate.apply(set.access.gate_limits(&set.policy));
        self.inner.metrics.loaded(set.functions());
        for warning in set.access.warnings() {
            tracing::warn!("{warning}");
        }
        for warning in set.unknown_functions() {
            tracing::warn!("{warning}");
        }
        for tool in set.served() {
            tracing::info!(tool = tool.name(), component = %tool.digest(), "loaded");
        }
        for held in &set.held_back {
            tracing::error!(
                tool = held.tool,
                "not served, since it is not what was approved: {}; look at it with `bailiwick approve`",
                held.changes.join("; ")
            );
        }
    }

    /// Ends the server: nothing new is begun; calls under way get the time of the drain, and are cancelled then.
    /// Returns when they have ended.
    pub async fn end(&self) {
        let began = self.inner.serving.now().is_some();
        if began && !self.inner.said_ending.swap(true, Ordering::Relaxed) {
            tracing::info!("ending: no more calls are taken");
        }
        self.inner.draining.cancel();
        if tokio::time::timeout(self.inner.drain, self.idle())
            .await
            .is_err()
        {
            if !self.inner.said_cancelling.swap(true, Ordering::Relaxed) {
                tracing::warn!("calls that did not end in time are cancelled");
            }
            self.cancel().await;
        }
    }

    /// Cancels what is under way, and returns when it has ended.
    pub async fn cancel(&self) {
        self.inner.draining.cancel();
        self.inner.cancelling.cancel();
        if tokio::time::timeout(CANCELLING, self.idle()).await.is_err() {
            tracing::error!("calls did not end after they were cancelled");
        }
    }

    /// The one client has closed its input: what is under way may end within a moment, as after a question that was piped
    /// in, and is cancelled then.
    pub(crate) async fn left(&self) {
        tokio::time::sleep(LEAVING).await;
        self.inner.cancelling.cancel();
    }

    /// Whether it was told to end.
    pub fn is_ending(&self) -> bool {
        self.inner.draining.is_cancelled()
    }

    /// Whether the tools are loaded and calls are taken.
    pub fn is_ready(&self) -> bool {
        !self.is_ending() && self.inner.serving.now().is_some()
    }

    /// How far the first load is, in words; none when it is done.
    pub(crate) fn loading(&self) -> Option<String> {
        match &*self.inner.serving.watch().borrow() {
            Loaded::Loading(progress) => Some(format!(
                "loading `{}` ({} of {})",
                progress.tool,
                progress.done + 1,
                progress.total.max(1)
            )),
            Loaded::Ready(_) | Loaded::Failed => None,
        }
    }

    async fn idle(&self) {
        loop {
            let changed = self.inner.idle.notified();
            tokio::pin!(changed);
            // Registered before the count is read: an end in between is not missed.
            changed.as_mut().enable();
            if self.inner.under_way.load(Ordering::SeqCst) == 0 {
                return;
            }
            changed.await;
        }
    }
}

impl Inner {
    /// Counts a call as under way for as long as what is returned lives.
    pub(crate) fn begin_call(self: &Arc<Self>) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        UnderWay(self.clone())
    }
}

/// A call under way.
#[derive(Debug)]
pub(crate) struct UnderWay(Arc<Inner>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.0.under_way.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}
