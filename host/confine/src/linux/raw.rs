//! The calls of Linux that no library wraps without asking for more than they need. All that is unsafe in this crate.

#![expect(unsafe_code, reason = "system calls without a safe wrapper")]

use std::io;

use libc::{c_int, c_long, c_ulong};

/// Capabilities that a kernel can know: the sets have 64 bits.
pub(super) const CAPABILITIES_MAX: u32 = 63;

const CAPABILITY_VERSION_3: u32 = 0x2008_0522;

/// `READ_IMPLIES_EXEC` of `personality(2)`: what is readable would be executable, whatever a filter says.
const READ_IMPLIES_EXEC: c_ulong = 0x0040_0000;

/// Asks `personality(2)` what it is instead of setting it.
const PERSONALITY_QUERY: c_ulong = 0xffff_ffff;

fn checked(result: c_int) -> io::Result<c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

fn checked_long(result: c_long) -> io::Result<c_long> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// A `prctl` whose arguments are numbers.
fn control(option: c_int, first: c_ulong, second: c_ulong) -> io::Result<c_int> {
    const ZERO: c_ulong = 0;
    // SAFETY: the options used here read only their numbers and write to no memory of this process.
    checked(unsafe { libc::prctl(option, first, second, ZERO, ZERO) })
}

/// Promises that nothing this process executes has more than it has now.
pub(super) fn gain_nothing() -> io::Result<()> {
    control(libc::PR_SET_NO_NEW_PRIVS, 1, 0).map(drop)
}

/// Whether such a promise can be made.
pub(super) fn can_gain_nothing() -> bool {
    control(libc::PR_GET_NO_NEW_PRIVS, 0, 0).is_ok()
}

/// Whether this process is the first of its session. The kernel answers 0 where the session began outside of the
/// process's name space, which `rustix` takes for impossible.
pub(super) fn leads_session() -> bool {
    // SAFETY: neither call touches memory.
    unsafe { libc::getsid(0) == libc::getpid() }
}

/// Leaves no core, and `/proc` of this process to root alone.
pub(super) fn hide_memory() -> io::Result<()> {
    control(libc::PR_SET_DUMPABLE, 0, 0)?;
    match control(libc::PR_GET_DUMPABLE, 0, 0)? {
        0 => Ok(()),
        _ => Err(io::Error::other("it is still dumpable")),
    }
}

/// Whether the bounding set holds a capability; none where the kernel does not know it.
pub(super) fn is_bounding(capability: u32) -> Option<bool> {
    let held = control(libc::PR_CAPBSET_READ, c_ulong::from(capability), 0).ok()?;
    Some(held != 0)
}

/// Takes a capability out of the bounding set.
pub(super) fn unbound(capability: u32) -> io::Result<()> {
    control(libc::PR_CAPBSET_DROP, c_ulong::from(capability), 0).map(drop)
}

/// Empties the ambient set.
pub(super) fn clear_ambient() -> io::Result<()> {
    let clear = libc::PR_CAP_AMBIENT_CLEAR_ALL as c_ulong;
    control(libc::PR_CAP_AMBIENT, clear, 0).map(drop)
}

#[repr(C)]
struct CapabilityHeader {
    version: u32,
    process: c_int,
}

/// The low or the high half of a thread's three sets.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct CapabilityHalf {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// The capabilities of this thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Capabilities {
    pub(super) effective: u64,
    pub(super) permitted: u64,
    pub(super) inheritable: u64,
}

fn halves(of: fn(&CapabilityHalf) -> u32, [low, high]: &[CapabilityHalf; 2]) -> u64 {
    u64::from(of(low)) | u64::from(of(high)) << 32
}

/// What this thread has.
pub(super) fn capabilities() -> io::Result<Capabilities> {
    let mut header = CapabilityHeader {
        version: CAPABILITY_VERSION_3,
        process: 0,
    };
    let mut sets = [CapabilityHalf::default(); 2];
    let (header, place) = (&raw mut header, sets.as_mut_ptr());
    // SAFETY: both live beyond the call, and version 3 has two halves.
    checked_long(unsafe { libc::syscall(libc::SYS_capget, header, place) })?;
    Ok(Capabilities {
        effective: halves(|half| half.effective, &sets),
        permitted: halves(|half| half.permitted, &sets),
        inheritable: halves(|half| half.inheritable, &sets),
    })
}

/// Gives up every capability that is not in the set of bits; gains none.
pub(super) fn keep_capabilities(kept: u64) -> io::Result<()> {
    let now = capabilities()?;
    set_capabilities(Capabilities {
        effective: now.effective & kept,
        permitted: now.permitted & kept,
        inheritable: 0,
    })
}

/// Sets what this thread has. What is not permitted now cannot be had.
pub(super) fn set_capabilities(to: Capabilities) -> io::Result<()> {
    let half = |shift: u32| -> CapabilityHalf {
        let part = |set: u64| u32::try_from(set >> shift & 0xffff_ffff).unwrap_or(0);
        CapabilityHalf {
            effective: part(to.effective),
            permitted: part(to.permitted),
            inheritable: part(to.inheritable),
        }
    };
    let mut header = CapabilityHeader {
        version: CAPABILITY_VERSION_3,
        process: 0,
    };
    let sets = [half(0), half(32)];
    let (header, place) = (&raw mut header, sets.as_ptr());
    // SAFETY: both live beyond the call, and version 3 has two halves.
    checked_long(unsafe { libc::syscall(libc::SYS_capset, header, place) }).map(drop)
}

/// Takes namespaces of its own.
pub(super) fn unshare(namespaces: c_int) -> io::Result<()> {
    // SAFETY: none of the flags used here shares or unshares memory or descriptors.
    checked(unsafe { libc::unshare(namespaces) }).map(drop)
}

/// Whether a child of this process could take namespaces of its own. The child ends at once.
pub(super) fn could_unshare(namespaces: c_int) -> bool {
    // SAFETY: the child makes two system calls, which touch no memory, and ends without running anything else.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: as above.
        unsafe {
            let refused = libc::unshare(namespaces) != 0;
            libc::_exit(c_int::from(refused));
        }
    }
    child > 0 && ended_well(child)
}

fn ended_well(child: libc::pid_t) -> bool {
    let mut status: c_int = -1;
    loop {
        // SAFETY: `status` lives beyond the call.
        let ended = unsafe { libc::waitpid(child, &raw mut status, 0) };
        if ended == child {
            return libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0;
        }
        if ended < 0 && io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return false;
        }
    }
}

/// Closes the descriptors of a range, both ends included.
pub(super) fn close_range(first: u32, last: u32) -> io::Result<()> {
    const NO_FLAGS: c_int = 0;
    // SAFETY: called before anything in the process owns a descriptor of the range: nothing uses one afterwards.
    checked_long(unsafe { libc::syscall(libc::SYS_close_range, first, last, NO_FLAGS) }).map(drop)
}

/// Sees to it that memory which is only readable is not executable.
pub(super) fn keep_data_data() -> io::Result<()> {
    let now = personality()?;
    if now & READ_IMPLIES_EXEC != 0 {
        // SAFETY: sets a number without one of its bits.
        checked(unsafe { libc::personality(now & !READ_IMPLIES_EXEC) })?;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a file of the kernel about this process"
)]
fn personality() -> io::Result<c_ulong> {
    // SAFETY: asks for a number.
    match checked(unsafe { libc::personality(PERSONALITY_QUERY) }) {
        Ok(now) => Ok(c_ulong::from(now.unsigned_abs())),
        // Where changing it is forbidden (systemd's `LockPersonality`), asking is too.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let text = std::fs::read_to_string("/proc/self/personality")?;
            c_ulong::from_str_radix(text.trim(), 16).map_err(io::Error::other)
        }
        Err(error) => Err(error),
    }
}

/// The version of Landlock's interface, 0 where there is none.
pub(super) fn landlock_version() -> u32 {
    const VERSION: c_ulong = 1;
    let nowhere: *const libc::c_void = std::ptr::null();
    // SAFETY: with this flag the call reads no memory.
    let version = checked_long(unsafe {
        libc::syscall(libc::SYS_landlock_create_ruleset, nowhere, 0_usize, VERSION)
    });
    version.map_or(0, |version| u32::try_from(version).unwrap_or(0))
}

/// Whether a filter of system calls may end the process.
pub(super) fn can_filter_calls() -> bool {
    const ACTION_AVAILABLE: c_ulong = 2;
    let action: u32 = libc::SECCOMP_RET_KILL_PROCESS;
    // SAFETY: the call reads one number, which lives beyond it.
    let known = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            ACTION_AVAILABLE,
            0 as c_ulong,
            &raw const action,
        )
    };
    known == 0
}

/// The request of `ioctl` on a pagemap that tells which pages were written: `_IOWR('f', 16, struct pm_scan_arg)`.
pub(super) const PAGEMAP_SCAN: u32 = 0xc060_6610;

/// Whether a pagemap knows the request.
pub(super) fn can_scan(pagemap: c_int) -> bool {
    /// `struct pm_scan_arg`: its size, then everything zero means an empty range and no answers.
    #[repr(C)]
    struct Scan {
        size: u64,
        rest: [u64; 11],
    }
    let mut scan = Scan {
        size: 96,
        rest: [0; 11],
    };
    // SAFETY: `scan` has the layout that the request names in its size, and lives beyond the call.
    unsafe { libc::ioctl(pagemap, PAGEMAP_SCAN.into(), &raw mut scan) >= 0 }
}
