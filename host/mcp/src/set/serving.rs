//! The set that is being served, and how another takes its place.
//!
//! A new set is loaded beside the running one, from the files as they are then. It takes its place whole, or it is
//! refused whole and the running one stays. Calls under way keep the set that they began with.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bailiwick::policy::Policy;
use tokio::sync::watch;

use super::load::{load_set, wanted_files};
use super::{LoadProgress, SetError, Setup, Stamp, ToolSet};

/// How often the files are looked at: a change that has settled is loaded within half a second, and looking costs a few
/// microseconds.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What is known of the set.
#[derive(Clone, Debug)]
pub(crate) enum Loaded {
    /// The first one is being loaded.
    Loading(LoadProgress),
    /// There is one.
    Ready(Arc<ToolSet>),
    /// The first one could not be loaded; the server ends.
    Failed,
}

/// What came of a reload.
#[derive(Debug)]
pub(crate) enum Reloaded {
    /// The new set is served.
    Swapped(Arc<ToolSet>),
    /// The old one stays.
    Refused(SetError),
}

/// The set that is being served.
#[derive(Debug)]
pub(crate) struct Serving {
    setup: Arc<Setup>,
    state: watch::Sender<Loaded>,
    /// One reload at a time.
    loading: tokio::sync::Mutex<()>,
    /// The files that are watched: those of the set that runs, and those that a refused one would need.
    files: Mutex<Vec<PathBuf>>,
    /// What they looked like when they were last loaded, whatever came of it.
    seen: Mutex<Option<Stamp>>,
}

impl Serving {
    pub(crate) fn new(setup: Setup) -> Self {
        let progress = LoadProgress {
            done: 0,
            total: 0,
            tool: String::new(),
        };
        Self {
            setup: Arc::new(setup),
            state: watch::Sender::new(Loaded::Loading(progress)),
            loading: tokio::sync::Mutex::new(()),
            files: Mutex::new(Vec::new()),
            seen: Mutex::new(None),
        }
    }

    /// What is known now, and what changes.
    pub(crate) fn watch(&self) -> watch::Receiver<Loaded> {
        self.state.subscribe()
    }

    /// The set, if there is one already.
    pub(crate) fn now(&self) -> Option<Arc<ToolSet>> {
        match &*self.state.borrow() {
            Loaded::Ready(set) => Some(set.clone()),
            Loaded::Loading(_) | Loaded::Failed => None,
        }
    }

    /// The set, as soon as there is one; `None` when there will not be any.
    pub(crate) async fn ready(&self) -> Option<Arc<ToolSet>> {
        let mut watch = self.watch();
        let known = watch
            .wait_for(|loaded| !matches!(loaded, Loaded::Loading(_)))
            .await;
        match known.as_deref() {
            Ok(Loaded::Ready(set)) => Some(set.clone()),
            Ok(Loaded::Loading(_) | Loaded::Failed) | Err(_) => None,
        }
    }

    /// Loads the first set.
    pub(crate) async fn begin(&self) -> Result<Arc<ToolSet>, SetError> {
        let _one = self.loading.lock().await;
        match self.load(1).await {
            Ok(set) => {
                let set = Arc::new(set);
                self.state.send_replace(Loaded::Ready(set.clone()));
                Ok(set)
            }
            Err(error) => {
                self.state.send_replace(Loaded::Failed);
                Err(error)
            }
        }
    }

    /// Loads the files again.
    pub(crate) async fn reload(&self) -> Reloaded {
        let _one = self.loading.lock().await;
        let Some(running) = self.now() else {
            return Reloaded::Refused(SetError::Restart("a first load that failed"));
        };
        let loaded = self.load(running.generation + 1).await;
        match loaded.and_then(|set| taken_over(&running, set)) {
            Ok(set) => {
                let set = Arc::new(set);
                self.state.send_replace(Loaded::Ready(set.clone()));
                Reloaded::Swapped(set)
            }
            Err(error) => Reloaded::Refused(error),
        }
    }

    /// Waits until the files have changed and have then stayed as they are for a moment: an editor or a copy may be in the
    /// middle of its work.
    pub(crate) async fn changed(&self) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut before: Option<Stamp> = None;
        loop {
            ticks.tick().await;
            if self.now().is_none() {
                continue;
            }
            let files = self.files().clone();
            let Ok(stamp) = tokio::task::spawn_blocking(move || Stamp::of(&files)).await else {
                continue;
            };
            let settled = before.as_ref() == Some(&stamp);
            if settled && self.seen().as_ref() != Some(&stamp) {
                return;
            }
            before = Some(stamp);
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Option<Stamp>> {
        self.seen
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn files(&self) -> std::sync::MutexGuard<'_, Vec<PathBuf>> {
        self.files
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn load(&self, generation: u64) -> Result<ToolSet, SetError> {
        let setup = self.setup.clone();
        let state = self.state.clone();
        let mut files = wanted_files(&self.setup);
        let running = self.now();
        files.extend(running.iter().flat_map(|running| running.files.clone()));
        let before = Stamp::of(&files);
        let loading = tokio::task::spawn_blocking(move || {
            load_set(&setup, generation, &|progress| {
                state.send_if_modified(|known| {
                    let first = matches!(known, Loaded::Loading(_));
                    if first {
                        *known = Loaded::Loading(progress.clone());
                    }
                    first
                });
            })
        });
        let loaded = match loading.await {
            Ok(loaded) => loaded,
            Err(error) => Err(SetError::Panic(error.to_string())),
        };
        // What was refused is not tried again before it changes.
        let (files, stamp) = match &loaded {
            Ok(set) => (set.files.clone(), set.stamp.clone()),
            Err(_) => (files, before),
        };
        *self.files() = files;
        *self.seen() = Some(stamp);
        loaded
    }
}

/// What workers may be without, where there are any.
fn pieces(policy: &Policy) -> &[&'static str] {
    policy.isolation().unwrap_or_default()
}

/// What a running server holds for its whole life cannot change under it.
fn taken_over(running: &ToolSet, set: ToolSet) -> Result<ToolSet, SetError> {
    if running.policy.audit() != set.policy.audit() {
        return Err(SetError::Restart("[audit]"));
    }
    if running.policy.key_value() != set.policy.key_value() {
        return Err(SetError::Restart("[key-value]"));
    }
    // Workers are started by what was begun with the server.
    if pieces(&running.policy) != pieces(&set.policy) {
        return Err(SetError::Restart("isolation-without"));
    }
    Ok(set)
}
