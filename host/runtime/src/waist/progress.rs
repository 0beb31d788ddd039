//! How far a call is, on its way from the guest to whoever waits for the call.
//!
//! The attacker is the guest: it reports as often as it likes and writes what it likes. What reaches the caller is a few reports a
//! second, whose numbers never go down and whose texts are fit for a terminal. Nothing is kept but the last report, and nothing
//! waits: a report that comes too early is held until its time, and a newer one takes its place.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::audit::visible;

/// Time between two reports that are passed on: ten a second is more than a person can follow.
pub const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// Bytes of a message. WIT: "what is longer than 200 bytes is cut".
pub const PROGRESS_MESSAGE_BYTES_MAX: usize = 200;

/// How far a call is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How much is done, in units of the tool's own choice. Never less than in the report before.
    pub done: u64,
    /// How much there is, where the tool knows.
    pub total: Option<u64>,
    /// One short line by the tool, fit for a terminal.
    pub message: Option<String>,
}

/// Takes the reports of one call to whoever waits for it.
pub(crate) struct Reporter {
    sink: Box<dyn Fn(Progress) + Send + Sync>,
    state: Mutex<State>,
    held: Notify,
}

#[derive(Default)]
struct State {
    /// The highest number so far.
    done: u64,
    /// When the last report was passed on.
    passed: Option<Instant>,
    /// The newest report, when it came too early.
    waiting: Option<Progress>,
}

impl State {
    /// From when on a report may be passed on.
    fn due(&self) -> Instant {
        self.passed
            .map_or_else(Instant::now, |passed| passed + PROGRESS_EVERY)
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reporter").finish_non_exhaustive()
    }
}

impl Reporter {
    pub(crate) fn new(sink: impl Fn(Progress) + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            sink: Box::new(sink),
            state: Mutex::default(),
            held: Notify::new(),
        })
    }

    /// Passes a report on, or holds it until its time.
    pub(crate) fn report(&self, done: u64, total: Option<u64>, message: Option<&str>) {
        let mut state = self.state();
        // WIT: "A `done` that is not higher than the last one reported is taken for the same place, with another message."
        state.done = state.done.max(done);
        state.waiting = Some(Progress {
            done: state.done,
            total,
            message: message.map(fit),
        });
        if state.due() <= Instant::now() {
            self.pass(state);
        } else {
            drop(state);
            self.held.notify_one();
        }
    }

    /// Passes on what is held, each report at its time. Never ends: to be polled beside the call.
    pub(crate) async fn keep_passing(&self) -> Infallible {
        loop {
            self.held.notified().await;
            while let Some(due) = self.next_due() {
                tokio::time::sleep_until(due).await;
                // Another one may have been passed on meanwhile.
                let state = self.state();
                if state.due() <= Instant::now() {
                    self.pass(state);
                }
            }
        }
    }

    /// When what is held is to be passed on.
    fn next_due(&self) -> Option<Instant> {
        let state = self.state();
        state.waiting.as_ref().map(|_| state.due())
    }

    /// Passes on what is still held.
    pub(crate) fn finish(&self) {
        self.pass(self.state());
    }

    fn pass(&self, mut state: MutexGuard<'_, State>) {
        let Some(progress) = state.waiting.take() else {
            return;
        };
        state.passed = Some(Instant::now());
        // The sink is the embedder's code: it must not find the lock taken.
        drop(state);
        (self.sink)(progress);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What a panic left behind is a whole state: each field is written at once.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One line that cannot steer a terminal, of a bounded size.
fn fit(message: &str) -> String {
    // A character takes at least a byte, escaped or not: nothing behind these can be part of the result.
    let start = message.floor_char_boundary(PROGRESS_MESSAGE_BYTES_MAX);
    let mut text = visible(message.get(..start).unwrap_or_default()).into_owned();
    text.truncate(text.floor_char_boundary(PROGRESS_MESSAGE_BYTES_MAX));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reporter() -> (Arc<Reporter>, Arc<Mutex<Vec<Progress>>>) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = seen.clone();
        let reporter = Reporter::new(move |progress| sink.lock().unwrap().push(progress));
        (reporter, seen)
    }

    fn numbers(seen: &Mutex<Vec<Progress>>) -> Vec<u64> {
        seen.lock().unwrap().iter().map(|seen| seen.done).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn passes_the_first_at_once_and_of_a_flood_the_newest_at_its_time() {
        let (reporter, seen) = reporter();
        let passing = reporter.clone();
        let passing = tokio::spawn(async move { passing.keep_passing().await });
        for done in 1..=1000 {
            reporter.report(done, Some(1000), None);
        }
        assert_eq!(numbers(&seen), [1]);
        tokio::time::sleep(PROGRESS_EVERY - Duration::from_millis(1)).await;
        assert_eq!(numbers(&seen), [1]);
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert_eq!(numbers(&seen), [1, 1000]);
        tokio::time::sleep(10 * PROGRESS_EVERY).await;
        assert_eq!(numbers(&seen), [1, 1000]);
        passing.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_passes_on_what_is_held_and_nothing_twice() {
        let (reporter, seen) = reporter();
        reporter.report(1, None, None);
        reporter.report(2, None, Some("nearly"));
        reporter.finish();
        reporter.finish();
        assert_eq!(numbers(&seen), [1, 2]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_number_that_goes_down_is_the_same_place_with_another_message() {
        let (reporter, seen) = reporter();
        reporter.report(5, Some(9), Some("five"));
        tokio::time::advance(PROGRESS_EVERY).await;
        reporter.report(3, Some(9), Some("three"));
        let seen = seen.lock().unwrap();
        let second = Progress {
            done: 5,
            total: Some(9),
            message: Some("three".to_owned()),
        };
        assert_eq!(seen[1], second);
    }

    #[test]
    fn a_message_is_one_bounded_line_that_steers_no_terminal() {
        assert_eq!(fit("a\nb\u{1b}[2J\u{202e}"), r"a\u{a}b\u{1b}[2J\u{202e}");
        assert_eq!(fit(&"x".repeat(200)), "x".repeat(200));
        assert_eq!(fit(&"x".repeat(201)), "x".repeat(200));
        assert_eq!(fit(&"é".repeat(101)), "é".repeat(100));
        assert!(fit(&"\u{202e}".repeat(1_000_000)).len() <= 200);
    }
}
