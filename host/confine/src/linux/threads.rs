//! How many threads the process has.

use std::io;

use crate::ConfineError;

/// Refuses when there is more than one: what a thread gives up, its siblings keep.
pub(super) fn assert_single() -> Result<(), ConfineError> {
    match count().map_err(ConfineError::step("count the threads of the process"))? {
        1 => Ok(()),
        several => Err(ConfineError::Threads(several)),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a folder of the kernel about this process"
)]
fn count() -> io::Result<usize> {
    Ok(std::fs::read_dir("/proc/self/task")?.count())
}
