//! Requests that are held at once, and their bytes.
//!
//! The attacker is a caller with a token, and be it one for nothing: bodies that never end, and calls with large arguments that wait for
//! their turn, would fill the memory; streams that are only listened to would take every connection. What has no room is told to come again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of all requests. What is made of them while they are read takes several times as much.
pub(super) const ALL_BYTES_MAX: usize = 128 << 20;

/// Bytes of one principal's requests.
pub(super) const PRINCIPAL_BYTES_MAX: usize = 32 << 20;

/// Counts them.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// Requests of one principal.
    requests_max: usize,
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    bytes: usize,
    by_principal: HashMap<String, Count>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    requests: usize,
    bytes: usize,
}

/// The bytes of one request, for as long as it is held.
#[derive(Debug)]
pub(super) struct Holding {
    held: Held,
    principal: String,
    bytes: usize,
}

impl Held {
    /// Where there are so many connections: of them one principal leaves a quarter to others.
    pub(super) fn new(connections: usize) -> Self {
        Self {
            requests_max: connections.saturating_sub(connections / 4).max(1),
            counts: Arc::default(),
        }
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more request of this principal, if it may have another.
    pub(super) fn begin(&self, principal: &str) -> Option<Holding> {
        let mut counts = self.counts();
        let own = counts.by_principal.entry(principal.to_owned()).or_default();
        if own.requests >= self.requests_max {
            return None;
        }
        own.requests += 1;
        Some(Holding {
            held: self.clone(),
            principal: principal.to_owned(),
            bytes: 0,
        })
    }
}

impl Holding {
    /// Takes room for so many bytes more, if there is.
    #[must_use]
    pub(super) fn more(&mut self, bytes: usize) -> bool {
        let mut counts = self.held.counts();
        let all = counts.bytes + bytes;
        let own = counts.by_principal.entry(self.principal.clone());
        let own = own.or_default();
        if own.bytes + bytes > PRINCIPAL_BYTES_MAX || all > ALL_BYTES_MAX {
            return false;
        }
        own.bytes += bytes;
        counts.bytes = all;
        self.bytes += bytes;
        true
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let mut counts = self.held.counts();
        counts.bytes = counts.bytes.saturating_sub(self.bytes);
        let Some(own) = counts.by_principal.get_mut(&self.principal) else {
            return;
        };
        own.requests = own.requests.saturating_sub(1);
        own.bytes = own.bytes.saturating_sub(self.bytes);
        if own.requests == 0 {
            counts.by_principal.remove(&self.principal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_principal_has_its_share_and_all_have_the_whole() {
        let held = Held::new(1024);
        let begin = |name: &str| held.begin(name).unwrap();
        let mut alice = begin("alice");
        assert!(alice.more(PRINCIPAL_BYTES_MAX));
        assert!(!begin("alice").more(1));
        let others: Vec<Holding> = (1..ALL_BYTES_MAX / PRINCIPAL_BYTES_MAX)
            .map(|number| {
                let mut holding = begin(&number.to_string());
                assert!(holding.more(PRINCIPAL_BYTES_MAX));
                holding
            })
            .collect();
        assert!(!begin("bob").more(1), "all of it is taken");
        drop(others);
        assert!(begin("bob").more(1));
        assert!(!begin("alice").more(1));
        drop(alice);
        assert!(begin("alice").more(PRINCIPAL_BYTES_MAX));
        let counts = held.counts();
        assert_eq!((counts.bytes, counts.by_principal.len()), (0, 0));
    }

    #[test]
    fn one_principal_leaves_connections_to_others() {
        let held = Held::new(8);
        let alice: Vec<Holding> = std::iter::from_fn(|| held.begin("alice")).collect();
        assert_eq!(alice.len(), 6);
        assert!(held.begin("bob").is_some());
        drop(alice);
        assert!(held.begin("alice").is_some());
        assert!(Held::new(1).begin("alice").is_some());
    }
}
