//! Sessions of the older protocol: whose they are, how many there may be, and that their end ends what they began.
//!
//! A session's id is no authentication. Every request is authenticated for itself, and a session answers only the
//! principal that began it; to anybody else it does not exist.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rmcp::transport::streamable_http_server::session::SessionManager as _;
use rmcp::transport::streamable_http_server::session::local::{LocalSessionManager, SessionConfig};
use tokio_util::sync::CancellationToken;

use crate::metrics::Present;

/// The most sessions of one principal: more than the agents of one person.
const PER_PRINCIPAL_MAX: usize = 64;

/// The most sessions at all. Each holds some tens of kilobytes.
const ALL_MAX: usize = 1024;

/// How long a session without a word is kept: longer than the longest call, with a person's thinking before it, since neither is a word.
const KEPT: Duration = Duration::from_secs(70 * 60);

/// How long a session has to be without a request before it gives way to another one of its principal's.
const GIVES_WAY: Duration = Duration::from_secs(300);

/// Sessions, by whom they were begun.
#[derive(Debug)]
pub(super) struct Sessions {
    pub(super) manager: Arc<LocalSessionManager>,
    owners: Mutex<Owners>,
}

#[derive(Debug, Default)]
struct Owners {
    of: HashMap<String, Owner>,
    /// Sessions that are being begun, by their principals.
    beginning: HashMap<String, usize>,
}

/// Whose a session is. It is counted for as long as this lives.
#[derive(Debug)]
struct Owner {
    principal: String,
    used: Instant,
    under_way: Arc<()>,
    ended: CancellationToken,
    _present: Present,
}

/// A request of a session, for as long as it is under way.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// Cancelled when the session ends.
    pub(super) ended: CancellationToken,
    _under_way: Arc<()>,
}

/// A place for a session that is being begun.
#[derive(Debug)]
pub(super) struct Beginning<'s> {
    sessions: &'s Sessions,
    principal: String,
}

impl Sessions {
    pub(super) fn new() -> Self {
        let mut manager = LocalSessionManager::default();
        manager.session_config = SessionConfig::default();
        manager.session_config.keep_alive = Some(KEPT);
        Self {
            manager: Arc::new(manager),
            owners: Mutex::new(Owners::default()),
        }
    }

    fn owners(&self) -> std::sync::MutexGuard<'_, Owners> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request of this session, where it is this principal's. One that nobody began is nobody's.
    pub(super) fn of(&self, session: &str, principal: &str) -> Option<Member> {
        let mut owners = self.owners();
        let owner = owners.of.get_mut(session);
        let owner = owner.filter(|owner| owner.principal == principal)?;
        owner.used = Instant::now();
        Some(Member {
            ended: owner.ended.clone(),
            _under_way: owner.under_way.clone(),
        })
    }

    /// A place for another session of this principal's. One of its own that nobody uses any more gives way.
    pub(super) async fn room(&self, principal: &str) -> Option<Beginning<'_>> {
        self.forget_ended().await;
        if let Some(idle) = self.idle(principal) {
            // That it is gone already is as good.
            let _ = self.manager.close_session(&idle.as_str().into()).await;
        }
        let mut owners = self.owners();
        let own = owners.of.values();
        let own = own.filter(|owner| owner.principal == principal).count();
        let own = own + owners.beginning.get(principal).copied().unwrap_or_default();
        let all = owners.of.len() + owners.beginning.values().sum::<usize>();
        (own < PER_PRINCIPAL_MAX && all < ALL_MAX).then(|| {
            *owners.beginning.entry(principal.to_owned()).or_default() += 1;
            Beginning {
                sessions: self,
                principal: principal.to_owned(),
            }
        })
    }

    /// Takes the session out that was idle for the longest time, where the principal has as many as it may.
    fn idle(&self, principal: &str) -> Option<String> {
        let mut owners = self.owners();
        let own = owners.of.iter();
        let own = own.filter(|(_, owner)| owner.principal == principal);
        if own.clone().count() < PER_PRINCIPAL_MAX {
            return None;
        }
        let idle = own.filter(|(_, owner)| {
            Arc::strong_count(&owner.under_way) == 1 && owner.used.elapsed() > GIVES_WAY
        });
        let oldest = idle.min_by_key(|(_, owner)| owner.used);
        let session = oldest.map(|(session, _)| session.clone())?;
        owners.of.remove(&session);
        Some(session)
    }

    /// Notes that this principal began a session.
    pub(super) fn began(&self, session: &str, principal: &str, present: Present) {
        let owner = Owner {
            principal: principal.to_owned(),
            used: Instant::now(),
            under_way: Arc::new(()),
            ended: CancellationToken::new(),
            _present: present,
        };
        self.owners().of.entry(session.to_owned()).or_insert(owner);
    }

    async fn forget_ended(&self) {
        let alive = self.manager.sessions.read().await;
        self.owners()
            .of
            .retain(|session, _| alive.contains_key(session.as_str()));
    }
}

impl Drop for Beginning<'_> {
    fn drop(&mut self) {
        let mut owners = self.sessions.owners();
        if let Some(count) = owners.beginning.get_mut(&self.principal) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                owners.beginning.remove(&self.principal);
            }
        }
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
        assert!(sessions.of("one", "alice").is_some());
        for (session, principal) in [("one", "bob"), ("two", "alice"), ("", ""), ("one", "")] {
            assert!(sessions.of(session, principal).is_none());
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
        assert!(sessions.room("alice").await.is_some());
        assert!(sessions.of("1", "alice").is_none());
    }

    /// However many begin at once: each takes its place before it is there.
    #[tokio::test]
    async fn what_is_being_begun_takes_a_place() {
        let sessions = Sessions::new();
        let mut beginning = Vec::new();
        while let Some(one) = sessions.room("alice").await {
            beginning.push(one);
        }
        assert_eq!(beginning.len(), PER_PRINCIPAL_MAX);
        assert!(sessions.room("bob").await.is_some());
        beginning.pop();
        assert!(sessions.room("alice").await.is_some());
    }

    /// One that is used does not give way, and neither does a new one.
    #[tokio::test]
    async fn only_what_is_idle_gives_way() {
        let sessions = Sessions::new();
        let metrics = Metrics::new();
        for number in 0..PER_PRINCIPAL_MAX {
            sessions.began(&number.to_string(), "alice", metrics.session());
        }
        assert_eq!(sessions.idle("alice"), None);
        let long_ago = Instant::now().checked_sub(GIVES_WAY + Duration::from_secs(1));
        let busy = sessions.of("7", "alice");
        for number in ["7", "8"] {
            if let (Some(owner), Some(long_ago)) = (sessions.owners().of.get_mut(number), long_ago)
            {
                owner.used = long_ago;
            }
        }
        assert_eq!(sessions.idle("alice").as_deref(), Some("8"));
        drop(busy);
        assert_eq!(sessions.idle("alice"), None, "there is room now");
    }
}
