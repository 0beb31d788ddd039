//! Parts of the kernel that nobody in a worker's place needs, and through which others got out before.

use std::mem::size_of;

use libc::*;

use super::Class::Kernel;
use super::Needs::{Nothing, Root};
use super::{Attack, attack, done, reached};
use crate::raw::{at, call, into, negative};

pub(super) const ATTACKS: &[Attack] = &[
    attack("add-key", Kernel, Nothing, |_| {
        let (kind, name) = (c"user", c"bailiwick-mark");
        // The keyring of this process, which goes with it.
        done(call(
            SYS_add_key,
            &[
                at(kind.to_bytes_with_nul()),
                at(name.to_bytes_with_nul()),
                at(b"1"),
                1,
                negative(-2),
            ],
        ))
    }),
    attack("request-key", Kernel, Nothing, |_| {
        let (kind, name) = (c"user", c"bailiwick-none");
        let asked = [
            at(kind.to_bytes_with_nul()),
            at(name.to_bytes_with_nul()),
            0,
            negative(-2),
        ];
        reached(call(SYS_request_key, &asked), &[ENOKEY])
    }),
    attack("keyring-of-the-session", Kernel, Nothing, |_| {
        // `KEYCTL_GET_KEYRING_ID` of the user's own.
        done(call(SYS_keyctl, &[0, negative(-4), 1]))
    }),
    attack("io-uring", Kernel, Nothing, |_| {
        let mut parameters = [0_u8; 120];
        done(call(SYS_io_uring_setup, &[4, into(&mut parameters)]))
    }),
    attack("io-uring-on-a-descriptor", Kernel, Nothing, |_| {
        reached(
            call(SYS_io_uring_enter, &[0, 0, 0, 0, 0, 0]),
            &[EOPNOTSUPP, EBADF, EBADFD],
        )
    }),
    attack("io-uring-register", Kernel, Nothing, |_| {
        reached(
            call(SYS_io_uring_register, &[0, 0, 0, 0]),
            &[EOPNOTSUPP, EBADF, EINVAL],
        )
    }),
    attack("asynchronous-input", Kernel, Nothing, |_| {
        let mut context = 0_usize;
        done(call(SYS_io_setup, &[1, into(&mut context)]))
    }),
    attack("bpf-map", Kernel, Root, |_| {
        // An array of one element: kind, sizes of key and value, elements.
        let map = [2_u32, 4, 4, 1];
        done(call(SYS_bpf, &[0, at(&map), size_of::<[u32; 4]>()]))
    }),
    attack("performance-counters", Kernel, Nothing, |s| {
        let _ = s;
        // `struct perf_event_attr`: a counter of software, its size, the clock of the task, not in the kernel.
        let mut event = [0_u64; 16];
        event[0] = 128 << 32 | 1;
        event[1] = 1;
        event[5] = 1 << 5 | 1 << 6;
        done(call(
            SYS_perf_event_open,
            &[at(&event), 0, negative(-1), negative(-1), 0],
        ))
    }),
    attack("own-filter", Kernel, Nothing, |_| {
        // Asks which actions there are: whoever can ask can also add a filter that lies about errors.
        let action = SECCOMP_RET_KILL_PROCESS;
        done(call(SYS_seccomp, &[2, 0, at(&action)]))
    }),
    attack("own-rules", Kernel, Nothing, |_| {
        done(call(SYS_landlock_create_ruleset, &[0, 0, 1]))
    }),
    attack("load-module", Kernel, Root, |_| {
        let image = [0_u8; 64];
        reached(
            call(
                SYS_init_module,
                &[at(&image), 64, at(c"".to_bytes_with_nul())],
            ),
            &[ENOEXEC],
        )
    }),
    attack("load-module-from-descriptor", Kernel, Root, |_| {
        let load = [0, at(c"".to_bytes_with_nul()), 0];
        reached(call(SYS_finit_module, &load), &[EBADF, ENOEXEC, EINVAL])
    }),
    attack("unload-module", Kernel, Root, |_| {
        let name = c"bailiwick_none";
        reached(
            call(
                SYS_delete_module,
                &[at(name.to_bytes_with_nul()), O_NONBLOCK as usize],
            ),
            &[ENOENT],
        )
    }),
    attack("load-kernel", Kernel, Root, |_| {
        // More segments than there may be.
        reached(call(SYS_kexec_load, &[0, 1000, 0, 0]), &[EINVAL])
    }),
    attack("restart-the-machine", Kernel, Root, |_| {
        // The numbers that would do it are others.
        reached(call(SYS_reboot, &[1, 2, 3, 0]), &[EINVAL])
    }),
    attack("read-kernel-messages", Kernel, Root, |_| {
        let mut text = vec![0_u8; 4096];
        done(call(SYS_syslog, &[3, into(text.as_mut_slice()), 4096]))
    }),
    attack("set-the-clock", Kernel, Root, |_| {
        let mut now = [0_u64; 2];
        call(SYS_clock_gettime, &[0, into(&mut now)])?;
        done(call(SYS_clock_settime, &[0, at(&now)]))
    }),
    attack("tune-the-clock", Kernel, Nothing, |_| {
        let mut tune = [0_u64; 32];
        done(call(SYS_adjtimex, &[into(&mut tune)]))
    }),
    attack("name-the-machine", Kernel, Root, |_| {
        let mut names = [0_u8; 6 * 65];
        call(SYS_uname, &[into(&mut names)]).ok();
        let name = &names[65..130];
        let length = name.iter().position(|byte| *byte == 0).unwrap_or(0);
        done(call(SYS_sethostname, &[at(name), length]))
    }),
    attack("ask-which-machine", Kernel, Nothing, |_| {
        let mut names = [0_u8; 6 * 65];
        done(call(SYS_uname, &[into(&mut names)]))
    }),
    attack("ask-how-busy", Kernel, Nothing, |_| {
        let mut found = [0_u64; 32];
        done(call(SYS_sysinfo, &[into(&mut found)]))
    }),
    #[cfg(target_arch = "x86_64")]
    attack("ports-of-the-machine", Kernel, Root, |_| {
        done(call(SYS_ioperm, &[0x80, 1, 1]))
    }),
    #[cfg(target_arch = "x86_64")]
    attack("all-ports-of-the-machine", Kernel, Root, |_| {
        done(call(SYS_iopl, &[3]))
    }),
    #[cfg(target_arch = "x86_64")]
    attack("descriptor-table", Kernel, Nothing, |_| {
        let mut table = [0_u8; 64];
        done(call(SYS_modify_ldt, &[0, into(&mut table), 64]))
    }),
    #[cfg(target_arch = "x86_64")]
    attack("call-by-another-number", Kernel, Nothing, |_| {
        // The bit of the x32 calls, with which `getpid` is another number. Kernels without them answer ENOSYS.
        reached(call(SYS_getpid | 0x4000_0000, &[]), &[ENOSYS])
    }),
    attack("call-that-does-not-exist-yet", Kernel, Nothing, |_| {
        reached(call(4000, &[]), &[ENOSYS])
    }),
    attack("type-into-the-terminal", Kernel, Nothing, |_| {
        reached(
            call(SYS_ioctl, &[0, TIOCSTI as usize, at(b"x")]),
            &[ENOTTY, EINVAL],
        )
    }),
    attack("any-request-to-a-device", Kernel, Nothing, |_| {
        // `FIONREAD`, harmless: the list of requests is what is tried.
        let mut count = 0_i32;
        done(call(SYS_ioctl, &[0, 0x541b, into(&mut count)]))
    }),
    attack("signal-descriptor", Kernel, Nothing, |_| {
        let signals = 0_u64;
        done(call(SYS_signalfd4, &[negative(-1), at(&signals), 8, 0]))
    }),
    attack("timer-descriptor", Kernel, Nothing, |_| {
        done(call(SYS_timerfd_create, &[1, 0]))
    }),
    attack("pipe", Kernel, Nothing, |_| {
        let mut pipe = [0_i32; 2];
        done(call(SYS_pipe2, &[into(&mut pipe), 0]))
    }),
    attack("splice", Kernel, Nothing, |_| {
        reached(call(SYS_splice, &[0, 0, 0, 0, 1, 0]), &[EINVAL, EBADF])
    }),
    attack("give-pages-away", Kernel, Nothing, |_| {
        reached(call(SYS_vmsplice, &[0, 0, 0, 0]), &[EBADF])
    }),
    attack("memory-policy", Kernel, Nothing, |_| {
        done(call(SYS_set_mempolicy, &[0, 0, 0]))
    }),
];
