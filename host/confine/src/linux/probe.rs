//! What the kernel has.

use std::fs::File;
use std::os::fd::AsRawFd as _;

use super::{namespaces, raw};
use crate::{Piece, Support};

/// Landlock from this version on knows renaming and truncating: before, a rule to read could empty a file.
const FILES_FROM: u32 = 3;
const NETWORK_FROM: u32 = 4;
const SCOPES_FROM: u32 = 6;

/// Asks for each piece.
pub(crate) fn probe() -> Support {
    let namespaces = namespaces::probe();
    let quick = quick();
    let present = Piece::ALL
        .into_iter()
        .filter(|piece| quick.has(*piece) || namespaces.contains(piece))
        .collect();
    Support { present, ..quick }
}

/// Asks for what can be asked without a child. Namespaces are taken to be missing.
pub(super) fn quick() -> Support {
    let landlock = raw::landlock_version();
    let present = Piece::ALL
        .into_iter()
        .filter(|piece| match piece {
            Piece::LandlockFiles => landlock >= FILES_FROM,
            Piece::LandlockNetwork => landlock >= NETWORK_FROM,
            Piece::LandlockScopes => landlock >= SCOPES_FROM,
            Piece::Seccomp => raw::can_filter_calls(),
            Piece::NoNewPrivileges => raw::can_gain_nothing(),
            Piece::Capabilities => raw::is_bounding(0).is_some() && raw::capabilities().is_ok(),
            Piece::UserNamespace | Piece::NetworkNamespace => false,
            Piece::PagemapScan => pagemap_scan(),
        })
        .collect();
    Support { present, landlock }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a file of the kernel about this process"
)]
fn pagemap_scan() -> bool {
    File::open("/proc/self/pagemap").is_ok_and(|pagemap| raw::can_scan(pagemap.as_raw_fd()))
}
