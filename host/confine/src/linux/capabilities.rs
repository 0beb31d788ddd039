//! Dropping capabilities: out of every set, and out of what could ever come back.

use std::io;

use super::raw;

/// Drops all but those of the bits.
pub(super) fn drop_all_but(kept: u64) -> io::Result<()> {
    raw::clear_ambient()?;
    for capability in 0..=raw::CAPABILITIES_MAX {
        match raw::is_bounding(capability) {
            // The kernel knows no more of them.
            None => break,
            Some(true) => unbound(capability)?,
            Some(false) => {}
        }
    }
    raw::keep_capabilities(kept)?;
    let now = raw::capabilities()?;
    if (now.effective | now.permitted | now.inheritable) & !kept != 0 {
        return Err(io::Error::other("some are still there"));
    }
    Ok(())
}

/// Who may not change the bounding set has nothing that it could bound: what is executed later gains nothing anyway.
fn unbound(capability: u32) -> io::Result<()> {
    match raw::unbound(capability) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        other => other,
    }
}
