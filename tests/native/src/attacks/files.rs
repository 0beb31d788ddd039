//! Reading, writing, naming and watching files, by paths, by what was inherited, and by handles.

use libc::*;

use super::Class::Files;
use super::Needs::{NoControl, Nothing, Root};
use super::{Attack, Got, attack, done, reached};
use crate::raw::{HERE, at, call, into};
use crate::scene::{Scene, c};

pub(super) const ATTACKS: &[Attack] = &[
    attack("open-flag", Files, Nothing, |s| read_path(&s.flag_path())),
    attack("open-flag-relative", Files, Nothing, |_| read_path(c"flag")),
    attack("openat2-flag", Files, Nothing, openat2),
    attack("open-passwd", Files, Nothing, |_| read_path(c"/etc/passwd")),
    attack("open-shadow", Files, Root, |_| read_path(c"/etc/shadow")),
    attack("open-own-program", Files, Nothing, |s| {
        read_path(&c(&s.program))
    }),
    attack("open-own-memory", Files, Nothing, |_| {
        open(c"/proc/self/mem", O_RDWR)
    }),
    attack("open-own-maps", Files, Nothing, |_| {
        read_path(c"/proc/self/maps")
    }),
    attack("open-own-folder-link", Files, Nothing, |_| {
        read_path(c"/proc/self/cwd/flag")
    }),
    attack("open-memory-of-the-victim", Files, Nothing, |s| {
        of_process(s.victim, "mem", O_RDWR)
    }),
    attack("open-memory-of-the-parent", Files, Root, |s| {
        of_process(s.parent, "mem", O_RDONLY)
    }),
    attack("open-maps-of-the-victim", Files, Nothing, |s| {
        of_process(s.victim, "maps", O_RDONLY)
    }),
    attack("open-status-of-init", Files, Nothing, |_| {
        of_process(1, "status", O_RDONLY)
    }),
    attack("open-descriptors-of-the-victim", Files, Nothing, |s| {
        of_process(s.victim, "fd", O_RDONLY | O_DIRECTORY)
    }),
    attack("open-root-of-the-victim", Files, Nothing, |s| {
        of_process(s.victim, "root/etc/passwd", O_RDONLY)
    }),
    attack("open-null-device", Files, Nothing, |_| {
        open(c"/dev/null", O_RDWR)
    }),
    attack(
        "open-physical-memory",
        Files,
        NoControl("few kernels have /dev/mem"),
        |_| open(c"/dev/mem", O_RDONLY),
    ),
    attack("open-kernel-messages", Files, Root, |_| {
        open(c"/dev/kmsg", O_RDONLY)
    }),
    attack("open-terminal-master", Files, Nothing, |_| {
        open(c"/dev/ptmx", O_RDWR | O_NOCTTY)
    }),
    attack(
        "open-disk",
        Files,
        NoControl("machines differ in their disks"),
        |_| open(c"/dev/vda", O_RDONLY),
    ),
    attack("open-shared-memory-folder", Files, Nothing, |_| {
        open(c"/dev/shm", O_RDONLY | O_DIRECTORY)
    }),
    attack("open-kernel-settings", Files, Nothing, |_| {
        read_path(c"/proc/sys/kernel/osrelease")
    }),
    attack("write-kernel-settings", Files, Root, |_| {
        open(c"/proc/sys/kernel/core_pattern", O_WRONLY)
    }),
    attack("open-path-only", Files, Nothing, |s| {
        open(&s.flag_path(), O_PATH)
    }),
    attack("open-temporary", Files, Nothing, |s| {
        open(&s.folder_path(), O_TMPFILE | O_RDWR)
    }),
    attack("create-mark", Files, Nothing, |s| {
        open(&s.mark_path(), O_CREAT | O_WRONLY)
    }),
    attack("make-folder", Files, Nothing, |s| {
        done(call(
            SYS_mkdirat,
            &[HERE, at(s.mark_path().to_bytes_with_nul()), 0o755],
        ))
    }),
    attack("make-pipe", Files, Nothing, |s| {
        let mode = (S_IFIFO | 0o644) as usize;
        done(call(
            SYS_mknodat,
            &[HERE, at(s.mark_path().to_bytes_with_nul()), mode, 0],
        ))
    }),
    attack("make-device", Files, Root, |s| {
        let mode = (S_IFCHR | 0o644) as usize;
        done(call(
            SYS_mknodat,
            &[HERE, at(s.mark_path().to_bytes_with_nul()), mode, 0x103],
        ))
    }),
    attack("make-link", Files, Nothing, |s| {
        let mark = s.mark_path();
        done(call(
            SYS_symlinkat,
            &[
                at(c"/etc/passwd".to_bytes_with_nul()),
                HERE,
                at(mark.to_bytes_with_nul()),
            ],
        ))
    }),
    attack("make-second-name", Files, Root, |s| {
        let (flag, mark) = (s.flag_path(), s.mark_path());
        done(call(
            SYS_linkat,
            &[
                HERE,
                at(flag.to_bytes_with_nul()),
                HERE,
                at(mark.to_bytes_with_nul()),
                0,
            ],
        ))
    }),
    attack("rename-flag", Files, Nothing, |s| {
        let (flag, mark) = (s.flag_path(), s.mark_path());
        done(call(
            SYS_renameat2,
            &[
                HERE,
                at(flag.to_bytes_with_nul()),
                HERE,
                at(mark.to_bytes_with_nul()),
                0,
            ],
        ))
    }),
    attack("remove-flag", Files, Nothing, |s| {
        done(call(
            SYS_unlinkat,
            &[HERE, at(s.flag_path().to_bytes_with_nul()), 0],
        ))
    }),
    attack("empty-flag", Files, Root, |s| {
        done(call(
            SYS_truncate,
            &[at(s.flag_path().to_bytes_with_nul()), 0],
        ))
    }),
    attack("set-user-id-on-what-is-open", Files, Nothing, |_| {
        let memory = call(SYS_memfd_create, &[at(b"m\0"), 0])?;
        done(call(SYS_fchmod, &[memory, 0o4755]))
    }),
    attack("change-mode", Files, Root, |s| {
        done(call(
            SYS_fchmodat,
            &[HERE, at(s.flag_path().to_bytes_with_nul()), 0o666],
        ))
    }),
    attack("change-owner", Files, Root, |s| {
        done(call(
            SYS_fchownat,
            &[HERE, at(s.flag_path().to_bytes_with_nul()), 1, 1, 0],
        ))
    }),
    attack("change-times", Files, Root, |s| {
        done(call(
            SYS_utimensat,
            &[HERE, at(s.flag_path().to_bytes_with_nul()), 0, 0],
        ))
    }),
    attack("set-attribute", Files, Root, |s| {
        let (flag, name) = (s.flag_path(), c"user.mark");
        done(call(
            SYS_setxattr,
            &[
                at(flag.to_bytes_with_nul()),
                at(name.to_bytes_with_nul()),
                at(b"1"),
                1,
                0,
            ],
        ))
    }),
    attack("list-attributes", Files, Nothing, |s| {
        done(call(
            SYS_listxattr,
            &[at(s.flag_path().to_bytes_with_nul()), 0, 0],
        ))
    }),
    attack("look-at-flag", Files, Nothing, |s| {
        let mut found = [0_u8; 256];
        done(call(
            SYS_newfstatat,
            &[
                HERE,
                at(s.flag_path().to_bytes_with_nul()),
                into(&mut found),
                0,
            ],
        ))
    }),
    attack("look-at-flag-newer", Files, Nothing, |s| {
        let mut found = [0_u8; 512];
        done(call(
            SYS_statx,
            &[
                HERE,
                at(s.flag_path().to_bytes_with_nul()),
                0,
                0xfff,
                into(&mut found),
            ],
        ))
    }),
    attack("ask-for-access", Files, Nothing, |s| {
        done(call(
            SYS_faccessat,
            &[HERE, at(s.flag_path().to_bytes_with_nul()), 4],
        ))
    }),
    attack("read-link", Files, Nothing, |_| {
        let mut target = [0_u8; 256];
        done(call(
            SYS_readlinkat,
            &[
                HERE,
                at(c"/proc/self/exe".to_bytes_with_nul()),
                into(&mut target),
                256,
            ],
        ))
    }),
    attack("look-at-file-system", Files, Nothing, |s| {
        let mut found = [0_u8; 256];
        done(call(
            SYS_statfs,
            &[at(s.flag_path().to_bytes_with_nul()), into(&mut found)],
        ))
    }),
    attack("ask-where", Files, Nothing, |_| {
        let mut path = [0_u8; 4096];
        done(call(SYS_getcwd, &[into(&mut path), 4096]))
    }),
    attack("change-folder", Files, Nothing, |_| {
        done(call(SYS_chdir, &[at(c"/".to_bytes_with_nul())]))
    }),
    attack("change-root", Files, Root, |s| {
        done(call(SYS_chroot, &[at(s.folder_path().to_bytes_with_nul())]))
    }),
    attack("read-inherited-file", Files, Nothing, |s| {
        read(usize::try_from(s.inherited[0]).unwrap_or(usize::MAX))
    }),
    attack("open-beneath-inherited-folder", Files, Nothing, |s| {
        let folder = usize::try_from(s.inherited[1]).unwrap_or(usize::MAX);
        read(call(
            SYS_openat,
            &[folder, at(c"flag".to_bytes_with_nul()), 0],
        )?)
    }),
    attack("list-inherited-folder", Files, Nothing, |s| {
        let folder = usize::try_from(s.inherited[1]).unwrap_or(usize::MAX);
        let mut names = vec![0_u8; 4096];
        done(call(
            SYS_getdents64,
            &[folder, into(names.as_mut_slice()), 4096],
        ))
    }),
    attack("any-inherited-descriptor", Files, Nothing, any_descriptor),
    attack("open-by-handle", Files, Root, by_handle),
    attack("name-handle", Files, Nothing, |s| {
        handle(s).map(|_| "a handle".to_owned())
    }),
    attack("watch-folder", Files, Nothing, |s| {
        let watch = call(SYS_inotify_init1, &[0])?;
        done(call(
            SYS_inotify_add_watch,
            &[watch, at(s.folder_path().to_bytes_with_nul()), 0xfff],
        ))
    }),
    attack("watch-everything", Files, Root, |_| {
        done(call(SYS_fanotify_init, &[0, 0]))
    }),
    attack("swap-on", Files, Root, |s| {
        reached(
            call(SYS_swapon, &[at(s.mark_path().to_bytes_with_nul()), 0]),
            &[ENOENT],
        )
    }),
    attack("swap-off", Files, Root, |s| {
        reached(
            call(SYS_swapoff, &[at(s.mark_path().to_bytes_with_nul())]),
            &[ENOENT, EINVAL],
        )
    }),
    attack("account-processes", Files, Root, |s| {
        reached(
            call(SYS_acct, &[at(s.mark_path().to_bytes_with_nul())]),
            &[ENOENT],
        )
    }),
    attack("quotas", Files, Nothing, |_| {
        done(call(SYS_quotactl, &[0x8000_0100, 0, 0, 0]))
    }),
    attack("mount", Files, Root, mount_over),
    attack("unmount", Files, Root, |s| {
        reached(
            call(SYS_umount2, &[at(s.mark_path().to_bytes_with_nul()), 0]),
            &[ENOENT],
        )
    }),
    attack("pivot-root", Files, Root, |s| {
        let folder = s.folder_path();
        let path = at(folder.to_bytes_with_nul());
        reached(call(SYS_pivot_root, &[path, path]), &[EINVAL, EBUSY])
    }),
    attack("clone-mount", Files, Root, |s| {
        done(call(
            SYS_open_tree,
            &[HERE, at(s.folder_path().to_bytes_with_nul()), 1],
        ))
    }),
    attack("make-file-system", Files, Root, |_| {
        done(call(SYS_fsopen, &[at(c"tmpfs".to_bytes_with_nul()), 0]))
    }),
    attack("change-mount", Files, Root, |_| {
        let empty = [0_u64; 4];
        done(call(
            SYS_mount_setattr,
            &[HERE, at(c"/".to_bytes_with_nul()), 0, at(&empty), 32],
        ))
    }),
    attack("write-out-everything", Files, Nothing, |_| {
        done(call(SYS_sync, &[]))
    }),
];

/// Opens, and takes the descriptor for success.
fn open(path: &std::ffi::CStr, flags: i32) -> Got {
    let flags = usize::try_from(flags).unwrap_or(0);
    let opened = call(
        SYS_openat,
        &[HERE, at(path.to_bytes_with_nul()), flags, 0o644],
    );
    opened.map(|descriptor| format!("opened as {descriptor}"))
}

/// Reads what is there and says it.
fn read(descriptor: usize) -> Got {
    let mut bytes = [0_u8; 512];
    let count = call(SYS_read, &[descriptor, into(&mut bytes), 512])?;
    let read = bytes.get(..count).unwrap_or_default();
    Ok(String::from_utf8_lossy(read).into_owned())
}

fn read_path(path: &std::ffi::CStr) -> Got {
    read(call(SYS_openat, &[HERE, at(path.to_bytes_with_nul()), 0])?)
}

fn of_process(process: u32, name: &str, flags: i32) -> Got {
    open(&c(format!("/proc/{process}/{name}")), flags)
}

fn openat2(scene: &Scene) -> Got {
    // `struct open_how`: flags, mode, resolve.
    let how = [0_u64; 3];
    read(call(
        SYS_openat2,
        &[
            HERE,
            at(scene.flag_path().to_bytes_with_nul()),
            at(&how),
            24,
        ],
    )?)
}

/// Looks whether the flag can be read from any number, from its beginning.
fn any_descriptor(_: &Scene) -> Got {
    let mut last = EBADF;
    for descriptor in 1..1024_usize {
        let mut bytes = [0_u8; 256];
        match call(SYS_pread64, &[descriptor, into(&mut bytes), 256, 0]) {
            Ok(count) if count > 0 => {
                let read = bytes.get(..count).unwrap_or_default();
                return Ok(String::from_utf8_lossy(read).into_owned());
            }
            Ok(_) => {}
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// `struct file_handle` with room for its bytes.
#[repr(C)]
struct Handle {
    bytes: u32,
    kind: i32,
    handle: [u8; 128],
}

fn handle(scene: &Scene) -> Result<Handle, i32> {
    let mut handle = Handle {
        bytes: 128,
        kind: 0,
        handle: [0; 128],
    };
    let mut mount = 0_i32;
    let path = scene.flag_path();
    call(
        SYS_name_to_handle_at,
        &[
            HERE,
            at(path.to_bytes_with_nul()),
            into(&mut handle),
            into(&mut mount),
            0,
        ],
    )?;
    Ok(handle)
}

fn by_handle(scene: &Scene) -> Got {
    // Who cannot ask for a handle may guess one: the call has to be refused as well.
    let mut handle = handle(scene).unwrap_or(Handle {
        bytes: 8,
        kind: 1,
        handle: [0; 128],
    });
    read(call(SYS_open_by_handle_at, &[HERE, into(&mut handle), 0])?)
}

fn mount_over(scene: &Scene) -> Got {
    let (folder, kind) = (scene.folder_path(), c"tmpfs");
    let path = at(folder.to_bytes_with_nul());
    let kind = at(kind.to_bytes_with_nul());
    call(SYS_mount, &[kind, path, kind, 0, 0])?;
    call(SYS_umount2, &[path, MNT_DETACH as usize])?;
    Ok("mounted".to_owned())
}
