//! Becoming another program, becoming two, and laying hands on other processes.

use std::mem::size_of;

use libc::*;

use super::Class::Processes;
use super::Needs::{Nothing, Root};
use super::{Attack, Got, attack, done, reached};
use crate::raw::{Answer, HERE, at, call, end, into, negative};
use crate::role::EXECUTED;
use crate::scene::{Scene, c};

pub(super) const ATTACKS: &[Attack] = &[
    attack("execute", Processes, Nothing, |s| {
        let arguments = Arguments::new(s);
        done(call(
            SYS_execve,
            &[arguments.program(), arguments.list(), arguments.nothing()],
        ))
    }),
    attack("execute-shell", Processes, Nothing, |_| {
        let (shell, flag, script) = (c"/bin/sh", c"-c", c":");
        let list = [
            at(shell.to_bytes_with_nul()),
            at(flag.to_bytes_with_nul()),
            at(script.to_bytes_with_nul()),
            0,
        ];
        // The shell ends well and without a word, by which the judge knows that it was there.
        done(call(
            SYS_execve,
            &[at(shell.to_bytes_with_nul()), at(&list), at(&[0_usize])],
        ))
    }),
    attack("execute-at", Processes, Nothing, |s| {
        let arguments = Arguments::new(s);
        let (program, list, nothing) = (arguments.program(), arguments.list(), arguments.nothing());
        done(call(SYS_execveat, &[HERE, program, list, nothing, 0]))
    }),
    attack("execute-from-memory", Processes, Nothing, from_memory),
    attack("execute-own-memory-file", Processes, Nothing, |_| {
        // Without a file of its own: whatever number 3 is.
        reached(
            call(
                SYS_execveat,
                &[3, at(c"".to_bytes_with_nul()), 0, 0, AT_EMPTY_PATH as usize],
            ),
            &[EBADF, EFAULT, EACCES, ENOEXEC],
        )
    }),
    #[cfg(target_arch = "x86_64")]
    attack("fork", Processes, Nothing, |_| child(call(SYS_fork, &[]))),
    attack("clone-process", Processes, Nothing, |_| {
        child(call(SYS_clone, &[SIGCHLD as usize]))
    }),
    attack("clone-sharing-files", Processes, Nothing, |_| {
        child(call(
            SYS_clone,
            &[(CLONE_FILES | CLONE_FS | SIGCHLD) as usize],
        ))
    }),
    attack("clone-vfork", Processes, Nothing, |_| {
        child(call(SYS_clone, &[(CLONE_VFORK | SIGCHLD) as usize]))
    }),
    attack("clone-sibling", Processes, Nothing, |_| {
        child(call(SYS_clone, &[(CLONE_PARENT | SIGCHLD) as usize]))
    }),
    attack("clone-with-namespaces", Processes, Nothing, |_| {
        child(call(
            SYS_clone,
            &[(CLONE_NEWUSER | CLONE_NEWNET | SIGCHLD) as usize],
        ))
    }),
    attack("clone3-process", Processes, Nothing, |_| {
        // `struct clone_args`: flags, …, the signal at its end in the fifth place.
        let mut arguments = [0_u64; 11];
        arguments[4] = SIGCHLD as u64;
        child(call(SYS_clone3, &[at(&arguments), 88]))
    }),
    attack("trace-me", Processes, Nothing, |_| {
        done(call(SYS_ptrace, &[PTRACE_TRACEME as usize]))
    }),
    attack("trace-the-victim", Processes, Nothing, |s| {
        trace(s.victim())
    }),
    attack("trace-the-parent", Processes, Root, |s| {
        trace(s.parent as usize)
    }),
    attack("read-memory-of-the-victim", Processes, Nothing, read_memory),
    attack(
        "write-memory-of-the-victim",
        Processes,
        Nothing,
        write_memory,
    ),
    attack("read-memory-of-the-parent", Processes, Root, |s| {
        // The address is none: whoever may read is told so, whoever may not is told that.
        let (mut byte, from) = ([0_u8; 1], [1_usize, 1]);
        let into = [into(&mut byte), 1];
        reached(
            call(
                SYS_process_vm_readv,
                &[s.parent as usize, at(&into), 1, at(&from), 1, 0],
            ),
            &[EFAULT],
        )
    }),
    attack("hold-the-victim", Processes, Nothing, |s| {
        done(hold(s.victim()))
    }),
    attack("take-a-descriptor-of-the-victim", Processes, Nothing, |s| {
        done(call(
            SYS_pidfd_getfd,
            &[hold(s.victim()).unwrap_or(3), 0, 0],
        ))
    }),
    attack("signal-the-victim-by-hold", Processes, Nothing, |s| {
        done(call(
            SYS_pidfd_send_signal,
            &[hold(s.victim()).unwrap_or(3), SIGKILL as usize, 0, 0],
        ))
    }),
    attack("enter-namespaces-of-the-victim", Processes, Root, |s| {
        let hold = hold(s.victim()).unwrap_or(3);
        done(call(SYS_setns, &[hold, CLONE_NEWUTS as usize]))
    }),
    attack("kill-the-victim", Processes, Nothing, |s| {
        done(call(SYS_kill, &[s.victim(), SIGKILL as usize]))
    }),
    attack("stop-the-victim", Processes, Nothing, |s| {
        done(call(SYS_kill, &[s.victim(), SIGSTOP as usize]))
    }),
    attack("kill-a-thread-of-the-victim", Processes, Nothing, |s| {
        done(call(
            SYS_tgkill,
            &[s.victim(), s.victim(), SIGKILL as usize],
        ))
    }),
    attack("kill-a-thread-by-number", Processes, Nothing, |s| {
        done(call(SYS_tkill, &[s.victim(), SIGKILL as usize]))
    }),
    attack("queue-a-signal", Processes, Nothing, |s| {
        // `siginfo_t` of a queued signal: SI_QUEUE is its third number.
        let mut information = [0_i32; 32];
        information[0] = SIGKILL;
        information[2] = -1;
        done(call(
            SYS_rt_sigqueueinfo,
            &[s.victim(), SIGKILL as usize, at(&information)],
        ))
    }),
    attack("signal-by-socket", Processes, Nothing, |s| {
        done(call(SYS_fcntl, &[0, F_SETOWN as usize, s.victim()]))
    }),
    attack("choose-the-signal-of-a-socket", Processes, Nothing, |_| {
        const SET_SIGNAL: usize = 10;
        done(call(SYS_fcntl, &[0, SET_SIGNAL, SIGKILL as usize]))
    }),
    // Signal 0 only asks whether a signal could be sent: these would be everybody.
    attack("signal-the-parent", Processes, Root, |s| {
        done(call(SYS_kill, &[s.parent as usize, 0]))
    }),
    attack("signal-init", Processes, Root, |_| {
        done(call(SYS_kill, &[1, 0]))
    }),
    attack("signal-everybody", Processes, Nothing, |_| {
        done(call(SYS_kill, &[negative(-1), 0]))
    }),
    attack("signal-own-group", Processes, Nothing, |_| {
        done(call(SYS_kill, &[0, 0]))
    }),
    attack("signal-when-time-passes", Processes, Nothing, |_| {
        let mut timer = 0_i32;
        done(call(SYS_timer_create, &[1, 0, into(&mut timer)]))
    }),
    attack("limits-of-the-victim", Processes, Nothing, |s| {
        let mut limit = [0_u64; 2];
        done(call(
            SYS_prlimit64,
            &[s.victim(), RLIMIT_NOFILE as usize, 0, into(&mut limit)],
        ))
    }),
    attack("priority-of-the-victim", Processes, Nothing, |s| {
        done(call(SYS_setpriority, &[0, s.victim(), 19]))
    }),
    attack("input-priority-of-the-victim", Processes, Nothing, |s| {
        // The idle class.
        done(call(SYS_ioprio_set, &[1, s.victim(), 3 << 13]))
    }),
    attack("processors-of-the-victim", Processes, Nothing, |s| {
        let one = [1_u64; 16];
        done(call(SYS_sched_setaffinity, &[s.victim(), 128, at(&one)]))
    }),
    attack("processors-of-its-own", Processes, Nothing, |_| {
        let one = [1_u64; 16];
        done(call(SYS_sched_setaffinity, &[0, 128, at(&one)]))
    }),
    attack("scheduler-of-the-victim", Processes, Nothing, |s| {
        let parameter = 0_i32;
        done(call(
            SYS_sched_setscheduler,
            &[s.victim(), SCHED_BATCH as usize, at(&parameter)],
        ))
    }),
    attack("real-time", Processes, Root, |_| {
        let parameter = 1_i32;
        done(call(
            SYS_sched_setscheduler,
            &[0, SCHED_FIFO as usize, at(&parameter)],
        ))
    }),
    attack("locks-of-the-victim", Processes, Nothing, |s| {
        let (mut head, mut size) = (0_usize, 0_usize);
        done(call(
            SYS_get_robust_list,
            &[s.victim(), into(&mut head), into(&mut size)],
        ))
    }),
    attack("pages-of-the-victim", Processes, Nothing, |s| {
        done(call(SYS_move_pages, &[s.victim(), 0, 0, 0, 0, 0]))
    }),
    attack("compare-with-the-victim", Processes, Nothing, |s| {
        done(call(
            SYS_kcmp,
            &[std::process::id() as usize, s.victim(), 0, 0, 0],
        ))
    }),
    attack("group-of-its-own", Processes, Nothing, |_| {
        reached(call(SYS_setpgid, &[0, 0]), &[EPERM])
    }),
    attack("leave-namespaces", Processes, Nothing, |_| {
        done(call(SYS_unshare, &[CLONE_NEWUSER as usize]))
    }),
    attack("own-mounts", Processes, Root, |_| {
        done(call(SYS_unshare, &[CLONE_NEWNS as usize]))
    }),
    attack("wait-for-anybody", Processes, Nothing, |_| {
        reached(
            call(SYS_wait4, &[negative(-1), 0, WNOHANG as usize, 0]),
            &[ECHILD],
        )
    }),
];

/// A program with its arguments, as the kernel takes them.
struct Arguments {
    program: std::ffi::CString,
    role: std::ffi::CString,
    list: [usize; 3],
    nothing: [usize; 1],
}

impl Arguments {
    fn new(scene: &Scene) -> Box<Self> {
        let mut arguments = Box::new(Self {
            program: c(&scene.program),
            role: c(EXECUTED),
            list: [0; 3],
            nothing: [0],
        });
        arguments.list = [
            at(arguments.program.to_bytes_with_nul()),
            at(arguments.role.to_bytes_with_nul()),
            0,
        ];
        arguments
    }

    fn program(&self) -> usize {
        at(self.program.to_bytes_with_nul())
    }

    fn list(&self) -> usize {
        at(&self.list)
    }

    fn nothing(&self) -> usize {
        at(&self.nothing)
    }
}

/// In the child: ends it. In the parent: says that there was one.
fn child(answer: Answer) -> Got {
    match answer? {
        0 => end(),
        child => {
            // A child that is not waited for is the judge's to find.
            let _ = call(SYS_wait4, &[child, 0, 0, 0]);
            Ok("a process".to_owned())
        }
    }
}

fn from_memory(scene: &Scene) -> Got {
    let file = call(SYS_memfd_create, &[at(c"x".to_bytes_with_nul()), 0])?;
    let from = call(
        SYS_openat,
        &[HERE, at(c(&scene.program).to_bytes_with_nul()), 0],
    )?;
    let mut bytes = vec![0_u8; 1 << 16];
    loop {
        let count = call(SYS_read, &[from, into(bytes.as_mut_slice()), bytes.len()])?;
        if count == 0 {
            break;
        }
        call(SYS_write, &[file, at(bytes.as_slice()), count])?;
    }
    let arguments = Arguments::new(scene);
    let (list, nothing) = (arguments.list(), arguments.nothing());
    let empty = at(c"".to_bytes_with_nul());
    done(call(
        SYS_execveat,
        &[file, empty, list, nothing, AT_EMPTY_PATH as usize],
    ))
}

fn trace(process: usize) -> Got {
    done(call(SYS_ptrace, &[PTRACE_SEIZE as usize, process, 0, 0]))
}

fn hold(process: usize) -> Answer {
    call(SYS_pidfd_open, &[process, 0])
}

fn read_memory(scene: &Scene) -> Got {
    let mut bytes = vec![0_u8; scene.secret[1]];
    let to = [into(bytes.as_mut_slice()), bytes.len()];
    let from = scene.secret;
    call(
        SYS_process_vm_readv,
        &[scene.victim(), at(&to), 1, at(&from), 1, 0],
    )?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn write_memory(scene: &Scene) -> Got {
    let byte = [b'!'; size_of::<u8>()];
    let (from, to) = ([at(&byte), 1], [scene.secret[0], 1]);
    done(call(
        SYS_process_vm_writev,
        &[scene.victim(), at(&from), 1, at(&to), 1, 0],
    ))
}
