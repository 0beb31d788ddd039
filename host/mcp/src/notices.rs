//! Lines of the log that whoever reaches the port can cause: only so many a second, and then how many there were.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lines a second. Enough to see what is going on, and no way to fill a disk.
const PER_SECOND: u32 = 10;

/// Counts such lines.
#[derive(Debug)]
pub(crate) struct Notices {
    second: Mutex<Second>,
}

#[derive(Debug)]
struct Second {
    began: Instant,
    lines: u32,
    left_out: u64,
}

impl Notices {
    pub(crate) fn new() -> Self {
        Self {
            second: Mutex::new(Second {
                began: Instant::now(),
                lines: 0,
                left_out: 0,
            }),
        }
    }

    /// Logs a line about who connected from there, unless there were too many within this second.
    pub(crate) fn warn(&self, peer: SocketAddr, text: &str) {
        let Some(left_out) = self.room(Instant::now()) else {
            return;
        };
        if left_out > 0 {
            tracing::warn!("{left_out} more requests were refused");
        }
        tracing::warn!(%peer, "{text}");
    }

    /// Whether a line may be written now, and how many were left out before it.
    fn room(&self, now: Instant) -> Option<u64> {
        let mut second = self.second.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(second.began) >= Duration::from_secs(1) {
            second.began = now;
            second.lines = 0;
        }
        if second.lines >= PER_SECOND {
            second.left_out += 1;
            return None;
        }
        second.lines += 1;
        Some(std::mem::take(&mut second.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_and_counted() {
        let notices = Notices::new();
        let now = Instant::now();
        let written = (0..1000).filter(|_| notices.room(now).is_some()).count();
        assert_eq!(written, 10);
        let later = now + Duration::from_secs(1);
        assert_eq!(notices.room(later), Some(990));
        assert_eq!(notices.room(later), Some(0));
    }
}
