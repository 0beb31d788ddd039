//! Sessions of the older protocol: whose they are, how many there may be, and that their end ends what they began.
//!
//! A session's id is no authentication. Every request is authenticated for itself, and a session answers only the
//! principal that began it; to anybody else it does not exist.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rmcp::model::RequestId;
use rmcp::transport::streamable_http_server::session::SessionManager as _;
use rmcp::transport::streamable_http_server::session::local::{LocalSessionManager, SessionConfig};
use tokio_util::sync::CancellationToken;

use crate::metrics::Present;

/// The most sessions of one principal: more than the agents of one person.
const PER_PRINCIPAL_MAX: usize = 64;

/// The most sessions at all. Each holds some tens of kilobytes.
const ALL_MAX: usize = 1024;

/// How long a session without a word is kept: longer than the longest call, with its longest wait and a person's thinking before it, since none
/// of them is a word.
const KEPT: Duration = Duration::from_secs(80 * 60);

/// How long a session has to be without a request before it gives way to another one.
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
    usage: Arc<Usage>,
    ended: CancellationToken,
    _present: Present,
}

/// When a session was used last, and by how many requests it is used now.
#[derive(Debug)]
struct Usage {
    last: Mutex<Instant>,
    requests: AtomicUsize,
    /// The ids of those that are to be answered.
    ids: Mutex<HashSet<RequestId>>,
}

/// A request of a session, for as long as it is under way.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// The session.
    pub(super) session: Arc<str>,
    /// Cancelled when the session ends.
    pub(super) ended: CancellationToken,
    using: Arc<Using>,
}

#[derive(Debug)]
struct Using(Arc<Usage>);

/// The id of a request, which no other request of its session may have before that is answered.
#[derive(Debug)]
pub(super) struct Id {
    usage: Arc<Usage>,
    id: RequestId,
}

impl Usage {
    fn new() -> Self {
        Self {
            last: Mutex::new(Instant::now()),
            requests: AtomicUsize::new(0),
            ids: Mutex::default(),
        }
    }

    fn ids(&self) -> std::sync::MutexGuard<'_, HashSet<RequestId>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long it was not used; none while it is.
    fn idle(&self) -> Option<Duration> {
        (self.requests.load(Ordering::SeqCst) == 0).then(|| self.last().elapsed())
    }
}

impl Using {
    fn new(usage: &Arc<Usage>) -> Self {
        usage.requests.fetch_add(1, Ordering::SeqCst);
        Self(usage.clone())
    }
}

impl Drop for Using {
    fn drop(&mut self) {
        *self.0.last() = Instant::now();
        self.0.requests.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Member {
    /// Takes the id of a request, where no other one has it: answers find their requests by it.
    pub(super) fn take(&self, id: RequestId) -> Option<Id> {
        let usage = &self.using.0;
        usage.ids().insert(id.clone()).then(|| Id {
            usage: usage.clone(),
            id,
        })
    }
}

impl Drop for Id {
    fn drop(&mut self) {
        self.usage.ids().remove(&self.id);
    }
}

/// A place for a session that is being begun.
#[derive(Debug)]
pub(super) struct Beginning {
    sessions: Arc<Sessions>,
    principal: String,
}

impl Owners {
    /// Sessions of a principal, those that are being begun among them.
    fn count(&self, principal: &str) -> usize {
        let own = self.of.values();
        let own = own.filter(|owner| owner.principal == principal).count();
        own + self.beginning.get(principal).copied().unwrap_or_default()
    }

    fn all(&self) -> usize {
        self.of.len() + self.beginning.values().sum::<usize>()
    }

    /// Who has the most.
    fn who_has_most(&self) -> Option<String> {
        let principals = self.of.values().map(|owner| owner.principal.as_str());
        let most = principals.max_by_key(|principal| self.count(principal));
        most.map(str::to_owned)
    }
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
        Some(Member {
            session: session.into(),
            ended: owner.ended.clone(),
            using: Arc::new(Using::new(&owner.usage)),
        })
    }

    /// The session has ended, and what it began ends with it.
    pub(super) fn ended(&self, session: &str) {
        if let Some(owner) = self.owners().of.remove(session) {
            owner.ended.cancel();
        }
    }

    /// A place for another session of this principal's. Where there is none, one that nobody uses any more gives way: one of its own, or, when
    /// all places are taken, one of who has the most.
    pub(super) async fn room(self: &Arc<Self>, principal: &str) -> Option<Beginning> {
        self.forget_ended().await;
        if let Some(idle) = self.idle(principal) {
            // That it is gone already is as good.
            let _ = self.manager.close_session(&idle.as_str().into()).await;
        }
        let mut owners = self.owners();
        let has_room = owners.count(principal) < PER_PRINCIPAL_MAX && owners.all() < ALL_MAX;
        has_room.then(|| {
            *owners.beginning.entry(principal.to_owned()).or_default() += 1;
            Beginning {
                sessions: self.clone(),
                principal: principal.to_owned(),
            }
        })
    }

    /// Takes the session out that was idle for the longest time, where there is no room.
    fn idle(&self, principal: &str) -> Option<String> {
        let mut owners = self.owners();
        let whose = if owners.count(principal) >= PER_PRINCIPAL_MAX {
            principal.to_owned()
        } else if owners.all() >= ALL_MAX {
            owners.who_has_most()?
        } else {
            return None;
        };
        let own = owners.of.iter();
        let own = own.filter(|(_, owner)| owner.principal == whose);
        let idle = own.filter_map(|(session, owner)| Some((session, owner.usage.idle()?)));
        let idle = idle.filter(|(_, idle)| *idle > GIVES_WAY);
        let longest = idle.max_by_key(|(_, idle)| *idle);
        let session = longest.map(|(session, _)| session.clone())?;
        owners.of.remove(&session);
        Some(session)
    }

    /// Notes that this principal began a session.
    pub(super) fn began(&self, session: &str, principal: &str, present: Present) {
        let owner = Owner {
            principal: principal.to_owned(),
            usage: Arc::new(Usage::new()),
            ended: CancellationToken::new(),
            _present: present,
        };
        self.owners().of.entry(session.to_owned()).or_insert(owner);
    }

    /// Forgets those that are no more.
    pub(super) async fn forget_ended(&self) {
        let alive = self.manager.sessions.read().await;
        self.owners()
            .of
            .retain(|session, _| alive.contains_key(session.as_str()));
    }
}

impl Drop for Beginning {
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
        let sessions = Arc::new(Sessions::new());
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
        let sessions = Arc::new(Sessions::new());
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
        let busy = sessions.of("7", "alice");
        long_ago(&sessions, &["7", "8"]);
        assert_eq!(sessions.idle("alice").as_deref(), Some("8"));
        drop(busy);
        assert_eq!(sessions.idle("alice"), None, "there is room now");
    }

    /// When all places are taken, who has the most gives one to who has none.
    #[tokio::test]
    async fn who_has_the_most_gives_way_when_all_is_taken() {
        let sessions = Sessions::new();
        let metrics = Metrics::new();
        for number in 0..ALL_MAX {
            let principal = match number {
                0..10 => "many".to_owned(),
                number => format!("p{number}"),
            };
            sessions.began(&number.to_string(), &principal, metrics.session());
        }
        assert_eq!(sessions.idle("nobody"), None, "all are new");
        long_ago(&sessions, &["3", "500"]);
        assert_eq!(sessions.idle("nobody").as_deref(), Some("3"));
        assert_eq!(sessions.idle("nobody"), None, "there is room now");
    }

    #[tokio::test]
    async fn what_ended_is_gone_and_takes_what_it_began_along() {
        let sessions = Sessions::new();
        let metrics = Metrics::new();
        sessions.began("one", "alice", metrics.session());
        let member = sessions.of("one", "alice").unwrap();
        sessions.ended("one");
        assert!(member.ended.is_cancelled());
        assert!(sessions.of("one", "alice").is_none());
    }

    fn long_ago(sessions: &Sessions, ids: &[&str]) {
        let long_ago = Instant::now().checked_sub(GIVES_WAY + Duration::from_secs(1));
        for id in ids {
            *sessions.owners().of[*id].usage.last() = long_ago.unwrap();
        }
    }
}
