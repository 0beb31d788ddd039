//! Lines for the operator's log.
//!
//! The log is bounded; what does not fit is counted and dropped, so that nothing here can fail. It is no way to the agent:
//! what is logged is never part of the answer.

use std::fmt::Display;
use std::panic::PanicHookInfo;

use crate::bindings::bailiwick::log::log as host;

/// How much a line matters.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::log::Level;
/// assert!(Level::Debug < Level::Error);
/// ```
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// For the author, while looking for a fault.
    Debug,
    /// For the operator, when all is well.
    Info,
    /// Something that the operator may want to look at.
    Warn,
    /// Something that went wrong.
    Error,
}

crate::generated::impl_lift!(Level {
    Debug,
    Info,
    Warn,
    Error
});

/// Logs one line.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::log::{self, Level};
/// let skipped = 3;
/// let level = if skipped == 0 { Level::Debug } else { Level::Warn };
/// log::log(level, format_args!("{skipped} rows were skipped"));
/// ```
pub fn log(level: Level, message: impl Display) {
    host::log(level, &message.to_string());
}

/// Logs a line for the author, while looking for a fault.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::log;
/// log::debug(format_args!("{:?}", ["a", "b"]));
/// ```
pub fn debug(message: impl Display) {
    log(Level::Debug, message);
}

/// Logs a line for the operator, when all is well.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::log;
/// log::info("the rates are those of yesterday");
/// ```
pub fn info(message: impl Display) {
    log(Level::Info, message);
}

/// Logs something that the operator may want to look at.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::log;
/// log::warn(format_args!("line {} has no amount", 7));
/// ```
pub fn warn(message: impl Display) {
    log(Level::Warn, message);
}

/// Logs something that went wrong.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::{files, log};
/// if let Err(error) = files::read("rates.csv") {
///     log::error(format_args!("rates.csv: {error}"));
/// }
/// ```
pub fn error(message: impl Display) {
    log(Level::Error, message);
}

/// From now on, a panic's message goes to the log before the panic ends the call. Without it, the message is lost: the
/// tool has no standard error.
///
/// [`log_panics!`](crate::log_panics) calls this before any function of the tool.
///
/// # Examples
/// ```
/// bailiwick_sdk::log::panics();
/// ```
pub fn panics() {
    std::panic::set_hook(Box::new(|panic| error(sentence(panic))));
}

fn sentence(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let message = text.or_else(|| payload.downcast_ref::<&str>().copied());
    let message = message.unwrap_or("a value that is no text");
    match panic.location() {
        Some(place) => format!("panicked at {place}: {message}"),
        None => format!("panicked: {message}"),
    }
}

/// Sends the messages of all panics of the tool to the log: once, beside [`generate!`](crate::generate). The world must
/// import `bailiwick:log/log`, as every world of `bailiwick:worlds` does.
///
/// # Examples
/// ```
/// bailiwick_sdk::log_panics!();
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! log_panics {
    () => {
        const _: () = {
            // Constructors run before the first exported function does.
            #[cfg(target_arch = "wasm32")]
            #[used]
            #[unsafe(link_section = ".init_array")]
            static LOG_PANICS: extern "C" fn() = {
                extern "C" fn log_panics() {
                    $crate::log::panics();
                }
                log_panics
            };
        };
    };
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use super::*;
    use std::any::Any;
    use std::sync::{Arc, Mutex};

    /// What the hook would log of this panic.
    fn of(panicking: impl FnOnce() + std::panic::UnwindSafe) -> String {
        let seen = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&seen);
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            *kept.lock().unwrap() = sentence(panic);
        }));
        let ended = std::panic::catch_unwind(panicking);
        std::panic::set_hook(before);
        assert!(ended.is_err());
        seen.lock().unwrap().clone()
    }

    // One test, since there is one hook for the whole process.
    #[test]
    fn a_panic_is_told_with_its_place_and_its_message() {
        let place = format!("panicked at {}:", file!());
        let (fixed, built, other) = (
            of(|| panic!("no table")),
            of(|| panic!("no table {}", 7)),
            of(|| std::panic::panic_any(Box::new(7) as Box<dyn Any + Send>)),
        );
        assert!(
            fixed.starts_with(&place) && fixed.ends_with(": no table"),
            "{fixed}"
        );
        assert!(built.ends_with(": no table 7"), "{built}");
        assert!(other.ends_with(": a value that is no text"), "{other}");
    }
}
