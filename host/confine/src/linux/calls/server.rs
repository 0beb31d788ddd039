//! The calls that a server gives up.
//!
//! A list of what is refused, not of what is left: a server's libraries are many, and a call that one of them makes once
//! a month must not fail in production. What could be missing from such a list is what is newer than it; calls with
//! numbers that were not given yet are answered as an older kernel would.

use libc::*;

use super::{Calls, Layer, has, is, is_not, is_not_whole};

/// The last call that was looked at for this list: `mseal`. Numbers are the same on all architectures from 424 on.
const LAST_KNOWN: u32 = 462;

/// Becoming another program, and laying hands on other processes.
const PROCESSES: &[i64] = &[
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_process_madvise,
    SYS_process_mrelease,
    SYS_kcmp,
    SYS_pidfd_open,
    SYS_pidfd_getfd,
    SYS_pidfd_send_signal,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_tkill,
    SYS_migrate_pages,
    SYS_move_pages,
    SYS_setpriority,
    SYS_ioprio_set,
    SYS_sched_setscheduler,
    SYS_sched_setattr,
    SYS_sched_setparam,
    SYS_setsid,
    SYS_setpgid,
];

/// What the file system looks like, and ways to files that are no paths.
const MOUNTS: &[i64] = &[
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_open_tree,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_mount_setattr,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_fanotify_init,
    SYS_fanotify_mark,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_quotactl,
    SYS_quotactl_fd,
    SYS_mknodat,
    SYS_symlinkat,
    SYS_unshare,
    SYS_setns,
];

/// What Landlock does not ask about: owners, modes, times and attributes of a path. Those of an open file are left.
const BY_PATH: &[i64] = &[
    SYS_fchmodat,
    SYS_fchmodat2,
    SYS_fchownat,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_removexattr,
    SYS_lremovexattr,
];

/// Parts of the kernel that a server has no use for.
const KERNEL: &[i64] = &[
    SYS_bpf,
    SYS_perf_event_open,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_userfaultfd,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_syslog,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_clock_adjtime,
    SYS_adjtimex,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_vhangup,
    SYS_personality,
    SYS_lookup_dcookie,
    SYS_nfsservctl,
    SYS_remap_file_pages,
    SYS_memfd_secret,
    SYS_shmget,
    SYS_shmat,
    SYS_shmctl,
    SYS_semget,
    SYS_msgget,
    SYS_mq_open,
    SYS_io_setup,
    SYS_io_submit,
    SYS_vmsplice,
    SYS_set_mempolicy,
    SYS_mbind,
    SYS_inotify_add_watch,
];

/// More rules of its own: it has its last ones.
const RULES: &[i64] = &[SYS_seccomp];

/// Becoming somebody else.
const IDENTITY: &[i64] = &[
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setfsuid,
    SYS_setfsgid,
    SYS_setgroups,
    SYS_capset,
];

/// What only x86-64 has.
#[cfg(target_arch = "x86_64")]
const OLD: &[i64] = &[
    SYS_fork,
    SYS_vfork,
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
    SYS_utime,
    SYS_utimes,
    SYS_futimesat,
    SYS_symlink,
    SYS_mknod,
    SYS_uselib,
    SYS_ustat,
    SYS_sysfs,
    SYS__sysctl,
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
    SYS_kexec_file_load,
];
#[cfg(target_arch = "aarch64")]
const OLD: &[i64] = &[SYS_kexec_file_load];

/// The layers, in the order in which they are applied.
pub(in crate::system) fn filters() -> Vec<Layer> {
    layers(RULES)
}

/// The same for who takes more rules afterwards.
pub(super) fn but_more_rules() -> Vec<Layer> {
    layers(&[])
}

fn layers(last: &[i64]) -> Vec<Layer> {
    let refused = Calls::default()
        .any(PROCESSES)
        .any(MOUNTS)
        .any(BY_PATH)
        .any(KERNEL)
        .any(last)
        .any(IDENTITY)
        .any(OLD)
        // It listens where it listens already.
        .any(&[SYS_listen]);
    vec![
        // As in a worker: a libc that is told so uses `clone`, whose flags can be read.
        Layer::failing(Calls::default().any(&[SYS_clone3]), ENOSYS),
        Layer::failing(families(), EAFNOSUPPORT),
        Layer::failing(others(), EPERM),
        Layer::UpTo(LAST_KNOWN),
        Layer::failing(refused, EPERM),
    ]
}

/// Sockets other than those of a network. Not those of the machine: behind a file such as `docker.sock` is somebody with
/// more authority than this process, and no rule of files is asked about it.
fn families() -> Calls {
    let network = [AF_INET, AF_INET6, AF_NETLINK].map(|family| is_not(0, family.unsigned_abs()));
    Calls::default().when(SYS_socket, &network)
}

/// Raw sockets, all of netlink but the addresses of this machine (by which a resolver sorts its answers), processes
/// instead of threads, signals to others, and times of paths.
fn others() -> Calls {
    /// The bits of a socket's type that are not flags.
    const KIND: u32 = 0xf;
    /// Rules of TCP ports are not asked about it.
    const MULTIPATH: u32 = 262;
    let calls = single_options();
    let [inet, inet6, netlink] = [AF_INET, AF_INET6, AF_NETLINK].map(i32::unsigned_abs);
    let raw = SOCK_RAW.unsigned_abs();
    let own = std::process::id();
    calls
        .when(SYS_socket, &[is(2, MULTIPATH)])
        .when(SYS_socket, &[is(0, inet), has(1, KIND, raw)])
        .when(SYS_socket, &[is(0, inet6), has(1, KIND, raw)])
        .when(SYS_socket, &[is(0, netlink), is_not(2, 0)])
        // An end of such a pair sends to any socket that has a name in the file system.
        .when(SYS_socketpair, &[has(1, KIND, SOCK_DGRAM.unsigned_abs())])
        .when(SYS_socketpair, &[has(1, KIND, raw)])
        .when(SYS_clone, &[has(0, CLONE_THREAD.unsigned_abs(), 0)])
        .when(SYS_kill, &[is_not(0, own)])
        .when(SYS_tgkill, &[is_not(0, own)])
        .when(SYS_fcntl, &[is(1, F_SETOWN.unsigned_abs())])
        .when(SYS_prlimit64, &[is_not(0, 0), is_not(0, own)])
        // Its own processors only; 0 is whoever asks.
        .when(SYS_sched_setaffinity, &[is_not(0, 0)])
        // A program that runs as its owner, whoever starts it.
        .when(SYS_fchmod, &[has(1, S_ISUID, S_ISUID)])
        .when(SYS_fchmod, &[has(1, S_ISGID, S_ISGID)])
        .when(SYS_utimensat, &[is_not_whole(1, 0)])
}

/// Single options of calls that are needed otherwise: becoming dumpable again, being traced, a signal for a descriptor, a
/// program on a socket, the process at the other end of one, typing into a terminal, and sharing pages with others.
fn single_options() -> Calls {
    const SET_PTRACER: u32 = 0x5961_6d61;
    const SET_SIGNAL: u32 = 10;
    const ATTACH_FILTER: u32 = 26;
    const ATTACH_BPF: u32 = 50;
    const PEER_PIDFD: u32 = 77;
    const TYPE: u32 = 0x5412;
    const CONSOLE: u32 = 0x541c;
    const MERGEABLE: u32 = 12;
    let socket = is(1, SOL_SOCKET.unsigned_abs());
    Calls::default()
        .when(
            SYS_prctl,
            &[is(0, PR_SET_DUMPABLE.unsigned_abs()), is_not(1, 0)],
        )
        .when(SYS_prctl, &[is(0, SET_PTRACER)])
        .when(SYS_prctl, &[is(0, PR_SET_CHILD_SUBREAPER.unsigned_abs())])
        .when(SYS_fcntl, &[is(1, SET_SIGNAL)])
        .when(SYS_setsockopt, &[socket.clone(), is(2, ATTACH_FILTER)])
        .when(SYS_setsockopt, &[socket.clone(), is(2, ATTACH_BPF)])
        .when(SYS_getsockopt, &[socket, is(2, PEER_PIDFD)])
        .when(SYS_ioctl, &[is(1, TYPE)])
        .when(SYS_ioctl, &[is(1, CONSOLE)])
        .when(SYS_madvise, &[is(2, MERGEABLE)])
}
