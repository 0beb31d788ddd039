//! The store: one SQLite file for all tools of a host, which several processes may have open.
//!
//! Each change is one transaction, and what a place holds is counted in it: two calls at a time cannot both take the last free
//! byte. It is durable when it is answered (write-ahead log, synchronised fully): a crash leaves the old value or the new one.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension as _, Transaction, TransactionBehavior,
};

use super::key::{Key, Prefix};
use super::operations::Keys;
use crate::waist::{Failure, chain};

/// How long an operation waits for another process's transaction, which takes a synchronisation of the disk and no more.
const BUSY_MAX: Duration = Duration::from_secs(5);

/// What tells our files from those of other programs: `bwkv`.
const APPLICATION: i32 = 0x6277_6b76;

/// The version of the tables below.
const VERSION: i32 = 1;

/// Keys of one part of a listing. WIT: "never more than 1,000".
const KEYS_MAX: u32 = 1000;

const TABLES: &str = "
    CREATE TABLE place (
        id INTEGER PRIMARY KEY,
        tool TEXT NOT NULL,
        principal TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        UNIQUE (tool, principal)
    ) STRICT;
    CREATE TABLE value (
        place INTEGER NOT NULL,
        key TEXT NOT NULL,
        value BLOB NOT NULL,
        UNIQUE (place, key)
    ) STRICT;
";

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyValueError {
    /// The file could not be made.
    #[error("cannot make the key-value store `{}`", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// SQLite refused it: it is damaged, or no database.
    #[error("cannot open the key-value store `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// It is a database of another program's, or of a later version of this one.
    #[error("`{}` is no key-value store of this version", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
}

/// Where tools keep values from one call to the next. Cheap to clone; all clones are the same.
///
/// # Authority
/// Every value of every tool and principal.
#[derive(Clone, Debug)]
pub struct KeyValueStore {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: Option<PathBuf>,
    connection: Mutex<Connection>,
}

/// Whose values are meant: a tool's, for a principal. The two are never joined into one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) tool: String,
    /// Empty where the call is nobody's.
    pub(super) principal: String,
}

impl KeyValueStore {
    /// Opens the store in this file, and makes it if it is not there, for this user alone. The folder must be there.
    ///
    /// # Errors
    /// [`KeyValueError`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, KeyValueError> {
        let path = path.into();
        make(&path).map_err(|source| KeyValueError::Create {
            path: path.clone(),
            source,
        })?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(&path, flags).and_then(prepared);
        match opened {
            Ok(Some(connection)) => Ok(Self::of(Some(path), connection)),
            Ok(None) => Err(KeyValueError::Foreign { path }),
            Err(source) => Err(KeyValueError::Open { path, source }),
        }
    }

    /// A store in memory, for tests: gone with its last clone.
    ///
    /// # Errors
    /// [`KeyValueError`], when there is no memory for it.
    pub fn memory() -> Result<Self, KeyValueError> {
        let path = PathBuf::from(":memory:");
        match Connection::open_in_memory().and_then(prepared) {
            Ok(Some(connection)) => Ok(Self::of(None, connection)),
            Ok(None) => Err(KeyValueError::Foreign { path }),
            Err(source) => Err(KeyValueError::Open { path, source }),
        }
    }

    fn of(path: Option<PathBuf>, connection: Connection) -> Self {
        Self {
            inner: Arc::new(Inner {
                path,
                connection: Mutex::new(connection),
            }),
        }
    }

    /// The file, unless it is in memory.
    pub fn path(&self) -> Option<&Path> {
        self.inner.path.as_deref()
    }

    /// Every file that SQLite may make of a store at this path. A tool that could write one of them could change other tools'
    /// values.
    pub fn files(path: &Path) -> [PathBuf; 4] {
        let beside = |suffix: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        [
            path.to_owned(),
            beside("-wal"),
            beside("-shm"),
            beside("-journal"),
        ]
    }

    pub(super) fn get(&self, place: &Place, key: &Key) -> Result<Option<Vec<u8>>, Failure> {
        self.read(|connection| {
            let mut found = connection.prepare_cached(
                "SELECT value FROM value JOIN place ON place.id = value.place
                 WHERE tool = ?1 AND principal = ?2 AND key = ?3",
            )?;
            let named = (&place.tool, &place.principal, key.as_str());
            found.query_row(named, |row| row.get(0)).optional()
        })
    }

    pub(super) fn set(
        &self,
        place: &Place,
        key: &Key,
        value: &[u8],
        most: u64,
    ) -> Result<(), Failure> {
        self.change(|change| put(change, place, key, value, most))
    }

    pub(super) fn compare_and_set(
        &self,
        place: &Place,
        key: &Key,
        expected: Option<&[u8]>,
        value: &[u8],
        most: u64,
    ) -> Result<bool, Failure> {
        self.change(|change| {
            let place_id = place_id(change, place)?;
            if value_of(change, place_id, key)?.as_deref() != expected {
                return Ok(false);
            }
            put(change, place, key, value, most).map(|()| true)
        })
    }

    pub(super) fn delete(&self, place: &Place, key: &Key) -> Result<(), Failure> {
        self.change(|change| {
            let place_id = place_id(change, place)?;
            let Some(value) = value_size(change, place_id, key)? else {
                return Ok(());
            };
            change
                .prepare_cached("DELETE FROM value WHERE place = ?1 AND key = ?2")?
                .execute((place_id, key.as_str()))?;
            let held = held(change, place_id)?;
            hold(change, place_id, held.saturating_sub(key.size() + value))
        })
    }

    /// Keys behind `after` that begin with `prefix`, at most `most`, and no more than `bytes_max` bytes of them.
    pub(super) fn list(
        &self,
        place: &Place,
        prefix: &Prefix,
        after: Option<&Key>,
        most: u32,
        bytes_max: u64,
    ) -> Result<Keys, Failure> {
        let most = most.min(KEYS_MAX);
        let after = after.map_or("", Key::as_str);
        self.read(|connection| {
            let mut found = connection.prepare_cached(
                "SELECT key FROM value JOIN place ON place.id = value.place
                 WHERE tool = ?1 AND principal = ?2 AND key >= ?3 AND key > ?4 ORDER BY key LIMIT ?5",
            )?;
            let named = (&place.tool, &place.principal, prefix.as_str(), after, most + 1);
            let rows = found.query_map(named, |row| row.get::<_, String>(0))?;
            let found: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
            let begin = found.into_iter().take_while(|key| key.starts_with(prefix.as_str()));
            Ok(part(begin, most, bytes_max))
        })
    }

    fn read<T>(&self, look: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Failure> {
        let connection = self.inner.connection.lock();
        // A panic cannot have left a transaction open: it is rolled back when it is dropped.
        look(&connection.unwrap_or_else(PoisonError::into_inner)).map_err(|error| failed(&error))
    }

    /// One transaction that is alone from its beginning: what it reads is what it changes.
    fn change<T>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, Refused>,
    ) -> Result<T, Failure> {
        let connection = self.inner.connection.lock();
        let mut connection = connection.unwrap_or_else(PoisonError::into_inner);
        let changed = (|| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = change(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })();
        changed.map_err(|refused| match refused {
            Refused::Quota => Failure::Quota,
            Refused::Sqlite(error) => failed(&error),
        })
    }
}

/// Why a transaction was rolled back.
enum Refused {
    Quota,
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// A connection as every other one is set up, with the tables; none if the file is somebody else's.
fn prepared(connection: Connection) -> rusqlite::Result<Option<Connection>> {
    connection.busy_timeout(BUSY_MAX)?;
    // What stands in the file is data: no schema in it may run functions, and no statement may write its pages.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    let mut connection = connection;
    let ours = tables(&mut connection)?;
    if !ours {
        return Ok(None);
    }
    write_ahead(&connection)?;
    // WIT: "A change is durable when the function has returned".
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(Some(connection))
}

/// Makes the tables in a file that has none. Says whether they are ours.
fn tables(connection: &mut Connection) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let number =
        |name: &str| transaction.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    match (number("application_id")?, number("user_version")?) {
        (APPLICATION, VERSION) => return Ok(true),
        (0, 0) => {}
        _ => return Ok(false),
    }
    let others: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    if others > 0 {
        return Ok(false);
    }
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(true)
}

/// Makes the file, for this user alone, if it is not there.
#[expect(
    clippy::disallowed_methods,
    reason = "the operator named the file; SQLite opens it by its name, too"
)]
fn make(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
}

/// Switches to the write-ahead log, which is for good: SQLite does not wait for others here by itself.
#[expect(
    clippy::disallowed_methods,
    reason = "once, while a store is opened by several processes at the same moment: there is nothing to wait for"
)]
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let deadline = std::time::Instant::now() + BUSY_MAX;
    loop {
        let switched = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        match switched {
            Err(error) if is_busy(&error) && std::time::Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(10));
            }
            other => return other,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// What the guest learns of an error of SQLite's.
fn failed(error: &rusqlite::Error) -> Failure {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Failure::Quota,
        _ => Failure::Unavailable(chain(error)),
    }
}

fn put(
    change: &Transaction<'_>,
    place: &Place,
    key: &Key,
    value: &[u8],
    most: u64,
) -> Result<(), Refused> {
    let place_id = place_id(change, place)?;
    let before = value_size(change, place_id, key)?.map_or(0, |value| key.size() + value);
    let after = key.size() + value.len() as u64;
    let held = held(change, place_id)?
        .saturating_sub(before)
        .saturating_add(after);
    if held > most {
        return Err(Refused::Quota);
    }
    change
        .prepare_cached(
            "INSERT INTO value (place, key, value) VALUES (?1, ?2, ?3)
             ON CONFLICT (place, key) DO UPDATE SET value = excluded.value",
        )?
        .execute((place_id, key.as_str(), value))?;
    hold(change, place_id, held)
}

/// The number of a place, which gets one if it has none.
fn place_id(change: &Transaction<'_>, place: &Place) -> Result<i64, Refused> {
    let named = (&place.tool, &place.principal);
    let found = change
        .prepare_cached("SELECT id FROM place WHERE tool = ?1 AND principal = ?2")?
        .query_row(named, |row| row.get(0))
        .optional()?;
    if let Some(found) = found {
        return Ok(found);
    }
    change
        .prepare_cached("INSERT INTO place (tool, principal, bytes) VALUES (?1, ?2, 0)")?
        .execute(named)?;
    Ok(change.last_insert_rowid())
}

fn value_of(
    change: &Transaction<'_>,
    place_id: i64,
    key: &Key,
) -> Result<Option<Vec<u8>>, Refused> {
    let mut found =
        change.prepare_cached("SELECT value FROM value WHERE place = ?1 AND key = ?2")?;
    Ok(found
        .query_row((place_id, key.as_str()), |row| row.get(0))
        .optional()?)
}

fn value_size(change: &Transaction<'_>, place_id: i64, key: &Key) -> Result<Option<u64>, Refused> {
    let mut found =
        change.prepare_cached("SELECT length(value) FROM value WHERE place = ?1 AND key = ?2")?;
    let size = found
        .query_row((place_id, key.as_str()), |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(size.map(i64::unsigned_abs))
}

/// Bytes that a place holds.
fn held(change: &Transaction<'_>, place_id: i64) -> Result<u64, Refused> {
    let mut found = change.prepare_cached("SELECT bytes FROM place WHERE id = ?1")?;
    let bytes = found.query_row((place_id,), |row| row.get::<_, i64>(0))?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}

fn hold(change: &Transaction<'_>, place_id: i64, bytes: u64) -> Result<(), Refused> {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    change
        .prepare_cached("UPDATE place SET bytes = ?2 WHERE id = ?1")?
        .execute((place_id, bytes))?;
    Ok(())
}

/// The first `most` keys within so many bytes, and the last of them if there are more.
fn part(found: impl Iterator<Item = String>, most: u32, bytes_max: u64) -> Keys {
    let mut keys: Vec<String> = Vec::new();
    let mut bytes = 0;
    for key in found {
        bytes += key.len() as u64;
        if keys.len() >= most as usize || bytes > bytes_max {
            let next = keys.last().cloned();
            return Keys { keys, next };
        }
        keys.push(key);
    }
    Keys { keys, next: None }
}
