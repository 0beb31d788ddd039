//! Sessions of the older protocol: whose they are, and how many there may be.
//!
//! A session's id is no authentication. Every request is authenticated for itself, and a session answers only the
//! principal that began it; to anybody else it does not exist.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::transport::streamable_http_server::session::local::{LocalSessionManager, SessionConfig};

use crate::metrics::Present;

/// The most sessions of one principal: more than the agents of one person.
const PER_PRINCIPAL_MAX: usize = 64;

/// The most sessions at all. Each holds some tens of kilobytes.
const ALL_MAX: usize = 1024;

/// Sessions, by whom they were begun.
#[derive(Debug)]
pub(super) struct Sessions {
    pub(super) manager: Arc<LocalSessionManager>,
    owners: Mutex<HashMap<String, Owner>>,
}

/// Whose a session is. It is counted for as long as this lives.
#[derive(Debug)]
struct Owner {
    principal: String,
    _present: Present,
}

impl Sessions {
    pub(super) fn new() -> Self {
        let mut manager = LocalSessionManager::default();
        manager.session_config = SessionConfig::default();
        Self {
            manager: Arc::new(manager),
            owners: Mutex::new(HashMap::new()),
        }
    }

    /// Whether the session is this principal's. One that nobody began is nobody's.
    pub(super) fn is_of(&self, session: &str, principal: &str) -> bool {
        let owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners
            .get(session)
            .is_some_and(|owner| owner.principal == principal)
    }

    /// Whether this principal may begin another.
    pub(super) async fn room(&self, principal: &str) -> bool {
        self.forget_ended().await;
        let owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        let own = owners
            .values()
            .filter(|owner| owner.principal == principal)
            .count();
        own < PER_PRINCIPAL_MAX && owners.len() < ALL_MAX
    }

    /// Notes that this principal began a session.
    pub(super) fn began(&self, session: &str, principal: &str, present: Present) {
        let owner = Owner {
            principal: principal.to_owned(),
            _present: present,
        };
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.entry(session.to_owned()).or_insert(owner);
    }

    async fn forget_ended(&self) {
        let alive = self.manager.sessions.read().await;
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.retain(|session, _| alive.contains_key(session.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    #[tokio::test]
    async fn a_session_answers_only_who_began_it() {
        let sessions = Sessions::new();
        let metrics = Metrics::new();
        sessions.began("one", "alice", metrics.session());
        // Whoever answers for it again does not make it his.
        sessions.began("one", "bob", metrics.session());
        assert!(sessions.is_of("one", "alice"));
        for (session, principal) in [("one", "bob"), ("two", "alice"), ("", ""), ("one", "")] {
            assert!(!sessions.is_of(session, principal));
        }
    }

    #[tokio::test]
    async fn sessions_that_ended_make_room() {
        let sessions = Sessions::new();
        let metrics = Metrics::new();
        for number in 0..PER_PRINCIPAL_MAX {
            sessions.began(&number.to_string(), "alice", metrics.session());
        }
        // None of them is alive in the manager.
        assert!(sessions.room("alice").await);
        assert!(!sessions.is_of("1", "alice"));
    }
}
