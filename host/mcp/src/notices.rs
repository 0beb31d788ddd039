//! Lines of the log that callers can cause at will: only so many a second, and then how many there were.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lines a second. Enough to see what is going on, and no way to fill a disk.
const PER_SECOND: u32 = 10;

const SECOND: Duration = Duration::from_secs(1);

/// Counts such lines.
#[derive(Debug)]
pub(crate) struct Notices {
    /// What was left out, behind its number.
    words: &'static str,
    second: Arc<Mutex<Second>>,
}

#[derive(Debug)]
struct Second {
    began: Instant,
    lines: u32,
    left_out: u64,
}

/// Whether a line may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Yes,
    No,
    /// No, for the first time within this second.
    FirstNo,
}

impl Notices {
    pub(crate) fn new(words: &'static str) -> Self {
        Self {
            words,
            second: Arc::new(Mutex::new(Second {
                began: Instant::now(),
                lines: 0,
                left_out: 0,
            })),
        }
    }

    /// Whether a line may be written. What is left out is counted, and the count is written when the second is over.
    pub(crate) fn room(&self) -> bool {
        let room = lock(&self.second).room(Instant::now());
        if room == Room::FirstNo {
            let (words, second) = (self.words, self.second.clone());
            tokio::spawn(async move {
                tokio::time::sleep(SECOND).await;
                let left_out = std::mem::take(&mut lock(&second).left_out);
                tracing::warn!("{left_out} {words}");
            });
        }
        room == Room::Yes
    }
}

fn lock(second: &Mutex<Second>) -> std::sync::MutexGuard<'_, Second> {
    second.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Second {
    fn room(&mut self, now: Instant) -> Room {
        if now.duration_since(self.began) >= SECOND {
            self.began = now;
            self.lines = 0;
        }
        if self.lines < PER_SECOND {
            self.lines += 1;
            return Room::Yes;
        }
        self.left_out += 1;
        match self.left_out {
            1 => Room::FirstNo,
            _ => Room::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_and_counted() {
        let now = Instant::now();
        let mut second = Second {
            began: now,
            lines: 0,
            left_out: 0,
        };
        let rooms: Vec<Room> = (0..1000).map(|_| second.room(now)).collect();
        let count = |wanted: Room| rooms.iter().filter(|room| **room == wanted).count();
        assert_eq!((count(Room::Yes), count(Room::FirstNo)), (10, 1));
        assert_eq!(second.left_out, 990);
        assert_eq!(second.room(now + SECOND), Room::Yes);
    }
}
