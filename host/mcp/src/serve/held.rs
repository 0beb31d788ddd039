//! Bytes of requests that are held at once.
//!
//! The attacker is a caller with a token, and be it one for nothing: bodies that never end, and calls with large arguments that wait for
//! their turn, would fill the memory. What has no room is told to come again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of all requests. What is made of them while they are read takes several times as much.
pub(super) const ALL_BYTES_MAX: usize = 128 << 20;

/// Bytes of one principal's requests.
pub(super) const PRINCIPAL_BYTES_MAX: usize = 32 << 20;

/// Counts them.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    by_principal: HashMap<String, usize>,
}

/// The bytes of one request, for as long as it is held.
#[derive(Debug)]
pub(super) struct Holding {
    held: Held,
    principal: String,
    bytes: usize,
}

impl Held {
    pub(super) fn begin(&self, principal: &str) -> Holding {
        Holding {
            held: self.clone(),
            principal: principal.to_owned(),
            bytes: 0,
        }
    }
}

impl Holding {
    /// Takes room for so many bytes more, if there is.
    #[must_use]
    pub(super) fn more(&mut self, bytes: usize) -> bool {
        let mut counts = self
            .held
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let own = counts.by_principal.get(&self.principal).copied();
        let own = own.unwrap_or_default() + bytes;
        let all = counts.all + bytes;
        if own > PRINCIPAL_BYTES_MAX || all > ALL_BYTES_MAX {
            return false;
        }
        counts.all = all;
        counts.by_principal.insert(self.principal.clone(), own);
        self.bytes += bytes;
        true
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let mut counts = self
            .held
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        counts.all = counts.all.saturating_sub(self.bytes);
        let left = counts.by_principal.get(&self.principal).copied();
        match left.unwrap_or_default().saturating_sub(self.bytes) {
            0 => counts.by_principal.remove(&self.principal),
            left => counts.by_principal.insert(self.principal.clone(), left),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_principal_has_its_share_and_all_have_the_whole() {
        let held = Held::default();
        let mut alice = held.begin("alice");
        assert!(alice.more(PRINCIPAL_BYTES_MAX));
        assert!(!held.begin("alice").more(1));
        let others: Vec<Holding> = (1..ALL_BYTES_MAX / PRINCIPAL_BYTES_MAX)
            .map(|number| {
                let mut holding = held.begin(&number.to_string());
                assert!(holding.more(PRINCIPAL_BYTES_MAX));
                holding
            })
            .collect();
        assert!(!held.begin("bob").more(1), "all of it is taken");
        drop(others);
        assert!(held.begin("bob").more(1));
        assert!(!held.begin("alice").more(1));
        drop(alice);
        assert!(held.begin("alice").more(PRINCIPAL_BYTES_MAX));
        let counts = held.counts.lock().unwrap();
        assert_eq!((counts.all, counts.by_principal.len()), (0, 0));
    }
}
