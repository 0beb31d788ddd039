//! The clocks of this program: those of the system, moved by what a test says.
//!
//! The program defines the C library's `clock_gettime` itself. So whatever in it asks for the time, Rust's own library and every crate, sees a
//! jump as it would if somebody had set the system's clock, which needs root and would be everybody's.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Seconds that the wall clock is off.
static WALL: AtomicI64 = AtomicI64::new(0);

/// Seconds that have passed beside those of the system, by the clock that only goes forwards.
static PASSED: AtomicI64 = AtomicI64::new(0);

/// The clocks are the program's: one test has them at a time.
static OWNED: Mutex<()> = Mutex::new(());

pub(crate) const DAY: i64 = 86_400;

/// More than there were since 1970.
pub(crate) const CENTURY: i64 = 36_525 * DAY;

/// How long the wall clock stays where it jumped to while it goes on jumping.
const STAY: Duration = Duration::from_millis(2);

#[expect(
    unsafe_code,
    reason = "this is the C library's function, whose name and pointers are as they are"
)]
#[unsafe(no_mangle)]
extern "C" fn clock_gettime(clock: libc::clockid_t, time: *mut libc::timespec) -> libc::c_int {
    // SAFETY: the arguments are passed on as they came, to the system call that this function is for.
    let done = unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) };
    // SAFETY: the system call has written there, so it is the caller's.
    let Some(time) = unsafe { time.as_mut() }.filter(|_| done == 0) else {
        return -1;
    };
    time.tv_sec += match clock {
        libc::CLOCK_REALTIME | libc::CLOCK_REALTIME_COARSE => {
            WALL.load(Ordering::SeqCst) + PASSED.load(Ordering::SeqCst)
        }
        libc::CLOCK_MONOTONIC | libc::CLOCK_MONOTONIC_COARSE | libc::CLOCK_BOOTTIME => {
            PASSED.load(Ordering::SeqCst)
        }
        _ => 0,
    };
    0
}

/// The clocks, for one test. When it is dropped the wall clock is right again.
pub(crate) struct Clocks {
    _owned: MutexGuard<'static, ()>,
}

impl Clocks {
    pub(crate) fn own() -> Self {
        let owned = OWNED.lock().unwrap_or_else(PoisonError::into_inner);
        Self { _owned: owned }
    }

    /// The wall clock jumps by so many seconds.
    pub(crate) fn jump(&self, seconds: i64) {
        WALL.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Time passes, by every clock.
    pub(crate) fn pass(&self, seconds: i64) {
        PASSED.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The wall clock jumps there and back again until this is dropped.
    pub(crate) fn jumping(&self, seconds: i64) -> Jumping {
        let over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&over);
        let jumps = std::thread::spawn(move || {
            let mut by = seconds;
            while !ends.load(Ordering::SeqCst) {
                WALL.fetch_add(by, Ordering::SeqCst);
                by = -by;
                std::thread::park_timeout(STAY);
            }
        });
        Jumping {
            over,
            jumps: Some(jumps),
        }
    }
}

impl Drop for Clocks {
    fn drop(&mut self) {
        WALL.store(0, Ordering::SeqCst);
    }
}

pub(crate) struct Jumping {
    over: Arc<AtomicBool>,
    jumps: Option<JoinHandle<()>>,
}

impl Drop for Jumping {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        if let Some(jumps) = self.jumps.take() {
            jumps.thread().unpark();
            jumps.join().unwrap();
        }
    }
}

#[test]
fn the_clocks_of_this_program_are_what_a_test_says() {
    use std::time::{Instant, SystemTime};
    let clocks = Clocks::own();
    let (wall, steady) = (SystemTime::now(), Instant::now());
    clocks.jump(-DAY);
    assert!(SystemTime::now() < wall);
    assert!(steady.elapsed() < Duration::from_secs(60));
    clocks.pass(2 * DAY);
    assert!(SystemTime::now() > wall);
    assert!(steady.elapsed() >= Duration::from_secs(2 * 86_400));
}
