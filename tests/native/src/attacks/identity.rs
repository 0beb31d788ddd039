//! Becoming somebody else, getting back what was dropped, and undoing what the profile did.

use libc::*;

use super::Class::Identity;
use super::Needs::{Nothing, Root};
use super::{Attack, attack, done};
use crate::raw::{at, call, into};

/// Whatever the process has, and everything else.
const EVERYTHING: u32 = u32::MAX;

pub(super) const ATTACKS: &[Attack] = &[
    attack("become-root", Identity, Root, |_| {
        done(call(SYS_setresuid, &[0, 0, 0]))
    }),
    attack("become-another", Identity, Root, |_| {
        done(call(SYS_setuid, &[1]))
    }),
    attack("become-another-group", Identity, Root, |_| {
        done(call(SYS_setresgid, &[1, 1, 1]))
    }),
    attack("join-groups", Identity, Root, |_| {
        let groups = [0_u32];
        done(call(SYS_setgroups, &[1, at(&groups)]))
    }),
    attack("open-files-as-another", Identity, Root, |_| {
        // Answers with what was; asked once more, with what is.
        call(SYS_setfsuid, &[1])?;
        match call(SYS_setfsuid, &[usize::MAX])? {
            1 => Ok("another".to_owned()),
            _ => Err(EPERM),
        }
    }),
    attack("take-capabilities", Identity, Root, |_| {
        let header = [0x2008_0522_u32, 0];
        let mut sets = [0_u32; 6];
        call(SYS_capget, &[at(&header), into(&mut sets)])?;
        // To have again what is permitted; where nothing is, everything.
        let wanted = if sets[1] == 0 {
            [EVERYTHING; 6]
        } else {
            [sets[1], sets[1], 0, sets[4], sets[4], 0]
        };
        done(call(SYS_capset, &[at(&header), at(&wanted)]))
    }),
    attack("keep-a-capability-when-executing", Identity, Root, |_| {
        let header = [0x2008_0522_u32, 0];
        let mut sets = [0_u32; 6];
        call(SYS_capget, &[at(&header), into(&mut sets)])?;
        sets[2] = sets[1];
        sets[5] = sets[4];
        call(SYS_capset, &[at(&header), at(&sets)])?;
        done(call(
            SYS_prctl,
            &[
                PR_CAP_AMBIENT as usize,
                PR_CAP_AMBIENT_RAISE as usize,
                10,
                0,
                0,
            ],
        ))
    }),
    attack("secure-bits", Identity, Root, |_| {
        done(call(SYS_prctl, &[PR_SET_SECUREBITS as usize, 0, 0, 0, 0]))
    }),
    attack("dumpable-again", Identity, Nothing, |_| {
        done(call(SYS_prctl, &[PR_SET_DUMPABLE as usize, 1, 0, 0, 0]))
    }),
    attack("let-others-trace", Identity, Nothing, |_| {
        // `PR_SET_PTRACER`, of kernels with Yama; of others the number is unknown.
        super::reached(
            call(SYS_prctl, &[0x5961_6d61, usize::MAX, 0, 0, 0]),
            &[EINVAL],
        )
    }),
    attack("outlive-the-parent", Identity, Nothing, |_| {
        done(call(SYS_prctl, &[PR_SET_PDEATHSIG as usize, 0, 0, 0, 0]))
    }),
    attack("adopt-orphans", Identity, Nothing, |_| {
        done(call(
            SYS_prctl,
            &[PR_SET_CHILD_SUBREAPER as usize, 1, 0, 0, 0],
        ))
    }),
    attack("time-stamp-counter", Identity, Nothing, |_| {
        let mut state = 0_i32;
        super::reached(
            call(SYS_prctl, &[PR_GET_TSC as usize, into(&mut state), 0, 0, 0]),
            &[EINVAL],
        )
    }),
    attack("raise-limits", Identity, Nothing, |_| {
        let mut limit = [0_u64; 2];
        let descriptors = RLIMIT_NOFILE as usize;
        call(SYS_prlimit64, &[0, descriptors, 0, into(&mut limit)])?;
        limit[0] = limit[1];
        done(call(SYS_prlimit64, &[0, descriptors, at(&limit), 0]))
    }),
    attack("change-mask", Identity, Nothing, |_| {
        done(call(SYS_umask, &[0]))
    }),
    attack("new-session", Identity, Nothing, |_| {
        super::reached(call(SYS_setsid, &[]), &[EPERM])
    }),
];
