//! Making memory executable, which is how a bug becomes a program; and memory that others share.

use libc::*;

use super::Class::Memory;
use super::Needs::Nothing;
use super::{Attack, Got, attack, done};
use crate::raw::{Answer, HERE, at, call, into, negative};

const PAGE: usize = 1 << 16;
const READ: usize = PROT_READ as usize;
const WRITE: usize = PROT_WRITE as usize;
const EXECUTE: usize = PROT_EXEC as usize;

pub(super) const ATTACKS: &[Attack] = &[
    attack("map-executable", Memory, Nothing, |_| {
        done(map(READ | EXECUTE))
    }),
    attack("map-writable-and-executable", Memory, Nothing, |_| {
        done(map(READ | WRITE | EXECUTE))
    }),
    attack("map-only-executable", Memory, Nothing, |_| {
        done(map(EXECUTE))
    }),
    attack("make-executable", Memory, Nothing, |_| {
        let page = map(READ | WRITE)?;
        done(call(SYS_mprotect, &[page, PAGE, READ | EXECUTE]))
    }),
    attack("make-executable-with-growth", Memory, Nothing, |_| {
        // A bit beside the one that counts must not hide it.
        let page = map(READ | WRITE)?;
        let high = 1_usize << 40;
        super::reached(
            call(SYS_mprotect, &[page, PAGE, high | READ | EXECUTE]),
            &[EINVAL],
        )
    }),
    attack("make-executable-with-key", Memory, Nothing, |_| {
        let page = map(READ | WRITE)?;
        done(call(
            SYS_pkey_mprotect,
            &[page, PAGE, READ | EXECUTE, negative(-1)],
        ))
    }),
    attack("write-own-code", Memory, Nothing, |_| {
        own_code(READ | WRITE | EXECUTE)
    }),
    attack("map-a-file-executable", Memory, Nothing, |_| {
        let file = call(SYS_memfd_create, &[at(c"x".to_bytes_with_nul()), 0])?;
        call(SYS_ftruncate, &[file, PAGE])?;
        done(call(
            SYS_mmap,
            &[0, PAGE, READ | EXECUTE, MAP_PRIVATE as usize, file, 0],
        ))
    }),
    attack("memory-file", Memory, Nothing, |_| {
        done(call(SYS_memfd_create, &[at(c"x".to_bytes_with_nul()), 0]))
    }),
    attack("secret-memory-file", Memory, Nothing, |_| {
        // Kernels have it switched off by default.
        super::reached(call(SYS_memfd_secret, &[0]), &[ENOSYS])
    }),
    attack("readable-is-executable", Memory, Nothing, |_| {
        done(call(SYS_personality, &[0x0040_0000]))
    }),
    attack("rearrange-pages", Memory, Nothing, |_| {
        let page = call(
            SYS_mmap,
            &[
                0,
                PAGE,
                READ | WRITE,
                (MAP_SHARED | MAP_ANONYMOUS) as usize,
                negative(-1),
                0,
            ],
        )?;
        done(call(SYS_remap_file_pages, &[page, PAGE, 0, 0, 0]))
    }),
    attack("merge-with-others", Memory, Nothing, |_| {
        let page = map(READ | WRITE)?;
        super::reached(call(SYS_madvise, &[page, PAGE, 12]), &[EINVAL])
    }),
    attack(
        "poison-a-page",
        Memory,
        super::Needs::NoControl("as root it would take a page of the machine away for good"),
        |_| {
            let page = map(READ | WRITE)?;
            done(call(SYS_madvise, &[page, PAGE, 100]))
        },
    ),
    attack("advise-another-process", Memory, Nothing, |_| {
        super::reached(
            call(SYS_process_madvise, &[0, 0, 0, 20, 0]),
            &[EBADF, EINVAL],
        )
    }),
    attack("wake-who-maps-the-same", Memory, Nothing, |_| {
        // `FUTEX_WAKE` without the flag that keeps it within the process.
        let word = 0_u32;
        done(call(SYS_futex, &[at(&word), 1, 1]))
    }),
    attack("see-where-memory-is", Memory, super::Needs::Root, |_| {
        frame_number()
    }),
    attack("lock-memory", Memory, Nothing, |_| {
        let page = map(READ | WRITE)?;
        done(call(SYS_mlock, &[page, 4096]))
    }),
    attack("page-faults-of-its-own", Memory, Nothing, |_| {
        // `UFFD_USER_MODE_ONLY`, which any user may have.
        done(call(SYS_userfaultfd, &[1]))
    }),
    attack("shared-segment", Memory, Nothing, |_| {
        let segment = call(SYS_shmget, &[0, 4096, 0o1600])?;
        let attached = call(SYS_shmat, &[segment, 0, 0]);
        call(SYS_shmctl, &[segment, 0, 0])?;
        done(attached)
    }),
    attack("semaphores", Memory, Nothing, |_| {
        let semaphores = call(SYS_semget, &[0, 1, 0o1600])?;
        done(call(SYS_semctl, &[semaphores, 0, 0, 0]))
    }),
    attack("message-queue", Memory, Nothing, |_| {
        let queue = call(SYS_msgget, &[0, 0o1600])?;
        done(call(SYS_msgctl, &[queue, 0, 0]))
    }),
    attack("named-message-queue", Memory, Nothing, |_| {
        let name = c"bailiwick-mark";
        let flags = (O_CREAT | O_RDWR) as usize;
        let queue = call(
            SYS_mq_open,
            &[at(name.to_bytes_with_nul()), flags, 0o600, 0],
        );
        if queue.is_ok() {
            let _ = call(SYS_mq_unlink, &[at(name.to_bytes_with_nul())]);
        }
        done(queue)
    }),
];

fn map(protection: usize) -> Answer {
    let flags = (MAP_PRIVATE | MAP_ANONYMOUS) as usize;
    call(SYS_mmap, &[0, PAGE, protection, flags, negative(-1), 0])
}

/// Where a page of this process is in the machine, by a pagemap that it opens or by one that it holds already.
fn frame_number() -> Got {
    const FRAME: u64 = (1 << 55) - 1;
    let number = std::hint::black_box(7_u64);
    // Eight bytes for each page, which has 4 KiB.
    let place = at(&number) / 4096 * 8;
    let path = c"/proc/self/pagemap";
    let opened = call(SYS_openat, &[HERE, at(path.to_bytes_with_nul()), 0]);
    for descriptor in 1..1024_usize {
        let mut entry = 0_u64;
        let read = call(SYS_pread64, &[descriptor, into(&mut entry), 8, place]);
        if read == Ok(8) && entry & FRAME != 0 {
            return Ok(format!("frame {}", entry & FRAME));
        }
    }
    // It was not opened, or shows zeros.
    Err(opened.err().unwrap_or(EPERM))
}

/// The page in which a function of this program is.
fn own_code_page() -> usize {
    let function: fn(usize) -> Got = own_code;
    (function as usize) & !(PAGE - 1)
}

fn own_code(protection: usize) -> Got {
    done(call(SYS_mprotect, &[own_code_page(), 4096, protection]))
}
