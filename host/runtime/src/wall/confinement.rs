//! The seam to the kernel's means: what a worker gives up, and when.

use super::message::Job;

/// Before anything of the component is read.
pub(super) fn early(_job: &Job) -> Result<(), String> {
    Ok(())
}

/// When everything is loaded that will ever be.
pub(super) fn late(_job: &Job) -> Result<(), String> {
    Ok(())
}
