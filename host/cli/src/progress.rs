//! A sign of life while a component is compiled.

use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::visible;

/// What takes less than this needs no sign.
const QUIET: Duration = Duration::from_millis(500);

/// From one picture of the spinner to the next.
const TICK: Duration = Duration::from_millis(100);

/// Does the work, and shows a spinner on standard error if that is a terminal and the work takes long.
pub(crate) fn while_loading<T>(name: &str, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    thread::scope(|scope| {
        let (done, wait) = mpsc::channel::<()>();
        scope.spawn(move || spin(name, &wait));
        let result = work();
        drop(done);
        result
    })
}

fn spin(name: &str, wait: &mpsc::Receiver<()>) {
    if wait.recv_timeout(QUIET) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let spinner = ProgressBar::new_spinner().with_message(format!("compiling `{}`", visible(name)));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        spinner.set_style(style);
    }
    spinner.tick();
    while wait.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        spinner.tick();
    }
    spinner.finish_and_clear();
}
