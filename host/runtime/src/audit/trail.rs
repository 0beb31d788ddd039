//! Writing a trail: one `write(2)` for each record, before the answer to what it records; and nothing more once one failed.

use std::fmt;
use std::fs::TryLockError;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError as TryLock};

use super::chain::Chain;
use super::error::AuditError;
use super::file;
use super::hex::Digest;
use super::key::SigningKey;
use super::line::LineError;
use super::record::{Body, Record};
use super::sink::{FileSink, MemorySink, Sink};
use super::tail::{Tail, TailError, read_tail};

/// How often a thread looks for the chain before it sleeps: some ten microseconds, a few times what a record takes.
const LOOKS_BEFORE_SLEEP: usize = 300;

/// A trail that is being written. Cloning is cheap, and all clones write to the same one.
///
/// ```
/// use bailiwick::audit::{Load, SigningKey, Text, Trail, TrailOptions, VerifyOptions, verify};
///
/// let key = SigningKey::generate()?;
/// let public_key = Some(key.public());
/// let trail = Trail::memory(TrailOptions { signing_key: Some(key), ..TrailOptions::default() })?;
/// trail.append(&Load {
///     tool: Text::from("csv-summary"),
///     component: None,
///     policy: None,
///     outcome: Text::from("not-a-component"),
///     reason: None,
///     remedy: None,
/// }.into())?;
/// let head = trail.close()?;
///
/// let written = trail.lines().join("\n") + "\n";
/// let report = verify(written.as_bytes(), &VerifyOptions { public_key, head: Some(head.into()) })?;
/// assert_eq!(report.to_string(), "3 records: consistent, authenticated");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Trail(Arc<Shared>);

/// When a record must be on the disk, not only in the kernel, before [`Trail::append`] returns.
///
/// In every case a record is out of the process (`write(2)`) by then, so that a crash of the program loses none; this is about a crash of the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SyncPolicy {
    /// Never: the kernel writes it when it likes, usually within half a minute.
    #[default]
    Never,
    /// Before an effect leaves (an attempt with phase `began`) and before an answer does (the record of a call), and everything before with it.
    Commits,
    /// Every record.
    Always,
}

/// How a trail is written.
#[derive(Debug, Clone)]
pub struct TrailOptions {
    /// When records must be on the disk.
    pub sync: SyncPolicy,
    /// How many records may pass before the next checkpoint is signed, if there is a key. A signature costs about as much as thirty records.
    pub checkpoint_every: NonZeroU64,
    /// The key that signs checkpoints; without one there are none.
    pub signing_key: Option<SigningKey>,
}

/// Never synchronised, a checkpoint every 1,000 records, no key.
impl Default for TrailOptions {
    fn default() -> Self {
        Self {
            sync: SyncPolicy::default(),
            checkpoint_every: NonZeroU64::MIN.saturating_add(999),
            signing_key: None,
        }
    }
}

/// The end of a trail: keep it elsewhere, and [`verify`](super::verify()) finds every change to what stood before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many records there are.
    pub count: u64,
    /// The SHA-256 of the last line without its newline.
    pub hash: Digest,
}

/// As `count:hash`.
impl fmt::Display for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.count, self.hash)
    }
}

struct Shared {
    path: Option<PathBuf>,
    chain: Mutex<Chain>,
}

impl Trail {
    /// Opens a trail to write to it, and makes it if there is none.
    ///
    /// The file is readable and writable by its owner only and locked as long as the trail lives. An existing chain is continued: its last
    /// record is checked (the rest is for [`verify`](super::verify())), and if a crash left a line without its end, that is dropped, and the first new record says so.
    ///
    /// # Errors
    ///
    /// All of [`AuditError`] except [`AuditError::Failed`] and [`AuditError::Closed`]. A file that is refused is not changed.
    pub fn open(path: &Path, options: TrailOptions) -> Result<Self, AuditError> {
        let (sink, tail) = open_file(path, options.sync)?;
        Self::start(Some(path.to_owned()), Box::new(sink), tail, options)
    }

    /// A trail in memory, for tests and for hosts that carry records elsewhere. It grows without bound.
    ///
    /// # Errors
    ///
    /// [`AuditError::Encode`], in theory.
    pub fn memory(options: TrailOptions) -> Result<Self, AuditError> {
        let sink = Box::new(MemorySink::default());
        Self::start(None, sink, Tail::EMPTY, options)
    }

    pub(super) fn start(
        path: Option<PathBuf>,
        sink: Box<dyn Sink>,
        tail: Tail,
        options: TrailOptions,
    ) -> Result<Self, AuditError> {
        let mut chain = Chain::new(sink, &tail, options);
        chain.open(tail.torn)?;
        let chain = Mutex::new(chain);
        Ok(Self(Arc::new(Shared { path, chain })))
    }

    /// Writes a record: it is in the file when this returns.
    ///
    /// # Errors
    ///
    /// [`AuditError`]. After a failed write the trail is cut back to its last whole record and every later call fails, too: what cannot be
    /// recorded must not happen.
    pub fn append(&self, body: &Body<'_>) -> Result<(), AuditError> {
        self.chain()?.append(body)
    }

    /// The end of the trail as it is now.
    ///
    /// # Errors
    ///
    /// [`AuditError::Failed`] if a thread panicked while it wrote.
    pub fn head(&self) -> Result<Head, AuditError> {
        Ok(self.chain()?.head())
    }

    /// Signs what is not signed yet, if there is a key, and takes no more records. Closing twice is no error. The last clone that is dropped
    /// closes the trail as well, but has nobody to tell when that fails.
    ///
    /// # Errors
    ///
    /// Those of [`Trail::append`].
    pub fn close(&self) -> Result<Head, AuditError> {
        let mut chain = self.chain()?;
        chain.close()?;
        Ok(chain.head())
    }

    /// The file, if there is one. A host must not grant it, or its folder, to a tool.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The lines of a trail in memory; none of a trail in a file.
    pub fn lines(&self) -> Vec<String> {
        self.chain()
            .map_or_else(|_| Vec::new(), |chain| chain.lines())
    }

    /// The records of a trail in memory; none of a trail in a file.
    ///
    /// # Errors
    ///
    /// [`LineError`] for a line that is no record, which a trail does not write.
    pub fn records(&self) -> Result<Vec<Record>, LineError> {
        self.lines()
            .iter()
            .map(|line| Record::parse(line))
            .collect()
    }

    /// The chain, for one thread at a time. It is held for a microsecond or two, and putting a thread to sleep costs several
    /// times that: whoever finds it taken looks again for a while first. Without this two threads are slower than one.
    fn chain(&self) -> Result<MutexGuard<'_, Chain>, AuditError> {
        let panicked = || AuditError::Failed {
            cause: "a thread panicked while it wrote".into(),
        };
        for _ in 0..LOOKS_BEFORE_SLEEP {
            match self.0.chain.try_lock() {
                Ok(chain) => return Ok(chain),
                Err(TryLock::Poisoned(_)) => return Err(panicked()),
                Err(TryLock::WouldBlock) => std::hint::spin_loop(),
            }
        }
        self.0.chain.lock().map_err(|_| panicked())
    }
}

impl fmt::Debug for Trail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Trail")
            .field("path", &self.0.path)
            .finish_non_exhaustive()
    }
}

fn open_file(path: &Path, sync: SyncPolicy) -> Result<(FileSink, Tail), AuditError> {
    let io_error = |source| AuditError::Open {
        path: path.to_owned(),
        source,
    };
    let untrusted = |fault| AuditError::Untrusted {
        path: path.to_owned(),
        fault,
    };
    let mut file = file::open_to_append(path).map_err(|source| match file::is_link(&source) {
        true => untrusted("it is a symbolic link"),
        false => io_error(source),
    })?;
    if let Some(fault) = file::ownership_fault(&file).map_err(io_error)? {
        return Err(untrusted(fault));
    }
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => AuditError::Busy {
            path: path.to_owned(),
        },
        TryLockError::Error(source) => io_error(source),
    })?;
    let tail = read_tail(&mut file).map_err(|error| tail_error(path, error))?;
    if tail.torn.is_some() {
        file.set_len(tail.length).map_err(io_error)?;
    }
    if tail.length == 0 && sync != SyncPolicy::Never {
        file::sync_folder_of(path).map_err(io_error)?;
    }
    Ok((FileSink(file), tail))
}

fn tail_error(path: &Path, error: TailError) -> AuditError {
    let path = path.to_owned();
    match error {
        TailError::Io(source) => AuditError::Open { path, source },
        TailError::NotATrail => AuditError::NotATrail { path },
        TailError::LastLine(source) => AuditError::Damaged { path, source },
    }
}

#[cfg(test)]
mod tests;
