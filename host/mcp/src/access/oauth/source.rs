//! Where keys come from, and how long they are good for.
//!
//! A file is looked at for every token: a key that was taken out of it is out at once. What an address answered is good for ten minutes.
//! A token whose key is not known makes the set be fetched again, but at most once a minute: who makes up names of keys cannot
//! make this server bother its issuer. When the issuer does not answer, the old keys stay good for an hour, then nobody is let
//! in: keys may have been withdrawn because somebody stole them.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use super::KeysPlace;
use super::keys::{KeySet, KeySetError};
use crate::access::mode::Mode;

/// A set of keys has some KiB.
const BYTES_MAX: u64 = 256 * 1024;
/// A request of an agent waits for this.
const FETCH_TIME_MAX: Duration = Duration::from_secs(10);
/// How long what was fetched is not asked for again.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// How long it is good for when the issuer does not answer.
const KEPT: Duration = Duration::from_secs(60 * 60);
/// From one try to the next, once there are keys.
const PAUSE: Duration = Duration::from_secs(60);
/// From one try to the next, as long as there are none.
const PAUSE_WITHOUT_KEYS: Duration = Duration::from_secs(5);

/// Why keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("cannot read the keys in `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Others than its owner can write the file, and so could make tokens.
    #[error("the keys in `{}` can be written by others (mode {mode:03o})", path.display())]
    WritableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// What the file or the address holds are no keys.
    #[error("there are no keys in `{place}`")]
    Keys {
        /// The file or the address.
        place: String,
        /// What is wrong.
        #[source]
        source: KeySetError,
    },
    /// The address does not answer with keys.
    #[error("cannot fetch the keys from `{url}`: {what}")]
    Fetch {
        /// The address.
        url: String,
        /// What happened instead.
        what: String,
    },
    /// It did not answer when it was asked, and it is too early to ask again.
    #[error("`{url}` gave no keys when it was asked last")]
    Waiting {
        /// The address.
        url: String,
    },
}

/// Where keys come from.
#[derive(Debug)]
pub(in crate::access) enum KeySource {
    File(FileKeys),
    Url(Arc<UrlKeys>),
}

#[derive(Debug)]
pub(in crate::access) struct FileKeys {
    path: PathBuf,
    read: Mutex<(Stamp, Arc<KeySet>)>,
}

/// What changes when a file is written or replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
    identity: (u64, u64, i64, i64),
}

#[derive(Debug)]
pub(in crate::access) struct UrlKeys {
    url: String,
    agent: ureq::Agent,
    cache: Mutex<Cache>,
    /// Held by the one who fetches.
    fetching: Arc<tokio::sync::Mutex<()>>,
}

/// What was fetched, and when.
#[derive(Debug, Default)]
struct Cache {
    keys: Option<(Arc<KeySet>, Instant)>,
    tried: Option<Instant>,
}

/// What to do for a token.
#[derive(Debug)]
enum Next {
    Use(Arc<KeySet>),
    Fetch,
    Wait,
}

/// What keys are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Those that there are, if they are fresh.
    Fresh,
    /// Newer ones than those that there are: one was not among them.
    Newer,
}

impl KeySource {
    /// A source at this place. A file is read at once.
    pub(in crate::access) fn open(place: &KeysPlace) -> Result<Self, KeysError> {
        match place {
            KeysPlace::File(path) => FileKeys::open(path).map(Self::File),
            KeysPlace::Url(url) => Ok(Self::Url(Arc::new(UrlKeys::new(url)))),
        }
    }

    /// The keys.
    pub(super) async fn keys(&self) -> Result<Arc<KeySet>, KeysError> {
        self.get(Wanted::Fresh).await
    }

    /// The keys, newer ones if there can be: a key was not among those that [`Self::keys`] gave.
    pub(super) async fn newer_keys(&self) -> Result<Arc<KeySet>, KeysError> {
        self.get(Wanted::Newer).await
    }

    async fn get(&self, wanted: Wanted) -> Result<Arc<KeySet>, KeysError> {
        match self {
            Self::File(file) => file.keys(),
            Self::Url(url) => url.keys(wanted).await,
        }
    }
}

impl FileKeys {
    fn open(path: &Path) -> Result<Self, KeysError> {
        let read = Self::read(path)?;
        Ok(Self {
            path: path.to_owned(),
            read: Mutex::new(read),
        })
    }

    fn keys(&self) -> Result<Arc<KeySet>, KeysError> {
        let mut read = lock(&self.read);
        let failed = |source| unreadable(&self.path, source);
        let stamp = std::fs::metadata(&self.path).map(|metadata| Stamp::of(&metadata));
        if stamp.map_err(failed)? != read.0 {
            *read = Self::read(&self.path)?;
        }
        Ok(Arc::clone(&read.1))
    }

    fn read(path: &Path) -> Result<(Stamp, Arc<KeySet>), KeysError> {
        let failed = |source| unreadable(path, source);
        let file = crate::file::regular(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        let mode = Mode::of(&metadata);
        if mode.others_may_write() {
            let (path, mode) = (path.to_owned(), mode.bits());
            return Err(KeysError::WritableByOthers { path, mode });
        }
        let stamp = Stamp::of(&metadata);
        let mut text = Vec::new();
        file.take(BYTES_MAX)
            .read_to_end(&mut text)
            .map_err(failed)?;
        let keys = KeySet::parse(&text).map_err(|source| KeysError::Keys {
            place: path.display().to_string(),
            source,
        })?;
        Ok((stamp, Arc::new(keys)))
    }
}

impl Stamp {
    fn of(metadata: &std::fs::Metadata) -> Self {
        Self {
            modified: metadata.modified().ok(),
            bytes: metadata.len(),
            identity: identity(metadata),
        }
    }
}

#[cfg(unix)]
fn identity(metadata: &std::fs::Metadata) -> (u64, u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    let (seconds, nanoseconds) = (metadata.ctime(), metadata.ctime_nsec());
    (metadata.dev(), metadata.ino(), seconds, nanoseconds)
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> (u64, u64, i64, i64) {
    (0, 0, 0, 0)
}

impl UrlKeys {
    fn new(url: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(FETCH_TIME_MAX))
            // Plain HTTP is for addresses of this machine alone, which the access file's reader saw to.
            .https_only(url.starts_with("https://"))
            .max_redirects(0)
            // The environment may name one: "a setting that no caller passed and no policy shows".
            .proxy(None)
            .build();
        Self {
            url: url.to_owned(),
            agent: config.new_agent(),
            cache: Mutex::default(),
            fetching: Arc::default(),
        }
    }

    async fn keys(self: &Arc<Self>, wanted: Wanted) -> Result<Arc<KeySet>, KeysError> {
        if wanted == Wanted::Fresh
            && let Next::Use(keys) = self.next(wanted)
        {
            return Ok(keys);
        }
        // Whoever fetches at this moment is waited for: what it gets may be what is wanted.
        let fetching = Arc::clone(&self.fetching).lock_owned().await;
        match self.next(wanted) {
            Next::Use(keys) => Ok(keys),
            Next::Wait => Err(self.waiting()),
            Next::Fetch => {
                // In a task of its own: what was begun is finished, also when the request that began it goes away.
                let task = tokio::spawn(Arc::clone(self).renew(fetching));
                task.await
                    .unwrap_or_else(|error| Err(self.failed(error.to_string())))
            }
        }
    }

    async fn renew(
        self: Arc<Self>,
        _fetching: OwnedMutexGuard<()>,
    ) -> Result<Arc<KeySet>, KeysError> {
        lock(&self.cache).tried = Some(Instant::now());
        let source = Arc::clone(&self);
        let fetched = tokio::task::spawn_blocking(move || source.fetch()).await;
        let fetched = fetched.unwrap_or_else(|error| Err(self.failed(error.to_string())));
        let mut cache = lock(&self.cache);
        match (fetched, cache.kept(Instant::now())) {
            (Ok(keys), _) => {
                let keys = Arc::new(keys);
                cache.keys = Some((Arc::clone(&keys), Instant::now()));
                Ok(keys)
            }
            (Err(error), Some(keys)) => {
                tracing::warn!(error = %error, "the issuer's old keys stay in force");
                Ok(keys)
            }
            (Err(error), None) => Err(error),
        }
    }

    fn next(&self, wanted: Wanted) -> Next {
        lock(&self.cache).next(wanted, Instant::now())
    }

    fn fetch(&self) -> Result<KeySet, KeysError> {
        let request = self.agent.get(&self.url).call();
        let mut response = request.map_err(|error| self.failed(error.to_string()))?;
        if response.status() != 200 {
            return Err(self.failed(format!("it answers with {}", response.status())));
        }
        let body = response.body_mut().with_config().limit(BYTES_MAX);
        let text = body
            .read_to_vec()
            .map_err(|error| self.failed(error.to_string()))?;
        KeySet::parse(&text).map_err(|source| KeysError::Keys {
            place: self.url.clone(),
            source,
        })
    }

    fn failed(&self, what: String) -> KeysError {
        let url = self.url.clone();
        KeysError::Fetch { url, what }
    }

    fn waiting(&self) -> KeysError {
        let url = self.url.clone();
        KeysError::Waiting { url }
    }
}

impl Cache {
    fn next(&self, wanted: Wanted, now: Instant) -> Next {
        let since = |then: Instant| now.saturating_duration_since(then);
        if let Some((keys, fetched)) = &self.keys
            && wanted == Wanted::Fresh
            && since(*fetched) < FRESH
        {
            return Next::Use(Arc::clone(keys));
        }
        let pause = match self.keys {
            Some(_) => PAUSE,
            None => PAUSE_WITHOUT_KEYS,
        };
        if self.tried.is_none_or(|tried| since(tried) >= pause) {
            return Next::Fetch;
        }
        self.kept(now).map_or(Next::Wait, Next::Use)
    }

    /// The keys, unless they are too old.
    fn kept(&self, now: Instant) -> Option<Arc<KeySet>> {
        let (keys, fetched) = self.keys.as_ref()?;
        let good = now.saturating_duration_since(*fetched) < KEPT;
        good.then(|| Arc::clone(keys))
    }
}

fn unreadable(path: &Path, source: io::Error) -> KeysError {
    KeysError::Read {
        path: path.to_owned(),
        source,
    }
}

/// Nothing that panics happens under these locks, and what they hold is replaced as a whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Arc<KeySet> {
        let text = br#"{"keys": [{"kty": "OKP", "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
        Arc::new(KeySet::parse(text).unwrap())
    }

    fn word(next: &Next) -> &'static str {
        match next {
            Next::Use(_) => "use",
            Next::Fetch => "fetch",
            Next::Wait => "wait",
        }
    }

    #[test]
    fn fetched_keys_are_used_until_they_are_old_and_then_kept_while_nobody_answers() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut cache = Cache {
            keys: Some((keys(), start)),
            tried: Some(start),
        };
        for (seconds, wanted, expected) in [
            (0, Wanted::Fresh, "use"),
            (0, Wanted::Newer, "use"),
            (59, Wanted::Newer, "use"),
            (60, Wanted::Newer, "fetch"),
            (599, Wanted::Fresh, "use"),
            (600, Wanted::Fresh, "fetch"),
        ] {
            let next = cache.next(wanted, at(seconds));
            assert_eq!(word(&next), expected, "{seconds} {wanted:?}");
        }
        cache.tried = Some(at(3_599));
        assert_eq!(word(&cache.next(Wanted::Fresh, at(3_599))), "use");
        assert_eq!(word(&cache.next(Wanted::Fresh, at(3_600))), "wait");
        assert_eq!(word(&cache.next(Wanted::Fresh, at(3_658))), "wait");
        assert_eq!(word(&cache.next(Wanted::Fresh, at(3_659))), "fetch");
    }

    #[test]
    fn without_keys_the_issuer_is_asked_again_soon_but_not_for_each_token() {
        let start = Instant::now();
        let mut cache = Cache::default();
        assert_eq!(word(&cache.next(Wanted::Fresh, start)), "fetch");
        cache.tried = Some(start);
        let later = |seconds| start + Duration::from_secs(seconds);
        for wanted in [Wanted::Fresh, Wanted::Newer] {
            assert_eq!(word(&cache.next(wanted, later(4))), "wait");
            assert_eq!(word(&cache.next(wanted, later(5))), "fetch");
        }
    }
}
