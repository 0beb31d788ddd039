//! The host's own process: nothing that could show its memory to others of the same user, and no core dump.
//!
//! A process that is not dumpable leaves no core and cannot be traced by others of its user. Its files in `/proc` belong to root, and the pool of instances needs one of
//! them while it is made (`pagemap`, for fast resets): for that moment, and no other, the process is as it was.

#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, dumpable_behavior, set_dumpable_behavior};

/// From now on nothing of this process is dumped or traced by its own user. Where the system does not know of that, nothing changes.
#[cfg(target_os = "linux")]
pub(crate) fn keep_out_of_dumps() {
    // It fails for no value of ours.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Does something that needs the process's own files in `/proc`.
#[cfg(target_os = "linux")]
pub(crate) fn while_readable<T>(act: impl FnOnce() -> T) -> T {
    if !matches!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable)) {
        return act();
    }
    let readable = set_dumpable_behavior(DumpableBehavior::Dumpable);
    let done = act();
    if readable.is_ok() {
        keep_out_of_dumps();
    }
    done
}

/// Elsewhere there is no such switch.
#[cfg(not(target_os = "linux"))]
pub(crate) fn keep_out_of_dumps() {}

/// Elsewhere there is no such switch.
#[cfg(not(target_os = "linux"))]
pub(crate) fn while_readable<T>(act: impl FnOnce() -> T) -> T {
    act()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_secrets_is_not_dumpable_but_for_a_moment() {
        keep_out_of_dumps();
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
        let inside = while_readable(dumpable_behavior);
        assert_eq!(inside, Ok(DumpableBehavior::Dumpable));
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    }
}
