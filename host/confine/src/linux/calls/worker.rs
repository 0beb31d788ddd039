//! The calls that are left to a sealed worker.
//!
//! None of them names a path, an address or another process. What names a descriptor can only name one that the worker
//! holds, and those were looked through. Arguments are checked where a call can do two things and only one is needed.

use libc::*;

use super::{Calls, Layer, has, is, is_whole, lacks};
use crate::system::raw::PAGEMAP_SCAN;
use crate::worker::Threads;

/// Makes a socket wait or not, as `set_nonblocking` does.
const FIONBIO_REQUEST: u32 = 0x5421;

/// The flag of `futex` that keeps it within the process.
const FUTEX_PRIVATE: u32 = FUTEX_PRIVATE_FLAG.unsigned_abs();

/// Advice about memory that only concerns how it is kept. Not `MADV_MERGEABLE`, by which one process learns what
/// another's pages hold.
const ADVICE: [i32; 5] = [
    MADV_DONTNEED,
    MADV_FREE,
    MADV_HUGEPAGE,
    MADV_NOHUGEPAGE,
    MADV_DONTDUMP,
];

/// Commands of `fcntl` that concern one descriptor. Not `F_SETOWN` and `F_SETSIG`, which send signals.
const DESCRIPTOR_COMMANDS: [i32; 5] = [F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL];

/// The flags of a new thread, as glibc sets them; musl adds one that means nothing any more. Each of them shares
/// something, and without all of them it would be a process.
const THREAD_FLAGS: u64 = (CLONE_VM
    | CLONE_FS
    | CLONE_FILES
    | CLONE_SIGHAND
    | CLONE_THREAD
    | CLONE_SYSVSEM
    | CLONE_SETTLS
    | CLONE_PARENT_SETTID
    | CLONE_CHILD_CLEARTID) as u64;
const CLONE_DETACHED_FLAG: u64 = 0x0040_0000;

/// Calls without which nothing runs. They concern the memory, the descriptors and the threads of the process itself.
const OWN: &[i64] = &[
    SYS_read,
    SYS_readv,
    SYS_write,
    SYS_writev,
    SYS_pread64,
    SYS_close,
    SYS_fstat,
    SYS_lseek,
    SYS_shutdown,
    SYS_epoll_ctl,
    SYS_epoll_pwait,
    SYS_epoll_pwait2,
    SYS_ppoll,
    SYS_munmap,
    SYS_mremap,
    SYS_brk,
    SYS_sched_yield,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_getrandom,
    SYS_getpid,
    SYS_gettid,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
];

/// The same, as only x86-64 still has them.
#[cfg(target_arch = "x86_64")]
const OWN_OLD: &[i64] = &[SYS_poll, SYS_epoll_wait, SYS_time];
#[cfg(target_arch = "aarch64")]
const OWN_OLD: &[i64] = &[];

/// What the standard library does when a thread begins, and Cranelift's pool of threads before.
const OF_THREADS: &[i64] = &[SYS_set_robust_list, SYS_rseq, SYS_sched_getaffinity];

/// What libraries try and live without: whatever has to do with paths, with which machine this is, and with limits.
const TRIED: &[i64] = &[
    SYS_openat,
    SYS_newfstatat,
    SYS_statx,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getcwd,
    SYS_uname,
    SYS_sysinfo,
    SYS_prlimit64,
    SYS_getrusage,
    SYS_membarrier,
];

#[cfg(target_arch = "x86_64")]
const TRIED_OLD: &[i64] = &[
    SYS_open,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_getrlimit,
];
#[cfg(target_arch = "aarch64")]
const TRIED_OLD: &[i64] = &[];

/// Peers, other processes, and threads: what a server may have of them, a worker that maps code has no use for.
const NARROWED: &[i64] = &[
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept4,
    SYS_sendmsg,
    SYS_sendmmsg,
    SYS_recvmsg,
    SYS_recvmmsg,
    SYS_clone,
    SYS_kill,
    SYS_utimensat,
    SYS_chdir,
    SYS_fchdir,
];

#[cfg(target_arch = "x86_64")]
const NARROWED_OLD: &[i64] = &[
    SYS_fork,
    SYS_vfork,
    SYS_accept,
    SYS_utime,
    SYS_utimes,
    SYS_futimesat,
];
#[cfg(target_arch = "aarch64")]
const NARROWED_OLD: &[i64] = &[SYS_accept];

/// The layers for the time in which a worker maps code: what a server is refused, and this.
pub(in crate::system) fn narrowed() -> Vec<Layer> {
    let mut layers = super::server::but_more_rules();
    let calls = Calls::default().any(NARROWED).any(NARROWED_OLD);
    layers.push(Layer::failing(calls, EPERM));
    layers.push(Layer::failing(Calls::default().any(&[SYS_clone3]), ENOSYS));
    layers
}

/// Which calls a worker needs depends on what it holds and does.
#[derive(Debug)]
pub(in crate::system) struct WorkerCalls {
    /// The descriptors of its own pagemap.
    pub(in crate::system) pagemaps: Vec<i32>,
    pub(in crate::system) threads: Threads,
    /// Whether messages with descriptors pass its sockets.
    pub(in crate::system) messages: bool,
}

impl WorkerCalls {
    /// The layers, in the order in which they are applied.
    pub(in crate::system) fn filters(&self) -> Vec<Layer> {
        let tried = Calls::default().any(TRIED).any(TRIED_OLD);
        // A libc that knows `clone3` takes this answer for a kernel that does not, and asks for a thread with `clone`,
        // whose flags a filter can read.
        let newer = Calls::default().any(&[SYS_clone3]);
        let mut layers = vec![Layer::failing(tried, EPERM), Layer::failing(newer, ENOSYS)];
        if self.threads == Threads::None {
            // Not the end of the process: a library that cannot have a thread may know what to do.
            layers.push(Layer::failing(Calls::default().any(&[SYS_clone]), EPERM));
        }
        layers.push(Layer::only(self.allowed()));
        layers
    }

    fn allowed(&self) -> Calls {
        let calls = Calls::default()
            .any(OWN)
            .any(OWN_OLD)
            .any(TRIED)
            .any(TRIED_OLD)
            .any(&[SYS_clone3]);
        let calls = memory(sockets(calls));
        let calls = self.descriptors(calls);
        let calls = self.threads(calls);
        if self.messages {
            calls.any(&[SYS_sendmsg, SYS_recvmsg])
        } else {
            calls
        }
    }

    fn descriptors(&self, calls: Calls) -> Calls {
        let calls = calls.when(SYS_ioctl, &[is(1, FIONBIO_REQUEST)]);
        let calls = self.pagemaps.iter().fold(calls, |calls, pagemap| {
            let own = is(0, pagemap.unsigned_abs());
            calls.when(SYS_ioctl, &[own, is(1, PAGEMAP_SCAN)])
        });
        DESCRIPTOR_COMMANDS.iter().fold(calls, |calls, command| {
            calls.when(SYS_fcntl, &[is(1, command.unsigned_abs())])
        })
    }

    /// A signal to itself, which is how `abort` ends; and threads, for whom they are left.
    fn threads(&self, calls: Calls) -> Calls {
        let calls = calls.when(SYS_tgkill, &[is(0, std::process::id())]);
        match self.threads {
            // Waiting and waking within the process. Without the flag it would reach whoever maps the same memory, and workers of
            // one component map the same code. `clone` is answered by the layer above.
            Threads::None => calls
                .any(&[SYS_clone])
                .when(SYS_futex, &[has(1, FUTEX_PRIVATE, FUTEX_PRIVATE)]),
            // The end of a thread is waited for without the flag, and what a compiler maps nobody else does.
            Threads::Some => calls
                .any(&[SYS_futex])
                .any(OF_THREADS)
                .when(SYS_clone, &[is_whole(0, THREAD_FLAGS)])
                .when(
                    SYS_clone,
                    &[is_whole(0, THREAD_FLAGS | CLONE_DETACHED_FLAG)],
                )
                .when(SYS_prctl, &[is(0, PR_SET_NAME.unsigned_abs())]),
        }
    }
}

/// Sending to and receiving from a peer that is already there; naming another one is refused.
fn sockets(calls: Calls) -> Calls {
    calls
        .when(SYS_sendto, &[is_whole(4, 0)])
        .when(SYS_recvfrom, &[is_whole(4, 0)])
        // Whether an error is pending, and nothing about who the peer is: one option answers with a descriptor of it.
        .when(
            SYS_getsockopt,
            &[
                is(1, SOL_SOCKET.unsigned_abs()),
                is(2, SO_ERROR.unsigned_abs()),
            ],
        )
}

/// Memory that is never executable, and advice about it.
fn memory(calls: Calls) -> Calls {
    let executable = PROT_EXEC.unsigned_abs();
    let calls = calls
        .when(SYS_mmap, &[lacks(2, executable)])
        .when(SYS_mprotect, &[lacks(2, executable)]);
    ADVICE.iter().fold(calls, |calls, advice| {
        calls.when(SYS_madvise, &[is(2, advice.unsigned_abs())])
    })
}
