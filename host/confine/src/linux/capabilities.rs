//! Dropping capabilities: out of every set, and out of what could ever come back; and laying one down for a moment.

use std::io;

use super::raw::{self, Capabilities};
use crate::ConfineError;

/// `CAP_SYS_ADMIN`, as a bit: who has it while a pagemap is opened sees in it for good where its pages are in the machine.
const SYS_ADMIN: u64 = 1 << 21;

/// Does something without that capability, and has it again afterwards if it had it before.
pub(crate) fn without_frame_numbers<T>(act: impl FnOnce() -> T) -> Result<T, ConfineError> {
    let failed = ConfineError::step::<io::Error>("lay a capability down for a moment");
    let before = raw::capabilities().map_err(&failed)?;
    if before.effective & SYS_ADMIN == 0 {
        return Ok(act());
    }
    let lowered = Capabilities {
        effective: before.effective & !SYS_ADMIN,
        ..before
    };
    raw::set_capabilities(lowered).map_err(&failed)?;
    let done = act();
    raw::set_capabilities(before).map_err(&failed)?;
    Ok(done)
}

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

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::FileExt as _;

    use super::*;

    /// Bits of an entry of a pagemap: where the page is in the machine, and that it is there.
    const FRAME: u64 = (1 << 55) - 1;
    const PRESENT: u64 = 1 << 63;

    fn page_bytes() -> u64 {
        let maps = fs::read_to_string("/proc/self/smaps").unwrap();
        let size = maps
            .lines()
            .find_map(|line| line.strip_prefix("KernelPageSize:"))
            .unwrap();
        let kibibytes = size.trim().trim_end_matches(" kB");
        kibibytes.parse::<u64>().unwrap() * 1024
    }

    /// What a pagemap says about the page of a number on this thread's stack.
    fn entry(pagemap: &File) -> u64 {
        let number = std::hint::black_box(7_u64);
        let page = std::ptr::from_ref(&number) as u64 / page_bytes();
        let mut entry = [0; 8];
        pagemap.read_exact_at(&mut entry, page * 8).unwrap();
        std::hint::black_box(number);
        u64::from_ne_bytes(entry)
    }

    #[test]
    fn a_pagemap_that_is_opened_so_shows_nobody_where_a_page_is() {
        let before = raw::capabilities().unwrap();
        let Ok(opened) = without_frame_numbers(|| File::open("/proc/self/pagemap")).unwrap() else {
            // A kernel without pagemaps shows nothing either.
            return;
        };
        // Whoever runs the test has what it had, and what was opened keeps what was not had then.
        assert_eq!(raw::capabilities().unwrap(), before);
        let entry = entry(&opened);
        assert_ne!(entry & PRESENT, 0, "{entry:x}");
        assert_eq!(entry & FRAME, 0, "{entry:x}");
    }

    #[test]
    fn the_capability_is_laid_down_while_something_is_done_and_no_other_is() {
        let before = raw::capabilities().unwrap();
        let during = without_frame_numbers(|| raw::capabilities().unwrap()).unwrap();
        assert_eq!(during.effective, before.effective & !SYS_ADMIN);
        assert_eq!(during.permitted, before.permitted);
        assert_eq!(during.inheritable, before.inheritable);
    }
}
