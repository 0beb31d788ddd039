//! Namespaces of a worker's own: users who are nobody outside, a network without a way out.

use libc::{CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWUSER, CLONE_NEWUTS};

use super::raw;
use crate::Piece;

/// All that a single process can take for itself. Not one of process numbers: that holds only for children, of which a
/// worker has none, and would keep it from beginning threads. Not one of mounts: Landlock has already no path.
const OWN: i32 = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

/// What could be had.
pub(super) fn probe() -> Vec<Piece> {
    if raw::could_unshare(CLONE_NEWUSER | OWN) {
        vec![Piece::UserNamespace, Piece::NetworkNamespace]
    } else if raw::could_unshare(OWN) {
        vec![Piece::NetworkNamespace]
    } else {
        Vec::new()
    }
}

/// Takes what can be had. It takes no file away: a file system compares who the process was all along, mapped or not.
pub(super) fn take() -> Vec<Piece> {
    if raw::unshare(CLONE_NEWUSER | OWN).is_ok() {
        vec![Piece::UserNamespace, Piece::NetworkNamespace]
    } else if raw::unshare(OWN).is_ok() {
        // Users of its own are forbidden, but this process is privileged enough without.
        vec![Piece::NetworkNamespace]
    } else {
        Vec::new()
    }
}
